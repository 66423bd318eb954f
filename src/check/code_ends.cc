// What calls say about the other end: end-of-file, EPIPE, EAGAIN without a writer.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <tuple>

#include "src/check/code.h"

namespace parley {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// When the death of the process that made the object was reported; kNever when it lived.
std::uint64_t CreatorGoneNs(const History& history) {
  std::uint64_t gone_ns = kNever;
  for (const Fault& fault : history.faults) {
    if (fault.kind == FaultKind::kKill && fault.worker < history.workers.size() &&
        history.workers[fault.worker].creator) {
      gone_ns = std::min(gone_ns, fault.returned_ns);
    }
  }
  return PlusNs(gone_ns, history.header.clock_slack_ns);
}

// The takes that returned 0, to be asked for one between two instants.
class EndsOfFile {
 public:
  void Add(std::uint32_t channel, const Operation& op, std::uint32_t id) {
    all_.push_back({channel, op.invoked_ns, op.returned_ns, id});
  }

  void Sort() {
    std::ranges::sort(
        all_, {}, [](const One& one) { return std::tuple(one.channel, one.invoked_ns, one.id); });
    for (std::size_t i = all_.size(); i-- > 0;) {
      if (i + 1 < all_.size() && all_[i + 1].channel == all_[i].channel &&
          all_[i + 1].returned_ns < all_[i].returned_ns) {
        all_[i].returned_ns = all_[i + 1].returned_ns;
        all_[i].id = all_[i + 1].id;
      }
      first_returned_ns_ = std::min(first_returned_ns_, all_[i].returned_ns);
    }
  }

  std::uint64_t first_returned_ns() const { return first_returned_ns_; }

  // The id of one invoked after after_ns and returned before before_ns; kNone when there is none.
  std::uint32_t Between(std::uint32_t channel, std::uint64_t after_ns,
                        std::uint64_t before_ns) const {
    const auto one = std::ranges::upper_bound(
        all_, std::pair(channel, after_ns), {},
        [](const One& each) { return std::pair(each.channel, each.invoked_ns); });
    const bool found = one != all_.end() && one->channel == channel && one->returned_ns < before_ns;
    return found ? one->id : kNone;
  }

 private:
  struct One {
    std::uint32_t channel = 0;
    std::uint64_t invoked_ns = 0;
    std::uint64_t returned_ns = 0;  // after Sort(), with id: of the first to return from here on
    std::uint32_t id = 0;
  };
  std::vector<One> all_;
  std::uint64_t first_returned_ns_ = kNever;
};

class EndJudge {
 public:
  EndJudge(const ByteStreams& streams, const Ends& ends)
      : streams_(streams),
        history_(streams.history()),
        ends_(ends),
        slack_ns_(history_.header.clock_slack_ns),
        creator_gone_ns_(CreatorGoneNs(history_)) {}

  void Judge(std::vector<Judgement>& judgements) {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      const Effect effect = history_.effect(op);
      if ((effect != Effect::kPut && effect != Effect::kTake) || op.requested == 0 ||
          op.outcome != Outcome::kReturned) {
        continue;
      }
      const std::uint32_t channel = ends_.ChannelOf(op);
      if (channel != kNoChannel) {
        effect == Effect::kPut ? JudgePut(op, id, channel) : JudgeTake(op, id, channel);
      }
    }
    JudgeUnreadAtEnd();
    for (const Tally* tally : {&without_reader_, &broken_pipe_, &early_, &missing_, &creator_}) {
      tally->Report(judgements);
    }
  }

 private:
  // What outlives its creator must do so as long as somebody holds it; a name's object is the
  // name's, and nobody's.
  bool AfterCreator(const Operation& op) const {
    return creator_gone_ns_ < op.invoked_ns && !ends_.named(op.object);
  }

  void JudgePut(const Operation& op, std::uint32_t id, std::uint32_t channel) {
    const bool refused = op.failed_with(EPIPE);
    const bool accepted = op.succeeded() && op.result > 0;
    if (!refused && !accepted) {
      return;
    }
    if (!ends_.MaybeHeld(channel, Side::kReading, op.invoked_ns, op.returned_ns)) {
      without_reader_.AddChances(1);
      if (accepted && !without_reader_.broken()) {
        BreakIfComplete(history_, without_reader_,
                        fmt::format("a write of {} bytes accepted {} although nobody held a "
                                    "reading end open",
                                    op.requested, op.result),
                        {id});
      }
    }
    const bool after_creator = AfterCreator(op);
    creator_.AddChances(after_creator ? 1 : 0);
    broken_pipe_.AddChances(refused && !after_creator ? 1 : 0);
    Tally& tally = after_creator ? creator_ : broken_pipe_;
    if (refused && !tally.broken() &&
        ends_.HeldThroughout(channel, Side::kReading, op.invoked_ns, op.returned_ns)) {
      BreakIfComplete(history_, tally,
                      fmt::format("a write failed with EPIPE although a reading end was open all "
                                  "the time{}",
                                  after_creator ? ", after the creator's death" : ""),
                      WitnessWithHolder(history_, ends_, channel, Side::kReading, id));
    }
  }

  void JudgeTake(const Operation& op, std::uint32_t id, std::uint32_t channel) {
    const bool unavailable = op.failed_with(EAGAIN);
    const bool waits = !op.nonblocking && !unavailable;
    if (op.system_error != 0 && !unavailable) {
      return;
    }
    if (!waits && !ends_.MaybeHeld(channel, Side::kWriting, op.invoked_ns, op.returned_ns)) {
      missing_.AddChances(1);
      if (unavailable && !missing_.broken()) {
        BreakIfComplete(history_, missing_,
                        "a read failed with EAGAIN although nobody held a writing end open", {id});
      }
    }
    const bool after_creator = AfterCreator(op);
    creator_.AddChances(after_creator ? 1 : 0);
    if (!op.succeeded() || op.result != 0) {
      return;
    }
    ends_of_file_.Add(channel, op, id);
    early_.AddChances(after_creator ? 0 : 1);
    Tally& tally = after_creator ? creator_ : early_;
    if (!tally.broken() &&
        ends_.HeldThroughout(channel, Side::kWriting, op.invoked_ns, op.returned_ns)) {
      BreakIfComplete(history_, tally,
                      fmt::format("a read gave end-of-file although a writing end was open all "
                                  "the time{}",
                                  after_creator ? ", after the creator's death" : ""),
                      WitnessWithHolder(history_, ends_, channel, Side::kWriting, id));
    }
  }

  // End-of-file, although bytes that were there before are received after it.
  void JudgeUnreadAtEnd() {
    ends_of_file_.Sort();
    const std::uint64_t soonest_ns = PlusNs(ends_of_file_.first_returned_ns(), slack_ns_);
    for (const ObjectView& object : streams_.objects()) {
      for (std::uint32_t i = object.takes.begin; i < object.takes.end; ++i) {
        const Operation& take = streams_.operation(streams_.takes()[i].id);
        if (soonest_ns < take.invoked_ns) {
          JudgeReceivedAfterEnd(take, streams_.PiecesOf(i));
        }
      }
    }
  }

  void JudgeReceivedAfterEnd(const Operation& take, Range pieces) {
    const std::uint32_t channel = ends_.ChannelOf(take);
    for (std::uint32_t i = pieces.begin; channel != kNoChannel && i < pieces.end; ++i) {
      const Piece& piece = streams_.pieces()[i];
      if (piece.put == kNoPut) {
        continue;
      }
      const Put& view = streams_.puts()[piece.put];
      // Of bytes that came twice it is not known that they were unread.
      if (!view.returned() || view.has(Put::kRepeated)) {
        continue;
      }
      const std::uint32_t put_id = view.id;
      const Operation& put = streams_.operation(put_id);
      const std::uint32_t id =
          ends_of_file_.Between(channel, PlusNs(put.returned_ns, slack_ns_),
                                take.invoked_ns - std::min(take.invoked_ns, slack_ns_));
      if (id == kNone || ends_.ChannelOf(put) != channel) {
        continue;
      }
      Tally& tally = AfterCreator(history_.operations[id]) ? creator_ : early_;
      if (tally.broken()) {
        return;
      }
      const std::string reason = fmt::format("a read gave end-of-file although {} were unread",
                                             PutText(streams_.puts()[piece.put]));
      const auto witness = Witness(history_, {put_id, id, piece.take});
      // Without a name there is one object only, and what is shown is shown.
      if (ends_.named(take.object)) {
        BreakIfComplete(history_, tally, reason, witness);
      } else {
        tally.Break(reason, witness);
      }
      return;
    }
  }

  const ByteStreams& streams_;
  const History& history_;
  const Ends& ends_;
  const std::uint64_t slack_ns_;
  const std::uint64_t creator_gone_ns_;
  EndsOfFile ends_of_file_;
  Tally without_reader_{Clause::kWriteWithoutReader};
  Tally broken_pipe_{Clause::kBrokenPipeEarly};
  Tally early_{Clause::kEndOfFileEarly};
  Tally missing_{Clause::kEndOfFileMissing};
  Tally creator_{Clause::kDiedWithCreator};
};

}  // namespace

void JudgeEndCodes(const ByteStreams& streams, const Ends& ends,
                   std::vector<Judgement>& judgements) {
  EndJudge(streams, ends).Judge(judgements);
}

}  // namespace parley
