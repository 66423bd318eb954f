#include "src/base/seed.h"
#include "src/strategy/strategies.h"

namespace parley {
namespace {

class RandomWalk final : public Strategy {
 public:
  explicit RandomWalk(std::uint64_t seed) : random_(Derive(seed, "random-walk")) {}

  std::size_t Choose(std::span<const Candidate> ready) override {
    return random_.Below(ready.size());
  }

 private:
  Random random_;
};

}  // namespace

std::unique_ptr<Strategy> MakeRandomWalk(std::uint64_t seed) {
  return std::make_unique<RandomWalk>(seed);
}

}  // namespace parley
