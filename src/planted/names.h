// The name under which an open FIFO was opened.
#pragma once

#include <limits.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

namespace parley::planted {

// Source: proc(5), /proc/pid/fd: the path, followed by " (deleted)" when it was removed.
class NameOfDescriptor {
 public:
  explicit NameOfDescriptor(int fd) {
    static constexpr std::string_view kDeleted = " (deleted)";
    char link[32];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t bytes = ::readlink(link, path_.data(), path_.size() - 1);
    if (bytes <= 0 || path_[0] != '/') return;
    known_ = true;
    std::string_view path(path_.data(), static_cast<std::size_t>(bytes));
    removed_ = path.ends_with(kDeleted);
    if (removed_) path.remove_suffix(kDeleted.size());
    path_[path.size()] = '\0';
  }

  bool known() const { return known_; }
  bool removed() const { return removed_; }
  const char* path() const { return path_.data(); }

 private:
  std::array<char, PATH_MAX> path_{};
  bool known_ = false;
  bool removed_ = false;
};

}  // namespace parley::planted
