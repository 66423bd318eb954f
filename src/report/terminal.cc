#include "src/report/terminal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <vector>

#include "src/base/units.h"
#include "src/promise/promise.h"
#include "src/report/text.h"

namespace parley {
namespace {

// Lines of a finding are about as wide as a terminal; a longer witness takes a line an operation.
constexpr std::size_t kLineColumns = 100;
constexpr std::size_t kWitnessShown = 8;
constexpr std::string_view kIndent = "           ";

std::string_view ColorOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kKept:
      return "\x1b[32m";
    case Verdict::kUnsupported:
      return "\x1b[2m";
    case Verdict::kInconclusive:
      return "\x1b[33m";
    case Verdict::kBroken:
      break;
  }
  return "\x1b[1;31m";
}

std::string Painted(std::string_view text, Verdict verdict, const TerminalStyle& style) {
  if (!style.color) return std::string(text);
  return fmt::format("{}{}\x1b[0m", ColorOf(verdict), text);
}

std::string OperationsText(std::uint64_t count) {
  return Grouped(count) + (count == 1 ? " operation" : " operations");
}

std::string RoundsText(std::uint64_t count) {
  return Grouped(count) + (count == 1 ? " round" : " rounds");
}

std::string WitnessText(const Finding& finding) {
  std::vector<std::string> lines;
  for (const std::string& line : finding.witness) {
    if (lines.size() == kWitnessShown) {
      lines.push_back(fmt::format("and {} more", finding.witness.size() - kWitnessShown));
      break;
    }
    lines.push_back(Printable(line));
  }
  std::string joined = fmt::format("{}", fmt::join(lines, " · "));
  if (kIndent.size() + ColumnsOf(joined) <= kLineColumns) return joined;
  return fmt::format("{}", fmt::join(lines, fmt::format("\n{}", kIndent)));
}

std::string PromiseText(const Finding& finding) {
  const Promise* const promise = FindPromise(finding.promise);
  if (promise == nullptr) return finding.promise;
  return fmt::format("{} ({})", FirstSentence(promise->statement), promise->source);
}

struct Column {
  std::string_view title;
  std::size_t width = 0;
  bool right = false;
};

using Row = std::array<std::string, 5>;

Row RowOf(const PromiseResult& promise) {
  return {promise.id, std::string(VerdictName(promise.verdict)), Grouped(promise.chances),
          Grouped(promise.operations), std::to_string(promise.scenarios.size())};
}

std::string Padded(const Column& column, std::string_view text) {
  return column.right ? fmt::format("{:>{}}", text, column.width)
                      : fmt::format("{:<{}}", text, column.width);
}

std::string TableText(const RunResult& result, const TerminalStyle& style) {
  std::array<Column, 5> columns{{{.title = "promise"},
                                 {.title = "verdict"},
                                 {.title = "chances", .right = true},
                                 {.title = "operations", .right = true},
                                 {.title = "scenarios", .right = true}}};
  std::vector<Row> rows;
  for (const PromiseResult& promise : result.promises) rows.push_back(RowOf(promise));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].width = columns[i].title.size();
    for (const Row& row : rows) columns[i].width = std::max(columns[i].width, row[i].size());
  }
  std::string text;
  const auto add = [&](std::size_t i, std::string_view cell) {
    text += cell;
    text += i + 1 < columns.size() ? "  " : "\n";
  };
  for (std::size_t i = 0; i < columns.size(); ++i) add(i, Padded(columns[i], columns[i].title));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string cell = Padded(columns[i], rows[row][i]);
      const bool verdict = columns[i].title == "verdict";
      add(i, verdict ? Painted(cell, result.promises[row].verdict, style) : cell);
    }
  }
  return text;
}

// Why what is not kept is not.
std::string ReasonsText(const RunResult& result, const TerminalStyle& style) {
  std::string text;
  for (const Verdict verdict : {Verdict::kInconclusive, Verdict::kUnsupported}) {
    for (const PromiseResult& promise : result.promises) {
      if (promise.verdict != verdict) continue;
      text += fmt::format("{}  {}: {}\n", Painted(VerdictName(verdict), verdict, style), promise.id,
                          Printable(promise.reason));
    }
  }
  for (const Deviation& deviation : result.deviations) {
    const bool known = deviation.clause == Clause::kKnownDivergence;
    text += fmt::format("{}  {} on {}, {} in {}: {} ({})\n", known ? "divergence" : "deviation",
                        ClauseName(deviation.clause), deviation.facility,
                        RoundsText(deviation.rounds_seen), deviation.scenario,
                        Printable(deviation.reason),
                        known ? "known: the catalogue says so" : "no promise forbids it");
  }
  return text;
}

std::string PlantedText(const PlantedResult& planted) {
  const std::string caught =
      planted.caught ? "caught" : (planted.told == 0 ? "never told, so not caught" : "NOT caught");
  std::string text = fmt::format("planted  {} (breaks {}): told {} times, {}", planted.name,
                                 planted.promise, Grouped(planted.told), caught);
  if (!planted.blamed.empty()) text += fmt::format("; blamed {}", fmt::join(planted.blamed, ", "));
  return text + "\n";
}

// "18 kept, 1 broken · 1,234 operations in 12 rounds · 1.20 s · seed 7".
std::string SummaryText(const RunResult& result, const TerminalStyle& style) {
  std::vector<std::string> counts;
  for (const Verdict verdict :
       {Verdict::kBroken, Verdict::kKept, Verdict::kInconclusive, Verdict::kUnsupported}) {
    const auto count = std::ranges::count(result.promises, verdict, &PromiseResult::verdict);
    if (count == 0 && verdict != Verdict::kKept) continue;
    counts.push_back(Painted(fmt::format("{} {}", count, VerdictName(verdict)), verdict, style));
  }
  const std::string& scheduler = result.environment.scheduler;
  return fmt::format("{} · {} in {} · {} · {}seed {}\n", fmt::join(counts, ", "),
                     OperationsText(result.operations), RoundsText(result.rounds),
                     DurationText(result.environment.duration_ns),
                     scheduler.empty() ? "" : "stepped by " + scheduler + " · ",
                     result.environment.seed);
}

// What became of a free round's breach call by call.
std::string SteppedText(const Finding& finding) {
  if (finding.stepped_rounds == 0) return "";
  return finding.listing.empty()
             ? fmt::format("not seen in {} made call by call: it may need calls side by side",
                           RoundsText(finding.stepped_rounds))
             : fmt::format("seen call by call, too, after {}", RoundsText(finding.stepped_rounds));
}

}  // namespace

bool WantsColor(int fd) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* const term = std::getenv("TERM");
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return ::isatty(fd) == 1;
}

std::string FindingText(const Finding& finding, const TerminalStyle& style) {
  std::string text = fmt::format("{}   {}  seed {}", Painted("BROKEN", Verdict::kBroken, style),
                                 finding.promise, finding.seed);
  if (!finding.witness.empty()) {
    text += fmt::format("  {} of {}", finding.witness.size(), OperationsText(finding.operations));
  }
  if (!finding.planted.empty()) text += fmt::format("  planted {}", finding.planted);
  text += '\n';
  const auto line = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) text += fmt::format("  {:<8} {}\n", key, value);
  };
  line("promise", PromiseText(finding));
  line("reason", Printable(finding.reason));
  line("witness", WitnessText(finding));
  line("often", fmt::format("{} of {} of {} on {}", Grouped(finding.rounds_seen),
                            RoundsText(finding.rounds_run), finding.scenario, finding.facility));
  if (!finding.token.empty()) {
    const std::string& file = finding.scenario_path;
    line("replay", fmt::format("{} replay {}{}{}", style.program, finding.token,
                               file.empty() ? "" : " --scenario ", Printable(file)));
  }
  line("history", Printable(finding.history_path));
  line("stepped", SteppedText(finding));
  if (!finding.program_path.empty()) {
    line("shrunk", fmt::format("{} replay {}", style.program, Printable(finding.program_path)));
  }
  std::istringstream listing(finding.listing);
  for (std::string step; std::getline(listing, step);) {
    text += fmt::format("{}{}\n", kIndent, Printable(step));
  }
  return text;
}

std::string ResultText(const RunResult& result, const TerminalStyle& style) {
  std::string text;
  for (const Finding& finding : result.findings) text += FindingText(finding, style) + "\n";
  if (!result.promises.empty()) text += TableText(result, style) + "\n";
  const std::string reasons = ReasonsText(result, style);
  if (!reasons.empty()) text += reasons + "\n";
  if (result.planted.has_value()) text += PlantedText(*result.planted);
  if (result.interrupted != 0) {
    text += fmt::format("interrupted by {}: these are the verdicts so far\n",
                        result.interrupted == SIGINT ? "SIGINT" : "SIGTERM");
  }
  return text + SummaryText(result, style);
}

}  // namespace parley
