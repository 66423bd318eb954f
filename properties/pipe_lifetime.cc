// pipe.lifetime: who made the pipe dies; what it wrote, and the pipe, stay for the others.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeLifetime, OutlivesItsMaker, ()) {
  static Law law("pipe", "pipe.lifetime");
  CrewRole creator{.name = "creator", .ends = "both", .creator = true};
  const CrewRole writers = *Scripted("writer", "write", 1, 3, {"related", "forked"});
  const CrewRole readers = *Scripted("reader", "read", 1, 2, {"related", "forked"});
  const std::uint32_t record_bytes = *OneOf<std::uint32_t>({24, 512, 2048});
  const std::uint32_t before = *Between(1, 4);
  const std::uint32_t after = *Between(1, 4);
  const std::uint32_t delay_us = *Between(0, 200);
  const bool killed = *rc::gen::arbitrary<bool>();
  const CrewStep write{.who = "writer", .call = "write", .bytes = record_bytes, .repeat = after};
  // As many as there can be records, and one for the end of the stream.
  const std::uint32_t reads = before + 2 * after * writers.count + 1;
  CrewStep end{.who = "writer", .delay_us = delay_us};
  (killed ? end.fault : end.call) = killed ? "kill" : "close";
  law.Holds(
      {.roles = {creator, writers, readers},
       .phases = {{{.who = "creator", .call = "write", .bytes = record_bytes, .repeat = before}},
                  {{.who = "creator", .fault = "kill", .delay_us = delay_us}, write},
                  {{.who = "reader", .call = "read", .bytes = record_bytes}},
                  {write},
                  {end},
                  {{.who = "reader", .call = "read", .bytes = record_bytes, .repeat = reads}}}});
}

}  // namespace
}  // namespace parley
