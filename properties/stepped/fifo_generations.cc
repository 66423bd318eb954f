// A FIFO's name is removed and made again in the middle of traffic: two FIFOs of one name.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

TEST(FifoGenerations, HasNothingInCommonWithItsNamesake) {
  ScriptLaw law("fifo", {"fifo.unlink-open"});
  // Handle 1 is of the first FIFO, the newest handle perhaps of the next.
  const ScriptRole users{.name = "user",
                         .ends = Ends::kNone,
                         .count_low = 2,
                         .count_high = 3,
                         .first = {"open_both"},
                         .calls = {"write", "write", "read", "read", "open_both"},
                         .calls_low = 4,
                         .handles = {0, 1}};
  const ScriptRole clerk{.name = "clerk",
                         .ends = Ends::kNone,
                         .count_high = 1,
                         .calls = {"unlink", "make", "rename", "link"},
                         .calls_low = 2,
                         .calls_high = 6,
                         .leaves = false};
  law.HoldsFor(Scripts({.facility = "fifo",
                        .encoding = Encoding::kFramed,
                        .records = {24, 512},
                        .roles = {users, clerk}}));
}

}  // namespace
}  // namespace parley
