// Senders and receivers of a System V queue for few bytes ask for messages in every way, fall
// asleep, are woken, interrupted and killed there.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(SysvQueue, GivesEachTheMessageThatItAsksFor) {
  ScriptLaw law("sysv-msg",
                {"sysvmsg.fifo-type0", "sysvmsg.fifo-within-type", "sysvmsg.lowest-type",
                 "sysvmsg.linux-flags", "sysvmsg.empty-full", "sysvmsg.too-big",
                 "sysvmsg.match-wakes", "sysvmsg.integrity", "svipc.stat-truth",
                 "xfer.wake-receiver", "xfer.wake-sender", "xfer.destructive-read",
                 "xfer.conservation", "xfer.eintr-no-effect", "xfer.restart-matrix"});
  const std::vector<Topology> anybody{Topology::kRelated, Topology::kForked};
  const ScriptRole writers{.ends = Ends::kNone,
                           .topologies = anybody,
                           .first = {"open_write", "open_both"},
                           .calls = {"send", "send", "send", "send_nowait", "unread"},
                           .calls_high = 12,
                           .bytes = {0, 23, 24, 40},
                           .classes = {1, 2, 3, 2147483647},
                           .leaves = false};
  const ScriptRole readers{
      .name = "reader",
      .ends = Ends::kNone,
      .topologies = anybody,
      .first = {"open_read", "open_both"},
      .calls = {"receive", "receive_type", "receive_lowest", "receive_except", "receive_nowait",
                "receive_type_nowait", "receive_lowest_nowait", "receive_except_nowait", "copy"},
      .calls_high = 12,
      .bytes = {24, 8192, 8192},
      .classes = {1, 2, 3, 2147483647},
      .leaves = false};
  law.HoldsFor(Scripts({.facility = "sysv-msg",
                        .encoding = Encoding::kFramed,
                        .capacities = {2, 40, 64, 0},
                        .roles = {writers, readers},
                        .signal = 64,
                        .signal_restart = 64,
                        .kill = 32}));
}

}  // namespace
}  // namespace parley
