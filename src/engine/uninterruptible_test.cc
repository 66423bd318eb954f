// A worker that waits for something of the kernel's own inside its call does not sleep in that
// call: the step is not over, in neither containment of stepped rounds.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "src/engine/engine.h"
#include "src/engine/leader.h"
#include "src/facility/facility.h"

namespace parley {
namespace {

const Facility& Pipe() { return *FindFacility("pipe"); }

// vfork() holds its caller in uninterruptible sleep until the child is gone, as a page that has to
// come from a disk would.
void WaitUninterruptibly() {
  const pid_t child = ::vfork();
  if (child == 0) {
    ::usleep(3000);
    ::_exit(0);
  }
}

class SlowPort final : public Port {
 public:
  explicit SlowPort(std::unique_ptr<Port> port) : port_(std::move(port)) {}

  Reply Perform(const Request& request) override {
    WaitUninterruptibly();
    return port_->Perform(request);
  }
  std::uint16_t Resolve(const Request& request) const override { return port_->Resolve(request); }
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) override {
    port_->Adopt(std::move(read_fd), std::move(write_fd), nonblocking);
  }
  void CloseAll() override { port_->CloseAll(); }

 private:
  std::unique_ptr<Port> port_;
};

class SlowPipe final : public Facility {
 public:
  std::string_view Name() const override { return "slow-pipe"; }
  std::string_view Summary() const override { return "A pipe whose calls wait for the kernel."; }
  Family GetFamily() const override { return Pipe().GetFamily(); }
  std::span<const CallTraits> Calls() const override { return Pipe().Calls(); }
  std::span<const Binding> Bindings() const override { return Pipe().Bindings(); }
  std::uint64_t AtomicBytes(const std::string& directory) const override {
    return Pipe().AtomicBytes(directory);
  }
  std::uint64_t DefaultCapacityBytes() const override { return Pipe().DefaultCapacityBytes(); }
  bool named() const override { return false; }
  Result<void> Probe(const std::string& directory) const override {
    return Pipe().Probe(directory);
  }
  Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                       const std::string& name) const override {
    return Pipe().Make(plan, directory, name);
  }
  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<SlowPort>(Pipe().Attach(name));
  }
};

const SlowPipe kSlowPipe;
const FacilityRegistration kRegistration(kSlowPipe);

// One worker writes twenty times; none of its calls has a reason to sleep.
Program TwentyWrites() {
  Program program;
  program.facility = "slow-pipe";
  program.roles = {"writer"};
  WorkerPlan& worker = program.workers.emplace_back();
  worker.ends = Ends::kBoth;
  worker.step_count = 20;
  const auto write = std::ranges::find(Pipe().Calls(), "write", &CallTraits::name);
  for (std::uint32_t i = 0; i < worker.step_count; ++i) {
    worker.steps[i] = {.call = static_cast<std::uint8_t>(write - Pipe().Calls().begin()),
                       .bytes = 100};
  }
  program.stepped.emplace();
  return program;
}

void ExpectEveryCallInItsStep(Scheduler scheduler) {
  auto engine = Engine::Start({.scheduler = scheduler});
  ASSERT_TRUE(engine.has_value()) << engine.error().message;

  const auto history = (*engine)->Run(TwentyWrites(), {}, [] { return false; });

  if (!history && history.error().blame == Blame::kUnsupported) {
    GTEST_SKIP() << history.error().message;
  }
  ASSERT_TRUE(history.has_value()) << history.error().message;
  std::size_t writes = 0;
  for (const Operation& op : history->operations) {
    if (history->effect(op) != Effect::kPut) continue;
    ++writes;
    EXPECT_EQ(StepAt(op.returned_ns), StepAt(op.invoked_ns));
  }
  EXPECT_EQ(writes, 20U);
}

TEST(UninterruptibleWait, EndsNoStepWithGates) { ExpectEveryCallInItsStep(Scheduler::kGates); }

TEST(UninterruptibleWait, EndsNoStepInBands) { ExpectEveryCallInItsStep(Scheduler::kBands); }

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
