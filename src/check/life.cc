// O-LIFE and O-WIN1: names and content live as long as they must, and no longer.
//
// Time O(n log n), memory O(n) for n operations.
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/ends.h"
#include "src/check/ends_judging.h"
#include "src/check/life_creation.h"
#include "src/check/life_names.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kNameGone, Clause::kDataSurvived,
                                 Clause::kGenerationsMixed, Clause::kCreatedTwice};

void JudgeNames(const History& history, const std::vector<NameLife>& names, Tally& gone) {
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    const bool asks = effect == Effect::kQueryName;
    // An open by an unrelated process is O-CODE's business.
    const bool opens = Opens(effect) && op.failed_with(ENOENT) &&
                       op.worker < history.workers.size() &&
                       history.workers[op.worker].topology != Topology::kUnrelated;
    if ((!asks && !opens) || op.outcome != Outcome::kReturned ||
        !names[op.object].ExistsThroughout(op.invoked_ns, op.returned_ns)) {
      continue;
    }
    gone.AddChances(asks ? 1 : 0);
    if ((op.failed_with(ENOENT) || op.failed_with(ENOTTY)) && !gone.broken()) {
      BreakIfComplete(history, gone,
                      op.failed_with(ENOENT)
                          ? "the name was gone although nobody had removed it"
                          : "the name stood for something else although nobody had removed it",
                      {id});
    }
  }
}

// Bytes that cross from one life of an object to another.
class CrossingJudge {
 public:
  explicit CrossingJudge(const ByteStreams& streams)
      : streams_(streams), history_(streams.history()), ends_(history_) {}

  void Judge(std::vector<Judgement>& judgements) {
    for (const ObjectView& object : streams_.objects()) {
      const auto [first, last] = ends_.ChannelsOf(object.object);
      generations_ = last - first;
      if (generations_ == 0 || (generations_ == 1 && ends_.MaybeHeldSpans(first).size() < 2)) {
        continue;
      }
      CountLeft(object);
      for (std::uint32_t i = object.takes.begin; i < object.takes.end; ++i) {
        JudgeTake(i);
      }
    }
    survived_.Report(judgements);
    mixed_.Report(judgements);
  }

 private:
  // Puts that left bytes behind when the last handle was closed, and were opened for once more.
  void CountLeft(const ObjectView& object) {
    for (const Put& put : streams_.puts(object)) {
      const Operation& op = streams_.operation(put.id);
      const std::uint32_t channel = ends_.ChannelOf(op);
      if (!put.returned() || put.received >= put.bytes || channel == kNoChannel) {
        continue;
      }
      const auto spans = ends_.MaybeHeldSpans(channel);
      survived_.AddChances(!spans.empty() && spans.back().from_ns > op.returned_ns ? 1 : 0);
    }
  }

  void JudgeTake(std::uint32_t index) {
    const Operation& take = streams_.operation(streams_.takes()[index].id);
    const Hold* taker = ends_.HoldOf(take);
    if (taker == nullptr) {
      return;
    }
    const Range pieces = streams_.PiecesOf(index);
    for (std::uint32_t i = pieces.begin; i < pieces.end; ++i) {
      const Piece& piece = streams_.pieces()[i];
      if (piece.put == kNoPut) {
        continue;
      }
      const Put& put = streams_.puts()[piece.put];
      const Operation& op = streams_.operation(put.id);
      if (const Hold* putter = ends_.HoldOf(op)) {
        mixed_.AddChances(generations_ > 1 ? 1 : 0);
        JudgeGenerations(put, *putter, *taker, piece.take);
        JudgeSurvival(put, op, *putter, *taker, piece.take);
      }
    }
  }

  void JudgeGenerations(const Put& put, const Hold& putter, const Hold& taker, std::uint32_t take) {
    const GenerationRange& put_in = putter.generations;
    const GenerationRange& taken_from = taker.generations;
    if ((put_in.high < taken_from.low || taken_from.high < put_in.low) && !mixed_.broken()) {
      BreakIfComplete(
          history_, mixed_,
          fmt::format("{} were received from another object of the same name", PutText(put)),
          Witness(history_, {putter.id, put.id, taker.id, take}));
    }
  }

  // The taker opened it after an instant, later than the put, at which nobody held it.
  void JudgeSurvival(const Put& put, const Operation& op, const Hold& putter, const Hold& taker,
                     std::uint32_t take) {
    const std::uint32_t channel = ends_.ChannelOf(op);
    if (op.outcome == Outcome::kPending || channel == kNoChannel || !taker.generations.certain() ||
        taker.generations.low != putter.generations.low || op.returned_ns >= taker.opened_from_ns ||
        survived_.broken() ||
        ends_.MaybeHeldThroughout(channel, Side::kEither, op.returned_ns, taker.opened_from_ns)) {
      return;
    }
    BreakIfComplete(
        history_, survived_,
        fmt::format("{} were received though nobody had held the object open since", PutText(put)),
        Witness(history_, {put.id, taker.id, take}));
  }

  const ByteStreams& streams_;
  const History& history_;
  const Ends ends_;
  std::uint32_t generations_ = 1;  // of the object at hand
  Tally survived_{Clause::kDataSurvived};
  Tally mixed_{Clause::kGenerationsMixed};
};

void JudgeLife(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  const History& history = streams.history();
  const std::vector<NameLife> names = NameLives(history);
  Tally gone(Clause::kNameGone);
  JudgeNames(history, names, gone);
  gone.Report(judgements);
  CrossingJudge(streams).Judge(judgements);
  Tally twice(Clause::kCreatedTwice);
  JudgeCreations(history, names, twice);
  twice.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "life",
                                         .oracle = "O-LIFE, O-WIN1",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeLife>,
                                         .judge_streams = JudgeLife});

}  // namespace
}  // namespace parley
