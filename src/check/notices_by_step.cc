#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "src/check/notices.h"
#include "src/history/message_calls.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

// How the latest registration ended.
enum class Ended : std::uint8_t { kNever, kNotified, kWithdrawn, kClosed, kDied };

struct Registration {
  std::uint16_t worker = 0;
  std::uint16_t handle = 0;
  std::uint64_t brings = 0;
  std::uint32_t operation = 0;
  bool certain = true;  // else it may have ended
  std::optional<std::uint32_t>
      closed_by;  // another handle was closed, which Linux takes for its end
};

// What one worker has to find when it looks.
struct Due {
  std::deque<std::uint64_t> brings;  // oldest first
  bool known = true;                 // else there may be others, until it finds none
};

class NoticeJudge {
 public:
  NoticeJudge(const History& history, NoticeTallies& tallies)
      : history_(history), tallies_(tallies) {}

  void Judge(const model::SteppedView& view) {
    for (const model::Step& step : view.steps()) {
      // After a breach it is not known any more who is registered.
      if (IsAfterAll(step) || broken_) return;
      waited_ = !waiting_.empty();
      content_before_ = content_;
      for (const model::Cause& cause : step.causes) Begin(cause);
      for (const std::uint32_t id : step.returned) {
        if (!broken_) Return(step, id);
      }
    }
  }

 private:
  const Operation& op(std::uint32_t id) const { return history_.operations[id]; }

  // The maker takes what is left: whoever still sleeps on record has been ended.
  bool IsAfterAll(const model::Step& step) const {
    return step.number > 0 && std::ranges::any_of(step.causes, [&](const model::Cause& cause) {
             return history_.workers[cause.worker].role == kMakerRole;
           });
  }

  void Begin(const model::Cause& cause) {
    if (cause.kind == model::CauseKind::kKill) {
      waiting_.erase(cause.worker);
      due_.erase(cause.worker);
      if (IsOwner(cause.worker)) End(Ended::kDied);
    } else if (cause.kind == model::CauseKind::kCall &&
               history_.effect(op(cause.operation)) == Effect::kTake) {
      waiting_.insert(cause.worker);
    }
  }

  void Return(const model::Step& step, std::uint32_t id) {
    const Operation& done = op(id);
    switch (history_.effect(done)) {
      case Effect::kPut:
        if (done.succeeded()) Arrive(StepAt(done.invoked_ns) < step.number);
        return;
      case Effect::kTake:
        waiting_.erase(done.worker);
        if (done.succeeded()) --content_;
        return;
      case Effect::kNotify:
        return done.argument == kWithdraws ? Withdraw(done) : Register(id, done);
      case Effect::kTakeNotice:
        return TakeNotice(id, done);
      case Effect::kClose:
        return Close(id, done);
      default:
        return;
    }
  }

  // slept: it waited for room, which a receive has made in this step.
  void Arrive(bool slept) {
    ++content_;
    if (!registered_) return;
    tallies_.notified.AddChances(1);
    if (slept) {
      // Whether a queue is empty between a receive and a send that it lets in is nobody's to tell.
      if (content_before_ == 1) {
        due_[registered_->worker].known = false;
        registered_->certain = false;
      }
    } else if (content_before_ == 0 && !waited_) {
      Due& due = due_[registered_->worker];
      due.known = due.known && registered_->certain;
      due.brings.push_back(registered_->brings);
      End(Ended::kNotified);
    }
  }

  bool IsOwner(std::uint16_t worker) const { return registered_ && registered_->worker == worker; }

  void End(Ended how) {
    registered_.reset();
    ended_ = how;
  }

  void Register(std::uint32_t id, const Operation& asked) {
    if (asked.handle == 0) return;
    if (asked.succeeded()) {
      if (registered_) tallies_.twice.AddChances(1);
      AddChanceOfEnd();
      if (registered_ && registered_->certain) {
        return Break(tallies_.twice, {registered_->operation, id},
                     fmt::format("worker {} was registered beside worker {}", asked.worker,
                                 registered_->worker));
      }
      if (registered_ && registered_->closed_by) Diverge(*registered_, id);
      registered_ = Registration{.worker = asked.worker,
                                 .handle = asked.handle,
                                 .brings = asked.argument,
                                 .operation = id};
    } else if (asked.failed_with(EBUSY)) {
      tallies_.twice.AddChances(1);
      if (!registered_) return RefusedForNobody(id, asked);
      registered_->certain = true;
    }
  }

  void AddChanceOfEnd() {
    if (registered_) return;
    if (ended_ == Ended::kNotified) tallies_.notified.AddChances(1);
    if (ended_ == Ended::kClosed || ended_ == Ended::kDied) tallies_.stays.AddChances(1);
  }

  void RefusedForNobody(std::uint32_t id, const Operation& asked) {
    const auto text = [&](std::string_view why) {
      return fmt::format("worker {} was refused, though {}", asked.worker, why);
    };
    switch (ended_) {
      case Ended::kNotified:
        return Break(tallies_.notified, {id}, text("who was registered has been notified"));
      case Ended::kClosed:
        return Break(tallies_.stays, {id}, text("who was registered has closed the queue"));
      case Ended::kDied:
        return Break(tallies_.stays, {id}, text("who was registered has died"));
      default:
        return Break(tallies_.twice, {id}, text("nobody is registered"));
    }
  }

  // It is no other process' to end.
  void Withdraw(const Operation& asked) {
    if (asked.handle == 0 || !asked.succeeded()) return;
    if (IsOwner(asked.worker)) End(Ended::kWithdrawn);
  }

  void Close(std::uint32_t id, const Operation& closed) {
    if (!closed.succeeded() || !IsOwner(closed.worker)) return;
    if (registered_->handle == closed.handle) return End(Ended::kClosed);
    registered_->certain = false;
    registered_->closed_by = id;
  }

  void Diverge(const Registration& gone, std::uint32_t id) {
    tallies_.divergence.Break(
        fmt::format("worker {} was registered no more when it had closed another descriptor of "
                    "the queue",
                    gone.worker),
        {gone.operation, *gone.closed_by, id});
  }

  void TakeNotice(std::uint32_t id, const Operation& taken) {
    if (!taken.succeeded()) return;
    const bool found = taken.result != kNoNotice;
    Due& due = due_[taken.worker];
    if (!due.known) {
      if (!found) due = {};
      return;
    }
    const std::optional<std::uint64_t> want =
        due.brings.empty() ? std::nullopt : std::optional(due.brings.front());
    tallies_.notified.AddChances(want ? 1 : 0);
    if (want) due.brings.pop_front();
    if (static_cast<std::uint64_t>(taken.result) == want.value_or(kNoNotice)) return;
    Break(tallies_.notified, {id},
          fmt::format("worker {} {}, and {}", taken.worker,
                      found ? fmt::format("got notice {:#x}", taken.result) : "found no notice",
                      want ? fmt::format("{} was due", *want) : "none was due"));
  }

  void Break(Tally& tally, std::vector<std::uint32_t> witness, std::string reason) {
    broken_ = true;
    tally.Break(std::move(reason), std::move(witness));
  }

  const History& history_;
  NoticeTallies& tallies_;
  std::optional<Registration> registered_;
  Ended ended_ = Ended::kNever;
  std::map<std::uint16_t, Due> due_;  // by worker
  std::set<std::uint16_t> waiting_;   // who sleeps in a receive
  std::int64_t content_ = 0;
  std::int64_t content_before_ = 0;  // the step
  bool waited_ = false;              // somebody slept in a receive when the step began
  bool broken_ = false;
};

}  // namespace

void JudgeNoticesByStep(const History& history, std::uint8_t object, NoticeTallies& tallies) {
  NoticeJudge(history, tallies).Judge(model::SteppedView(history, object));
}

}  // namespace parley
