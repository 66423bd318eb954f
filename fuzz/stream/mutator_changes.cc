// The changes themselves.
#include <algorithm>

#include "fuzz/stream/mutator.h"

namespace parley::fuzz {
namespace {

constexpr std::size_t kBlockMax = 8;  // operations that are copied or moved together
constexpr std::uint64_t kFlipsMax = 4;

std::ptrdiff_t At(std::size_t place) { return static_cast<std::ptrdiff_t>(place); }

}  // namespace

// Which operations there are, and in which order.
bool Mutator::ApplyToOrder(Mutation mutation, Stream& stream, Random& random) const {
  if (stream.size() < 2) return false;
  const std::size_t from = random.Below(stream.size());
  const std::size_t to = random.Below(stream.size());
  const std::size_t length = random.Between(1, std::min(kBlockMax, stream.size() - from));
  const Stream block(stream.begin() + At(from), stream.begin() + At(from + length));
  switch (mutation) {
    case Mutation::kDelete:
      stream.erase(stream.begin() + At(from));
      return true;
    case Mutation::kDuplicate:
      stream.insert(stream.begin() + At(to), block.begin(), block.end());
      return true;
    case Mutation::kSwap:
      std::swap(stream[from], stream[to]);
      return from != to;
    case Mutation::kReorder: {
      if (length == stream.size()) return false;
      stream.erase(stream.begin() + At(from), stream.begin() + At(from + length));
      const std::size_t place = random.Between(0, stream.size());
      stream.insert(stream.begin() + At(place), block.begin(), block.end());
      return place != from;
    }
    default:  // kTruncate
      stream.resize(std::max<std::size_t>(from, 1));
      return true;
  }
}

// How bytes are cut into messages, and how long buffers are.
bool Mutator::ApplyToMessage(Mutation mutation, Stream& stream, Random& random) const {
  const bool of_buffers = mutation == Mutation::kZero || mutation == Mutation::kBoundary;
  const auto places = Places(stream, [&](const FuzzOperation& one) {
    return of_buffers ? Moves(one) : Is(one, Effect::kPut);
  });
  if (places.empty()) return false;
  const std::size_t place = places[random.Below(places.size())];
  FuzzOperation& chosen = stream[place];
  switch (mutation) {
    case Mutation::kSplit: {
      if (chosen.bytes < 2) return false;
      FuzzOperation rest = chosen;
      const auto first = static_cast<std::uint32_t>(random.Between(1, chosen.bytes - 1));
      rest.bytes = chosen.bytes - first;
      chosen.bytes = first;
      stream.insert(stream.begin() + At(place + 1), rest);
      return true;
    }
    case Mutation::kMerge: {
      const auto next = std::ranges::upper_bound(places, place);
      if (next == places.end()) return false;
      const std::uint64_t bytes = std::uint64_t{chosen.bytes} + stream[*next].bytes;
      if (bytes > rules_.bounds.bytes_max) return false;
      chosen.bytes = static_cast<std::uint32_t>(bytes);
      stream.erase(stream.begin() + At(*next));
      return true;
    }
    case Mutation::kDrop:
      stream.erase(stream.begin() + At(place));
      return true;
    case Mutation::kZero:
      chosen.bytes = 0;
      return true;
    default:  // kBoundary
      chosen.bytes = DrawNear(rules_.lengths, rules_.bounds.bytes_max, random);
      return true;
  }
}

// Another call with what is wanted; otherwise when there is none.
std::uint8_t Mutator::DrawCall(Random& random, const std::function<bool(const CallTraits&)>& wanted,
                               std::uint8_t otherwise) const {
  std::vector<std::uint8_t> found;
  for (std::size_t i = 0; i < rules_.calls.size(); ++i) {
    if (i != otherwise && wanted(rules_.calls[i])) found.push_back(static_cast<std::uint8_t>(i));
  }
  return found.empty() ? otherwise : found[random.Below(found.size())];
}

// What one operation asks for.
bool Mutator::ApplyToCell(Mutation mutation, Stream& stream, Random& random) const {
  if (stream.empty()) return false;
  FuzzOperation& chosen = stream[random.Below(stream.size())];
  const FuzzOperation before = chosen;
  const Effect effect = rules_.calls[chosen.call].effect;
  switch (mutation) {
    case Mutation::kFlipBits: {
      std::vector<std::uint8_t> cell = Encode({chosen});
      for (std::uint64_t i = random.Between(1, kFlipsMax); i > 0; --i) {
        cell[random.Below(cell.size())] ^= static_cast<std::uint8_t>(1U << random.Below(8));
      }
      chosen = Decode(cell, rules_.bounds).front();
      break;
    }
    case Mutation::kClass:
      chosen.argument = DrawNear(rules_.arguments, rules_.bounds.argument_max, random);
      break;
    case Mutation::kSelector: {
      if (effect != Effect::kTake && effect != Effect::kPeek) return false;
      chosen.call = DrawCall(
          random,
          [](const CallTraits& call) {
            return call.effect == Effect::kTake || call.effect == Effect::kPeek;
          },
          chosen.call);
      break;
    }
    default:  // kFlags
      if (random.Chance(1, 3)) {
        chosen.worker = static_cast<std::uint8_t>(random.Below(kWorkers));
        chosen.handle = static_cast<std::uint8_t>(random.Below(kHandles));
      } else {
        chosen.call = DrawCall(
            random, [&](const CallTraits& call) { return call.effect == effect; }, chosen.call);
      }
  }
  return !(chosen == before);
}

}  // namespace parley::fuzz
