#include "src/history/names.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace parley {
namespace {

TEST(EffectName, NamesEveryEffectSoThatItIsFoundAgain) {
  for (std::size_t i = 0; i < kEffectCount; ++i) {
    const auto effect = static_cast<Effect>(i);
    EXPECT_EQ(EffectOfName(EffectName(effect)), effect) << i;
  }
}

TEST(EffectName, NamesNoOther) {
  EXPECT_EQ(EffectName(static_cast<Effect>(kEffectCount)), "unknown");
  EXPECT_EQ(EffectOfName("unknown"), std::nullopt);
}

TEST(ErrnoOfName, KnowsTheSystemsNamesAlone) {
  EXPECT_EQ(ErrnoOfName("EAGAIN"), EAGAIN);
  EXPECT_EQ(ErrnoOfName("EPIPE"), EPIPE);
  EXPECT_EQ(ErrnoOfName("0"), std::nullopt);
  EXPECT_EQ(ErrnoOfName("errno 255"), std::nullopt);
}

TEST(EnumOfName, IsTheInverseOfNameOf) {
  EXPECT_EQ(EnumOfName<Outcome>(kOutcomeNames, NameOf(kOutcomeNames, Outcome::kMaybe)),
            Outcome::kMaybe);
  EXPECT_EQ(EnumOfName<Outcome>(kOutcomeNames, "perhaps"), std::nullopt);
}

}  // namespace
}  // namespace parley
