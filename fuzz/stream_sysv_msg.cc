// A System V message queue: every way to send and receive by type, its limits and its key.
#include "fuzz/stream/target.h"

namespace parley::fuzz {
namespace {

constexpr std::string_view kCalls[] = {"send_nowait",    "receive_nowait",
                                       "send",           "receive",
                                       "receive_type",   "receive_type_nowait",
                                       "receive_lowest", "receive_lowest_nowait",
                                       "receive_except", "receive_except_nowait",
                                       "receive_cut",    "receive_type_cut",
                                       "copy",           "copy_waiting",
                                       "set_capacity",   "capacity",
                                       "unread",         "open_both",
                                       "open_create",    "forget",
                                       "make",           "remove",
                                       "exists",         "ftok"};

constexpr std::string_view kOpenings[] = {"open_both"};
constexpr std::uint32_t kLengths[] = {0, 1, 24, 40, 64, 8192};
constexpr std::uint32_t kTypes[] = {0, 1, 2, 3, 4, 100, 16384, 65536};

constexpr StreamTarget kTarget{.facility = "sysv-msg",
                               .calls = kCalls,
                               .openings = kOpenings,
                               .plan = {.capacity_bytes = 256},
                               .lengths = kLengths,
                               .arguments = kTypes,
                               .bytes_max = 8200};

}  // namespace

const StreamTarget& ThisTarget() { return kTarget; }

}  // namespace parley::fuzz
