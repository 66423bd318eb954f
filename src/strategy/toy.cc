#include "src/strategy/toy.h"

#include <algorithm>

#include "src/base/check.h"

namespace parley::toy {

Machine::Machine(const std::vector<Accesses>& scripts) : scripts_(&scripts), counters_(256) {
  for (std::size_t worker = 0; worker < scripts.size(); ++worker) {
    Return({static_cast<std::uint16_t>(worker), 0});
  }
}

void Machine::Start(const Candidate& candidate) {
  const auto one = std::ranges::find(ready_, candidate);
  CHECK(one != ready_.end());
  const Access& access = (*scripts_)[one->worker][one->next];
  order_.push_back(*one);
  ++one->next;
  const bool sleeps = access.call == kTake && --counters_[access.object] < 0;
  if (sleeps) sleepers_.emplace_back(access.object, *one);
  if (sleeps || one->next == (*scripts_)[one->worker].size()) ready_.erase(one);
  if (access.call == kPut && ++counters_[access.object] <= 0) WakeOne(access.object);
}

void Machine::WakeOne(std::uint8_t object) {
  const auto sleeper = std::ranges::find(sleepers_, object, &Sleeper::first);
  Return(sleeper->second);
  sleepers_.erase(sleeper);
}

// The worker is at its gate, and ready when it has a call left.
void Machine::Return(const Candidate& one) {
  if (one.next == (*scripts_)[one.worker].size()) return;
  ready_.insert(std::ranges::lower_bound(ready_, one), one);
}

std::vector<Candidate> Play(const std::vector<Accesses>& scripts, Strategy& strategy) {
  Machine machine(scripts);
  while (!machine.ready().empty()) {
    const std::size_t chosen = strategy.Choose(machine.ready());
    CHECK(chosen < machine.ready().size());
    machine.Start(machine.ready()[chosen]);
  }
  return machine.order();
}

std::size_t When(std::span<const Candidate> order, std::uint16_t worker, std::uint32_t call) {
  return static_cast<std::size_t>(std::ranges::find(order, Candidate{worker, call}) -
                                  order.begin());
}

std::vector<Accesses> SameObject(std::span<const std::size_t> calls) {
  std::vector<Accesses> scripts;
  for (const std::size_t count : calls) scripts.emplace_back(count);
  return scripts;
}

std::vector<Accesses> OwnObjects(std::span<const std::size_t> calls) {
  std::vector<Accesses> scripts;
  for (const std::size_t count : calls) {
    const auto own = static_cast<std::uint8_t>(100 + scripts.size());
    scripts.emplace_back(count, Access{.object = own, .call = own});
  }
  return scripts;
}

}  // namespace parley::toy
