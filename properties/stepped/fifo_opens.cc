// A FIFO is opened for every direction, with and without waiting, closed and opened again.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(FifoOpens, LetsOpenersMeet) {
  ScriptLaw law("fifo", {"fifo.open-rendezvous", "fifo.open-nonblock", "fifo.eof-reopen",
                         "pipe.poll-coherent", "xfer.unrelated-by-name", "xfer.death-before-wait"});
  const std::vector<Topology> anybody{Topology::kRelated, Topology::kRelated, Topology::kRelated,
                                      Topology::kUnrelated};
  const ScriptRole writers{
      .ends = Ends::kNone,
      .topologies = anybody,
      .first = {"open_write"},
      .calls = {"open_write", "open_write", "open_write_nonblock", "open_both", "write", "write",
                "write", "close", "close", "close", "poll_write"}};
  const ScriptRole readers{.name = "reader",
                           .ends = Ends::kNone,
                           .count_high = 2,
                           .topologies = anybody,
                           .first = {"open_read", "open_read_nonblock"},
                           .calls = {"open_read", "open_read_nonblock", "read", "read", "read",
                                     "read", "read", "close", "poll_read"},
                           .calls_low = 2,
                           .calls_high = 12};
  law.HoldsFor(Scripts({.facility = "fifo",
                        .encoding = Encoding::kFramed,
                        .records = {24, 512, 4096},
                        .roles = {writers, readers},
                        .kill = 32,
                        .respawn = 128}));
}

}  // namespace
}  // namespace parley
