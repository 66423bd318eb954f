// What writers put into a pipe, of every size and at every capacity, is what its one reader takes.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(PipeRecords, GivesBackWhatWasWritten) {
  ScriptLaw law("pipe",
                {"pipe.atomic-write", "pipe.atomic-write-nonblock", "pipe.atomic-writev",
                 "pipe.large-write-ordered", "pipe.order", "pipe.blocking-full-count",
                 "pipe.nonblock-large", "pipe.read-available", "pipe.fd-roles", "xfer.any-bytes",
                 "xfer.copy-semantics", "xfer.conservation", "xfer.destructive-read"});
  const ScriptRole writers{.calls = {"write", "write", "write", "writev", "set_nonblock", "close"},
                           .calls_low = 2,
                           .bytes = {1, 100, 512, 2049, 4095, 4096, 4097, 8192, 20000}};
  const ScriptRole reader{.name = "reader",
                          .ends = Ends::kRead,
                          .count_high = 1,
                          .calls = {"read", "read", "read", "read", "readv", "set_nonblock"},
                          .calls_low = 4,
                          .calls_high = 16,
                          .bytes = {1, 100, 4095, 4096, 8192, 65536},
                          .leaves = false};
  law.HoldsFor(Scripts({.capacities = {0, 4096, 8192, 16384},
                        .roles = {writers, reader},
                        .overwrites = true,
                        .may_not_wait = true}));
}

}  // namespace
}  // namespace parley
