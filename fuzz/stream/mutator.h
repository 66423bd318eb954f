// Changes streams of operations before the model or the facility has seen them, so that no change
// can cause a false alarm.
//
// Pure: a function of the stream, of what could be done before each operation, and of the seed.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/stream/follower.h"
#include "fuzz/stream/operations.h"
#include "src/base/seed.h"
#include "src/facility/facility.h"

namespace parley::fuzz {

enum class Mutation : std::uint8_t {
  kInsert,     // an operation, by what can be done there
  kDelete,     // an operation
  kDuplicate,  // a block
  kSwap,       // two operations
  kSplit,      // a message into two of its bytes
  kMerge,      // two messages into one of their bytes
  kDrop,       // a message: one that would have been offered is not
  kReorder,    // a block to another place
  kTruncate,   // what follows some place
  kExtend,     // by more of the same: up to the object's limits, or until nothing is left
  kFlipBits,   // of a cell, whatever they mean
  kClass,      // another priority, type, or other argument
  kSelector,   // another way to receive
  kFlags,      // another worker, handle or call of the same effect: waiting or not
  kZero,       // a length of 0
  kBoundary,   // a length at one of the object's limits, one more, one less
  kCount,
};

inline constexpr std::size_t kMutations = static_cast<std::size_t>(Mutation::kCount);

std::string_view MutationName(Mutation mutation);

// What the mutator knows of a target.
struct MutationRules {
  Bounds bounds;
  std::vector<CallTraits> calls;           // of the target's list
  std::span<const std::uint32_t> lengths;  // worth trying
  std::span<const std::uint32_t> arguments;
};

class Mutator {
 public:
  explicit Mutator(MutationRules rules) : rules_(std::move(rules)) {}

  // Makes one to four changes.  situations: before each operation of the stream, as far as known.
  // At most operations_max are left.
  void Mutate(Stream& stream, std::span<const Situation> situations, std::uint64_t seed,
              std::size_t operations_max);

  // The beginning of one and the end of the other.
  static Stream Cross(const Stream& a, const Stream& b, std::uint64_t seed);

  // How often each was made: a mutation that finds nothing to change does not count.
  std::span<const std::uint64_t> counts() const { return counts_; }

  // One change of that kind; false when there is nothing to change.
  bool Apply(Mutation mutation, Stream& stream, std::span<const Situation> situations,
             Random& random);

 private:
  bool Is(const FuzzOperation& operation, Effect effect) const {
    return rules_.calls[operation.call].effect == effect;
  }
  bool Moves(const FuzzOperation& operation) const;
  std::vector<std::size_t> Places(const Stream& stream,
                                  const std::function<bool(const FuzzOperation&)>& wanted) const;
  FuzzOperation Draw(Situation situation, Random& random) const;
  std::uint32_t DrawNear(std::span<const std::uint32_t> values, std::uint32_t max,
                         Random& random) const;
  std::uint8_t DrawCall(Random& random, const std::function<bool(const CallTraits&)>& wanted,
                        std::uint8_t otherwise) const;

  bool ApplyToOrder(Mutation mutation, Stream& stream, Random& random) const;
  bool ApplyToMessage(Mutation mutation, Stream& stream, Random& random) const;
  bool ApplyToCell(Mutation mutation, Stream& stream, Random& random) const;
  bool Insert(Stream& stream, std::span<const Situation> situations, Random& random) const;
  bool Extend(Stream& stream, Random& random) const;

  MutationRules rules_;
  std::array<std::uint64_t, kMutations> counts_{};
};

}  // namespace parley::fuzz
