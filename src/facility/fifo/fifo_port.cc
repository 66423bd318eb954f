#include "src/facility/fifo/fifo_port.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace parley {
namespace {

enum FirstCalls : std::uint8_t {
  kMake,
  kMakeAt,
  kOpenRead,
  kOpenWrite,
  kOpenBoth,
  kOpenReadNonblock,
  kOpenWriteNonblock,
  kStream,
};

constexpr std::array<CallTraits, kStream> kFirstCalls{{
    {.name = "make", .effect = Effect::kMakeName},
    {.name = "make_at", .effect = Effect::kMakeName},
    {.name = "open_read", .effect = Effect::kOpenRead},
    {.name = "open_write", .effect = Effect::kOpenWrite},
    {.name = "open_both", .effect = Effect::kOpenBoth},
    {.name = "open_read_nonblock", .effect = Effect::kOpenRead, .nonblocking = true},
    {.name = "open_write_nonblock", .effect = Effect::kOpenWrite, .nonblocking = true},
}};

enum LastCalls : std::uint8_t {
  kUnlink = kStream + kStreamCalls.size(),
  kRename,
  kLink,
  kExists,
  kCreate,
  kCreateAt,
  kChangeMode,
  kOpenAs,
  kUseOpen,
  kRemove,
  kMoveDirectory,
};

constexpr std::array<CallTraits, 11> kLastCalls{{
    {.name = "unlink", .effect = Effect::kRemoveName},
    {.name = "rename", .effect = Effect::kRenameName},
    {.name = "link", .effect = Effect::kLinkName},
    {.name = "exists", .effect = Effect::kQueryName},
    {.name = "create", .effect = Effect::kCreateFile},
    {.name = "create_at", .effect = Effect::kCreateFileAt},
    {.name = "change_mode", .effect = Effect::kChangeMode},
    {.name = "open_as", .effect = Effect::kOpenFile},
    {.name = "use_open", .effect = Effect::kUseFile},
    {.name = "remove", .effect = Effect::kRemoveFile},
    {.name = "move_directory", .effect = Effect::kOther},
}};
constexpr auto kCalls = WithStreamCalls(kFirstCalls, kLastCalls);
static_assert(kCalls[kMoveDirectory].name == "move_directory");

constexpr mode_t kMode = 0600;

// "" and relative names lie in the current directory.
std::string DirectoryOf(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace

std::span<const CallTraits> FifoPort::Calls() { return kCalls; }

FifoPort::FifoPort(const std::string& path)
    : StreamPort(kStream, kHandleRead),
      names_(path),
      last_part_(std::filesystem::path(path).filename().string()),
      directory_fd_(::open(DirectoryOf(path).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
      files_(path) {}

Reply FifoPort::PerformOther(const Request& request) {
  switch (request.call) {
    case kMake:
      return Returned(::mkfifo(names_.path.c_str(), kMode));
    case kMakeAt:
      return Returned(::mkfifoat(directory_fd_.get(), last_part_.c_str(), kMode));
    case kOpenRead:
      return Open(O_RDONLY, End::kReading);
    case kOpenWrite:
      return Open(O_WRONLY, End::kWriting);
    case kOpenBoth:
      return Open(O_RDWR, End::kBoth);
    case kOpenReadNonblock:
      return Open(O_RDONLY | O_NONBLOCK, End::kReading);
    case kOpenWriteNonblock:
      return Open(O_WRONLY | O_NONBLOCK, End::kWriting);
    case kUnlink:
      return Returned(::unlink(names_.path.c_str()));
    case kRename:
      return Rename();
    case kLink:
      return Returned(::link(names_.path.c_str(), names_.linked.c_str()));
    case kExists:
      return Exists();
    case kCreate:
      return files_.Create(request.argument);
    case kCreateAt:
      return files_.CreateAt(request.argument);
    case kChangeMode:
      return files_.ChangeMode(request.argument);
    case kOpenAs:
      return files_.Open(request.argument);
    case kUseOpen:
      return files_.Use(request.argument);
    case kRemove:
      return files_.Remove(request.argument);
    case kMoveDirectory:
      return files_.MoveGiven();
    default:
      return Failed(ENOTSUP);
  }
}

Reply FifoPort::Open(int flags, End ends) {
  const std::uint16_t handle = handles().Next();
  if (handle == 0) return Failed(EMFILE);
  const bool nonblocking = (flags & O_NONBLOCK) != 0;
  return Opened(handle, ::open(names_.path.c_str(), flags | O_CLOEXEC), ends, nonblocking);
}

Reply FifoPort::Rename() const {
  const Reply away = Returned(::rename(names_.path.c_str(), names_.moved.c_str()));
  if (away.result != 0) return away;
  return Returned(::rename(names_.moved.c_str(), names_.path.c_str()));
}

Reply FifoPort::Exists() const {
  struct stat found;
  const Reply reply = Returned(::lstat(names_.path.c_str(), &found));
  if (reply.result != 0) return reply;
  return S_ISFIFO(found.st_mode) ? reply : Failed(ENOTTY);
}

}  // namespace parley
