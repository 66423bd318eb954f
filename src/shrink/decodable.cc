#include "src/shrink/decodable.h"

#include <algorithm>
#include <set>
#include <span>

#include "src/shrink/editing.h"

namespace parley {
namespace {

std::span<const Step> StepsOf(const WorkerPlan& worker) {
  return std::span(worker.steps).first(worker.step_count);
}

}  // namespace

bool Decodable(const Program& program) {
  std::size_t takers = 0;
  bool framed = true;
  std::set<std::uint32_t> sizes;
  for (const WorkerPlan& worker : program.workers) {
    bool takes = false;
    for (const Step& step : StepsOf(worker)) {
      const Effect effect = EffectOf(program, step.call);
      takes = takes || effect == Effect::kTake;
      if (effect == Effect::kTake || effect == Effect::kPut) sizes.insert(step.bytes);
    }
    takers += takes ? 1 : 0;
    framed = framed && worker.encoding == Encoding::kFramed;
  }
  return takers <= 1 || (framed && sizes.size() == 1);
}

}  // namespace parley
