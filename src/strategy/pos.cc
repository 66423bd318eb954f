#include <algorithm>
#include <utility>

#include "src/base/seed.h"
#include "src/strategy/strategies.h"

namespace parley {
namespace {

class Pos final : public Strategy {
 public:
  Pos(std::uint64_t seed, std::vector<Accesses> scripts)
      : random_(Derive(seed, "pos")), scripts_(std::move(scripts)), pending_(scripts_.size()) {}

  std::size_t Choose(std::span<const Candidate> ready) override {
    for (const Candidate& candidate : ready) {
      Pending& pending = pending_[candidate.worker];
      if (pending.next != candidate.next) pending = {candidate.next, random_.Next()};
    }
    const auto chosen = std::ranges::max_element(
        ready, {}, [&](const Candidate& candidate) { return pending_[candidate.worker].score; });
    Run(*chosen);
    return static_cast<std::size_t>(chosen - ready.begin());
  }

 private:
  static constexpr std::uint32_t kNone = ~0U;

  // A call that its worker has not begun; also of a worker that is absent for a while.
  struct Pending {
    std::uint32_t next = kNone;
    std::uint64_t score = 0;
  };

  void Run(const Candidate& chosen) {
    const Access& ran = scripts_[chosen.worker][chosen.next];
    pending_[chosen.worker].next = kNone;
    for (std::size_t worker = 0; worker < pending_.size(); ++worker) {
      Pending& pending = pending_[worker];
      if (pending.next == kNone || !Conflict(ran, scripts_[worker][pending.next])) continue;
      pending.score = random_.Next();
    }
  }

  Random random_;
  std::vector<Accesses> scripts_;
  std::vector<Pending> pending_;  // by worker
};

}  // namespace

std::unique_ptr<Strategy> MakePos(std::uint64_t seed, std::vector<Accesses> scripts) {
  return std::make_unique<Pos>(seed, std::move(scripts));
}

}  // namespace parley
