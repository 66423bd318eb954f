// xfer.death-before-wait: once wait() has told of the last writer's death, end-of-file is there.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

void SampleCrew(Law& law) {
  const CrewRole writers = *Scripted("writer", "write", 1, 4, {"related", "forked"});
  const CrewRole reader{.name = "reader", .ends = "read"};
  const std::uint32_t bytes = *OneOf<std::uint32_t>({24, 512, 4096});
  const std::uint32_t writing = *Between(0, writers.count);
  const std::uint32_t early_reads = *Between(0, 2);
  const std::uint32_t delay_us = *Between(0, 200);
  const CrewStep read{.who = "reader", .call = "read", .bytes = 65536};
  SampledCrew crew{.roles = {writers, reader}, .phases = {{}, {}, {}, {}}};
  crew.phases[0] = {{.who = "reader", .call = "set_nonblock", .argument = 1}};
  for (std::uint32_t i = 0; i < writing; ++i) {
    crew.phases[0].push_back(
        {.who = "writer." + std::to_string(i), .call = "write", .bytes = bytes});
  }
  crew.phases[1] = std::vector<CrewStep>(early_reads, read);
  crew.phases[2] = {{.who = "writer", .fault = "kill", .delay_us = delay_us}};
  crew.phases[3] = std::vector<CrewStep>(3, read);
  law.Holds(crew);
}

RC_GTEST_PROP(XferDeathBeforeWait, PipeShowsADeathBeforeWaitTellsOfIt, ()) {
  static Law law("pipe", "xfer.death-before-wait");
  SampleCrew(law);
}

RC_GTEST_PROP(XferDeathBeforeWait, FifoShowsADeathBeforeWaitTellsOfIt, ()) {
  static Law law("fifo", "xfer.death-before-wait");
  SampleCrew(law);
}

}  // namespace
}  // namespace parley
