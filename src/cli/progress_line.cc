#include "src/cli/progress_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "src/base/clock.h"
#include "src/base/units.h"
#include "src/cli/output.h"

namespace parley {
namespace {

constexpr std::uint64_t kLiveEveryNs = 100 * kNsPerMs;
constexpr std::uint64_t kPlainEveryNs = 5 * kNsPerS;

// Of the terminal; a line that wraps could not be taken back.
std::size_t Columns() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsual;
  return size.ws_col;
}

bool IsLiveTerminal() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) == 1 && term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet), live_(IsLiveTerminal()), last_ns_(live_ ? 0 : NowNs()) {}

void ProgressLine::Show(const Progress& progress) {
  const std::uint64_t now = NowNs();
  if (quiet_ || now - last_ns_ < (live_ ? kLiveEveryNs : kPlainEveryNs)) return;
  last_ns_ = now;
  const std::string limit =
      progress.limit_ns > 0 ? fmt::format(" of {}", DurationText(progress.limit_ns)) : "";
  std::string text = fmt::format("{}{}  {} rounds  {} operations  {} broken  {} on {}",
                                 DurationText(progress.elapsed_ns), limit, Grouped(progress.rounds),
                                 Grouped(progress.operations), progress.findings, progress.scenario,
                                 progress.facility);
  if (live_) {
    if (const std::size_t columns = Columns(); text.size() >= columns) text.resize(columns - 1);
    Note("\r\x1b[K{}", text);
    shown_ = true;
  } else {
    Note("{}\n", text);
  }
}

void ProgressLine::Clear() {
  if (!shown_) return;
  Note("\r\x1b[K");
  shown_ = false;
}

}  // namespace parley
