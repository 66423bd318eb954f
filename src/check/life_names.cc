#include "src/check/life_names.h"

#include <algorithm>

#include "src/check/ends_generations.h"

namespace parley {

void RunningMaximum::Sort() {
  std::ranges::sort(entries_, {}, &Entry::instant_ns);
  for (std::size_t i = 1; i < entries_.size(); ++i) {
    entries_[i].value = std::max(entries_[i].value, entries_[i - 1].value);
  }
}

std::uint64_t RunningMaximum::Before(std::uint64_t instant_ns) const {
  const auto next = std::ranges::lower_bound(entries_, instant_ns, {}, &Entry::instant_ns);
  return next == entries_.begin() ? 0 : (next - 1)->value;
}

std::uint64_t RunningMaximum::UpTo(std::uint64_t instant_ns) const {
  const auto next = std::ranges::upper_bound(entries_, instant_ns, {}, &Entry::instant_ns);
  return next == entries_.begin() ? 0 : (next - 1)->value;
}

void NameLife::Add(const Operation& op, Effect effect) {
  // Beside them, 0 stands for "none".
  const std::uint64_t invoked_ns = std::max<std::uint64_t>(op.invoked_ns, 1);
  const std::uint64_t returned_ns = std::max<std::uint64_t>(op.returned_ns, 1);
  switch (effect) {
    case Effect::kMakeName:
      if (op.succeeded()) {
        made_.Add(PlusNs(returned_ns, slack_ns_), invoked_ns);
      }
      if (MayHaveHappened(op)) {
        came_.Add(MinusNs(invoked_ns, slack_ns_), PlusNs(returned_ns, slack_ns_));
      }
      break;
    case Effect::kRemoveName:
      if (op.succeeded()) {
        removed_.Add(PlusNs(returned_ns, slack_ns_), invoked_ns);
      }
      if (MayHaveHappened(op)) {
        gone_.Add(MinusNs(invoked_ns, slack_ns_), PlusNs(returned_ns, slack_ns_));
      }
      break;
    case Effect::kRenameName:
      // One that failed may have moved the name away and not back.
      (op.succeeded() ? moved_ : gone_)
          .Add(MinusNs(invoked_ns, slack_ns_), PlusNs(returned_ns, slack_ns_));
      came_.Add(MinusNs(invoked_ns, slack_ns_), PlusNs(returned_ns, slack_ns_));
      break;
    case Effect::kOpenRead:
    case Effect::kOpenWrite:
    case Effect::kOpenBoth:
    case Effect::kQueryName:
      if (op.succeeded()) {
        seen_ns_ = std::min(seen_ns_, invoked_ns);
      }
      break;
    default:
      break;
  }
}

void NameLife::Finish() {
  for (RunningMaximum* maximum : {&made_, &removed_, &gone_, &moved_, &came_}) {
    maximum->Sort();
  }
}

bool NameLife::ExistsThroughout(std::uint64_t from_ns, std::uint64_t until_ns) const {
  const std::uint64_t made_ns = made_.Before(from_ns);  // the latest making's invocation
  return made_ns != 0 && gone_.UpTo(until_ns) < made_ns && moved_.UpTo(until_ns) < from_ns;
}

bool NameLife::AbsentThroughout(std::uint64_t from_ns, std::uint64_t until_ns) const {
  const std::uint64_t came_ns = came_.UpTo(until_ns);
  if (came_ns == 0) {
    return seen_ns_ > until_ns;
  }
  return came_ns < removed_.Before(from_ns);
}

std::vector<NameLife> NameLives(const History& history) {
  std::vector<NameLife> lives;
  for (const Operation& op : history.operations) {
    while (lives.size() <= op.object) {
      lives.emplace_back(history.header.clock_slack_ns);
    }
    lives[op.object].Add(op, history.effect(op));
  }
  for (NameLife& life : lives) {
    life.Finish();
  }
  return lives;
}

}  // namespace parley
