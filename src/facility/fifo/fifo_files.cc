#include "src/facility/fifo/fifo_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>

#include "src/facility/credentials.h"

namespace parley {
namespace {

constexpr const char* kNames[kFileSlots] = {"0", "1"};
constexpr const char* kMissingNames[kFileSlots] = {"missing/0", "missing/1"};
constexpr const char* kLockedNames[kFileSlots] = {"../locked/0", "../locked/1"};
constexpr const char* kDangling = "dangling";
constexpr const char* kGiven = "given";
constexpr const char* kMoved = "given.moved";
constexpr mode_t kOpenToAll = 0777;
constexpr mode_t kReadOnly = 0555;

std::string RootOf(const std::string& fifo) { return fifo + ".files"; }

Reply Returned(std::int64_t result) {
  return {.result = result, .system_error = result < 0 ? errno : 0};
}

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

FileDescriptor OpenPath(int folder_fd, const char* name, int flags) {
  return FileDescriptor(::openat(folder_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC | flags));
}

// Made now or before: every worker makes what it needs.
bool Done(int result) { return result == 0 || errno == EEXIST; }

FileDescriptor MakeFolder(int root_fd, const char* name, mode_t mode) {
  if (!Done(::mkdirat(root_fd, name, 0700)) || ::fchmodat(root_fd, name, mode, 0) != 0) return {};
  return OpenPath(root_fd, name, O_DIRECTORY);
}

// The current directory, until it is destroyed.
class CurrentDirectory {
 public:
  explicit CurrentDirectory(int fd)
      : before_(::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)), changed_(::fchdir(fd) == 0) {}
  CurrentDirectory(const CurrentDirectory&) = delete;
  CurrentDirectory& operator=(const CurrentDirectory&) = delete;
  ~CurrentDirectory() {
    const int before = errno;
    if (changed_) {
      [[maybe_unused]] const int back = ::fchdir(before_.get());
    }
    errno = before;
  }

 private:
  FileDescriptor before_;
  bool changed_;
};

}  // namespace

FifoFiles::FifoFiles(const std::string& fifo) : root_(RootOf(fifo)) {
  std::error_code error;
  for (std::size_t slot = 0; slot < kFileSlots; ++slot) {
    absolute_[slot] = (std::filesystem::absolute(root_, error) / "current" / kNames[slot]).string();
  }
}

bool FifoFiles::EnsureTree() {
  if (plain_fd_.valid()) return true;
  if (!Done(::mkdir(root_.c_str(), 0700))) return false;
  // An ACL that is inherited would stand in for the umask (acl(5)).
  ::removexattr(root_.c_str(), "system.posix_acl_default");
  root_fd_ = OpenPath(AT_FDCWD, root_.c_str(), O_DIRECTORY);
  const int root = root_fd_.get();
  if (::chmod(root_.c_str(), kOpenToAll) != 0) return false;
  current_fd_ = MakeFolder(root, "current", kOpenToAll);
  if (!Done(::symlinkat("nowhere", current_fd_.get(), kDangling))) return false;
  given_fd_ = OpenPath(root, kMoved, O_DIRECTORY);
  if (!given_fd_.valid()) given_fd_ = MakeFolder(root, kGiven, kOpenToAll);
  locked_fd_ = MakeFolder(root, "locked", kReadOnly);
  if (!given_fd_.valid() || !locked_fd_.valid()) return false;
  if (!Done(::mknodat(root, "plain", S_IFREG | 0600, 0))) return false;
  plain_fd_ = OpenPath(root, "plain", 0);
  return plain_fd_.valid();
}

// What mkfifo() or mkfifoat() returned, and what stands where it had to make it.
Reply FifoFiles::Created(int made, int folder_fd, const char* name) const {
  if (made != 0) return Returned(made);
  struct stat file;
  struct stat folder;
  if (::fstatat(folder_fd, name, &file, AT_SYMLINK_NOFOLLOW) != 0) return {.result = 0};
  if (::fstat(folder_fd, &folder) != 0) return {.result = 0};
  const Overrides rights = OverridesNow();
  const CreatedFile created{.st_mode = static_cast<std::uint16_t>(file.st_mode),
                            .owned_by_user = file.st_uid == ::geteuid(),
                            .owned_by_group = file.st_gid == ::getegid(),
                            .owned_like_folder = file.st_gid == folder.st_gid,
                            .overrides = rights.all,
                            .overrides_reading = rights.reading};
  return {.result = created.Result()};
}

Reply FifoFiles::Create(std::uint64_t argument) {
  if (!EnsureTree()) return Failed(ENOTSUP);
  const CreateFile call = CreateFile::Of(argument);
  const char* path = kNames[call.slot];
  int folder_fd = current_fd_.get();
  if (call.place == Place::kSymbolicLink) path = kDangling;
  if (call.place == Place::kMissingParent) path = kMissingNames[call.slot];
  if (call.place == Place::kLocked) {
    path = kLockedNames[call.slot];
    folder_fd = locked_fd_.get();
  }
  const CurrentDirectory current(current_fd_.get());
  const Acting acting(call.as);
  if (acting.system_error() != 0) return Failed(acting.system_error());
  const Umask umask(call.umask);
  const int made = ::mkfifo(path, call.mode);
  return Created(made, folder_fd, call.place == Place::kSymbolicLink ? path : kNames[call.slot]);
}

Reply FifoFiles::CreateAt(std::uint64_t argument) {
  if (!EnsureTree()) return Failed(ENOTSUP);
  const CreateFileAt call = CreateFileAt::Of(argument);
  const char* path = kNames[call.slot];
  int base_fd = -1;
  int folder_fd = current_fd_.get();
  switch (call.base) {
    case Base::kGivenDirectory:
      base_fd = folder_fd = given_fd_.get();
      break;
    case Base::kCurrentDirectory:
      base_fd = AT_FDCWD;
      break;
    case Base::kAbsoluteNonDirectory:
      base_fd = plain_fd_.get();
      [[fallthrough]];
    case Base::kAbsoluteInvalid:
      path = absolute_[call.slot].c_str();
      break;
    case Base::kNonDirectory:
      base_fd = plain_fd_.get();
      break;
    case Base::kInvalid:
      break;
  }
  const CurrentDirectory current(current_fd_.get());
  const Umask umask(0);
  return Created(::mkfifoat(base_fd, path, kCreateAtMode), folder_fd, kNames[call.slot]);
}

Reply FifoFiles::ChangeMode(std::uint64_t argument) {
  if (!EnsureTree()) return Failed(ENOTSUP);
  const auto call = parley::ChangeMode::Of(argument);
  return Returned(::fchmodat(current_fd_.get(), kNames[call.slot], call.mode, 0));
}

Reply FifoFiles::Open(std::uint64_t argument) {
  if (!EnsureTree()) return Failed(ENOTSUP);
  const OpenFileAs call = OpenFileAs::Of(argument);
  const int access = call.direction == Direction::kRead    ? O_RDONLY
                     : call.direction == Direction::kWrite ? O_WRONLY
                                                           : O_RDWR;
  int fd = -1;
  {
    const Acting acting(call.as);
    if (acting.system_error() != 0) return Failed(acting.system_error());
    fd = ::openat(current_fd_.get(), kNames[call.slot], access | O_NONBLOCK | O_CLOEXEC);
  }
  if (fd < 0) return Returned(fd);
  held_[call.slot] = {.fd = FileDescriptor(fd), .direction = call.direction};
  return {.result = 0};
}

Reply FifoFiles::Use(std::uint64_t argument) {
  const Held& held = held_[UsedSlot(argument)];
  char byte = 'p';
  return Returned(held.direction == Direction::kRead ? ::read(held.fd.get(), &byte, 1)
                                                     : ::write(held.fd.get(), &byte, 1));
}

Reply FifoFiles::Remove(std::uint64_t argument) {
  if (!EnsureTree()) return Failed(ENOTSUP);
  const RemoveFile call = RemoveFile::Of(argument);
  const int folder_fd = call.folder == Folder::kGiven ? given_fd_.get() : current_fd_.get();
  return Returned(::unlinkat(folder_fd, kNames[call.slot], 0));
}

Reply FifoFiles::MoveGiven() {
  if (!EnsureTree()) return Failed(ENOTSUP);
  const int root = root_fd_.get();
  const bool moved = ::faccessat(root, kMoved, F_OK, 0) == 0;
  return Returned(moved ? ::renameat(root, kMoved, root, kGiven)
                        : ::renameat(root, kGiven, root, kMoved));
}

void RemoveFifoFiles(const std::string& fifo) {
  const std::string root = RootOf(fifo);
  // Few objects have such a tree.
  if (::rmdir(root.c_str()) == 0 || errno == ENOENT) return;
  ::chmod((root + "/locked").c_str(), 0700);
  std::error_code error;
  std::filesystem::remove_all(root, error);
}

}  // namespace parley
