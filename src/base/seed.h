// Randomness from one 64-bit seed, split by name, so that a new draw in one place moves no other.
//
// Source: counter-based generators, Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// SC 2011; the mixing function is splitmix64's finalizer (Steele, Lea, Flood, OOPSLA 2014).
#pragma once

#include <cstdint>
#include <string_view>

namespace parley {

// A bijection of 64-bit words that scatters every input bit over the output.
constexpr std::uint64_t Mix(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9U;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebU;
  x ^= x >> 31;
  return x;
}

// A seed of its own for the named purpose; the same inputs give the same seed on every machine.
constexpr std::uint64_t Derive(std::uint64_t seed, std::string_view purpose,
                               std::uint64_t index = 0) {
  std::uint64_t name = 0xcbf29ce484222325U;
  for (const char c : purpose) {
    name = (name ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return Mix(Mix(seed ^ name) + index * 0x9e3779b97f4a7c15U + 1);
}

// The n-th number depends on the key and n alone.
class Random {
 public:
  explicit constexpr Random(std::uint64_t key) : key_(key) {}

  constexpr std::uint64_t Next() { return Mix(key_ + ++counter_ * 0x9e3779b97f4a7c15U); }

  // Uniform in [0, bound); bound 0 gives 0.  Bias below 2^-32 for bounds below 2^32.
  constexpr std::uint64_t Below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }

  // Uniform in [low, high], both included.
  constexpr std::uint64_t Between(std::uint64_t low, std::uint64_t high) {
    return low + Below(high - low + 1);
  }

  // True with probability numerator / denominator.
  constexpr bool Chance(std::uint64_t numerator, std::uint64_t denominator) {
    return Below(denominator) < numerator;
  }

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace parley
