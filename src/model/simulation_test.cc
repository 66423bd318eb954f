#include <gtest/gtest.h>

#include <string>

#include "src/model/simulated_kernel.h"
#include "src/model/stream_model.h"
#include "src/model/stream_promise.h"

namespace parley::model {
namespace {

constexpr std::uint32_t kHistories = 60000;  // of each kind
constexpr int kSteps = 25;

void ExpectExplained(const History& history, std::uint32_t seed) {
  const SteppedView view(history, 0);
  const ModelRun run = RunModel(view);
  const std::size_t at = run.unexplained.value_or(0);
  ASSERT_FALSE(run.unexplained) << "seed " << seed << " step " << view.steps()[at].number << "\n"
                                << Listing(history);
  StreamPromise promise(view);
  for (const Step& step : view.steps()) {
    const auto breach = promise.Advance(step);
    ASSERT_FALSE(breach) << "seed " << seed << " step " << step.number << ": " << breach->reason
                         << "\n"
                         << Listing(history);
    ASSERT_TRUE(promise.content_in_order()) << "seed " << seed << " step " << step.number << "\n"
                                            << Listing(history);
  }
}

TEST(Simulation, ExplainsEveryStepOfAKernelWithoutDefect) {
  for (std::uint32_t seed = 0; seed < kHistories; ++seed) {
    for (const bool fifo : {false, true}) {
      SimulatedKernel kernel(fifo, 2 + seed % 4, 4096U << seed % 3, seed, Defect::kNone);
      for (int i = 0; i < kSteps; ++i) kernel.Step();
      ExpectExplained(kernel.history(), seed);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace parley::model
