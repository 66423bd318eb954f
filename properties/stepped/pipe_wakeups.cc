// Readers and writers fall asleep before a small pipe, are woken, interrupted and killed there.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(PipeWakeups, WakesWhomItHasTo) {
  ScriptLaw law("pipe", {"xfer.wake-receiver", "xfer.wake-sender", "xfer.destructive-read",
                         "xfer.conservation", "xfer.eintr-no-effect", "xfer.restart-matrix",
                         "xfer.kill-atomic"});
  const ScriptRole writers{
      .calls = {"write", "write", "write", "write", "close"}, .calls_high = 12, .leaves = false};
  const ScriptRole readers{.name = "reader",
                           .ends = Ends::kRead,
                           .count_low = 2,
                           .count_high = 4,
                           .calls = {"read", "read", "read", "read", "poll_read"},
                           .calls_low = 2,
                           .leaves = false};
  law.HoldsFor(Scripts({.encoding = Encoding::kFramed,
                        .capacities = {4096, 4096, 8192},
                        .records = {24, 512, 4095, 4096},
                        .roles = {writers, readers},
                        .signal = 64,
                        .signal_restart = 64,
                        .kill = 32,
                        .respawn = 128}));
}

}  // namespace
}  // namespace parley
