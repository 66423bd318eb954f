// Limits that pipes and FIFOs share, as the system reports them.
#pragma once

#include <cstdint>
#include <string>

namespace parley {

// PIPE_BUF of FIFOs in a directory: writes of at most that many bytes are not interleaved.
//
// Returns: bytes; 512, the least that POSIX allows, when the system gives no answer.
// Source:  POSIX.1-2024 pathconf() _PC_PIPE_BUF, <limits.h> _POSIX_PIPE_BUF.
std::uint64_t AtomicWriteBytes(const std::string& directory);

// PIPE_BUF of the pipe or FIFO behind a descriptor; otherwise the same.
std::uint64_t AtomicWriteBytes(int fd);

// Capacity of the pipe or FIFO behind a descriptor.
//
// Returns: bytes; 0 when the system does not tell.
// Source:  fcntl(2) F_GETPIPE_SZ (Linux).
std::uint64_t PipeCapacityBytes(int fd);

// Capacity of a pipe made just so, asked of the system once per process.
//
// Returns: bytes; 0 when no pipe can be made or the system does not tell.
std::uint64_t DefaultPipeCapacityBytes();

}  // namespace parley
