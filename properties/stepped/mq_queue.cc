// Senders and receivers of a queue of few places fall asleep, are woken, interrupted and killed
// there.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(MqQueue, GivesTheOldestOfTheHighestPriorityToWhomItHasTo) {
  ScriptLaw law(
      "mq", {"mq.highest-priority-first", "mq.fifo-within-priority", "mq.integrity", "mq.capacity",
             "mq.timed", "xfer.wake-receiver", "xfer.wake-sender", "xfer.destructive-read",
             "xfer.conservation", "xfer.eintr-no-effect", "xfer.restart-matrix"});
  const std::vector<Topology> anybody{Topology::kRelated, Topology::kForked};
  const ScriptRole writers{
      .ends = Ends::kNone,
      .topologies = anybody,
      .first = {"open_write", "open_both", "open_write_nonblock"},
      .calls = {"send", "send", "send", "send", "send_near", "send_past", "set_nonblock"},
      .calls_high = 12,
      .bytes = {0, 23, 24, 64},
      .classes = {0, 0, 1, 200, 32767},
      .leaves = false};
  const ScriptRole readers{.name = "reader",
                           .ends = Ends::kNone,
                           .topologies = anybody,
                           .first = {"open_read", "open_both", "open_read_nonblock"},
                           .calls = {"receive", "receive", "receive", "receive", "receive_near",
                                     "receive_past", "set_nonblock"},
                           .calls_high = 12,
                           .bytes = {8192},
                           .classes = {0},
                           .leaves = false};
  law.HoldsFor(Scripts({.facility = "mq",
                        .encoding = Encoding::kFramed,
                        .places = {1, 2, 3, 10},
                        .roles = {writers, readers},
                        .signal = 64,
                        .signal_restart = 64,
                        .kill = 32,
                        .respawn = 128}));
}

}  // namespace
}  // namespace parley
