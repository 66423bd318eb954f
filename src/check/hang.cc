// O-HANG: nobody sleeps in a call that could go on.
//
// Broken needs the watchdog's evidence and a state that is certain from the history; what waits at
// the end of the history without such evidence, though it could go on, is inconclusive.
//
// Time O(n log n), memory O(n) for n operations.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <string>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/ends.h"
#include "src/check/ends_judging.h"
#include "src/check/hang_partners.h"
#include "src/check/hang_sleepers.h"
#include "src/check/hang_state.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {
    Clause::kReceiverAsleep,  Clause::kReceiverAsleepWithData,  Clause::kSenderAsleep,
    Clause::kEndOfFileAsleep, Clause::kSendAsleepWithoutReader, Clause::kOpenAsleep,
};

class HangJudge {
 public:
  explicit HangJudge(const ByteStreams& streams)
      : streams_(streams), history_(streams.history()), ends_(history_) {}

  void Judge(std::vector<Judgement>& judgements) {
    for (const Operation& op : history_.operations) {
      CountCall(op);
    }
    CountWoken();
    for (const Sleepers& group : FindSleepers(history_)) {
      JudgeGroup(group);
    }
    for (const Tally* tally : {&woken_, &with_data_, &sender_, &at_end_, &no_reader_, &open_}) {
      tally->Report(judgements);
    }
  }

 private:
  void CountCall(const Operation& op) {
    if (op.outcome != Outcome::kReturned || op.nonblocking) {
      return;
    }
    switch (history_.effect(op)) {
      case Effect::kPut:
        sender_.AddChances(op.requested > 0 ? 1 : 0);
        no_reader_.AddChances(op.failed_with(EPIPE) ? 1 : 0);
        break;
      case Effect::kTake:
        at_end_.AddChances(op.requested > 0 && op.succeeded() && op.result == 0 ? 1 : 0);
        with_data_.AddChances(op.succeeded() && op.result > 0 ? 1 : 0);
        break;
      case Effect::kOpenRead:
      case Effect::kOpenWrite:
        open_.AddChances(op.succeeded() && ends_.named(op.object) ? 1 : 0);
        break;
      default:
        break;
    }
  }

  // Takes that were there before the put whose bytes they got had returned.
  void CountWoken() {
    for (std::uint32_t i = 0; i < streams_.takes().size(); ++i) {
      const Operation& take = streams_.operation(streams_.takes()[i].id);
      const Range pieces = streams_.PiecesOf(i);
      if (take.nonblocking || pieces.size() == 0) {
        continue;
      }
      const std::uint32_t put = streams_.pieces()[pieces.begin].put;
      const bool woken = put != kNoPut &&
                         take.invoked_ns < streams_.operation(streams_.puts()[put].id).returned_ns;
      woken_.AddChances(woken ? 1 : 0);
    }
  }

  void JudgeGroup(const Sleepers& group) {
    ContentAt content(streams_, ends_, group.instant_ns, group.ids());
    for (const Sleeper& sleeper : group.sleepers) {
      const Operation& op = history_.operations[sleeper.id];
      switch (history_.effect(op)) {
        case Effect::kTake:
          JudgeTake(group, content, op, sleeper.id);
          break;
        case Effect::kPut:
          JudgePut(group, content, op, sleeper.id);
          break;
        default:
          JudgeOpen(group, op, sleeper.id);
      }
    }
  }

  void Say(const Sleepers& group, Tally& tally, const std::string& reason,
           std::vector<std::uint32_t> witness) {
    if (group.proven) {
      BreakIfComplete(history_, tally, reason, std::move(witness));
    } else {
      tally.Doubt(reason + ", but it was not watched long enough", std::move(witness));
    }
  }

  void JudgeTake(const Sleepers& group, ContentAt& content, const Operation& op, std::uint32_t id) {
    const std::uint32_t channel = ends_.ChannelOf(op);
    if (channel == kNoChannel) {
      return;
    }
    const Unread unread = content.UnreadIn(op.object, channel);
    if (unread.bytes > 0) {
      const Operation& put = streams_.operation(streams_.puts()[unread.put].id);
      const bool before = history_.precedes(put, op);
      Say(group, before ? with_data_ : woken_,
          fmt::format("worker {} sleeps in a read{} although {} bytes are unread", op.worker,
                      before ? " that it began when they were there" : "", unread.bytes),
          Witness(history_, {streams_.puts()[unread.put].id, id}));
    } else if (!ends_.MaybeHeld(channel, Side::kWriting, group.instant_ns, group.instant_ns)) {
      Say(group, at_end_,
          fmt::format("worker {} sleeps in a read although nobody has a writing end open",
                      op.worker),
          {id});
    }
  }

  void JudgePut(const Sleepers& group, ContentAt& content, const Operation& op, std::uint32_t id) {
    const std::uint32_t channel = ends_.ChannelOf(op);
    if (channel == kNoChannel) {
      return;
    }
    if (!ends_.MaybeHeld(channel, Side::kReading, group.instant_ns, group.instant_ns)) {
      Say(group, no_reader_,
          fmt::format("worker {} sleeps in a write although nobody has a reading end open",
                      op.worker),
          {id});
      return;
    }
    if (op.requested <= history_.header.atomic_bytes &&
        content.RoomFor(op.object, channel, op.requested)) {
      Say(group, sender_,
          fmt::format("worker {} sleeps in a write of {} bytes although there is room for it",
                      op.worker, op.requested),
          {id});
      return;
    }
    // A reader sleeps only when it is empty, a writer only when it is full.
    const std::optional<std::uint32_t> reader = ReaderAsleep(group, channel);
    if (group.proven && reader && content.UnreadIn(op.object, channel).bytes == 0) {
      Say(group, sender_,
          fmt::format("worker {} sleeps in a write and worker {} in a read of the same object",
                      op.worker, history_.operations[*reader].worker),
          Witness(history_, {id, *reader}));
    }
  }

  std::optional<std::uint32_t> ReaderAsleep(const Sleepers& group, std::uint32_t channel) const {
    for (const Sleeper& sleeper : group.sleepers) {
      const Operation& op = history_.operations[sleeper.id];
      if (history_.effect(op) == Effect::kTake && ends_.ChannelOf(op) == channel) {
        return sleeper.id;
      }
    }
    return std::nullopt;
  }

  void JudgeOpen(const Sleepers& group, const Operation& op, std::uint32_t id) {
    if (!ends_.named(op.object)) {
      return;
    }
    const Partner partner = FindPartner(history_, ends_, id, group.instant_ns);
    if (!partner.id) {
      return;
    }
    const bool reads = history_.effect(op) == Effect::kOpenRead;
    const std::string reason =
        fmt::format("worker {} sleeps in an open for {} although another opened for {}", op.worker,
                    reads ? "reading" : "writing", reads ? "writing" : "reading");
    const auto witness = Witness(history_, {id, *partner.id});
    if (partner.certain) {
      Say(group, open_, reason, witness);
    } else {
      open_.Doubt(reason + ", perhaps before it had looked", witness);
    }
  }

  const ByteStreams& streams_;
  const History& history_;
  const Ends ends_;
  Tally woken_{Clause::kReceiverAsleep};
  Tally with_data_{Clause::kReceiverAsleepWithData};
  Tally sender_{Clause::kSenderAsleep};
  Tally at_end_{Clause::kEndOfFileAsleep};
  Tally no_reader_{Clause::kSendAsleepWithoutReader};
  Tally open_{Clause::kOpenAsleep};
};

void JudgeHangs(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  HangJudge(streams).Judge(judgements);
}

const CheckerRegistration kRegistration({.name = "hang",
                                         .oracle = "O-HANG",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeHangs>,
                                         .judge_streams = JudgeHangs});

}  // namespace
}  // namespace parley
