#include <algorithm>
#include <functional>
#include <optional>

#include "src/base/seed.h"
#include "src/strategy/strategies.h"

namespace parley {
namespace {

using Property = std::uint8_t Access::*;

// The values of that property which calls of several workers have, ascending.
std::vector<std::uint8_t> Shared(const std::vector<Accesses>& scripts, Property property) {
  std::vector<std::uint16_t> workers(256);
  for (const Accesses& script : scripts) {
    std::vector<bool> seen(256);
    for (const Access& access : script) {
      if (!seen[access.*property]) ++workers[access.*property];
      seen[access.*property] = true;
    }
  }
  std::vector<std::uint8_t> shared;
  for (std::size_t value = 0; value < workers.size(); ++value) {
    if (workers[value] > 1) shared.push_back(static_cast<std::uint8_t>(value));
  }
  return shared;
}

// Which calls are of interest; none when workers share nothing.
std::function<bool(const Access&)> DrawInterest(Random& random,
                                                const std::vector<Accesses>& scripts) {
  const bool by_object = random.Below(2) == 0;
  for (const Property property :
       {by_object ? &Access::object : &Access::call, by_object ? &Access::call : &Access::object}) {
    const std::vector<std::uint8_t> shared = Shared(scripts, property);
    if (shared.empty()) continue;
    const std::uint8_t value = shared[random.Below(shared.size())];
    return [=](const Access& access) { return access.*property == value; };
  }
  return [](const Access&) { return false; };
}

class Surw final : public Strategy {
 public:
  Surw(std::uint64_t seed, const std::vector<Accesses>& scripts)
      : random_(Derive(seed, "surw")), left_(scripts.size()) {
    const auto of_interest = DrawInterest(random_, scripts);
    for (std::size_t worker = 0; worker < scripts.size(); ++worker) {
      const Accesses& script = scripts[worker];
      left_[worker].resize(script.size() + 1);
      for (std::size_t next = script.size(); next-- > 0;) {
        left_[worker][next] = left_[worker][next + 1] + (of_interest(script[next]) ? 1 : 0);
      }
    }
  }

  std::size_t Choose(std::span<const Candidate> ready) override {
    if (std::ranges::none_of(ready, [&](const Candidate& one) { return IsWanted(one); })) {
      DrawWanted(ready);
    }
    const auto may_run = [&](const Candidate& one) { return !OfInterest(one) || IsWanted(one); };
    std::uint64_t ticket =
        random_.Below(static_cast<std::uint64_t>(std::ranges::count_if(ready, may_run)));
    std::size_t chosen = 0;
    while (!may_run(ready[chosen]) || ticket-- > 0) ++chosen;
    if (OfInterest(ready[chosen])) wanted_.reset();
    return chosen;
  }

 private:
  // Calls of interest from its next one on.
  std::uint32_t Left(const Candidate& one) const { return left_[one.worker][one.next]; }
  bool OfInterest(const Candidate& one) const {
    return Left(one) != left_[one.worker][one.next + 1];
  }
  bool IsWanted(const Candidate& one) const { return wanted_ == one.worker; }

  // Whose call of interest comes next.  Drawn anew when the wanted one is absent: it may be asleep
  // until somebody else's call of interest wakes it, or dead.
  void DrawWanted(std::span<const Candidate> ready) {
    std::uint64_t left = 0;
    for (const Candidate& one : ready) left += Left(one);
    std::uint64_t ticket = random_.Below(left);
    wanted_.reset();
    for (const Candidate& one : ready) {
      if (ticket < Left(one)) {
        wanted_ = one.worker;
        return;
      }
      ticket -= Left(one);
    }
  }

  Random random_;
  std::vector<std::vector<std::uint32_t>> left_;  // by worker and next call
  std::optional<std::uint16_t> wanted_;
};

}  // namespace

std::unique_ptr<Strategy> MakeSurw(std::uint64_t seed, const std::vector<Accesses>& scripts) {
  return std::make_unique<Surw>(seed, scripts);
}

}  // namespace parley
