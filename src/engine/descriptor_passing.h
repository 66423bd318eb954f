// Handing descriptors to another process over a UNIX socket (SCM_RIGHTS).
//
// Source: unix(7) "Ancillary messages".
#pragma once

#include <span>
#include <vector>

#include "src/base/error.h"
#include "src/base/file_descriptor.h"

namespace parley {

inline constexpr std::size_t kMaxPassed = 8;

// Sends one message that carries the descriptors, at most kMaxPassed; they stay the caller's.
Result<void> SendDescriptors(int socket, std::span<const int> descriptors);

// Waits for one such message.  The descriptors are close-on-exec.
Result<std::vector<FileDescriptor>> ReceiveDescriptors(int socket);

}  // namespace parley
