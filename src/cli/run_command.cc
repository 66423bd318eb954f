// run, replay and check: everything that ends in a table of promises.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include "src/campaign/campaign.h"
#include "src/campaign/enumeration.h"
#include "src/campaign/replay.h"
#include "src/cli/commands.h"
#include "src/cli/output.h"
#include "src/cli/progress_line.h"
#include "src/cli/run_options.h"
#include "src/finding/reproduction.h"
#include "src/finding/token.h"
#include "src/history/file.h"
#include "src/history/output_file.h"
#include "src/report/json.h"
#include "src/report/junit.h"
#include "src/report/terminal.h"

namespace parley {
namespace {

volatile sig_atomic_t g_signal = 0;

void NoteSignal(int signal) { g_signal = signal; }

void CatchSignals() {
  struct sigaction action{};
  action.sa_handler = NoteSignal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

std::string ProgramText() {
  return std::getenv("BUILD_WORKING_DIRECTORY") != nullptr ? "bazel run //:parley --" : "parley";
}

TerminalStyle Style() { return {.color = WantsColor(STDOUT_FILENO), .program = ProgramText()}; }

// Histories that cannot be kept are an error where the user asked for them, else worth a word
// before a long run.
Result<void> CheckFindings(const RunArguments& run, const CampaignOptions& options) {
  auto writable = CheckFindingsDirectory(options.findings_directory);
  if (writable || run.findings_given || run.keep_history) return writable;
  Note("parley: {}; histories of findings will be lost\n", writable.error().message);
  return {};
}

Callbacks CallbacksFor(ProgressLine& line, bool quiet) {
  Callbacks callbacks;
  callbacks.signal = [] { return static_cast<int>(g_signal); };
  callbacks.progress = [&line](const Progress& progress) { line.Show(progress); };
  callbacks.began = [quiet](std::uint64_t seed) {
    if (!quiet) Note("seed {}\n", seed);
  };
  callbacks.found = [&line, quiet](const Finding& finding) {
    if (quiet) return;
    line.Clear();
    Note("broken: {} in {} on {}: {}\n", finding.promise, finding.scenario, finding.facility,
         finding.reason);
  };
  callbacks.trouble = [&line](const Error& error) {
    line.Clear();
    Complain(error);
  };
  return callbacks;
}

Result<void> WriteReport(const std::string& path, std::string_view text) {
  if (path.empty()) return {};
  return WriteWholeFile(FromUsersDirectory(path), text);
}

// The result in every form that was asked for; returns the exit code.
int Report(const RunResult& result, const RunArguments& run) {
  int code = ExitCode(result);
  // Nothing was run: there is the error, and no table.
  if (!result.error || result.rounds > 0) PrintText(ResultText(result, Style()));
  if (result.error) Complain(*result.error);
  for (const auto& written : {WriteReport(run.json_path, ResultJson(result)),
                              WriteReport(run.junit_path, ResultJUnit(result))}) {
    if (written) continue;
    Complain(written.error());
    if (code != kExitBroken) code = kExitTrouble;
  }
  return code;
}

}  // namespace

int RunCommand(const RunArguments& run) {
  const auto options = OptionsFrom(run);
  if (!options) return Fail(options.error());
  if (auto findings = CheckFindings(run, *options); !findings) return Fail(findings.error());
  CatchSignals();
  ProgressLine line(run.quiet);
  const auto result = RunCampaign(*options, CallbacksFor(line, run.quiet));
  line.Clear();
  if (!result) return Fail(result.error());
  return Report(*result, run);
}

namespace {

// Of free rounds: how likely one is to show it, and how many are enough to see it again.
void PrintRate(std::uint64_t reproduced, std::uint64_t rounds) {
  const RateBounds bounds = ClopperPearson(reproduced, rounds);
  Print("a round breaks it with a probability of {:.3g} to {:.3g} (95 % confidence)", bounds.low,
        bounds.high);
  const double rate = static_cast<double>(reproduced) / static_cast<double>(rounds);
  if (const auto enough = RoundsToSee(rate); enough && rate < 1) {
    Print("; {} rounds show it again as surely", *enough);
  }
  Print("\n");
}

int ReportReplay(const ReplayResult& result, const ReplayArguments& replay,
                 const RunArguments& run) {
  const int code = Report(result.result, run);
  if (result.times > 0) {
    Print("replayed {}: a promise was broken in {} of {} rounds\n", replay.token, result.reproduced,
          result.times);
    if (!result.hash) PrintRate(result.reproduced, result.times);
  }
  if (result.hash) {
    Print("history {:016x}, the same in {} of {} rounds\n", result.hash->hash, result.hash->same,
          result.times);
    if (result.hash->differs_at) {
      Print(
          "another one went its own way at step {}: without real-time bands the kernel chooses "
          "among several woken workers; so do a call that waits for a clock, and the machine's own "
          "limits\n",
          *result.hash->differs_at);
    }
  }
  if (code != kExitKept && code != kExitBroken) return code;
  return result.reproduced > 0 ? kExitBroken : kExitInconclusive;
}

int ReportEverySchedule(const Enumeration& enumeration, const RunArguments& run) {
  const int code = Report(enumeration.result, run);
  if (enumeration.schedules == 0) return code;
  Print("{} {} schedules, {} outcomes; a promise was broken in {}\n",
        enumeration.complete ? "all" : "not all, but", enumeration.schedules, enumeration.outcomes,
        enumeration.broken);
  return code == kExitKept && !enumeration.complete ? kExitInconclusive : code;
}

int ReplayFile(const ReplayArguments& replay, const RunArguments& run) {
  const auto file = ReadProgram(FromUsersDirectory(replay.token));
  if (!file) return Fail(file.error());
  RunArguments planted = run;
  planted.planted = file->planted;
  const auto options = OptionsFrom(planted);
  if (!options) return Fail(options.error());
  if (auto findings = CheckFindings(run, *options); !findings) return Fail(findings.error());
  CatchSignals();
  ProgressLine line(run.quiet);
  if (replay.every_schedule) {
    const auto every =
        RunEverySchedule(*file, kSchedulesMax, *options, CallbacksFor(line, run.quiet));
    line.Clear();
    return every ? ReportEverySchedule(*every, run) : Fail(every.error());
  }
  const auto result = ReplayProgram(*file, replay.times, *options, CallbacksFor(line, run.quiet));
  line.Clear();
  if (!result) return Fail(result.error());
  return ReportReplay(*result, replay, run);
}

}  // namespace

int ReplayCommand(const ReplayArguments& replay, const RunArguments& run) {
  if (replay.token.find('/') != std::string::npos || replay.token.ends_with(".json")) {
    return ReplayFile(replay, run);
  }
  if (replay.every_schedule) {
    return Fail({.blame = Blame::kInput,
                 .message = "--every-schedule: only a program's file has all "
                            "its schedules run, not a token"});
  }
  const auto token = ParseToken(replay.token);
  if (!token) return Fail(token.error());
  const auto scenario =
      LoadScenario(replay.scenario.empty() ? token->scenario : FromUsersDirectory(replay.scenario));
  if (!scenario) return Fail(scenario.error());
  if (scenario->name != token->scenario) {
    return Fail({.blame = Blame::kInput,
                 .message = fmt::format("--scenario {}: the token is of scenario \"{}\"",
                                        replay.scenario, token->scenario)});
  }
  RunArguments planted = run;
  planted.planted = token->planted;
  auto options = OptionsFrom(planted);
  if (!options) return Fail(options.error());
  options->scenario_path = replay.scenario;
  if (auto findings = CheckFindings(run, *options); !findings) return Fail(findings.error());
  CatchSignals();
  ProgressLine line(run.quiet);
  const auto result =
      Replay(*token, *scenario, replay.times, *options, CallbacksFor(line, run.quiet));
  line.Clear();
  if (!result) return Fail(result.error());
  return ReportReplay(*result, replay, run);
}

int CheckCommand(const std::string& path, const RunArguments& run) {
  if (auto paths = CheckReportPaths(run); !paths) return Fail(paths.error());
  const auto history = ReadHistory(FromUsersDirectory(path));
  if (!history) return Fail(history.error());
  auto result = JudgeHistory(*history);
  if (!result) return Fail(result.error());
  for (Finding& finding : result->findings) finding.history_path = path;
  return Report(*result, run);
}

}  // namespace parley
