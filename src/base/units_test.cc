#include "src/base/units.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "src/base/clock.h"

namespace parley {
namespace {

TEST(ParseDurationNs, ReadsEveryUnit) {
  EXPECT_EQ(ParseDurationNs("7ns").value(), 7U);
  EXPECT_EQ(ParseDurationNs("3us").value(), 3 * kNsPerUs);
  EXPECT_EQ(ParseDurationNs("250ms").value(), 250 * kNsPerMs);
  EXPECT_EQ(ParseDurationNs("30s").value(), 30 * kNsPerS);
  EXPECT_EQ(ParseDurationNs("5m").value(), 300 * kNsPerS);
  EXPECT_EQ(ParseDurationNs("8h").value(), 28800 * kNsPerS);
}

TEST(ParseDurationNs, ReadsAFraction) {
  EXPECT_EQ(ParseDurationNs("1.5s").value(), 1'500'000'000U);
}

TEST(ParseDurationNs, ReadsZero) { EXPECT_EQ(ParseDurationNs("0s").value(), 0U); }

TEST(ParseDurationNs, RefusesWhatIsNoDurationAndShowsOne) {
  for (const std::string_view text : {"", "30", "s", "30 s", "30s ", " 30s", "30sec", "30S", "-1s",
                                      "1e300h", "infs", "nans", "s30", "3 0s"}) {
    const Result<std::uint64_t> duration = ParseDurationNs(text);

    ASSERT_FALSE(duration.has_value()) << text;
    EXPECT_EQ(duration.error().blame, Blame::kInput);
    EXPECT_EQ(duration.error().message,
              "\"" + std::string(text) +
                  "\" is not a duration; write a number and one of ns, us, ms, s, m, h, for "
                  "example 30s");
  }
}

TEST(ParseBytes, ReadsEveryUnit) {
  EXPECT_EQ(ParseBytes("64").value(), 64U);
  EXPECT_EQ(ParseBytes("64k").value(), 65536U);
  EXPECT_EQ(ParseBytes("1m").value(), 1048576U);
  EXPECT_EQ(ParseBytes("2g").value(), std::uint64_t{2} << 30);
}

TEST(ParseBytes, RefusesWhatIsNoSizeAndShowsOne) {
  for (const std::string_view text : {"", "k", "64K", "64kb", "64 k", "-64", "1e30", "64\n"}) {
    const Result<std::uint64_t> bytes = ParseBytes(text);

    ASSERT_FALSE(bytes.has_value()) << text;
    EXPECT_EQ(bytes.error().blame, Blame::kInput);
    EXPECT_EQ(bytes.error().message, "\"" + std::string(text) +
                                         "\" is not a size; write a number of bytes, or one with "
                                         "k, m or g, for example 64k");
  }
}

TEST(Grouped, SeparatesThousands) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(1234567), "1,234,567");
  EXPECT_EQ(Grouped(~std::uint64_t{0}), "18,446,744,073,709,551,615");
}

TEST(DurationText, TakesTheUnitThatFits) {
  EXPECT_EQ(DurationText(0), "0 ns");
  EXPECT_EQ(DurationText(850), "850 ns");
  EXPECT_EQ(DurationText(12'300), "12.3 us");
  EXPECT_EQ(DurationText(4'500'000), "4.5 ms");
  EXPECT_EQ(DurationText(1'200'000'000), "1.20 s");
}

constexpr std::array<std::string_view, 4> kFacilities = {"fifo", "pipe", "sysv-msg", "unix-stream"};

TEST(Nearest, FindsTheWordItself) { EXPECT_EQ(Nearest("pipe", kFacilities), "pipe"); }

TEST(Nearest, FindsAWordWithALetterMissingWrongOrTooMany) {
  EXPECT_EQ(Nearest("pip", kFacilities), "pipe");
  EXPECT_EQ(Nearest("pype", kFacilities), "pipe");
  EXPECT_EQ(Nearest("pipes", kFacilities), "pipe");
  EXPECT_EQ(Nearest("unix-steram", kFacilities), "unix-stream");
}

TEST(Nearest, FindsNothingWhenNothingIsMeant) {
  EXPECT_EQ(Nearest("semaphore", kFacilities), "");
  EXPECT_EQ(Nearest("pipe", {}), "");
}

}  // namespace
}  // namespace parley
