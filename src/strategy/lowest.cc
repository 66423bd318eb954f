#include "src/strategy/strategies.h"

namespace parley {
namespace {

class Lowest final : public Strategy {
 public:
  std::size_t Choose(std::span<const Candidate> /*ready*/) override { return 0; }
};

}  // namespace

std::unique_ptr<Strategy> MakeLowest() { return std::make_unique<Lowest>(); }

}  // namespace parley
