#include "fuzz/stream/follower.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "src/base/error.h"
#include "src/history/message_calls.h"
#include "src/model/queue_system.h"
#include "src/model/stepped_view.h"
#include "src/model/stream_model.h"

namespace parley::fuzz {
namespace {

std::string AnswerText(std::int64_t result, int system_error) {
  return system_error != 0 ? ErrnoName(system_error) : fmt::format("{}", result);
}

// Pipes and FIFOs.
class StreamFollower : public Follower {
 public:
  explicit StreamFollower(const History& history) : view_(history, 0), model_(view_) {
    for (const model::Step& step : view_.steps()) model_.Advance(step);
  }

  // Targets of byte streams have no calls that wait.
  bool Waits(const Operation&) const override { return false; }

  std::optional<std::string> Follow() override {
    const History& history = view_.history();
    const auto id = static_cast<std::uint32_t>(history.operations.size() - 1);
    const Operation& op = history.operations[id];
    const model::Cause cause{.step = StepAt(op.invoked_ns), .operation = id, .worker = op.worker};
    const model::Step step{
        .number = cause.step, .causes = std::span(&cause, 1), .returned = std::span(&id, 1)};
    model::StreamModel before = model_;
    if (model_.Advance(step) == model::Explained::kYes) {
      if (IsSent(history, op)) return std::nullopt;
      return "bytes that somebody sent had to come";
    }
    const auto expected = before.Predict(step);
    if (expected.empty()) return "it had to sleep";
    const model::Expected& one = expected.front();
    const bool other = one.result != op.result || one.system_error != op.system_error;
    return other ? "it had to return " + AnswerText(one.result, one.system_error)
                 : "other bytes had to come";
  }

  Situation Now() const override {
    const model::Fill fill = model_.GetFill();
    if (!fill.readers || !fill.writers) return Situation::kAlone;
    if (!fill.room) return Situation::kFull;
    return fill.unread ? Situation::kSome : Situation::kEmpty;
  }

  std::uint64_t Shape() const override { return model_.Shape(); }

 private:
  // The model takes bytes of unknown origin for any.
  static bool IsSent(const History& history, const Operation& op) {
    return std::ranges::all_of(history.received(op), [](const Extent& extent) {
      const auto kind = static_cast<ExtentKind>(extent.kind);
      return kind == ExtentKind::kWritten || kind == ExtentKind::kUntold;
    });
  }

  model::SteppedView view_;
  model::StreamModel model_;
};

// Queues of messages.
class QueueFollower : public Follower {
 public:
  explicit QueueFollower(const History& history) : history_(history), model_(history) {}

  bool Waits(const Operation& op) const override { return model_.Expect(op).waits; }

  std::optional<std::string> Follow() override {
    const auto id = static_cast<std::uint32_t>(history_.operations.size() - 1);
    const Operation& op = history_.operations[id];
    const auto answer = model_.Expect(op);
    if (!answer.free) {
      if (auto other = Compare(op, answer)) return other;
    }
    model_.Apply(id, op, answer);
    now_ = After(op);
    return std::nullopt;
  }

  Situation Now() const override { return now_; }
  std::uint64_t Shape() const override { return model_.Shape(); }

 private:
  std::optional<std::string> Compare(const Operation& op,
                                     const model::QueueSystem::Answer& answer) const {
    if (op.result != answer.result || op.system_error != answer.system_error) {
      return "it had to return " + AnswerText(answer.result, answer.system_error);
    }
    if (answer.message == model::kNoOperation) return std::nullopt;
    const std::uint32_t told = UnpackClass(op.argument).told;
    if (told != answer.klass || !IsGiven(op, history_.operations[answer.message])) {
      return fmt::format("message #{} of class {} had to come", answer.message, answer.klass);
    }
    return std::nullopt;
  }

  // As far as its bytes tell.
  bool IsGiven(const Operation& op, const Operation& send) const {
    const auto received = history_.received(op);
    if (op.result == 0) return received.empty();
    if (received.size() != 1 || received[0].bytes != op.result) return false;
    const auto kind = static_cast<ExtentKind>(received[0].kind);
    if (send.requested < kToldBytes) {
      return kind == ExtentKind::kUntold || op.result < send.requested;
    }
    if (op.result < kToldBytes) return true;  // cut where its header is
    return kind == ExtentKind::kWritten && received[0].writer == send.worker &&
           received[0].position == send.position;
  }

  Situation After(const Operation& op) const {
    const model::MessageQueue* const queue = model_.Behind(op);
    if (queue == nullptr) return Situation::kAlone;
    if (queue->messages().empty()) return Situation::kEmpty;
    return queue->HasRoom(1) ? Situation::kSome : Situation::kFull;
  }

  const History& history_;
  model::QueueSystem model_;
  Situation now_ = Situation::kAlone;
};

}  // namespace

std::unique_ptr<Follower> Follow(const History& history) {
  if (history.header.family == Family::kMessages) return std::make_unique<QueueFollower>(history);
  return std::make_unique<StreamFollower>(history);
}

}  // namespace parley::fuzz
