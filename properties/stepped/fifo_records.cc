// What holds of a pipe's bytes holds of a FIFO's, opened by name by relatives and strangers.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(FifoRecords, GivesBackWhatWasWritten) {
  ScriptLaw law("fifo", {"fifo.atomic-write", "fifo.order", "xfer.any-bytes", "xfer.copy-semantics",
                         "xfer.conservation", "xfer.destructive-read", "xfer.flow-control",
                         "pipe.unidirectional"});
  const std::vector<Topology> anybody{Topology::kRelated, Topology::kRelated, Topology::kRelated,
                                      Topology::kUnrelated};
  const ScriptRole writers{.ends = Ends::kNone,
                           .topologies = anybody,
                           .first = {"open_write"},
                           .calls = {"write", "write", "write", "write", "writev", "set_nonblock",
                                     "set_capacity", "read"},
                           .calls_low = 2,
                           .bytes = {1, 100, 512, 2049, 4095, 4096, 4097, 8192, 20000},
                           .handles = {0, 0, 0, 1}};
  const ScriptRole reader{.name = "reader",
                          .ends = Ends::kNone,
                          .count_high = 1,
                          .topologies = anybody,
                          .first = {"open_read", "open_read", "open_read_nonblock"},
                          .calls = {"read", "read", "read", "read", "readv", "set_nonblock"},
                          .calls_low = 4,
                          .calls_high = 16,
                          .bytes = {1, 100, 4095, 4096, 8192, 65536},
                          .leaves = false};
  law.HoldsFor(Scripts({.facility = "fifo", .roles = {writers, reader}, .overwrites = true}));
}

}  // namespace
}  // namespace parley
