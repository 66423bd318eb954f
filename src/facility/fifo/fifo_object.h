// A FIFO as its maker holds it: names in a directory, no descriptor.
#pragma once

#include <memory>
#include <string>

#include "src/facility/facility.h"

namespace parley {

// The names that a FIFO may go by.
struct FifoNames {
  explicit FifoNames(std::string fifo);

  std::string path;
  std::string moved;   // PATH.moved: where "rename" takes it, and brings it back from
  std::string linked;  // PATH.link: the second name that "link" gives it
};

// Destroying it removes all its names, and the files beside it, whoever made them.
class FifoObject : public Object {
 public:
  // Makes the FIFO (mode 0600, less the umask), or with plan.exists false only reserves its names.
  //
  // path: of the FIFO.
  // Errors: unsupported when plan.capacity_bytes is given.  A FIFO's capacity is that of the pipe
  //   behind it, which begins with its first open and is gone with its last close: what the maker
  //   sets is lost unless the maker stays in as a reader and writer, and then no reader sees
  //   end-of-file.  Workers that hold it open can call set_capacity.
  //   System or unsupported when mkfifo() refuses, unsupported when it cannot be opened.
  // plan.nonblocking has no effect: the workers' own opens decide it.
  // Source: POSIX.1-2024 mkfifo(); fifo(7), fcntl(2) F_SETPIPE_SZ (Linux).
  static Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, std::string path);

  ~FifoObject() override;

  const ObjectAccess& access() const override { return access_; }
  // Of the pipe that an open at the time of Make got; each first open makes a new one, of the same
  // default.
  std::uint64_t capacity_bytes() const override { return capacity_bytes_; }
  void ReleaseDescriptors() override {}

 private:
  FifoObject(FifoNames names, std::uint64_t capacity_bytes);

  FifoNames names_;
  std::uint64_t capacity_bytes_;
  ObjectAccess access_;
};

}  // namespace parley
