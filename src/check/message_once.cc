// O-EXO, O-LIFE: every message that was accepted is received exactly once, and none that was not.
//
// Messages too short to say whose they are count by length and class: as many are received as were
// sent.  What was lost, and at some time lay in a queue that no process had open, may have died
// with its last user.
//
// Time O(n log n), memory O(n) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kDuplicate,     Clause::kLost,
                                 Clause::kInvented,      Clause::kInterruptedEffect,
                                 Clause::kKilledEffect,  Clause::kDiedWithCreator,
                                 Clause::kGoneWithSender};

struct Tallies {
  Tally duplicate{Clause::kDuplicate};
  Tally lost{Clause::kLost};
  Tally invented{Clause::kInvented};
  Tally interrupted{Clause::kInterruptedEffect};
  Tally killed{Clause::kKilledEffect};
  Tally died{Clause::kDiedWithCreator};
  Tally gone{Clause::kGoneWithSender};
};

// When nobody had the queue open, for certain.
class Unused {
 public:
  explicit Unused(const History& history) {
    std::map<std::pair<std::uint16_t, std::uint16_t>, std::pair<std::uint64_t, std::uint64_t>> held;
    for (const Operation& op : history.operations) {
      const Effect effect = history.effect(op);
      const auto key = std::pair(op.worker, op.handle);
      if (Opens(effect) && op.system_error == 0) {
        held[key] = {op.invoked_ns, EndOf(history, op.worker)};
      }
      if (effect == Effect::kClose && op.outcome == Outcome::kReturned && held.contains(key)) {
        held[key].second = std::min(held[key].second, op.returned_ns);
      }
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> spans;
    for (const auto& [key, span] : held) spans.push_back(span);
    std::ranges::sort(spans);
    std::uint64_t until = 0;
    for (const auto& [from, to] : spans) {
      if (from > until) gaps_.emplace_back(until, from);
      until = std::max(until, to);
    }
    if (until != kNever) gaps_.emplace_back(until, kNever);
  }

  // Was there such an instant between the two?
  bool Between(std::uint64_t from_ns, std::uint64_t until_ns) const {
    return std::ranges::any_of(gaps_, [&](const auto& gap) {
      return std::max(gap.first, from_ns) < std::min(gap.second, until_ns);
    });
  }

 private:
  static std::uint64_t EndOf(const History& history, std::uint16_t worker) {
    for (const Fault& fault : history.faults) {
      if (fault.kind == FaultKind::kKill && fault.worker == worker) return fault.returned_ns;
    }
    return kNever;
  }

  std::vector<std::pair<std::uint64_t, std::uint64_t>> gaps_;
};

class OnceJudge {
 public:
  OnceJudge(const Messages& view, Tallies& tallies)
      : view_(view), history_(view.history()), tallies_(tallies) {}

  void Judge() {
    CountChances();
    for (const Receipt& receipt : view_.receipts()) JudgeReceipt(receipt);
    JudgeUntold();
    if (history_.header.drained) JudgeMissing();
  }

 private:
  void CountChances() {
    std::uint64_t accepted = 0;
    std::uint64_t maybe = view_.blind_receives();
    std::uint64_t interrupted = view_.interrupted_receives().size();
    for (const Message& message : view_.messages()) {
      const Operation& op = view_.operation(message.send);
      accepted += message.accepted ? 1 : 0;
      maybe += op.outcome == Outcome::kMaybe ? 1 : 0;
      interrupted += op.failed_with(EINTR) ? 1 : 0;
    }
    tallies_.duplicate.AddChances(accepted);
    tallies_.invented.AddChances(accepted);
    tallies_.lost.AddChances(history_.header.drained ? accepted : 0);
    tallies_.interrupted.AddChances(interrupted);
    tallies_.killed.AddChances(maybe);
  }

  void JudgeReceipt(const Receipt& receipt) {
    const Operation& op = view_.operation(receipt.operation);
    const auto received = history_.received(op);
    const bool told = received.size() == 1 &&
                      received[0].kind == static_cast<std::uint16_t>(ExtentKind::kWritten);
    if (receipt.message == kNoMessage) {
      if (told) Invented(receipt.operation, received[0]);
      return;
    }
    const Message& message = view_.messages()[receipt.message];
    const Operation& send = view_.operation(message.send);
    const std::string text = MessageText(view_, message);
    if (receipt.again) {
      const auto witness = Witness(history_, {message.send, message.receive, receipt.operation});
      if (send.outcome == Outcome::kMaybe) {
        tallies_.killed.Break(text + ", whose sender was killed in the call, came twice", witness);
      } else if (SentTwice(message)) {
        tallies_.interrupted.Break(text + " came twice: a send of it had failed with EINTR",
                                   witness);
      } else {
        tallies_.duplicate.Break(text + " was received twice", witness);
      }
    }
    const auto witness = Witness(history_, {message.send, receipt.operation});
    if (send.failed_with(EINTR)) {
      tallies_.interrupted.Break(text + " was received, though its send had failed with EINTR",
                                 witness);
    } else if (history_.precedes(op, send)) {
      tallies_.invented.Break(text + " was received before it was sent", witness);
    }
  }

  // A send that failed with EINTR left its position to the next one.
  bool SentTwice(const Message& message) const {
    const Operation& send = view_.operation(message.send);
    return std::ranges::any_of(view_.messages(), [&](const Message& other) {
      const Operation& op = view_.operation(other.send);
      return op.worker == send.worker && op.position == send.position && op.failed_with(EINTR);
    });
  }

  void Invented(std::uint32_t receive, const Extent& extent) {
    const std::string text =
        fmt::format("a message of worker {} at {} was received", extent.writer, extent.position);
    if (history_.header.complete) {
      tallies_.invented.Break(text + ", never sent", {receive});
    } else {
      tallies_.invented.Doubt(text + ", whose send is not on record", {receive});
    }
  }

  // By length and class: received no more often than sent, and, drained, no less.
  void JudgeUntold() {
    struct Count {
      std::uint64_t accepted = 0;
      std::uint64_t perhaps = 0;  // killed, interrupted or pending
      std::uint64_t received = 0;
      std::uint32_t last = 0;  // operation
    };
    std::map<std::pair<std::int64_t, std::uint32_t>, Count> counts;
    for (const Message& message : view_.messages()) {
      if (message.told) continue;
      Count& count = counts[{message.bytes, message.klass}];
      ++(message.accepted ? count.accepted : count.perhaps);
      count.last = message.send;
    }
    for (const Receipt& receipt : view_.receipts()) {
      const Operation& op = view_.operation(receipt.operation);
      const auto received = history_.received(op);
      const bool untold =
          received.empty() || received[0].kind == static_cast<std::uint16_t>(ExtentKind::kUntold);
      // It may be the beginning of a longer one.
      if (!untold || view_.CutBeyondRecognition(op)) continue;
      Count& count = counts[{op.result, UnpackClass(op.argument).told}];
      ++count.received;
      count.last = receipt.operation;
    }
    for (const auto& [key, count] : counts) {
      const std::string text =
          fmt::format("messages of {} bytes of class {}", key.first, key.second);
      if (count.received > count.accepted + count.perhaps && history_.header.complete) {
        tallies_.invented.Break(fmt::format("{} {} were received, {} were sent", count.received,
                                            text, count.accepted + count.perhaps),
                                {count.last});
      }
      if (history_.header.drained && count.received < count.accepted) {
        untold_missing_ += count.accepted - count.received;
        untold_text_ = fmt::format("{} {} were accepted, {} were received", count.accepted, text,
                                   count.received);
        untold_witness_ = count.last;
      }
    }
  }

  // A receiver that was killed inside has one message at most.
  void JudgeMissing() {
    std::uint64_t missing = untold_missing_;
    const Message* first = nullptr;
    for (const Message& message : view_.messages()) {
      if (!message.told || !message.accepted || message.received()) continue;
      ++missing;
      first = first == nullptr ? &message : first;
    }
    const Unused unused(history_);
    CountDeaths(unused);
    if (missing <= view_.blind_receives() || !history_.header.complete) return;
    const std::string text =
        first == nullptr ? untold_text_ : MessageText(view_, *first) + " was never received";
    const std::string reason = fmt::format(
        "{} accepted messages are missing ({}); receives that were killed, or cut a message beyond "
        "recognition, have at most {}",
        missing, text, view_.blind_receives());
    const std::uint32_t send = first == nullptr ? untold_witness_ : first->send;
    const Operation& op = view_.operation(send);
    if (const auto interrupted = InterruptedAfter(op)) {
      tallies_.interrupted.Break(reason + "; a receive had failed with EINTR",
                                 Witness(history_, {send, *interrupted}));
    } else {
      tallies_.lost.Break(reason, {send});
      if (unused.Between(op.returned_ns, DrainedNs())) {
        Unattended(op).Break(reason + "; in between nobody had the queue open", {send});
      }
    }
  }

  // Messages that were there when nobody had the queue open.
  void CountDeaths(const Unused& unused) {
    for (const Message& message : view_.messages()) {
      const bool there = message.accepted && unused.Between(message.put_until, message.taken_from);
      if (there) Unattended(view_.operation(message.send)).AddChances(1);
    }
  }

  // When the queue was last found empty; what follows is nobody's concern.
  std::uint64_t DrainedNs() const {
    std::uint64_t last = 0;
    for (const std::uint32_t id : view_.empty()) {
      last = std::max(last, view_.operation(id).invoked_ns);
    }
    return last;
  }

  // Of a message that was in the queue when nobody had it open.
  Tally& Unattended(const Operation& send) const {
    const bool killed = std::ranges::any_of(history_.faults, [&](const Fault& fault) {
      return fault.kind == FaultKind::kKill && fault.worker == send.worker;
    });
    return killed ? tallies_.died : tallies_.gone;
  }

  std::optional<std::uint32_t> InterruptedAfter(const Operation& send) const {
    for (const std::uint32_t id : view_.interrupted_receives()) {
      if (view_.operation(id).returned_ns + view_.slack_ns() >= send.invoked_ns) return id;
    }
    return std::nullopt;
  }

  const Messages& view_;
  const History& history_;
  Tallies& tallies_;
  std::uint64_t untold_missing_ = 0;
  std::string untold_text_;
  std::uint32_t untold_witness_ = 0;
};

void JudgeOnce(const History& history, std::vector<Judgement>& judgements) {
  Tallies tallies;
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    if (view.one_queue()) OnceJudge(view, tallies).Judge();
  }
  for (const Tally* tally : {&tallies.duplicate, &tallies.lost, &tallies.invented,
                             &tallies.interrupted, &tallies.killed, &tallies.died, &tallies.gone}) {
    tally->Report(judgements);
  }
}

const CheckerRegistration kRegistration({.name = "message_once",
                                         .oracle = "O-EXO, O-LIFE",
                                         .clauses = kClauses,
                                         .judge = JudgeOnce,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley
