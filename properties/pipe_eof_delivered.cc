// pipe.eof-delivered: readers sleep before an empty pipe when the last writers close it or die.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

RC_GTEST_PROP(PipeEofDelivered, WakesEverySleepingReaderAtItsEnd, ()) {
  static Law law("pipe", "pipe.eof-delivered");
  const CrewRole writers = *Scripted("writer", "write", 1, 5, {"related", "forked"});
  const CrewRole readers = *Scripted("reader", "read", 1, 4, {"related", "forked"});
  const std::uint32_t record_bytes = *OneOf<std::uint32_t>({24, 512, 4096});
  const std::uint32_t writing = *Between(0, writers.count);
  const std::uint32_t killed = *Between(0, writers.count);
  const std::uint32_t delay_us = *Between(0, 2000);
  SampledCrew crew{.roles = {writers, readers}, .phases = {{}, {}, {}}};
  for (std::uint32_t i = 0; i < writers.count; ++i) {
    const std::string who = "writer." + std::to_string(i);
    if (i < writing) {
      crew.phases[0].push_back({.who = who, .call = "write", .bytes = record_bytes});
    }
    CrewStep end{.who = who, .delay_us = delay_us * (i % 2)};
    (i < killed ? end.fault : end.call) = i < killed ? "kill" : "close";
    crew.phases[2].push_back(end);
  }
  crew.phases[1] = {
      {.who = "reader", .call = "read", .bytes = record_bytes, .repeat = writers.count + 1}};
  law.Holds(crew);
}

}  // namespace
}  // namespace parley
