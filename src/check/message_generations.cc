// O-LIFE of queues: a queue whose name was removed serves those who have it open, and one made
// under the name afterwards is another.
//
// Of stepped histories: there the calls on the name happen one after the other, so that it is known
// which queue each handle leads to.  Of free ones: how many who make it exclusively succeed.
//
// Source: POSIX.1-2024 mq_unlink(), mq_open() [ENOENT, EEXIST].  Time O(n log n), memory O(n).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <utility>

#include "src/check/checker.h"
#include "src/check/messages.h"
#include "src/check/tally.h"
#include "src/model/stepped_view.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kGenerationsMixed, Clause::kCreatedTwice};

struct Tallies {
  Tally mixed{Clause::kGenerationsMixed};
  Tally created{Clause::kCreatedTwice};
};

class GenerationJudge {
 public:
  GenerationJudge(const Messages& view, Tallies& tallies)
      : view_(view), history_(view.history()), tallies_(tallies) {
    for (const Receipt& receipt : view.receipts()) receipts_[receipt.operation] = &receipt;
  }

  void Judge(const model::SteppedView& steps) {
    for (const model::Step& step : steps.steps()) {
      for (const model::Cause& cause : step.causes) {
        if (cause.kind == model::CauseKind::kKill)
          unknown_ = unknown_ || KilledInside(cause.worker);
      }
      // Sends before receives: what a step sends it may give to a sleeper.
      for (const bool sends : {true, false}) {
        for (const std::uint32_t id : step.returned) {
          if (sends == (history_.effect(history_.operations[id]) == Effect::kPut)) Return(id);
        }
      }
    }
  }

 private:
  using Handle = std::pair<std::uint16_t, std::uint16_t>;  // worker, handle

  // Somebody was killed in a call on the name: it was done, or not.
  bool KilledInside(std::uint16_t worker) const {
    return std::ranges::any_of(history_.operations, [&](const Operation& op) {
      const Effect effect = history_.effect(op);
      return op.worker == worker && op.outcome == Outcome::kMaybe &&
             (effect == Effect::kMakeName || effect == Effect::kRemoveName ||
              effect == Effect::kRemoveObject);
    });
  }

  void Return(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    switch (history_.effect(op)) {
      case Effect::kMakeName:
        return Make(id, op);
      case Effect::kRemoveName:
        return Remove(id, op);
      case Effect::kRemoveObject:
        return RemoveObject(op);
      case Effect::kOpenRead:
      case Effect::kOpenWrite:
      case Effect::kOpenBoth:
        return Open(id, op);
      case Effect::kPut:
        if (op.succeeded()) Put(id, op);
        return;
      case Effect::kTake:
        return Take(id, op);
      default:
        return;
    }
  }

  void Make(std::uint32_t id, const Operation& op) {
    if (!unknown_) {
      tallies_.created.AddChances(1);
      if (op.succeeded() && named_) {
        tallies_.created.Break("a queue was made exclusively under a name that has one", {id});
      } else if (op.failed_with(EEXIST) && !named_) {
        tallies_.created.Break("a queue was refused with EEXIST under a name that has none", {id});
      }
    }
    if (op.succeeded()) named_ = ++generations_;
    if (op.succeeded()) removed_by_.reset();
  }

  void Remove(std::uint32_t id, const Operation& op) {
    if (!unknown_) {
      tallies_.mixed.AddChances(1);
      if (op.succeeded() && !named_) {
        Mixed("a name was removed that leads to no queue", {id});
      } else if (op.failed_with(ENOENT) && named_) {
        Mixed("a name was not found, though it leads to a queue", {id});
      }
    }
    if (!op.succeeded()) return;
    named_.reset();
    removed_by_ = id;
  }

  // Its name goes with it; whoever still uses it is message_removal's affair.
  void RemoveObject(const Operation& op) {
    if (op.succeeded() && named_ == GenerationOf(op)) named_.reset();
  }

  void Open(std::uint32_t id, const Operation& op) {
    // An open that may create has made what was not there.
    if (op.succeeded() && !named_ && !removed_by_) named_ = ++generations_;
    if (op.succeeded()) led_[Handle(op.worker, op.handle)] = named_.value_or(0);
    if (unknown_ || named_ || !removed_by_) return;
    tallies_.mixed.AddChances(1);
    if (op.succeeded()) Mixed("a queue was opened by a name that was removed", {*removed_by_, id});
  }

  void Put(std::uint32_t id, const Operation& op) {
    const std::uint32_t generation = GenerationOf(op);
    of_[id] = generation;
    ++content_[generation];
  }

  void Take(std::uint32_t id, const Operation& op) {
    const std::uint32_t generation = GenerationOf(op);
    if (op.failed_with(EAGAIN)) {
      if (unknown_ || !IsUnlinked(generation)) return;
      tallies_.mixed.AddChances(content_[generation] > 0 ? 1 : 0);
      if (content_[generation] > 0) {
        Mixed(fmt::format("a queue of {} messages was found empty after its name was removed",
                          content_[generation]),
              {id});
      }
      return;
    }
    if (!op.succeeded()) return;
    --content_[generation];
    const auto receipt = receipts_.find(id);
    if (unknown_ || receipt == receipts_.end() || receipt->second->message == kNoMessage) return;
    const std::uint32_t send = view_.messages()[receipt->second->message].send;
    const auto sent_to = of_.find(send);
    if (sent_to == of_.end()) return;
    tallies_.mixed.AddChances(generations_ > 1 ? 1 : 0);
    if (sent_to->second == generation) return;
    Mixed("a message came out of another queue than it was sent to, which had its name before",
          {send, id});
  }

  bool IsUnlinked(std::uint32_t generation) const { return named_ != generation; }

  // The queue that the call's handle leads to; 0: the one that was there from the beginning.
  std::uint32_t GenerationOf(const Operation& op) const {
    const auto found = led_.find(Handle(op.worker, op.handle));
    return found == led_.end() ? 0 : found->second;
  }

  void Mixed(std::string reason, std::vector<std::uint32_t> witness) {
    tallies_.mixed.Break(std::move(reason), std::move(witness));
  }

  const Messages& view_;
  const History& history_;
  Tallies& tallies_;
  std::map<std::uint32_t, const Receipt*> receipts_;  // by receive
  std::map<Handle, std::uint32_t> led_;               // handle -> queue
  std::map<std::uint32_t, std::uint32_t> of_;         // send -> queue
  std::map<std::uint32_t, std::int64_t> content_;     // queue -> messages in it
  std::optional<std::uint32_t> named_;                // the queue that the name leads to
  std::optional<std::uint32_t> removed_by_;
  std::uint32_t generations_ = 0;
  bool unknown_ = false;
};

// Of those who made the name exclusively at the same time one has succeeded, and one more for each
// time that it was removed.
void JudgeRace(const History& history, Tally& tally) {
  std::uint64_t calls = 0;
  std::uint64_t allowed = 1;
  std::uint64_t refused = 0;
  std::vector<std::uint32_t> made;
  bool otherwise = false;  // it may have been made by another call
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    const bool removes = effect == Effect::kRemoveName || effect == Effect::kRemoveObject;
    allowed += removes && op.system_error == 0 ? 1 : 0;
    otherwise = otherwise || (Opens(effect) && op.succeeded());
    if (effect != Effect::kMakeName) continue;
    ++calls;
    refused += op.failed_with(EEXIST) ? 1 : 0;
    if (op.succeeded()) made.push_back(id);
  }
  tally.AddChances(calls > 1 ? calls : 0);
  if (made.size() > allowed) {
    tally.Break(fmt::format("{} exclusive creations of one name succeeded, {} may have",
                            made.size(), allowed),
                made);
  } else if (calls > 1 && refused == calls && !otherwise) {
    tally.Break(fmt::format("all of {} exclusive creations were refused with EEXIST", calls), {0});
  }
}

void JudgeGenerations(const History& history, std::vector<Judgement>& judgements) {
  if (!history.header.complete || history.operations.empty()) return;
  Tallies tallies;
  if (history.header.mode != "stepped") {
    JudgeRace(history, tallies.created);
    tallies.created.Report(judgements);
    return;
  }
  for (const std::uint8_t object : ObjectsOf(history)) {
    const Messages view(history, object);
    GenerationJudge(view, tallies).Judge(model::SteppedView(history, object));
  }
  tallies.mixed.Report(judgements);
  tallies.created.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "message_generations",
                                         .oracle = "O-LIFE",
                                         .clauses = kClauses,
                                         .judge = JudgeGenerations,
                                         .family = Family::kMessages});

}  // namespace
}  // namespace parley
