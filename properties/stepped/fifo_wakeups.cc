// Readers and writers fall asleep before a FIFO, are woken, interrupted and killed there.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(FifoWakeups, WakesWhomItHasTo) {
  ScriptLaw law("fifo", {"xfer.wake-receiver", "xfer.wake-sender", "xfer.eintr-no-effect",
                         "xfer.restart-matrix", "xfer.kill-atomic"});
  const ScriptRole writers{.ends = Ends::kNone,
                           .first = {"open_write"},
                           .calls = {"write", "write", "write", "write", "close"},
                           .calls_high = 24,
                           .leaves = false};
  const ScriptRole readers{.name = "reader",
                           .ends = Ends::kNone,
                           .count_low = 2,
                           .count_high = 4,
                           .first = {"open_read"},
                           .calls = {"read", "read", "read", "read", "poll_read"},
                           .calls_low = 2,
                           .leaves = false};
  law.HoldsFor(Scripts({.facility = "fifo",
                        .encoding = Encoding::kFramed,
                        .records = {24, 4096, 4096, 16384},
                        .roles = {writers, readers},
                        .signal = 64,
                        .signal_restart = 64,
                        .kill = 32,
                        .respawn = 128}));
}

}  // namespace
}  // namespace parley
