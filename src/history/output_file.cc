#include "src/history/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace parley {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr mode_t kMode = 0666;  // less the umask
constexpr int kNamesMax = 100;  // temporary names to try; each is taken by a dead run or a rival

// Where a path leads: renaming onto a symbolic link would replace the link.
std::string Resolved(const std::string& path) {
  char* const real = ::realpath(path.c_str(), nullptr);
  if (real == nullptr) return path;
  std::string resolved = real;
  ::free(real);
  return resolved;
}

// True for what exists and cannot be replaced by a file of the same name.
bool WrittenInPlace(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return true;
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

std::string FolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Without it a crash of the machine could undo the rename.  Some file systems refuse; the file
// itself is safe then.
void SyncFolder(const std::string& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

std::unexpected<Error> Unreadable(std::string attempt) {
  auto error = SystemError(std::move(attempt));
  error.error().blame = Blame::kInput;
  return error;
}

}  // namespace

OutputFile::OutputFile(FileDescriptor fd, std::string path, std::string partial)
    : fd_(std::move(fd)), path_(std::move(path)), partial_(std::move(partial)) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      path_(std::move(other.path_)),
      partial_(std::exchange(other.partial_, {})),
      buffer_(std::move(other.buffer_)),
      status_(std::move(other.status_)) {}

OutputFile::~OutputFile() {
  if (!partial_.empty()) ::unlink(partial_.c_str());
}

Result<OutputFile> OutputFile::Open(const std::string& path) {
  if (WrittenInPlace(path)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) return SystemError(fmt::format("open(\"{}\", O_WRONLY | O_APPEND)", path));
    return OutputFile(FileDescriptor(fd), path, "");
  }
  const std::string target = Resolved(path);
  std::string partial;
  for (int i = 0; i < kNamesMax; ++i) {
    partial = fmt::format("{}.{}.{}.partial", target, ::getpid(), i);
    const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
    if (fd >= 0) return OutputFile(FileDescriptor(fd), target, partial);
    if (errno != EEXIST) break;
  }
  return SystemError(fmt::format("open(\"{}\", O_WRONLY | O_CREAT | O_EXCL)", partial));
}

void OutputFile::Append(std::string_view bytes) {
  buffer_.append(bytes);
  if (buffer_.size() >= kBufferBytes) Flush();
}

void OutputFile::Flush() {
  std::string_view rest = buffer_;
  while (status_.has_value() && !rest.empty()) {
    const ssize_t written = ::write(fd_.get(), rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      status_ = SystemError(fmt::format("write(\"{}\", {} bytes)", path_, rest.size()));
    }
  }
  buffer_.clear();
}

Result<void> OutputFile::Commit() {
  Flush();
  if (!status_.has_value()) return status_;
  if (partial_.empty()) return {};
  if (::fsync(fd_.get()) != 0) return SystemError(fmt::format("fsync(\"{}\")", path_));
  if (::close(fd_.Release()) != 0) return SystemError(fmt::format("close(\"{}\")", path_));
  if (::rename(partial_.c_str(), path_.c_str()) != 0) {
    return SystemError(fmt::format("rename(\"{}\", \"{}\")", partial_, path_));
  }
  partial_.clear();
  SyncFolder(FolderOf(path_));
  return {};
}

Result<void> WriteWholeFile(const std::string& path, std::string_view content) {
  Result<OutputFile> file = OutputFile::Open(path);
  if (!file.has_value()) return std::unexpected(std::move(file.error()));
  file->Append(content);
  return file->Commit();
}

Result<std::string> ReadWholeFile(const std::string& path) {
  // Not to wait for the other end when the path leads to a FIFO.
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return Unreadable(fmt::format("open(\"{}\", O_RDONLY)", path));
  struct stat status;
  if (::fstat(fd.get(), &status) != 0) return Unreadable(fmt::format("fstat(\"{}\")", path));
  if (!S_ISREG(status.st_mode)) return InputError(fmt::format("{} is not a regular file", path));
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = ::read(fd.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unreadable(fmt::format("read(\"{}\")", path));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

}  // namespace parley
