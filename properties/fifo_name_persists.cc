// fifo.name-persists: who made the FIFO and all who use it die or leave; others still find its
// name.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(FifoNamePersists, KeepsItsNameWhenAllHaveGone, ()) {
  static Law law("fifo", "fifo.name-persists");
  const std::vector<std::string> anybody{"related", "unrelated"};
  CrewRole creator = *Scripted("creator", "none", 1, 1);
  creator.creator = true;
  const CrewRole writers = *Scripted("writer", "none", 1, 3, anybody);
  const CrewRole readers = *Scripted("reader", "none", 1, 3, anybody);
  const CrewRole witnesses = *Scripted("witness", "none", 1, 2, anybody);
  const std::uint32_t looks = *Between(1, 200);
  const bool die = *rc::gen::arbitrary<bool>();
  const std::uint32_t delay_us = *Between(0, 100);
  const auto end = [&](const std::string& who) {
    CrewStep step{.who = who, .delay_us = delay_us};
    (die ? step.fault : step.call) = die ? "kill" : "close";
    return step;
  };
  const CrewStep look{.who = "witness", .call = "exists", .repeat = looks};
  law.Holds({.roles = {creator, writers, readers, witnesses},
             .phases = {
                 {{.who = "reader", .call = "open_read"}, {.who = "writer", .call = "open_write"}},
                 {{.who = "writer", .call = "write", .bytes = 24}},
                 {{.who = "creator", .fault = "kill", .delay_us = delay_us},
                  end("writer"),
                  end("reader"),
                  look},
                 {look},
                 {{.who = "witness", .call = "open_both"},
                  {.who = "witness", .call = "close"},
                  {.who = "witness", .call = "exists"}},
             }});
}

}  // namespace
}  // namespace parley
