// A law: no crew whatever breaks this promise.  What a property says of each of its samples.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "properties/crew/crew.h"

namespace parley {

// One for each property, and as long-lived as the program: it remembers what failed first, so that
// shrinking follows that one failure and comes to an end.
class Law {
 public:
  // promise: catalogue id, without "@facility".
  Law(std::string_view facility, std::string_view promise)
      : facility_(facility), promise_(promise) {}

  // Runs a few rounds of the crew, each on fresh objects, and judges them.  Call it from a
  // property.
  //
  // Fails the sample when any promise was broken, with the block that `parley run` prints; its
  // replay line holds the crew.  Discards the sample when nothing in it could have broken the law's
  // promise, or when that is not known: so a property that exercises nothing gives up, and fails.
  // Skips the test, with the reason, where the facility cannot run.
  //
  // crew: facility, promises and seed are the law's to say.
  void Holds(SampledCrew crew);

 private:
  std::string facility_;
  std::string promise_;
  std::optional<std::string> unsupported_;  // why the facility cannot run here
  std::optional<std::string> broken_;       // instance id of what failed first
  std::uint64_t shrink_until_ns_ = 0;
  // What failed and how, by scenario and seed: rapidcheck asks again for what it is going to print,
  // and chance might answer differently.
  std::map<std::pair<std::string, std::uint64_t>, std::string> failures_;
};

}  // namespace parley
