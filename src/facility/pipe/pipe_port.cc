#include "src/facility/pipe/pipe_port.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

#include "src/facility/pipe/pair.h"

namespace parley {
namespace {

enum FirstCalls : std::uint8_t { kMake, kHoldRead, kHoldWrite, kStream };

constexpr std::array<CallTraits, kStream> kFirstCalls{{
    {.name = "make", .effect = Effect::kOpenBoth},
    {.name = "hold_read", .effect = Effect::kOpenRead},
    {.name = "hold_write", .effect = Effect::kOpenWrite},
}};
enum LastCalls : std::uint8_t {
  kProbeDescriptor = kStream + kStreamCalls.size(),
  kPipe,
};

constexpr std::array<CallTraits, 2> kLastCalls{{
    {.name = "probe_descriptor", .effect = Effect::kProbeHandle},
    {.name = "pipe", .effect = Effect::kMakePair},
}};
constexpr auto kCalls = WithStreamCalls(kFirstCalls, kLastCalls);
static_assert(kCalls[kPipe].name == "pipe");

// Handles 1 and 2 are for the ends handed over, whether they are or not.
constexpr std::uint16_t kFirstFreeHandle = kHandleWrite + 1;

}  // namespace

std::span<const CallTraits> PipePort::Calls() { return kCalls; }

PipePort::PipePort() : StreamPort(kStream, kFirstFreeHandle) {}

Reply PipePort::PerformOther(const Request& request) {
  switch (request.call) {
    case kHoldRead:
    case kHoldWrite: {
      const HandleTable::Entry* held =
          handles().Find(request.call == kHoldRead ? kHandleRead : kHandleWrite);
      if (held == nullptr) return Failed(EBADF);
      return {.result = 0, .handle = held->handle, .nonblocking = held->nonblocking};
    }
    case kProbeDescriptor: {
      const int fd = static_cast<int>(
          std::min<std::uint64_t>(request.argument, std::numeric_limits<int>::max()));
      struct stat found;
      const Reply reply = Returned(::fstat(fd, &found));
      if (reply.result != 0) return reply;
      return S_ISFIFO(found.st_mode) && fd > STDERR_FILENO ? reply : Failed(ENOTTY);
    }
    case kPipe:
      return MakePair(request.argument);
    default:
      return Failed(ENOTSUP);
  }
}

}  // namespace parley
