// What parley is measured against: processes that do nothing but write and read.
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

}  // namespace parley
