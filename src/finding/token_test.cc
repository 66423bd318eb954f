#include "src/finding/token.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <limits>
#include <string>

namespace parley {
namespace {

// The message with which text is refused, after the token; empty when it is accepted.
std::string Refusal(const std::string& text) {
  const Result<Token> token = ParseToken(text);
  if (token.has_value()) return "";
  EXPECT_EQ(token.error().blame, Blame::kInput);
  const std::string begin = "token \"" + text + "\": ";
  EXPECT_TRUE(token.error().message.starts_with(begin)) << token.error().message;
  return token.error().message.substr(begin.size());
}

TEST(FormatToken, WritesWhatIsNeededAndNoMore) {
  Token token;
  token.scenario = "pipe_kill";
  token.facility = "pipe";
  token.seed = 7;

  EXPECT_EQ(FormatToken(token), "1.pipe_kill.pipe.f.7.0");

  token.writers = 8;
  token.readers = 2;
  EXPECT_EQ(FormatToken(token), "1.pipe_kill.pipe.f.7.0.w8x2");

  token.planted = "lost-wakeup";
  EXPECT_EQ(FormatToken(token), "1.pipe_kill.pipe.f.7.0.w8x2.plost-wakeup");
}

TEST(ParseToken, ReadsEveryField) {
  const Result<Token> token =
      ParseToken("1.pipe_kill.fcntl-lock.f.18446744073709551615.12.w64x1.ptorn_write");

  ASSERT_TRUE(token.has_value()) << token.error().message;
  EXPECT_EQ(*token, (Token{.scenario = "pipe_kill",
                           .facility = "fcntl-lock",
                           .seed = std::numeric_limits<std::uint64_t>::max(),
                           .round = 12,
                           .writers = 64,
                           .readers = 1,
                           .planted = "torn_write"}));
}

TEST(ParseToken, ReadsAPlantedBugWithoutACrew) {
  const Result<Token> token = ParseToken("1.a.b.f.0.0.pw8x2");

  ASSERT_TRUE(token.has_value()) << token.error().message;
  EXPECT_EQ(token->planted, "w8x2");
  EXPECT_EQ(token->writers, 0U);
}

TEST(ParseToken, SaysWhichVersionItReads) {
  EXPECT_EQ(Refusal("2.pipe_kill.pipe.f.7.0"), "of version 2; this parley reads version 1");
  EXPECT_EQ(Refusal("10.what.ever"), "of version 10; this parley reads version 1");
}

TEST(ParseToken, SaysWhichFieldIsWrong) {
  EXPECT_EQ(Refusal(""), "not a token; one looks like 1.pipe_kill.pipe.f.7.0");
  EXPECT_EQ(Refusal("1"), "not a token; one looks like 1.pipe_kill.pipe.f.7.0");
  EXPECT_EQ(Refusal("pipe_kill"), "not a token; one looks like 1.pipe_kill.pipe.f.7.0");
  EXPECT_EQ(Refusal("1.a.b.f.7"),
            "5 fields; it must have scenario, facility, mode, seed and round, as "
            "1.pipe_kill.pipe.f.7.0");
  EXPECT_EQ(Refusal("1.A.b.f.7.0"), "\"A\" is not a name");
  EXPECT_EQ(Refusal("1.a..f.7.0"), "\"\" is not a name");
  EXPECT_EQ(Refusal("1.a.b.x.7.0"), "mode \"x\" is unknown; it must be f (free) or s (stepped)");
  EXPECT_EQ(Refusal("1.a.b.f.-7.0"), "\"-7\" is not a seed");
  EXPECT_EQ(Refusal("1.a.b.f.18446744073709551616.0"), "\"18446744073709551616\" is not a seed");
  EXPECT_EQ(Refusal("1.a.b.f.7.00"), "\"00\" is not a round");
  EXPECT_EQ(Refusal("1.a.b.f.7.0 "), "\"0 \" is not a round");
  EXPECT_EQ(Refusal("1.a.b.f.7.0.w0x1"),
            "\"w0x1\" is not a crew; one looks like w8x2, each of 1..64");
  EXPECT_EQ(Refusal("1.a.b.f.7.0.w1"), "\"w1\" is not a crew; one looks like w8x2, each of 1..64");
  EXPECT_EQ(Refusal("1.a.b.f.7.0.p"), "\"p\" is neither a crew nor a planted bug");
  EXPECT_EQ(Refusal("1.a.b.f.7.0.pa.w1x1"), "\"w1x1\" is neither a crew nor a planted bug");
  EXPECT_EQ(Refusal("1.a.b.f.7.0.z"), "\"z\" is neither a crew nor a planted bug");
}

RC_GTEST_PROP(Tokens, AreReadAsTheyWereWritten, ()) {
  const auto name = [] {
    const auto letter = rc::gen::elementOf(std::string("abcxyz0189-_pw"));
    return *rc::gen::nonEmpty(rc::gen::container<std::string>(letter));
  };
  Token token;
  token.scenario = name();
  token.facility = name();
  token.seed = *rc::gen::arbitrary<std::uint64_t>();
  token.round = *rc::gen::arbitrary<std::uint64_t>();
  if (*rc::gen::arbitrary<bool>()) {
    token.writers = *rc::gen::inRange<std::uint32_t>(1, kTokenCrewMax + 1);
    token.readers = *rc::gen::inRange<std::uint32_t>(1, kTokenCrewMax + 1);
  }
  if (*rc::gen::arbitrary<bool>()) token.planted = name();

  const Result<Token> read = ParseToken(FormatToken(token));

  RC_ASSERT(read.has_value());
  RC_ASSERT(*read == token);
}

}  // namespace
}  // namespace parley
