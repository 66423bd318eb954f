// pipe.eof-exact: copies of the writing end come and go, by dup, close and death, in any order.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "properties/crew/crew_gen.h"
#include "properties/crew/law.h"

namespace parley {
namespace {

constexpr std::uint32_t kWritersMax = 4;

// What one writer does, if it still can.
struct Deed {
  std::uint32_t writer = 0;
  std::string what;
  std::uint32_t bytes = 0;
  std::uint32_t delay_us = 0;
};

void showValue(const Deed& deed, std::ostream& os) { os << deed.what << " of " << deed.writer; }

rc::Gen<Deed> AnyDeed() {
  using rc::gen::set;
  return rc::gen::build<Deed>(
      set(&Deed::writer, Between(0, kWritersMax - 1)),
      set(&Deed::what, OneOf<std::string>({"write", "write", "write", "dup", "close", "kill"})),
      set(&Deed::bytes, Between(24, 512)), set(&Deed::delay_us, Between(0, 100)));
}

// Turns deeds into steps, keeping the books of who has how many copies of the writing end.
class Books {
 public:
  explicit Books(std::uint32_t writers) : copies_(writers, 1) {}

  std::vector<CrewStep> Phase(const std::vector<Deed>& deeds) {
    std::vector<CrewStep> steps;
    for (const Deed& deed : deeds) {
      std::uint32_t& copies = copies_[deed.writer % copies_.size()];
      if (copies == 0) continue;
      steps.push_back(StepOf(deed));
      if (deed.what == "dup") ++copies;
      if (deed.what == "close") --copies;
      if (deed.what == "kill") copies = 0;
    }
    return steps;
  }

  // The last copies go.
  std::vector<CrewStep> End() const {
    std::vector<CrewStep> steps;
    for (std::uint32_t writer = 0; writer < copies_.size(); ++writer) {
      if (copies_[writer] == 0) continue;
      steps.push_back(
          {.who = "writer." + std::to_string(writer), .call = "close", .repeat = copies_[writer]});
    }
    return steps;
  }

 private:
  CrewStep StepOf(const Deed& deed) const {
    const std::size_t writer = deed.writer % copies_.size();
    CrewStep step{.who = "writer." + std::to_string(writer), .delay_us = deed.delay_us};
    (deed.what == "kill" ? step.fault : step.call) = deed.what;
    if (deed.what == "write") step.bytes = deed.bytes;
    return step;
  }

  std::vector<std::uint32_t> copies_;  // by writer; 0: it has none, or is dead
};

RC_GTEST_PROP(PipeEofExact, EndsOnlyWithTheLastCopyOfItsWritingEnd, ()) {
  static Law law("pipe", "pipe.eof-exact");
  const CrewRole writers = *Scripted("writer", "write", 1, kWritersMax, {"forked", "related"});
  const auto plan = *UpTo(7, UpTo(4, AnyDeed()));
  const std::uint32_t buffer_bytes = *OneOf<std::uint32_t>({24, 100, 512, 65536});
  const std::uint32_t reads = *Between(1, 16);
  Books books(writers.count);
  SampledCrew crew{.roles = {writers, {.name = "reader", .ends = "read"}}};
  for (const auto& deeds : plan) {
    crew.phases.push_back(books.Phase(deeds));
    crew.phases.back().push_back(
        {.who = "reader", .call = "read", .bytes = buffer_bytes, .repeat = reads});
  }
  crew.phases.push_back(books.End());
  // As often as writes may have been left, and more.
  crew.phases.push_back({{.who = "reader", .call = "read", .bytes = 65536, .repeat = 3}});
  law.Holds(crew);
}

}  // namespace
}  // namespace parley
