// A worker's side of a FIFO, which it reaches by its name.
#pragma once

#include <span>
#include <string>

#include "src/facility/fifo/fifo_files.h"
#include "src/facility/fifo/fifo_object.h"
#include "src/facility/stream_port.h"

namespace parley {

// The calls of kStreamCalls, and
//   make       mkfifo(PATH, 0600)
//   make_at    mkfifoat() of the name's last part, relative to a descriptor of its directory
//   open_*     open() for reading, writing or both; the nonblock ones with O_NONBLOCK
//   unlink     unlink(PATH)
//   rename     two calls: rename(PATH, PATH.moved), rename(PATH.moved, PATH); stops at the first
//   that
//              fails
//   link       link(PATH, PATH.link); EEXIST when that was done before
//   exists     lstat(PATH): 0 when it is a FIFO, ENOTTY when it is something else
// and those on files beside it (FifoFiles): create, create_at, change_mode, open_as, use_open,
// remove, move_directory.
//
// libc functions called beside those of StreamPort: open, mkfifo, mkfifoat, unlink, rename, link,
// lstat.
class FifoPort : public StreamPort {
 public:
  static std::span<const CallTraits> Calls();

  // Opens PATH's directory, for make_at; should that fail, make_at fails with EBADF.
  explicit FifoPort(const std::string& path);

 protected:
  Reply PerformOther(const Request& request) override;

 private:
  Reply Open(int flags, End ends);
  Reply Rename() const;
  Reply Exists() const;

  FifoNames names_;
  std::string last_part_;
  FileDescriptor directory_fd_;
  FifoFiles files_;
};

}  // namespace parley
