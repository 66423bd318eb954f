// O-EXO: every byte that was put is received exactly once.
//
// Time O(n) plus what the view took to find repeated bytes, memory O(1) beyond the view.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/discarding.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kDuplicate, Clause::kLost, Clause::kInvented,
                                 Clause::kInterruptedEffect, Clause::kKilledEffect};

class OnceJudge {
 public:
  explicit OnceJudge(const ByteStreams& streams) : streams_(streams) {}

  void Judge(std::vector<Judgement>& judgements) {
    for (const Repeat& repeat : streams_.repeats()) {
      JudgeRepeat(repeat);
    }
    for (const ObjectView& object : streams_.objects()) {
      CountChances(object);
      if (object.unsent_bytes > 0) {
        JudgeUnsent(object);
      }
      if (streams_.history().header.drained) {
        JudgeMissing(object);
        JudgeKilledParts(object);
      }
    }
    for (const Tally* tally : {&duplicate_, &lost_, &invented_, &interrupted_, &killed_}) {
      tally->Report(judgements);
    }
  }

 private:
  void CountChances(const ObjectView& object) {
    std::uint64_t accepted = 0;
    for (const Put& put : streams_.puts(object)) {
      accepted += put.returned() ? 1 : 0;
    }
    duplicate_.AddChances(accepted);
    invented_.AddChances(accepted);
    lost_.AddChances(streams_.history().header.drained ? accepted : 0);
    interrupted_.AddChances(object.interrupted_put_count + object.interrupted_take_count);
    killed_.AddChances(object.maybe_put_count + object.maybe_take_count);
  }

  void JudgeRepeat(const Repeat& repeat) {
    const Put& put = streams_.puts()[repeat.put];
    const std::uint64_t position = put.position + repeat.offset;
    const Coverage coverage = InterruptedCoverage(streams_.StreamOf(put), position, repeat.bytes);
    const std::uint32_t earlier = streams_.pieces()[repeat.earlier].take;
    const std::uint32_t later = streams_.pieces()[repeat.later].take;
    const std::string bytes = BytesText(put.writer, position, repeat.bytes);
    if (coverage.inside != nullptr) {
      interrupted_.Break(
          fmt::format("{} came twice: a write of them had failed with EINTR", bytes),
          Witness(streams_.history(), {coverage.inside->id, put.id, earlier, later}));
    }
    if (!coverage.outside) {
      return;
    }
    const auto witness = Witness(streams_.history(), {put.id, earlier, later});
    if (put.has(Put::kMaybe)) {
      killed_.Break(fmt::format("{}, whose writer was killed in the call, came twice", bytes),
                    witness);
    } else if (streams_.atomic(put) || !repeat.same_reader) {
      duplicate_.Break(fmt::format("{} were received twice", bytes), witness);
    }
  }

  // Bytes received at positions that their writer never reached.
  void JudgeUnsent(const ObjectView& object) {
    for (std::uint32_t i = object.takes.begin; i < object.takes.end; ++i) {
      const Operation& op = streams_.operation(streams_.takes()[i].id);
      std::uint32_t next = streams_.takes()[i].first_piece;
      if (op.outcome != Outcome::kReturned) {
        continue;
      }
      for (const Extent& extent : streams_.history().received(op)) {
        for (std::uint64_t cut = 0; cut < extent.bytes; cut += streams_.pieces()[next++].bytes) {
          const Piece& piece = streams_.pieces()[next];
          if (piece.put == kNoPut &&
              extent.kind == static_cast<std::uint16_t>(ExtentKind::kWritten)) {
            JudgeUnsent(object, extent.writer, extent.position + cut, piece);
          }
        }
      }
    }
  }

  void JudgeUnsent(const ObjectView& object, std::uint16_t writer, std::uint64_t position,
                   const Piece& piece) {
    const StreamView* stream = nullptr;
    for (const StreamView& candidate : streams_.streams(object)) {
      stream = candidate.writer == writer ? &candidate : stream;
    }
    const std::string bytes = BytesText(writer, position, piece.bytes);
    if (!streams_.history().header.complete) {
      invented_.Doubt(fmt::format("{} were received, whose write is not on record", bytes),
                      {piece.take});
      return;
    }
    Coverage coverage{.outside = true};
    if (stream != nullptr) {
      coverage = InterruptedCoverage(*stream, position, piece.bytes);
    }
    if (coverage.inside != nullptr) {
      interrupted_.Break(
          fmt::format("{} were received: the write of them had failed with EINTR", bytes),
          Witness(streams_.history(), {coverage.inside->id, piece.take}));
    }
    if (coverage.outside) {
      invented_.Break(fmt::format("{} were received, never sent", bytes), {piece.take});
    }
  }

  // What was accepted and never received.  A receive that failed with EINTR may have taken only
  // what was put before it returned.
  void JudgeMissing(const ObjectView& object) {
    const std::uint64_t allowance_bytes = object.allowance_bytes();
    const std::uint64_t slack_ns = streams_.history().header.clock_slack_ns;
    std::optional<std::uint64_t> discarded_until_ns;
    std::uint64_t missing_bytes = 0;
    std::uint64_t unexplained_bytes = 0;
    const Put* missing = nullptr;
    const Put* unexplained = nullptr;
    for (const Put& put : streams_.puts(object)) {
      if (!put.returned() || put.received >= put.bytes) {
        continue;
      }
      if (!discarded_until_ns) {
        discarded_until_ns = DiscardedUntilNs(streams_, object);
      }
      const std::uint64_t invoked_ns = streams_.operation(put.id).invoked_ns;
      if (invoked_ns <= *discarded_until_ns) {
        continue;
      }
      missing_bytes += put.bytes - put.received;
      missing = missing == nullptr ? &put : missing;
      if (object.interrupted_take_count == 0 ||
          object.interrupted_take_returned_ns_max + slack_ns < invoked_ns) {
        unexplained_bytes += put.bytes - put.received;
        unexplained = unexplained == nullptr ? &put : unexplained;
      }
    }
    if (unexplained_bytes > allowance_bytes) {
      const std::string reason = fmt::format(
          "{} bytes were accepted and never received, the first of them of {}; "
          "receivers that were killed account for at most {}",
          unexplained_bytes, PutText(*unexplained), allowance_bytes);
      BreakIfComplete(lost_, reason, {unexplained->id});
    } else if (missing_bytes > allowance_bytes) {
      const std::string reason = fmt::format(
          "bytes of {} were never received: a read had failed with EINTR", PutText(*missing));
      BreakIfComplete(interrupted_, reason,
                      Witness(streams_.history(), {missing->id, object.interrupted_take}));
    }
  }

  // An indivisible put whose process was killed in it: all of it, or nothing.
  void JudgeKilledParts(const ObjectView& object) {
    for (const Put& put : streams_.puts(object)) {
      if (!put.has(Put::kMaybe) || !streams_.atomic(put) || put.received == 0 ||
          put.bytes - put.received <= object.allowance_bytes() ||
          streams_.operation(put.id).invoked_ns <= DiscardedUntilNs(streams_, object)) {
        continue;
      }
      BreakIfComplete(killed_,
                      fmt::format("of {}, whose writer was killed in the call, only {} were "
                                  "received",
                                  PutText(put), put.received),
                      {put.id});
    }
  }

  void BreakIfComplete(Tally& tally, const std::string& reason,
                       std::vector<std::uint32_t> witness) {
    if (streams_.history().header.complete) {
      tally.Break(reason, std::move(witness));
    } else {
      tally.Doubt("a log was full: " + reason, std::move(witness));
    }
  }

  const ByteStreams& streams_;
  Tally duplicate_{Clause::kDuplicate};
  Tally lost_{Clause::kLost};
  Tally invented_{Clause::kInvented};
  Tally interrupted_{Clause::kInterruptedEffect};
  Tally killed_{Clause::kKilledEffect};
};

void JudgeExactlyOnce(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  OnceJudge(streams).Judge(judgements);
}

const CheckerRegistration kRegistration({.name = "exactly_once",
                                         .oracle = "O-EXO",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeExactlyOnce>,
                                         .judge_streams = JudgeExactlyOnce});

}  // namespace
}  // namespace parley
