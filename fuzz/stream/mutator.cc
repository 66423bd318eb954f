#include "fuzz/stream/mutator.h"

#include <algorithm>

namespace parley::fuzz {
namespace {

constexpr std::size_t kChangesMax = 4;
constexpr int kTries = 8;  // to find a mutation that has something to change
constexpr std::size_t kExtendMax = 20;

constexpr std::string_view kNames[kMutations] = {
    "insert",   "delete", "duplicate", "swap",  "split",    "merge", "drop", "reorder",
    "truncate", "extend", "flip-bits", "class", "selector", "flags", "zero", "boundary"};

// How likely a call is where something is empty, holds something, is full, or is left alone: mostly
// what can be done there, now and then what has to be refused.
std::uint32_t Weight(Effect effect, Situation situation) {
  const bool alone = situation == Situation::kAlone;
  switch (effect) {
    case Effect::kPut:
      return situation == Situation::kFull ? 3 : alone ? 2 : 8;
    case Effect::kTake:
      return situation == Situation::kEmpty || alone ? 2 : 8;
    case Effect::kPeek:
      return situation == Situation::kEmpty || alone ? 1 : 3;
    case Effect::kOpenRead:
    case Effect::kOpenWrite:
    case Effect::kOpenBoth:
    case Effect::kMakeName:
      return alone ? 6 : 2;
    case Effect::kClose:
    case Effect::kRemoveObject:
    case Effect::kRemoveName:
      return alone ? 1 : 2;
    default:
      return 2;
  }
}

std::ptrdiff_t At(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

}  // namespace

std::string_view MutationName(Mutation mutation) {
  return kNames[static_cast<std::size_t>(mutation)];
}

void Mutator::Mutate(Stream& stream, std::span<const Situation> situations, std::uint64_t seed,
                     std::size_t operations_max) {
  Random random(seed);
  const std::size_t changes = random.Between(1, kChangesMax);
  for (std::size_t change = 0; change < changes; ++change) {
    for (int i = 0; i < kTries; ++i) {
      const auto mutation = static_cast<Mutation>(random.Below(kMutations));
      if (!Apply(mutation, stream, situations, random)) continue;
      ++counts_[static_cast<std::size_t>(mutation)];
      break;
    }
  }
  if (stream.size() > operations_max) stream.resize(operations_max);
}

Stream Mutator::Cross(const Stream& a, const Stream& b, std::uint64_t seed) {
  Random random(seed);
  const std::size_t from_a = random.Between(0, a.size());
  const std::size_t skipped_of_b = random.Between(0, b.size());
  Stream both(a.begin(), a.begin() + At(from_a));
  both.insert(both.end(), b.begin() + At(skipped_of_b), b.end());
  return both;
}

bool Mutator::Moves(const FuzzOperation& operation) const {
  return Is(operation, Effect::kPut) || Is(operation, Effect::kTake) ||
         Is(operation, Effect::kPeek);
}

std::vector<std::size_t> Mutator::Places(
    const Stream& stream, const std::function<bool(const FuzzOperation&)>& wanted) const {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < stream.size(); ++i) {
    if (wanted(stream[i])) places.push_back(i);
  }
  return places;
}

bool Mutator::Apply(Mutation mutation, Stream& stream, std::span<const Situation> situations,
                    Random& random) {
  switch (mutation) {
    case Mutation::kInsert:
      return Insert(stream, situations, random);
    case Mutation::kExtend:
      return Extend(stream, random);
    case Mutation::kDelete:
    case Mutation::kDuplicate:
    case Mutation::kSwap:
    case Mutation::kReorder:
    case Mutation::kTruncate:
      return ApplyToOrder(mutation, stream, random);
    case Mutation::kSplit:
    case Mutation::kMerge:
    case Mutation::kDrop:
    case Mutation::kZero:
    case Mutation::kBoundary:
      return ApplyToMessage(mutation, stream, random);
    default:
      return ApplyToCell(mutation, stream, random);
  }
}

// One of the values, one more or one less, or now and then anything.
std::uint32_t Mutator::DrawNear(std::span<const std::uint32_t> values, std::uint32_t max,
                                Random& random) const {
  if (values.empty() || random.Chance(1, 8)) {
    return static_cast<std::uint32_t>(random.Between(0, max));
  }
  const std::uint32_t value = values[random.Below(values.size())];
  const std::uint64_t near = value + random.Below(3);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(near == 0 ? 0 : near - 1, max));
}

FuzzOperation Mutator::Draw(Situation situation, Random& random) const {
  std::uint64_t sum = 0;
  for (const CallTraits& call : rules_.calls) sum += Weight(call.effect, situation);
  std::uint64_t drawn = random.Below(sum);
  std::uint8_t call = 0;
  while (drawn >= Weight(rules_.calls[call].effect, situation)) {
    drawn -= Weight(rules_.calls[call].effect, situation);
    ++call;
  }
  // Any but the newest handle is seldom there.
  const bool newest = random.Chance(3, 4);
  return {.call = call,
          .worker = static_cast<std::uint8_t>(random.Below(kWorkers)),
          .handle = static_cast<std::uint8_t>(newest ? 0 : random.Below(kHandles)),
          .body = static_cast<std::uint8_t>(random.Below(kBodies)),
          .argument = DrawNear(rules_.arguments, rules_.bounds.argument_max, random),
          .bytes = DrawNear(rules_.lengths, rules_.bounds.bytes_max, random)};
}

bool Mutator::Insert(Stream& stream, std::span<const Situation> situations, Random& random) const {
  const std::size_t place = random.Between(0, stream.size());
  const Situation situation = place < situations.size()
                                  ? situations[place]
                                  : (situations.empty() ? Situation::kSome : situations.back());
  stream.insert(stream.begin() + At(place), Draw(situation, random));
  return true;
}

// More of the same at the end: that fills an object, or empties it.
bool Mutator::Extend(Stream& stream, Random& random) const {
  const auto movers = Places(stream, [&](const FuzzOperation& one) { return Moves(one); });
  const FuzzOperation more = movers.empty() || random.Chance(1, 2)
                                 ? Draw(Situation::kSome, random)
                                 : stream[movers[random.Below(movers.size())]];
  stream.insert(stream.end(), random.Between(1, kExtendMax), more);
  return true;
}

}  // namespace parley::fuzz
