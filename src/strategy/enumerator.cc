#include "src/strategy/enumerator.h"

#include <algorithm>

namespace parley {

std::size_t Enumerator::Choose(std::span<const Candidate> ready) {
  const auto turn = std::ranges::lower_bound(ready, turn_, {}, &Candidate::worker);
  const auto in_turn = [&, first = static_cast<std::size_t>(turn - ready.begin())](std::size_t i) {
    return (first + i) % ready.size();
  };
  if (step_ == path_.size()) {
    AddChoice(ready.size());
    for (std::size_t i = 0; i < ready.size(); ++i) ready_.push_back(ready[in_turn(i)].worker);
  }
  const Choice& choice = path_[step_++];
  if (choice.ready != ready.size()) diverged_ = true;
  const std::size_t passed = std::min(choice.passed, ready.size() - 1);
  const std::size_t chosen = in_turn(passed);
  if (ready_[choice.first + passed] != ready[chosen].worker) diverged_ = true;
  delays_ += passed;
  if (bound_ != kAny) turn_ = ready[chosen].worker;
  return chosen;
}

void Enumerator::AddChoice(std::size_t ready) {
  const std::uint64_t affordable = bound_ - std::min(bound_, delays_);
  if (affordable < ready - 1) cut_ = true;
  path_.push_back({.first = ready_.size(),
                   .ready = ready,
                   .options = 1 + std::min<std::uint64_t>(affordable, ready - 1)});
}

std::vector<ScheduleEntry> Enumerator::Schedule() const {
  std::vector<ScheduleEntry> schedule;
  for (const Choice& choice : path_) {
    schedule.push_back({.worker = ready_[choice.first + choice.passed]});
  }
  return schedule;
}

bool Enumerator::NextRun() {
  if (IsNew()) ++runs_;
  if (step_ < path_.size()) diverged_ = true;
  while (path_.size() > step_) Drop();
  step_ = 0;
  delays_ = 0;
  turn_ = 0;
  if (Advance()) return true;
  if (!cut_ || bound_ == last_bound_) return false;
  ++bound_;
  cut_ = false;
  return true;
}

// To the next path in lexicographic order; false when this was the last one.
bool Enumerator::Advance() {
  while (!path_.empty() && path_.back().passed + 1 == path_.back().options) Drop();
  if (path_.empty()) return false;
  ++path_.back().passed;
  return true;
}

void Enumerator::Drop() {
  ready_.resize(path_.back().first);
  path_.pop_back();
}

}  // namespace parley
