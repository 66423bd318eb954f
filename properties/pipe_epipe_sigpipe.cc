// pipe.epipe-sigpipe: readers go, by close and by death, while writers write or sleep.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeEpipeSigpipe, RefusesEveryWriteThatNobodyCanRead, ()) {
  static Law law("pipe", "pipe.epipe-sigpipe");
  const CrewRole writers = *Scripted("writer", "write", 1, 4, {"related", "forked"});
  const CrewRole readers = *Scripted("reader", "read", 1, 3, {"related", "forked"});
  const std::uint32_t record_bytes = *OneOf<std::uint32_t>({24, 512, 4096});
  const std::uint32_t writes = *Between(1, 40);
  const std::uint32_t killed = *Between(0, readers.count);
  const std::uint32_t delay_us = *Between(0, 200);
  const CrewStep write{.who = "writer", .call = "write", .bytes = record_bytes, .repeat = writes};
  SampledCrew crew{.roles = {writers, readers}, .phases = {{write}, {write}, {write}}};
  crew.phases[0].push_back(
      {.who = "reader", .call = "read", .bytes = record_bytes, .repeat = writes});
  for (std::uint32_t i = 0; i < readers.count; ++i) {
    CrewStep end{.who = "reader." + std::to_string(i), .delay_us = delay_us};
    (i < killed ? end.fault : end.call) = i < killed ? "kill" : "close";
    crew.phases[1].push_back(end);
  }
  law.Holds(crew);
}

}  // namespace
}  // namespace parley
