// Files beside a FIFO: a small tree of directories in which other FIFOs are made, opened and
// removed as different users, to see who may do what and where a name ends up.
//
//   PATH.files/current/         the current directory of calls; names 0 and 1, "dangling" (a
//   symbolic
//                               link to nothing)
//   PATH.files/given/           the directory of which a descriptor is given; may be called
//                               given.moved
//   PATH.files/locked/          mode 0555
//   PATH.files/plain            a regular file
//
// Source: POSIX.1-2024 mkfifo(), mkfifoat(), open(), chmod(), umask(), unlink().
#pragma once

#include <array>
#include <string>

#include "src/base/file_descriptor.h"
#include "src/facility/facility.h"
#include "src/history/file_calls.h"

namespace parley {

// One worker's side.  The tree is made with the first call, unless it is there.
//
// Each call makes one call of libc that is judged.  What stands around it prepares it (the umask,
// the current directory, the effective IDs) or looks at what it made, and is undone before it
// returns.
class FifoFiles {
 public:
  // fifo: path of the FIFO.
  explicit FifoFiles(const std::string& fifo);

  // argument: as src/history/file_calls.h has it for the effect.
  // Result: creations, CreatedFile::Result(); uses, the bytes moved; others 0.
  // Errors: those of the call; of a change of IDs when they cannot be changed; ENOTSUP when there
  //   is no tree.
  Reply Create(std::uint64_t argument);
  Reply CreateAt(std::uint64_t argument);
  Reply ChangeMode(std::uint64_t argument);
  Reply Open(std::uint64_t argument);
  Reply Use(std::uint64_t argument);
  Reply Remove(std::uint64_t argument);
  // Renames the given directory, or gives it its name back; descriptors stay good.
  Reply MoveGiven();

 private:
  struct Held {
    FileDescriptor fd;
    Direction direction = Direction::kRead;
  };

  bool EnsureTree();
  Reply Created(int made, int folder_fd, const char* name) const;

  std::string root_;
  std::array<std::string, kFileSlots> absolute_;  // paths of the names in the current directory
  FileDescriptor root_fd_;
  FileDescriptor current_fd_;
  FileDescriptor given_fd_;
  FileDescriptor locked_fd_;
  FileDescriptor plain_fd_;
  std::array<Held, kFileSlots> held_;
};

// Removes the tree beside a FIFO, whoever made what of it.
void RemoveFifoFiles(const std::string& fifo);

}  // namespace parley
