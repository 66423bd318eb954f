// A FIFO: opens that do not wait, its name, and what can be done with a pipe.
#include "fuzz/stream/target.h"

namespace parley::fuzz {
namespace {

// Opens that wait, and open_both, whose descriptor would, are left out.
constexpr std::string_view kCalls[] = {"write",
                                       "read",
                                       "writev",
                                       "readv",
                                       "poll_read",
                                       "poll_write",
                                       "dup",
                                       "close",
                                       "open_read_nonblock",
                                       "open_write_nonblock",
                                       "make",
                                       "make_at",
                                       "unlink",
                                       "rename",
                                       "link",
                                       "exists",
                                       "set_capacity",
                                       "unread",
                                       "lseek",
                                       "ftruncate",
                                       "fstat"};

constexpr std::string_view kOpenings[] = {"open_read_nonblock", "open_write_nonblock"};
constexpr std::uint32_t kLengths[] = {0, 1, 8, 64, 1000, 4095, 4096, 4097, 8192, 20000, 65536};
constexpr std::uint32_t kCapacities[] = {0, 1, 4096, 8192, 16384, 65536};

constexpr StreamTarget kTarget{.facility = "fifo",
                               .calls = kCalls,
                               .openings = kOpenings,
                               .plan = {},
                               .lengths = kLengths,
                               .arguments = kCapacities,
                               .bytes_max = 70000};

}  // namespace

const StreamTarget& ThisTarget() { return kTarget; }

}  // namespace parley::fuzz
