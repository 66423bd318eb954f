// A pipe: reads, writes and everything else on its descriptors, none of which waits.
#include <array>

#include "fuzz/stream/target.h"

namespace parley::fuzz {
namespace {

// set_nonblock is left out: it would let calls wait.
constexpr std::string_view kCalls[] = {
    "write",        "read",         "writev",    "readv", "poll_read", "poll_write", "dup",
    "close",        "set_capacity", "unread",    "lseek", "ftruncate", "fstat",      "set_packet",
    "get_capacity", "splice_out",   "splice_in", "tee",   "pipe"};

constexpr std::uint32_t kLengths[] = {0, 1, 8, 64, 1000, 4095, 4096, 4097, 8192, 20000, 65536};
constexpr std::uint32_t kCapacities[] = {0, 1, 4096, 8192, 16384, 65536};

constexpr StreamTarget kTarget{.facility = "pipe",
                               .calls = kCalls,
                               .openings = {},
                               .plan = {.nonblocking = true},
                               .lengths = kLengths,
                               .arguments = kCapacities,
                               .bytes_max = 70000};

}  // namespace

const StreamTarget& ThisTarget() { return kTarget; }

}  // namespace parley::fuzz
