#include "src/program/program.h"

#include <algorithm>
#include <bit>

namespace parley {

Body DrawBody(std::uint8_t bodies, Random& random) {
  if (bodies == 1) return Body::kCounter;
  std::uint64_t index = random.Below(static_cast<std::uint64_t>(std::popcount(bodies)));
  for (std::uint8_t body = 0;; ++body) {
    if ((bodies >> body & 1) == 0) continue;
    if (index-- == 0) return static_cast<Body>(body);
  }
}

std::uint32_t Sizes::Draw(Random& random) const {
  if (count == 0) return 0;
  const Choice& choice = choices[count == 1 ? 0 : random.Below(count)];
  if (choice.low == choice.high) return choice.low;
  return static_cast<std::uint32_t>(random.Between(choice.low, choice.high));
}

std::uint32_t Sizes::Smallest() const {
  if (count == 0) return 0;
  return std::min_element(choices.begin(), choices.begin() + count,
                          [](auto& a, auto& b) { return a.low < b.low; })
      ->low;
}

std::uint32_t Sizes::Largest() const {
  if (count == 0) return 0;
  return std::max_element(choices.begin(), choices.begin() + count,
                          [](auto& a, auto& b) { return a.high < b.high; })
      ->high;
}

Sizes Sizes::Range(std::uint32_t low, std::uint32_t high) {
  Sizes sizes;
  sizes.choices[0] = {.low = low, .high = high};
  sizes.count = 1;
  return sizes;
}

std::string_view WhyNotFramed(Effect effect) {
  switch (effect) {
    case Effect::kSetPackets:
      return "what is left of framed records in packets cannot be told";
    case Effect::kPeek:
      return "a copy of framed records cannot be told from the records";
    default:
      return "";
  }
}

}  // namespace parley
