#include "src/engine/watchdog.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <span>
#include <string_view>

#include "src/base/file_descriptor.h"

namespace parley {
namespace {

FileDescriptor OpenSmall(pid_t pid, const char* name) {
  std::array<char, 64> path;
  const auto end = fmt::format_to_n(path.data(), path.size() - 1, "/proc/{}/{}", pid, name);
  *end.out = '\0';
  return FileDescriptor(::open(path.data(), O_RDONLY | O_CLOEXEC));
}

// A small file of /proc as it is now, read into buffer; empty when it cannot be read.
std::string_view ReadSmall(const FileDescriptor& file, std::span<char> buffer) {
  if (!file.valid()) return {};
  const ssize_t bytes = ::pread(file.get(), buffer.data(), buffer.size(), 0);
  return bytes > 0 ? std::string_view(buffer.data(), static_cast<std::size_t>(bytes))
                   : std::string_view();
}

// The number after "name:" and blanks.
std::uint64_t Field(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return 0;
  const std::size_t from = text.find_first_of("0123456789", at + name.size());
  if (from == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  std::from_chars(text.data() + from, text.data() + text.size(), number);
  return number;
}

}  // namespace

std::optional<Glimpse> Look(pid_t pid) {
  std::array<char, 4096> buffer;
  Glimpse glimpse;
  const std::string_view status = ReadSmall(OpenSmall(pid, "status"), buffer);
  const std::size_t state = status.find("State:");
  if (state == std::string_view::npos) return std::nullopt;
  glimpse.state = status[status.find_first_not_of(" \t", state + 6)];
  glimpse.switches =
      Field(status, "\nvoluntary_ctxt_switches:") + Field(status, "nonvoluntary_ctxt_switches:");
  std::array<char, 256> small;
  const std::string_view call = ReadSmall(OpenSmall(pid, "syscall"), small);
  if (!call.empty() && call.front() >= '0' && call.front() <= '9') {
    std::from_chars(call.data(), call.data() + call.size(), glimpse.system_call);
  }
  // Inside fork() the state reads S for moments in which nobody sleeps; this file knows better.
  if (call.starts_with("running")) glimpse.state = 'R';
  return glimpse;
}

bool LooksAsleep(pid_t pid) { return SleepWatch(pid).Asleep(); }

SleepWatch::SleepWatch(pid_t pid) : stat_(OpenSmall(pid, "stat")) {}

bool SleepWatch::Asleep() const {
  std::array<char, 512> buffer;
  const std::string_view stat = ReadSmall(stat_, buffer);
  const std::size_t paren = stat.rfind(')');
  if (paren == std::string_view::npos || paren + 2 >= stat.size()) return false;
  const char state = stat[paren + 2];
  return state == 'S' || state == 'T' || state == 't';
}

}  // namespace parley
