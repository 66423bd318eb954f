#include "src/engine/manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "src/facility/facility.h"

namespace parley {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDirectoryPrefix = "parley-run-";

std::string TemporaryRoot() {
  const char* root = std::getenv("TMPDIR");
  return root != nullptr && *root != '\0' ? root : "/tmp";
}

std::string StateDirectory() {
  const char* chosen = std::getenv("PARLEY_STATE_DIR");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return fmt::format("{}/parley-state-{}", TemporaryRoot(), ::geteuid());
}

// The state folder, made when absent.  A folder that somebody else owns could name anything for
// removal, so it is refused.
Result<std::string> RequireStateDirectory() {
  std::string path = StateDirectory();
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return SystemError(fmt::format("mkdir(\"{}\", 0700)", path));
  }
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return SystemError(fmt::format("lstat(\"{}\")", path));
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) {
    return InputError(fmt::format(
        "\"{}\" is not a folder of this user's; set PARLEY_STATE_DIR to one that is", path));
  }
  return path;
}

std::string RandomName() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

// A path that a manifest may name: absolute, and made by parley.
bool IsOurs(const fs::path& path) {
  return path.is_absolute() && path.filename().string().starts_with(kDirectoryPrefix);
}

void RemoveTree(const std::string& path, Swept& swept) {
  std::error_code error;
  struct stat status;
  if (::lstat(path.c_str(), &status) != 0) return;
  if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid()) {
    swept.kept.push_back(path + ": not a folder of this user's");
    return;
  }
  for (const Facility* facility : Facilities()) facility->Sweep(path);
  // An empty one goes without a descriptor to read it by, of which there may be none left.
  if (::rmdir(path.c_str()) != 0) fs::remove_all(path, error);
  if (error) {
    swept.kept.push_back(fmt::format("{}: {}", path, error.message()));
  } else {
    swept.removed.push_back(path);
  }
}

void SweepManifest(const fs::path& path, Swept& swept) {
  const FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid() || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return;
  std::ifstream lines(path);
  if (!lines) {
    swept.kept.push_back(path.string() + ": cannot be read");
    return;
  }
  ++swept.runs;
  const std::size_t kept_before = swept.kept.size();
  for (std::string line; std::getline(lines, line);) {
    if (IsOurs(line)) RemoveTree(line, swept);
  }
  if (!lines.bad() && swept.kept.size() == kept_before) ::unlink(path.c_str());
}

}  // namespace

Result<Manifest> Manifest::Create() {
  // Another run's sweep may remove the empty folder, or the new file before it is locked.
  constexpr int kAttempts = 16;
  Error last;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto state = RequireStateDirectory();
    if (!state) return std::unexpected(state.error());
    const std::string path = fmt::format("{}/{}.manifest", *state, RandomName());
    FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_APPEND, 0600));
    if (!fd.valid()) {
      last = SystemError(fmt::format("open(\"{}\", O_CREAT)", path)).error();
      if (last.system_error != ENOENT) break;
      continue;
    }
    struct stat status;
    if (::flock(fd.get(), LOCK_EX) != 0 || ::fstat(fd.get(), &status) != 0) {
      return SystemError(fmt::format("flock(\"{}\")", path));
    }
    if (status.st_nlink > 0) return Manifest(path, std::move(fd));
  }
  return std::unexpected(last);
}

Result<std::string> Manifest::MakeDirectory(const std::string& parent) {
  std::error_code error;
  const fs::path absolute = fs::absolute(parent, error);
  if (error || !fs::is_directory(absolute, error)) {
    return InputError(fmt::format("\"{}\" is not a directory; --dir needs one to work in", parent));
  }
  std::string path = (absolute / (kDirectoryPrefix + RandomName())).string();
  const std::string line = path + "\n";
  if (::write(fd_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    return SystemError(fmt::format("write(\"{}\")", path_));
  }
  directories_.push_back(path);
  if (::mkdir(path.c_str(), 0700) != 0) return SystemError(fmt::format("mkdir(\"{}\")", path));
  return path;
}

void Manifest::Finish() {
  if (!fd_.valid()) return;
  Swept swept;
  for (const std::string& directory : directories_) RemoveTree(directory, swept);
  if (swept.kept.empty()) {
    ::unlink(path_.c_str());
    ::rmdir(fs::path(path_).parent_path().c_str());  // succeeds for the last run only
  }
  fd_.Reset();
}

Result<Swept> Sweep() {
  Swept swept;
  const std::string state = StateDirectory();
  std::error_code error;
  if (!fs::is_directory(state, error)) return swept;
  if (auto owned = RequireStateDirectory(); !owned) return std::unexpected(owned.error());
  for (const auto& entry : fs::directory_iterator(state, error)) {
    if (entry.path().extension() == ".manifest") SweepManifest(entry.path(), swept);
  }
  ::rmdir(state.c_str());
  return swept;
}

}  // namespace parley
