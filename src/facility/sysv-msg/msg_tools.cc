#include "src/facility/sysv-msg/msg_tools.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <spawn.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "src/base/file_descriptor.h"
#include "src/facility/credentials.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

// What a list tells of one queue.
struct Row {
  unsigned key = 0;
  unsigned mode = 0;
  unsigned long long bytes = 0;
  unsigned long long messages = 0;

  bool operator==(const Row&) const = default;
};

constexpr unsigned kModeBits9 = 0777;

std::optional<Row> RowOfSystem(int queue) {
  msqid_ds status{};
  if (::msgctl(queue, IPC_STAT, &status) != 0) return std::nullopt;
  return Row{.key = static_cast<unsigned>(status.msg_perm.__key),
             .mode = status.msg_perm.mode & kModeBits9,
             .bytes = status.__msg_cbytes,
             .messages = status.msg_qnum};
}

// "0x0badcafe 3 root 600 64 1"
std::optional<Row> RowOfTool(const std::string& told, int queue) {
  std::istringstream lines(told);
  for (std::string line; std::getline(lines, line);) {
    Row row;
    int id = -1;
    const int found = std::sscanf(line.c_str(), "%x %d %*s %o %llu %llu", &row.key, &id, &row.mode,
                                  &row.bytes, &row.messages);
    if (found == 5 && id == queue) return row;
  }
  return std::nullopt;
}

// "195939070 3 600 64 1 ...": the key is decimal there.
std::optional<Row> RowOfProc(int queue) {
  std::ifstream lines("/proc/sysvipc/msg");
  for (std::string line; std::getline(lines, line);) {
    Row row;
    int key = 0;
    int id = -1;
    const int found = std::sscanf(line.c_str(), "%d %d %o %llu %llu", &key, &id, &row.mode,
                                  &row.bytes, &row.messages);
    row.key = static_cast<unsigned>(key);
    if (found == 5 && id == queue) return row;
  }
  return std::nullopt;
}

struct Ended {
  std::string told;
  bool succeeded = false;
};

// What the child wrote until it ended; both are looked for again and again.
std::optional<Ended> Await(pid_t child, int read_fd) {
  Ended ended;
  bool open = true;
  int status = 0;
  for (pid_t reaped = 0; open || reaped == 0;) {
    char bytes[4096];
    const ssize_t count = open ? ::read(read_fd, bytes, sizeof bytes) : 0;
    if (count > 0) ended.told.append(bytes, static_cast<std::size_t>(count));
    open = open && (count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR)));
    if (reaped == 0) reaped = ::waitpid(child, &status, WNOHANG);
    if (reaped < 0 && errno != EINTR) return std::nullopt;
    if (reaped < 0) reaped = 0;
    ::sched_yield();
  }
  ended.succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return ended;
}

// Nothing when it cannot be run.
std::optional<Ended> Run(std::initializer_list<std::string> words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return std::nullopt;
  const FileDescriptor read_fd(ends[0]);
  FileDescriptor write_fd(ends[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write_fd.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  write_fd.Reset();
  if (error != 0) return std::nullopt;
  return Await(child, read_fd.get());
}

Reply List(int queue) {
  const auto ended = Run({"ipcs", "-q"});
  const auto told = ended && ended->succeeded ? RowOfTool(ended->told, queue) : std::nullopt;
  const auto is = RowOfSystem(queue);
  const auto proc = RowOfProc(queue);
  if (!ended || !is) return Failed(ENOTSUP);
  return {.result = (told ? 0 : kToolTellsNothing) |
                    (told && *told != *is ? kToolTellsOtherwise : 0) |
                    (proc != is ? kSystemTellsOtherwise : 0)};
}

bool Exists(int queue) {
  msqid_ds status{};
  return ::msgctl(queue, IPC_STAT, &status) == 0 || errno == EACCES;
}

// As somebody else, or as the crew's own user.
std::optional<Ended> RunRemoval(const std::string& option, const std::string& which, ActAs as) {
  const Acting acting(as);
  if (acting.system_error() != 0) return std::nullopt;
  return Run({"ipcrm", option, which});
}

Reply Remove(const MsgKey& key, Tool tool) {
  const std::size_t slash = key.marker.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : key.marker.substr(0, slash);
  const auto object =
      MsgObject::Make({}, directory, fmt::format("{}.tool.{}", key.key, ::getpid()));
  if (!object) return Failed(ENOTSUP);
  const key_t other = MsgKey::Parse((*object)->access().name).key;
  const int round = ::msgget(key.key, 0);
  const int queue = ::msgget(other, 0);
  if (tool == Tool::kRemoveUnknown) ::msgctl(queue, IPC_RMID, nullptr);
  const bool by_key = tool == Tool::kRemoveByKey;
  const auto ended = RunRemoval(
      by_key ? "-Q" : "-q",
      by_key ? fmt::format("{:#x}", static_cast<unsigned>(other)) : fmt::format("{}", queue),
      tool == Tool::kRemoveForeign ? ActAs::kOtherUser : ActAs::kSelf);
  if (!ended) return Failed(ENOTSUP);
  const int took = round >= 0 && !Exists(round) ? kToolTook : 0;
  const bool is_to = tool == Tool::kRemoveById || by_key;
  const int answer = ended->succeeded == is_to ? 0 : is_to ? kToolRefused : kToolSucceeded;
  const bool left = Exists(queue);
  if (is_to) return {.result = took | answer | (left ? kToolLeft : 0)};
  return {.result = took | answer | (tool == Tool::kRemoveForeign && !left ? kToolTook : 0)};
}

}  // namespace

Reply RunMsgTool(const MsgKey& key, std::uint64_t argument) {
  const Tool tool = ToolOf(argument);
  if (tool != Tool::kList) return Remove(key, tool);
  const int queue = ::msgget(key.key, 0);
  return queue < 0 ? Failed(errno) : List(queue);
}

}  // namespace parley
