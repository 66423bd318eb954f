// A POSIX message queue: every way to send and receive, its attributes and its name.
#include "fuzz/stream/target.h"

namespace parley::fuzz {
namespace {

constexpr std::string_view kCalls[] = {"send",
                                       "receive",
                                       "send_far",
                                       "receive_far",
                                       "send_past",
                                       "receive_past",
                                       "send_invalid",
                                       "receive_invalid",
                                       "set_nonblock",
                                       "capacity",
                                       "unread",
                                       "close",
                                       "open_read_nonblock",
                                       "open_write_nonblock",
                                       "open_both_nonblock",
                                       "open_both",
                                       "make",
                                       "unlink",
                                       "exists"};

constexpr std::string_view kOpenings[] = {"open_both_nonblock"};
// Of messages with and without room for a header, and of the longest one.
constexpr std::uint32_t kLengths[] = {0, 1, 24, 64, 8192};
constexpr std::uint32_t kPriorities[] = {0, 1, 2, 200, 32767, 32768};

constexpr StreamTarget kTarget{.facility = "mq",
                               .calls = kCalls,
                               .openings = kOpenings,
                               .plan = {},
                               .lengths = kLengths,
                               .arguments = kPriorities,
                               .bytes_max = 8200};

}  // namespace

const StreamTarget& ThisTarget() { return kTarget; }

}  // namespace parley::fuzz
