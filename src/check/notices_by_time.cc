#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <vector>

#include "src/check/notices.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

// A call that registered its worker, or may have.
struct Registration {
  std::uint32_t operation = 0;
  std::uint64_t from = 0;          // its invocation
  std::uint64_t certain = kNever;  // its return
  std::uint64_t ends = kNever;     // it may have ended from here on,
  std::uint64_t ended = kNever;    // and has ended here
  bool left = false;               // because its owner died or closed the queue
};

// Sends, in the order of their returns: which began first among those that are not over before.
class Sends {
 public:
  void Add(const Operation& send) {
    const bool refused = send.outcome == Outcome::kReturned && send.system_error != 0;
    if (!refused) sends_.push_back({send.returned_ns, send.invoked_ns});
  }
  void Sort() {
    std::ranges::sort(sends_);
    std::uint64_t first = kNever;
    for (auto send = sends_.rbegin(); send != sends_.rend(); ++send) {
      first = send->second = std::min(first, send->second);
    }
  }
  std::uint64_t FirstNotBefore(std::uint64_t ns) const {
    const auto found =
        std::ranges::lower_bound(sends_, ns, {}, &std::pair<std::uint64_t, std::uint64_t>::first);
    return found == sends_.end() ? kNever : found->second;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> sends_;  // return, invocation
};

class NoticeJudge {
 public:
  NoticeJudge(const History& history, std::uint8_t object, NoticeTallies& tallies)
      : history_(history),
        object_(object),
        slack_ns_(history.header.clock_slack_ns),
        tallies_(tallies) {}

  void Judge() {
    Collect();
    FindEnds();
    JudgeOverlaps();
    JudgeRefusals();
  }

 private:
  const Operation& op(std::uint32_t id) const { return history_.operations[id]; }

  static bool Asks(const Operation& op) { return op.argument != kWithdraws; }

  // Operations stand worker by worker, each worker's in program order.
  void Collect() {
    std::map<std::uint16_t, std::vector<std::size_t>> open;  // by worker: registrations
    std::map<std::uint16_t, std::uint64_t> taken;            // notices
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& one = op(id);
      if (one.object != object_) continue;
      switch (history_.effect(one)) {
        case Effect::kPut:
          sends_.Add(one);
          break;
        case Effect::kNotify:
          if (one.outcome != Outcome::kReturned || one.system_error == 0) {
            EndOf(open[one.worker], one);
            if (!Asks(one)) break;
            open[one.worker].push_back(all_.size());
            all_.push_back({.operation = id,
                            .from = one.invoked_ns,
                            .certain = one.succeeded() ? one.returned_ns : kNever});
          } else if (one.failed_with(EBUSY)) {
            refused_.push_back(id);
          }
          break;
        case Effect::kClose:
          EndOf(open[one.worker], one);
          break;
        case Effect::kTakeNotice:
          JudgeNotice(id, open[one.worker], taken[one.worker]);
          break;
        default:
          break;
      }
    }
  }

  // By what others did, and by death.
  void FindEnds() {
    sends_.Sort();
    for (Registration& one : all_) {
      const Operation& call = op(one.operation);
      one.ends = std::min(one.ends, sends_.FirstNotBefore(BeforeSlack(one.from)));
      for (const Fault& fault : history_.faults) {
        if (fault.kind != FaultKind::kKill || fault.worker != call.worker) continue;
        one.ends = std::min(one.ends, fault.invoked_ns);
        if (fault.returned_ns >= one.ended) continue;
        one.left = true;
        one.ended = fault.returned_ns;
      }
    }
  }

  std::uint64_t BeforeSlack(std::uint64_t ns) const { return ns < slack_ns_ ? 0 : ns - slack_ns_; }

  // The worker's call by which what it had may end; and has ended, where it withdrew, closed the
  // handle that it registered by, or registered again.
  void EndOf(const std::vector<std::size_t>& mine, const Operation& by) {
    const bool closes = history_.effect(by) == Effect::kClose;
    const bool again = !closes && Asks(by);
    for (const std::size_t place : mine) {
      Registration& one = all_[place];
      if (!again) one.ends = std::min(one.ends, by.invoked_ns);
      const bool its_own = !closes || by.handle == op(one.operation).handle;
      if (!by.succeeded() || !its_own || by.returned_ns >= one.ended) continue;
      one.left = closes;
      one.ended = by.returned_ns;
    }
  }

  // One notice a registration.
  void JudgeNotice(std::uint32_t id, const std::vector<std::size_t>& mine, std::uint64_t& taken) {
    const Operation& notice = op(id);
    if (!notice.succeeded() || notice.result == kNoNotice) return;
    tallies_.notified.AddChances(1);
    ++taken;
    const bool asked = std::ranges::any_of(mine, [&](std::size_t place) {
      return static_cast<std::int64_t>(op(all_[place].operation).argument) == notice.result;
    });
    if (asked && taken <= mine.size()) return;
    tallies_.notified.Break(
        fmt::format("worker {} got notice {:#x}, its number {}, and had registered {} times",
                    notice.worker, notice.result, taken, mine.size()),
        {id});
  }

  // Of those that are certain the one that ends last so far is in the way of the next.
  void JudgeOverlaps() {
    std::vector<const Registration*> certain;
    for (const Registration& one : all_) {
      if (one.certain != kNever && one.certain + slack_ns_ < one.ends) certain.push_back(&one);
    }
    std::ranges::sort(certain, {}, [](const Registration* one) { return one->certain; });
    tallies_.twice.AddChances(certain.size() + refused_.size() > 1 ? certain.size() : 0);
    const Registration* longest = nullptr;
    for (const Registration* one : certain) {
      if (longest != nullptr && one->certain + slack_ns_ < longest->ends) {
        tallies_.twice.Break(fmt::format("workers {} and {} were registered at one time",
                                         op(longest->operation).worker, op(one->operation).worker),
                             Witness(history_, {longest->operation, one->operation}));
      }
      if (longest == nullptr || longest->ends < one->ends) longest = one;
    }
  }

  void JudgeRefusals() {
    std::ranges::sort(all_, {}, &Registration::from);
    std::vector<std::uint64_t> last_end;
    for (const Registration& one : all_) {
      last_end.push_back(std::max(one.ended, last_end.empty() ? 0 : last_end.back()));
    }
    for (const std::uint32_t id : refused_) {
      const Operation& refused = op(id);
      tallies_.twice.AddChances(1);
      const auto until = refused.returned_ns == kNever ? kNever : refused.returned_ns + slack_ns_;
      const auto before =
          std::ranges::upper_bound(all_, until, {}, &Registration::from) - all_.begin();
      const std::uint64_t end = before == 0 ? 0 : last_end[static_cast<std::size_t>(before) - 1];
      if (end == kNever || end + slack_ns_ >= refused.invoked_ns) continue;
      const auto last =
          std::ranges::max_element(all_.begin(), all_.begin() + before, {}, &Registration::ended);
      Tally& tally = before > 0 && last->left ? tallies_.stays : tallies_.twice;
      tally.Break(
          fmt::format("worker {} was refused when nobody can have been registered", refused.worker),
          {id});
    }
  }

  const History& history_;
  const std::uint8_t object_;
  const std::uint64_t slack_ns_;
  NoticeTallies& tallies_;
  std::vector<Registration> all_;
  std::vector<std::uint32_t> refused_;
  Sends sends_;
};

}  // namespace

void JudgeNoticesByTime(const History& history, std::uint8_t object, NoticeTallies& tallies) {
  NoticeJudge(history, object, tallies).Judge();
}

}  // namespace parley
