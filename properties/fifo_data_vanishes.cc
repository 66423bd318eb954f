// fifo.data-vanishes: bytes are left unread when everybody has closed or died; who comes next must
// not see them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(FifoDataVanishes, ForgetsWhatNobodyHoldsOpen, ()) {
  static Law law("fifo", "fifo.data-vanishes");
  const std::vector<std::string> anybody{"related", "unrelated"};
  const CrewRole writers = *Scripted("writer", "none", 1, 3, anybody);
  const CrewRole reader = *Scripted("reader", "none", 1, 1, anybody);
  const CrewRole heir = *Scripted("heir", "none", 1, 1, anybody);
  const CrewRole successor = *Scripted("successor", "none", 1, 1, anybody);
  const std::uint32_t bytes = *OneOf<std::uint32_t>({24, 512, 4096});
  const std::uint32_t writes = *Between(1, 4);
  const std::uint32_t reads = *Between(0, 1);
  const bool writers_die = *rc::gen::arbitrary<bool>();
  const bool reader_dies = *rc::gen::arbitrary<bool>();
  const auto end = [](const std::string& who, bool dies) {
    return dies ? CrewStep{.who = who, .fault = "kill"} : CrewStep{.who = who, .call = "close"};
  };
  const CrewStep taste{.who = "reader", .call = "read", .bytes = 24};
  const CrewStep look{.who = "heir", .call = "read", .bytes = 65536};
  law.Holds({.roles = {writers, reader, heir, successor},
             .phases = {
                 {{.who = "reader", .call = "open_read"}, {.who = "writer", .call = "open_write"}},
                 {{.who = "writer", .call = "write", .bytes = bytes, .repeat = writes}},
                 std::vector<CrewStep>(reads, taste),
                 {end("writer", writers_die), end("reader", reader_dies)},
                 {{.who = "heir", .call = "open_read_nonblock"}},
                 {look},
                 {{.who = "successor", .call = "open_write"}},
                 {{.who = "successor", .call = "write", .bytes = 24}},
                 {look},
                 {{.who = "successor", .call = "close"}},
                 {look, {.who = "heir", .call = "close"}},
             }});
}

}  // namespace
}  // namespace parley
