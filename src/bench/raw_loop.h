// What parley is measured against: processes that do nothing but write and read, or lock and
// unlock.
#pragma once

#include <cstdint>
#include <string>

namespace parley {

struct RawLoad {
  bool fifo = false;      // else a pipe
  std::string directory;  // where the FIFO is made
  int writers = 1;
  int readers = 1;
  std::uint64_t writes = 0;  // of each writer
  std::uint32_t message_bytes = 64;
};

// Runs the load once.  Returns calls a second, writes and reads together, from the common start to
// the last end-of-file; 0 when a process could not be made.
double RawCallsPerSecond(const RawLoad& load);

struct RawLocks {
  bool ofd = false;       // locks of the description, else of the process
  std::string directory;  // where the file is made
  int processes = 1;
  std::uint64_t pairs = 0;  // of a lock and an unlock, of each process on a byte of its own
};

// The same of locks: calls a second, from the common start to the last process' end.
double RawLocksPerSecond(const RawLocks& load);

}  // namespace parley
