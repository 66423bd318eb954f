// What calls say about how much there was: short counts of blocking writes, EAGAIN of reads.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/check/code.h"
#include "src/check/merge_runs.h"

namespace parley {
namespace {

// When a process may have been stopped: from the stop's invocation to the next continue's return.
// A blocking write under way then may return what it has, and one that begins right after as well:
// the signal may reach the process only inside that call (signal(7)).
class Stops {
 public:
  explicit Stops(const History& history) : history_(history) {
    for (const Fault& fault : history.faults) {
      if (fault.kind != FaultKind::kKill) {
        faults_.push_back(fault);
      }
    }
    std::ranges::sort(faults_, {},
                      [](const Fault& fault) { return std::pair(fault.worker, fault.invoked_ns); });
    for (std::size_t i = faults_.size(); i-- > 0;) {
      if (faults_[i].kind != FaultKind::kStop) {
        continue;
      }
      const bool followed = i + 1 < faults_.size() && faults_[i + 1].worker == faults_[i].worker;
      faults_[i].returned_ns = followed ? faults_[i + 1].returned_ns : kNever;
    }
  }

  bool MayDisturb(std::uint32_t id) const {
    const Operation& op = history_.operations[id];
    const std::uint64_t slack_ns = history_.header.clock_slack_ns;
    std::uint64_t free_from_ns = op.invoked_ns;
    bool looked = false;
    const auto own = std::ranges::equal_range(faults_, op.worker, {}, &Fault::worker);
    for (const Fault& fault : own) {
      if (fault.invoked_ns > PlusNs(op.returned_ns, slack_ns)) {
        break;
      }
      if (!std::exchange(looked, true)) {
        free_from_ns = CallBefore(id);
      }
      if (PlusNs(fault.returned_ns, slack_ns) >= free_from_ns) {
        return true;
      }
    }
    return false;
  }

 private:
  // When the worker's call before that one was invoked; 0 when it is the first.
  std::uint64_t CallBefore(std::uint32_t id) const {
    const std::uint16_t worker = history_.operations[id].worker;
    while (id-- > 0) {
      if (history_.operations[id].worker == worker) {
        return history_.operations[id].invoked_ns;
      }
    }
    return 0;
  }

  const History& history_;
  std::vector<Fault> faults_;  // stops and continues; a stop's return: that of the end of its stop
};

// Sums of bytes by time.
class RunningSum {
 public:
  void Add(std::uint64_t instant_ns, std::uint64_t bytes) {
    entries_.push_back({instant_ns, bytes});
  }
  void Sort() {
    MergeRuns(entries_, [](const Entry& a, const Entry& b) { return a.instant_ns < b.instant_ns; });
    for (std::size_t i = 1; i < entries_.size(); ++i) {
      entries_[i].bytes += entries_[i - 1].bytes;
    }
  }
  std::uint64_t Before(std::uint64_t instant_ns) const {
    const auto next = std::ranges::lower_bound(entries_, instant_ns, {}, &Entry::instant_ns);
    return next == entries_.begin() ? 0 : (next - 1)->bytes;
  }
  std::uint64_t UpTo(std::uint64_t instant_ns) const {
    return instant_ns == kNever ? Total() : Before(instant_ns + 1);
  }
  std::uint64_t Total() const { return entries_.empty() ? 0 : entries_.back().bytes; }

 private:
  struct Entry {
    std::uint64_t instant_ns = 0;
    std::uint64_t bytes = 0;
  };
  std::vector<Entry> entries_;
};

// What was put into a channel and what may have been taken from it.
struct Flow {
  RunningSum put_returned;
  RunningSum put_invoked;
  RunningSum take_invoked;
  RunningSum take_returned;
};

class CountJudge {
 public:
  CountJudge(const ByteStreams& streams, const Ends& ends)
      : streams_(streams),
        history_(streams.history()),
        ends_(ends),
        slack_ns_(history_.header.clock_slack_ns) {}

  void Judge(std::vector<Judgement>& judgements) {
    JudgeShort();
    FindUnavailable();
    if (!refused_.empty()) {
      MeasureFlows();
      for (const std::uint32_t id : refused_) {
        JudgeUnavailable(id);
      }
    }
    short_.Report(judgements);
    unavailable_.Report(judgements);
  }

 private:
  void JudgeShort() {
    // O_NONBLOCK belongs to the open file description: one process changes it for all.
    const bool changed = std::ranges::any_of(history_.operations, [&](const Operation& op) {
      return history_.effect(op) == Effect::kSetNonblocking && MayHaveHappened(op);
    });
    if (changed) {
      return;
    }
    const Stops stops(history_);
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      if (history_.effect(op) != Effect::kPut || op.nonblocking || op.requested == 0 ||
          op.outcome != Outcome::kReturned) {
        continue;
      }
      short_.AddChances(op.requested > history_.header.atomic_bytes ? 1 : 0);
      if (short_.broken()) {
        continue;
      }
      if (op.failed_with(EAGAIN) || (op.succeeded() && op.result == 0)) {
        BreakIfComplete(history_, short_,
                        fmt::format("a blocking write of {} bytes {}", op.requested,
                                    op.succeeded() ? "accepted 0" : "failed with EAGAIN"),
                        {id});
      } else if (op.succeeded() && op.result < op.requested && !Excused(op) &&
                 !stops.MayDisturb(id)) {
        BreakShort(op, id);
      }
    }
  }

  bool Excused(const Operation& op) const {
    return op.worker < history_.workers.size() && history_.workers[op.worker].interrupted;
  }

  void BreakShort(const Operation& op, std::uint32_t id) {
    const std::uint32_t channel = ends_.ChannelOf(op);
    if (channel != kNoChannel &&
        ends_.HeldThroughout(channel, Side::kReading, op.invoked_ns, op.returned_ns)) {
      BreakIfComplete(history_, short_,
                      fmt::format("an undisturbed blocking write of {} bytes accepted {}",
                                  op.requested, op.result),
                      WitnessWithHolder(history_, ends_, channel, Side::kReading, id));
    }
  }

  void FindUnavailable() {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      if (history_.effect(op) == Effect::kTake && op.failed_with(EAGAIN) && op.requested > 0 &&
          ends_.ChannelOf(op) != kNoChannel && !streams_.objects()[op.object].discards) {
        refused_.push_back(id);
      }
    }
    unavailable_.AddChances(refused_.size());
  }

  void MeasureFlows() {
    flows_.resize(ends_.channel_count());
    for (const Put& put : streams_.puts()) {
      const Operation& op = streams_.operation(put.id);
      const std::uint32_t channel = ends_.ChannelOf(op);
      if (put.returned() && channel != kNoChannel) {
        flows_[channel].put_returned.Add(PlusNs(op.returned_ns, slack_ns_), put.bytes);
        flows_[channel].put_invoked.Add(op.invoked_ns, put.bytes);
      }
    }
    for (const TakeView& take : streams_.takes()) {
      const Operation& op = streams_.operation(take.id);
      const std::uint64_t bytes =
          op.outcome == Outcome::kReturned ? static_cast<std::uint64_t>(op.result) : op.requested;
      const auto [first, last] = ends_.ChannelsOf(op);
      for (std::uint32_t channel = first; channel < last; ++channel) {
        flows_[channel].take_invoked.Add(op.invoked_ns, bytes);
        flows_[channel].take_returned.Add(PlusNs(op.returned_ns, slack_ns_), bytes);
      }
    }
    for (Flow& flow : flows_) {
      for (RunningSum* sum :
           {&flow.put_returned, &flow.put_invoked, &flow.take_invoked, &flow.take_returned}) {
        sum->Sort();
      }
    }
  }

  void JudgeUnavailable(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const std::uint32_t channel = ends_.ChannelOf(op);
    // What was put before the last instant at which perhaps nobody held it may be gone.
    const auto since_ns = ends_.HeldSince(channel, op.invoked_ns);
    if (!since_ns || unavailable_.broken()) {
      return;
    }
    const Flow& flow = flows_[channel];
    const std::uint64_t put_bytes = flow.put_returned.Before(op.invoked_ns);
    const std::uint64_t lost_bytes = flow.put_invoked.UpTo(*since_ns);
    const std::uint64_t taken_bytes = flow.take_invoked.UpTo(PlusNs(op.returned_ns, slack_ns_)) -
                                      flow.take_returned.Before(*since_ns);
    if (put_bytes > lost_bytes + taken_bytes) {
      BreakIfComplete(
          history_, unavailable_,
          fmt::format("a read failed with EAGAIN although at least {} bytes were unread",
                      put_bytes - lost_bytes - taken_bytes),
          {id});
    }
  }

  const ByteStreams& streams_;
  const History& history_;
  const Ends& ends_;
  const std::uint64_t slack_ns_;
  std::vector<std::uint32_t> refused_;  // takes that failed with EAGAIN
  std::vector<Flow> flows_;             // by channel
  Tally short_{Clause::kShortBlocking};
  Tally unavailable_{Clause::kUnavailable};
};

}  // namespace

void JudgeCountCodes(const ByteStreams& streams, const Ends& ends,
                     std::vector<Judgement>& judgements) {
  CountJudge(streams, ends).Judge(judgements);
}

}  // namespace parley
