// O-MODEL: a stepped history is what the model of its facility expects, or at least what the
// promises allow, step by step.
//
// A step that the model of Linux explains is fine.  One that it does not explain is a deviation
// when it keeps the promises, and broken when it does not; the promises alone judge what follows a
// deviation, and nothing judges what follows a break.
//
// Time O(s) for s steps as long as few calls are in flight at once; memory O(n) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/check/checker.h"
#include "src/check/tally.h"
#include "src/model/stream_model.h"
#include "src/model/stream_promise.h"

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kTorn,
    Clause::kTornNonblocking,
    Clause::kTornGather,
    Clause::kTornResized,
    Clause::kShortNonblocking,
    Clause::kProgramOrder,
    Clause::kRealTimeOrder,
    Clause::kLost,
    Clause::kOverfull,
    Clause::kWriteWithoutReader,
    Clause::kBrokenPipeEarly,
    Clause::kEndOfFileEarly,
    Clause::kEndOfFileMissing,
    Clause::kShortBlocking,
    Clause::kUnavailable,
    Clause::kOpenEarly,
    Clause::kOpenRefused,
    Clause::kOpenGhost,
    Clause::kWrongEnd,
    Clause::kRolesSwapped,
    Clause::kNonblockingLarge,
    Clause::kPollIncoherent,
    Clause::kCapacityWrong,
    Clause::kResizeUnsafe,
    Clause::kPacketsMixed,
    Clause::kRestartedWrongly,
    Clause::kReceiverAsleep,
    Clause::kReceiverAsleepWithData,
    Clause::kSenderAsleep,
    Clause::kEndOfFileAsleep,
    Clause::kSendAsleepWithoutReader,
    Clause::kOpenAsleep,
    Clause::kReceiverAsleepNonblocking,
    Clause::kSenderAsleepNonblocking,
    Clause::kOpenAsleepNonblocking,
    Clause::kModelDeviation,
};

std::string ReturnText(const History& history, std::uint32_t id, std::int64_t result, int error) {
  const Operation& op = history.operations[id];
  const std::string text =
      fmt::format(" [worker {}: {} #{} = {}", op.worker, history.calls[op.call].name, id, result);
  return text + (error != 0 ? fmt::format(" errno {}]", error) : "]");
}

// What the model expected to return, and what did.
std::string DeviationText(const History& history, const model::Step& step,
                          std::span<const model::Expected> expected) {
  std::string text = fmt::format("step {}: expected to return:", step.number);
  for (const model::Expected& one : expected) {
    text += ReturnText(history, one.operation, one.result, one.system_error);
  }
  text += expected.empty() ? " nothing; returned:" : "; returned:";
  for (const std::uint32_t id : step.returned) {
    const Operation& op = history.operations[id];
    text += ReturnText(history, id, op.result, op.system_error);
  }
  return text + (step.returned.empty() ? " nothing" : "");
}

// The calls of an unexplained step that were to return otherwise, or at all.
std::vector<std::uint32_t> Suspects(const model::SteppedView& view, std::size_t unexplained) {
  std::vector<std::uint32_t> suspects;
  for (const model::Expected& one : model::PredictStep(view, unexplained)) {
    const Operation& op = view.history().operations[one.operation];
    const bool returned =
        std::ranges::binary_search(view.steps()[unexplained].returned, one.operation);
    if (!returned || op.result != one.result || op.system_error != one.system_error) {
      suspects.push_back(one.operation);
    }
  }
  return suspects;
}

class StepwiseJudge {
 public:
  explicit StepwiseJudge(const History& history) : history_(history) {
    for (const Clause clause : kClauses) tallies_.emplace_back(clause);
  }

  void JudgeObject(std::uint8_t object) {
    const model::SteppedView view(history_, object);
    const model::ModelRun run = model::RunModel(view);
    const std::size_t explained = run.unexplained.value_or(view.steps().size());
    Of(Clause::kModelDeviation).AddChances(explained);
    model::StreamPromise promise(view);
    for (std::size_t i = 0; i < view.steps().size(); ++i) {
      const model::Step& step = view.steps()[i];
      if (i == explained) promise.Suspect(Suspects(view, i));
      const auto breach = promise.Advance(step);
      if (i < explained) continue;
      if (breach) {
        Break(step, *breach);
        break;
      }
      if (i == explained) Deviate(view, run, promise.content_in_order());
    }
    for (std::size_t i = 0; i < kClauses.size(); ++i) {
      tallies_[i].AddChances(promise.chances(kClauses[i]));
    }
  }

  void Report(std::vector<Judgement>& judgements) const {
    for (const Tally& tally : tallies_) tally.Report(judgements);
  }

 private:
  Tally& Of(Clause clause) {
    const auto place = std::ranges::find(kClauses, clause) - kClauses.begin();
    return tallies_[static_cast<std::size_t>(place)];
  }

  void Break(const model::Step& step, const model::Breach& breach) {
    Tally& tally = Of(breach.clause);
    if (tally.broken()) return;
    const std::string reason = fmt::format("step {}: {}", step.number, breach.reason);
    if (history_.header.complete) {
      tally.Break(reason, breach.witness);
    } else {
      tally.Doubt(reason + ", but not every call is on record", breach.witness);
    }
  }

  // Bytes out of order are the affair of the checkers of content.
  void Deviate(const model::SteppedView& view, const model::ModelRun& run, bool content_in_order) {
    Tally& tally = Of(Clause::kModelDeviation);
    if (run.why != model::Explained::kNo || !history_.header.complete || tally.broken()) return;
    if (!content_in_order && model::ExplainedButForContent(view, *run.unexplained)) return;
    const model::Step& step = view.steps()[*run.unexplained];
    tally.Break(DeviationText(history_, step, model::PredictStep(view, *run.unexplained)),
                {step.returned.begin(), step.returned.end()});
  }

  const History& history_;
  std::vector<Tally> tallies_;
};

void JudgeStepwise(const History& history, std::vector<Judgement>& judgements) {
  if (history.header.mode != "stepped") return;
  StepwiseJudge judge(history);
  for (std::uint32_t object = 0; object < model::ObjectCount(history); ++object) {
    judge.JudgeObject(static_cast<std::uint8_t>(object));
  }
  judge.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "stepwise",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeStepwise,
                                         .family = Family::kByteStream});

}  // namespace
}  // namespace parley
