// parley's command line; the only place that parses arguments.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>

#include "src/base/units.h"
#include "src/cli/commands.h"
#include "src/cli/output.h"
#include "src/engine/leader.h"
#include "src/finding/finding.h"

namespace parley {
namespace {

constexpr const char* kVersion = "parley 0.1.0";

constexpr const char* kExitCodes =
    "Exit codes:\n"
    "  0  every promise was kept      2  bad arguments or input\n"
    "  1  a promise was broken        3  parley could not do its work\n"
    "  4  nothing was broken, but something was inconclusive\n"
    "  77 nothing can run here        130, 143  ended by SIGINT, SIGTERM\n";

std::string DidYouMean(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view near = Nearest(word, candidates);
  return near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near);
}

CLI::Validator OneOf(const std::vector<std::string>& words) {
  const std::string all = fmt::format("{}", CLI::detail::join(words, ", "));
  return CLI::Validator(
      [=](std::string& text) {
        if (std::ranges::find(words, text) != words.end()) return std::string();
        return fmt::format("\"{}\" is none of {}{}", text, all, DidYouMean(text, words));
      },
      "");
}

CLI::Validator WholeNumber(std::uint64_t least) {
  return CLI::Validator(
      [=](std::string& text) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        if (whole && number >= least) return std::string();
        return fmt::format("\"{}\" is no whole number of {}..{}", text, least,
                           std::numeric_limits<std::uint64_t>::max());
      },
      "");
}

CLI::Validator NotEmpty() {
  return CLI::Validator(
      [](std::string& text) { return text.empty() ? std::string("is empty") : std::string(); }, "");
}

// Everything that the command line sets.
struct Arguments {
  RunArguments run;
  ReplayArguments replay;
  SelftestArguments selftest;
  std::string history;
  std::string what = "all";
  bool markdown = false;
};

void AddRunOptions(CLI::App& command, Arguments& arguments) {
  RunArguments& run = arguments.run;
  command
      .add_option("--dir", run.directory,
                  "directory under test: FIFOs and other names in the file system are made there")
      ->type_name("DIR")
      ->check(NotEmpty());
  command
      .add_option("--contain", run.contain,
                  "where the crew lives: in namespaces of its own, or in the host's under a "
                  "manifest; auto takes namespaces where they are allowed")
      ->type_name("auto|namespaces|manifest")
      ->check(OneOf({"auto", "namespaces", "manifest"}))
      ->capture_default_str();
  command
      .add_option("--scheduler", run.scheduler,
                  "of stepped rounds: real-time bands on one CPU, or gates and /proc; auto takes "
                  "bands where the machine gives the rights")
      ->type_name("auto|bands|gates")
      ->check(OneOf({"auto", "bands", "gates"}))
      ->capture_default_str();
  command.add_option("--findings", run.findings_directory, "where histories are written")
      ->type_name("DIR")
      ->check(NotEmpty())
      ->each([&run](const std::string&) { run.findings_given = true; })
      ->capture_default_str();
  command.add_flag("--keep-history", run.keep_history, "write the history of every round");
  command.add_flag("--quiet", run.quiet, "no progress on standard error");
}

void AddReportOptions(CLI::App& command, Arguments& arguments) {
  command.add_option("--json", arguments.run.json_path, "write the result as JSON")
      ->type_name("FILE")
      ->check(NotEmpty());
  command.add_option("--junit", arguments.run.junit_path, "write the result as JUnit XML")
      ->type_name("FILE")
      ->check(NotEmpty());
}

CLI::App& AddRun(CLI::App& app, Arguments& arguments) {
  RunArguments& run = arguments.run;
  CLI::App& command = *app.add_subcommand("run", "run scenarios and judge every call");
  command
      .add_option("selection", run.selection,
                  "facilities, scenarios, promises or scenario files; none: everything")
      ->type_name("WHAT");
  command.add_option("--for", run.duration, "how long, for example 30s, 5m, 8h")
      ->type_name("TIME")
      ->check(NotEmpty());
  command
      .add_option("--rounds", run.rounds,
                  "rounds of each scenario on each facility, in place of a time")
      ->type_name("N")
      ->check(WholeNumber(1));
  command.add_option("--seed", run.seed, "64-bit seed of all randomness; drawn when not given")
      ->type_name("N")
      ->check(WholeNumber(0))
      ->each([&run](const std::string&) { run.seed_given = true; });
  command
      .add_option("--workers", run.workers,
                  "so many writers and readers, in place of the scenario's")
      ->type_name("WxR");
  command
      .add_option(
          "--mode", run.mode,
          "free: everybody at full speed; stepped: call by call, as the seed schedules them; not "
          "given, a planted bug chooses the one that judges its promise")
      ->type_name("free|stepped|both")
      ->each([&run](const std::string&) { run.mode_given = true; })
      ->check(OneOf({"free", "stepped", "both"}))
      ->capture_default_str();
  command
      .add_option("--planted", run.planted,
                  "plant a bug into the crew's libc calls, to see it caught")
      ->type_name("BUG")
      ->check(NotEmpty());
  AddRunOptions(command, arguments);
  AddReportOptions(command, arguments);
  command.footer(
      "Without a time and rounds, everything has several turns and the run ends within 30 s.\n\n"
      "Examples:\n"
      "  parley run                                  everything, within 30 s\n"
      "  parley run pipe --for 5m --seed 7           one facility, longer, with that seed\n"
      "  parley run conservation --workers 64x64     one scenario with a bigger crew\n"
      "  parley run pipe.order                       what exercises one promise\n"
      "  parley run fifo --dir /mnt/under-test       FIFOs in a file system under test\n"
      "  parley run my.toml --rounds 1000 --json result.json\n"
      "  parley run --planted drop-message           a bug, to see what a failure looks like\n");
  return command;
}

CLI::App& AddReplay(CLI::App& app, Arguments& arguments) {
  CLI::App& command = *app.add_subcommand("replay", "run the round of a token again");
  command
      .add_option("token", arguments.replay.token,
                  "a token or a program's file, as a failure prints it")
      ->type_name("TOKEN|FILE")
      ->required();
  command
      .add_option("--times", arguments.replay.times,
                  "rounds; else it ends when a promise is broken again, or after 100")
      ->type_name("N")
      ->check(WholeNumber(1));
  command
      .add_flag("--every-schedule", arguments.replay.every_schedule,
                "a program's file under every order of its calls, once each, as far as 100,000")
      ->excludes("--times");
  command
      .add_option("--scenario", arguments.replay.scenario,
                  "the scenario's file, when it does not ship")
      ->type_name("FILE")
      ->check(NotEmpty());
  AddRunOptions(command, arguments);
  AddReportOptions(command, arguments);
  command.footer(
      "The same program runs again, on fresh objects.  Exit code 1 when a promise was broken in\n"
      "any of the rounds, 4 when it was in none.\n\n"
      "Examples:\n"
      "  parley replay 1.conservation.pipe.f.7.12\n"
      "  parley replay 1.conservation.pipe.f.3.0.pdrop-message --times 20\n"
      "  parley replay 1.mine.pipe.f.7.12 --scenario mine.toml --times 100\n");
  return command;
}

CLI::App& AddCheck(CLI::App& app, Arguments& arguments) {
  CLI::App& command = *app.add_subcommand("check", "judge a recorded history again");
  command.add_option("history", arguments.history, "a .jsonl or .history file")
      ->type_name("FILE")
      ->required();
  AddReportOptions(command, arguments);
  command.footer(
      "A history is the evidence: its verdict is the same everywhere, without the system at hand.\n"
      "\n"
      "Example:\n"
      "  parley check parley-findings/1.conservation.pipe.f.7.12.jsonl\n");
  return command;
}

CLI::App& AddList(CLI::App& app, Arguments& arguments) {
  const std::vector<std::string> kinds{"promises", "facilities", "scenarios", "planted", "all"};
  CLI::App& command =
      *app.add_subcommand("list", "show promises, facilities, scenarios or planted bugs");
  command.add_option("what", arguments.what, "promises, facilities, scenarios, planted or all")
      ->type_name("WHAT")
      ->check(OneOf(kinds))
      ->capture_default_str();
  command.add_flag("--markdown", arguments.markdown, "facilities as a table");
  command.footer(
      "Examples:\n"
      "  parley list promises                what is checked, by which scenarios; what is not yet\n"
      "  parley list facilities --markdown\n");
  return command;
}

CLI::App& AddSelftest(CLI::App& app, Arguments& arguments) {
  SelftestArguments& selftest = arguments.selftest;
  CLI::App& command =
      *app.add_subcommand("selftest", "catch every planted bug, and show which and how soon");
  command.add_option("bugs", selftest.bugs, "names of planted bugs or of facilities; else all")
      ->type_name("BUG|FACILITY");
  command.add_option("--mode", selftest.mode, "free, stepped or both")
      ->type_name("MODE")
      ->check(OneOf({"free", "stepped", "both"}))
      ->capture_default_str();
  command.add_option("--for", selftest.duration, "the time that each run may take")
      ->type_name("TIME")
      ->capture_default_str();
  command.add_option("--seed", selftest.seed, "of all runs; else a fresh one")
      ->type_name("N")
      ->check(WholeNumber(0))
      ->each([&selftest](const std::string&) { selftest.seed_given = true; });
  command.add_option("--sample", selftest.sample, "only so many bugs, drawn by the seed")
      ->type_name("N")
      ->check(WholeNumber(1));
  command.footer(
      "A bug is run in each mode in which a scenario exercises its row, until it is caught.  "
      "Exit\n"
      "code 1 when one escapes, or when a promise is blamed that does not stand beside it.\n\n"
      "Examples:\n"
      "  parley selftest                             all, in both modes\n"
      "  parley selftest fcntl-lock --mode stepped\n"
      "  parley selftest --sample 8 --seed 1\n");
  return command;
}

int Complaint(std::string_view message, const std::string& help) {
  Note("parley: {}; {} --help shows more\n", message, help);
  return kExitUsage;
}

// What the library says of wrong arguments, in parley's words.
int Refuse(CLI::App& app, const CLI::ParseError& error) {
  const auto chosen = app.get_subcommands();
  const std::string help = chosen.empty() ? "parley" : "parley " + chosen.front()->get_name();
  const std::vector<std::string> extras = app.remaining(true);
  if (chosen.empty() && extras.empty()) {
    Note("{}", app.help());
    return kExitUsage;
  }
  if (extras.empty() || dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) {
    if (!chosen.empty() || extras.empty()) return Complaint(error.what(), help);
  }
  const std::string& word = extras.front();
  std::vector<std::string> known;
  if (word.starts_with("-")) {
    const CLI::App& command = chosen.empty() ? app : *chosen.front();
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    return Complaint(fmt::format("unknown option \"{}\"{}", word, DidYouMean(word, known)), help);
  }
  if (!chosen.empty()) return Complaint(fmt::format("\"{}\" is one word too many", word), help);
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  return Complaint(fmt::format("unknown command \"{}\"{}", word, DidYouMean(word, known)), help);
}

int Main(int argc, char** argv) {
  CLI::App app("parley puts IPC under a storm of processes and reports which promises are kept.",
               "parley");
  app.require_subcommand(1);
  app.set_version_flag("--version", kVersion, "print the version");
  app.footer(std::string("Examples:\n"
                         "  parley run                    try everything that can run here\n"
                         "  parley list promises          see what that means\n"
                         "  parley COMMAND --help         options and examples of a command\n\n") +
             kExitCodes);
  Arguments arguments;
  int code = kExitUsage;
  AddRun(app, arguments).callback([&] { code = RunCommand(arguments.run); });
  AddReplay(app, arguments).callback([&] {
    code = ReplayCommand(arguments.replay, arguments.run);
  });
  AddCheck(app, arguments).callback([&] { code = CheckCommand(arguments.history, arguments.run); });
  AddList(app, arguments).callback([&] { code = ListCommand(arguments.what, arguments.markdown); });
  AddSelftest(app, arguments).callback([&] { code = SelftestCommand(arguments.selftest); });
  CLI::App* command = app.add_subcommand("sweep", "remove what killed runs have left");
  command->footer("Only what a dead run of this user has on record.\n\nExample:\n  parley sweep\n");
  command->callback([&] { code = SweepCommand(); });
  command = app.add_subcommand("doctor", "show what this machine can do");
  command->footer("Example:\n  parley doctor\n");
  command->callback([&] { code = DoctorCommand(); });

  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    PrintText(app.help());  // of the command that was named, if one was
    return kExitKept;
  } catch (const CLI::CallForVersion&) {
    Print("{}\n", kVersion);
    return kExitKept;
  } catch (const CLI::ParseError& error) {
    return Refuse(app, error);
  }
  return code;
}

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  parley::GuardStandardDescriptors();
  return parley::FinishOutput(parley::Main(argc, argv));
}
