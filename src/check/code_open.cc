// What opens say about the other end and about the name, and descriptors that reach whom they were
// not given to.
//
// Source: POSIX.1-2024 open(), O_NONBLOCK; fifo(7) (Linux).
#include <fmt/format.h>

#include <cerrno>

#include "src/check/code.h"
#include "src/check/life_names.h"

namespace parley {
namespace {

class OpenJudge {
 public:
  OpenJudge(const History& history, const Ends& ends)
      : history_(history), ends_(ends), names_(NameLives(history)) {}

  void Judge(std::vector<Judgement>& judgements) {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      switch (history_.effect(op)) {
        case Effect::kOpenRead:
          JudgeOpen(op, id, Side::kWriting);
          break;
        case Effect::kOpenWrite:
          JudgeOpen(op, id, Side::kReading);
          break;
        case Effect::kOpenBoth:
          JudgeReachable(op, id);
          break;
        case Effect::kProbeHandle:
          JudgeProbe(op, id);
          break;
        default:
          break;
      }
    }
    for (const Tally* tally : {&early_, &refused_, &ghost_, &unreachable_, &uninherited_}) {
      tally->Report(judgements);
    }
  }

 private:
  // An open of one end, by its partner's side.
  void JudgeOpen(const Operation& op, std::uint32_t id, Side partner) {
    JudgeReachable(op, id);
    if (op.outcome != Outcome::kReturned || !ends_.named(op.object)) {
      return;
    }
    const std::uint32_t channel = ends_.ChannelOfName(op.object, op.invoked_ns, op.returned_ns);
    if (channel == kNoChannel) {
      return;
    }
    const bool alone = !ends_.MaybeHeld(channel, partner, op.invoked_ns, op.returned_ns);
    if (!op.nonblocking && op.succeeded()) {
      early_.AddChances(1);
      if (alone && !early_.broken()) {
        BreakIfComplete(history_, early_,
                        fmt::format("a blocking open for {} returned although nobody had it open "
                                    "for {}, or tried",
                                    partner == Side::kWriting ? "reading" : "writing",
                                    partner == Side::kWriting ? "writing" : "reading"),
                        {id});
      }
    } else if (partner == Side::kReading) {
      JudgeNonblockingWriter(op, id, channel, alone);
    }
  }

  void JudgeNonblockingWriter(const Operation& op, std::uint32_t id, std::uint32_t channel,
                              bool alone) {
    const bool refused = op.failed_with(ENXIO);
    if (!refused && !op.succeeded()) {
      return;
    }
    ghost_.AddChances(alone ? 1 : 0);
    if (alone && !refused && !ghost_.broken()) {
      BreakIfComplete(history_, ghost_,
                      "a non-blocking open for writing succeeded although nobody had it open for "
                      "reading, or tried",
                      {id});
    }
    const bool held = ends_.HeldThroughout(channel, Side::kReading, op.invoked_ns, op.returned_ns);
    refused_.AddChances(held ? 1 : 0);
    if (held && refused && !refused_.broken()) {
      BreakIfComplete(
          history_, refused_,
          "an open for writing failed with ENXIO although a reader had it open all the time",
          WitnessWithHolder(history_, ends_, channel, Side::kReading, id));
    }
  }

  // Whoever knows the name finds the object.
  void JudgeReachable(const Operation& op, std::uint32_t id) {
    if (op.outcome != Outcome::kReturned || op.worker >= history_.workers.size() ||
        history_.workers[op.worker].topology != Topology::kUnrelated ||
        !names_[op.object].ExistsThroughout(op.invoked_ns, op.returned_ns)) {
      return;
    }
    unreachable_.AddChances(1);
    if ((op.failed_with(ENOENT) || op.failed_with(EACCES)) && !unreachable_.broken()) {
      BreakIfComplete(history_, unreachable_,
                      fmt::format("an unrelated process's open failed with {} although the name "
                                  "existed all the time",
                                  op.system_error == ENOENT ? "ENOENT" : "EACCES"),
                      {id});
    }
  }

  void JudgeProbe(const Operation& op, std::uint32_t id) {
    if (op.outcome != Outcome::kReturned) {
      return;
    }
    uninherited_.AddChances(1);
    if (op.succeeded() && !uninherited_.broken()) {
      uninherited_.Break(
          fmt::format("descriptor {} reached a process that was not given it", op.argument), {id});
    }
  }

  const History& history_;
  const Ends& ends_;
  const std::vector<NameLife> names_;
  Tally early_{Clause::kOpenEarly};
  Tally refused_{Clause::kOpenRefused};
  Tally ghost_{Clause::kOpenGhost};
  Tally unreachable_{Clause::kUnreachableByName};
  Tally uninherited_{Clause::kReachableUninherited};
};

}  // namespace

void JudgeOpenCodes(const History& history, const Ends& ends, std::vector<Judgement>& judgements) {
  OpenJudge(history, ends).Judge(judgements);
}

}  // namespace parley
