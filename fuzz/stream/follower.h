// The models of src/model, fed with one call after another.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "src/history/history.h"

namespace parley::fuzz {

// What can be done with an object, roughly: what mutations go by.
enum class Situation : std::uint8_t {
  kEmpty,
  kSome,
  kFull,
  kAlone,  // byte streams: a side is missing; messages: the name leads nowhere, or the handle
};

class Follower {
 public:
  virtual ~Follower() = default;
  // The operation, of which the result is not known yet, would sleep, or may.
  virtual bool Waits(const Operation& op) const = 0;
  // The history's last operation has returned.  Nothing when it returned what it had to; else what
  // it had to return.  After that there is nothing to go on from.
  virtual std::optional<std::string> Follow() = 0;
  virtual Situation Now() const = 0;
  virtual std::uint64_t Shape() const = 0;
};

// history: what step 0 sets up, and nothing else yet; outlives the follower.
std::unique_ptr<Follower> Follow(const History& history);

}  // namespace parley::fuzz
