// pipe.interleave-observable keeps the harness honest.  Its mutant is no bug of libc: a double of
// the pipe, behind the facility's interface, never lets two large writes meet; then nothing about
// interleaving may be called kept.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "src/base/file_descriptor.h"
#include "src/check/checker.h"
#include "src/engine/engine.h"
#include "src/engine/leader.h"
#include "src/scenario/scenario.h"

namespace parley {
namespace {

const Facility& Pipe() { return *FindFacility("pipe"); }

// A pipe's port that makes each put under a lock of all writers.
class TurnTakingPort final : public Port {
 public:
  explicit TurnTakingPort(std::unique_ptr<Port> port)
      : port_(std::move(port)), lock_(::open("/dev/shm/parley/turn", O_RDWR | O_CREAT, 0600)) {}

  Reply Perform(const Request& request) override {
    const bool puts = Pipe().Calls()[request.call].effect == Effect::kPut;
    if (puts) ::flock(lock_.get(), LOCK_EX);
    const Reply reply = port_->Perform(request);
    if (puts) ::flock(lock_.get(), LOCK_UN);
    return reply;
  }
  std::uint16_t Resolve(const Request& request) const override { return port_->Resolve(request); }
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) override {
    port_->Adopt(std::move(read_fd), std::move(write_fd), nonblocking);
  }
  void CloseAll() override { port_->CloseAll(); }

 private:
  std::unique_ptr<Port> port_;
  FileDescriptor lock_;
};

class TurnTakingPipe final : public Facility {
 public:
  std::string_view Name() const override { return "turn-taking-pipe"; }
  std::string_view Summary() const override { return "A pipe whose writers take turns."; }
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
    return std::make_unique<TurnTakingPort>(Pipe().Attach(name));
  }
};

const TurnTakingPipe kTurnTakingPipe;
const FacilityRegistration kRegistration(kTurnTakingPipe);

// What rounds of the shipped scenario say of interleaving on that facility, the best of them.
Verdict BestOfRounds(const Facility& facility) {
  const auto scenario = LoadScenario("interleave");
  auto engine = Engine::Start({});
  EXPECT_TRUE(scenario && engine);
  Verdict best = Verdict::kBroken;
  for (std::uint64_t round = 0; round < 20 && best != Verdict::kKept; ++round) {
    const Program program = SampleProgram(*scenario, facility, 1, round);
    const auto history = (*engine)->Run(program, {}, [] { return false; });
    EXPECT_TRUE(history.has_value()) << history.error().message;
    for (const Judgement& judgement : Judge(*history)) {
      if (judgement.clause == Clause::kInterleaveUnseen) best = std::min(best, judgement.verdict);
    }
  }
  return best;
}

TEST(Calibration, SeesLargeWritesOfAPipeInterleave) {
  const Verdict verdict = BestOfRounds(Pipe());

  EXPECT_EQ(verdict, Verdict::kKept);
}

TEST(Calibration, DoesNotTrustAWorkloadInWhichTheyNeverDo) {
  if (!ProbeNamespaces()) GTEST_SKIP() << "the double needs the private /dev/shm";

  const Verdict verdict = BestOfRounds(kTurnTakingPipe);

  EXPECT_EQ(verdict, Verdict::kInconclusive);
}

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
