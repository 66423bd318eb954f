// Who holds what, by hand and against an evaluation instant by instant.
#include "src/check/ends.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "src/base/seed.h"
#include "src/check/history_builder.h"

namespace parley {
namespace {

constexpr int kCoverInputs = 100'000;
constexpr int kHistoryInputs = 20'000;

// Twice the instant, so that there is one between two that follow each other.
using Half = std::uint64_t;

struct NaiveSpan {
  std::uint64_t from_ns;
  std::uint64_t until_ns;
};

bool HoldsAt(const std::vector<NaiveSpan>& spans, Bounds bounds, Half at) {
  for (const NaiveSpan& span : spans) {
    const Half from = 2 * span.from_ns;
    const Half until = span.until_ns == kNever ? kNever : 2 * span.until_ns;
    const bool inside =
        bounds == Bounds::kInclusive ? from <= at && at <= until : from < at && at < until;
    if (inside) return true;
  }
  return false;
}

bool NaiveThroughout(const std::vector<NaiveSpan>& spans, Bounds bounds, std::uint64_t from_ns,
                     std::uint64_t until_ns) {
  for (Half at = 2 * from_ns; at <= 2 * until_ns; ++at) {
    if (!HoldsAt(spans, bounds, at)) return false;
  }
  return true;
}

bool NaiveSometime(const std::vector<NaiveSpan>& spans, Bounds bounds, std::uint64_t from_ns,
                   std::uint64_t until_ns) {
  for (Half at = 2 * from_ns; at <= 2 * until_ns; ++at) {
    if (HoldsAt(spans, bounds, at)) return true;
  }
  return false;
}

void CompareCover(Bounds bounds) {
  Random random(7);
  for (int input = 0; input < kCoverInputs; ++input) {
    Cover cover(bounds);
    std::map<std::uint32_t, std::vector<NaiveSpan>> spans;
    for (std::uint64_t i = random.Below(7); i > 0; --i) {
      const auto key = static_cast<std::uint32_t>(random.Below(2));
      const std::uint64_t from_ns = random.Below(12);
      const std::uint64_t until_ns = random.Below(10) == 0 ? kNever : from_ns + random.Below(6);
      cover.Add(key, from_ns, until_ns);
      spans[key].push_back({from_ns, until_ns});
    }
    cover.Finish(3);
    for (std::uint32_t key = 0; key < 3; ++key) {
      const std::uint64_t from_ns = random.Below(16);
      const std::uint64_t until_ns = from_ns + random.Below(6);
      ASSERT_EQ(cover.Throughout(key, from_ns, until_ns),
                NaiveThroughout(spans[key], bounds, from_ns, until_ns))
          << "input " << input << ", " << from_ns << ".." << until_ns;
      ASSERT_EQ(cover.Sometime(key, from_ns, until_ns),
                NaiveSometime(spans[key], bounds, from_ns, until_ns))
          << "input " << input << ", " << from_ns << ".." << until_ns;
    }
  }
}

TEST(Cover, AgreesWithAnEvaluationOfEveryInstantWithoutBounds) { CompareCover(Bounds::kExclusive); }

TEST(Cover, AgreesWithAnEvaluationOfEveryInstantWithBounds) { CompareCover(Bounds::kInclusive); }

TEST(Cover, DoesNotJoinSpansThatOnlyTouchWithoutBounds) {
  Cover cover(Bounds::kExclusive);
  cover.Add(0, 1, 5);
  cover.Add(0, 5, 9);
  cover.Finish(1);

  EXPECT_EQ(cover.spans(0).size(), 2u);
  EXPECT_FALSE(cover.Throughout(0, 2, 8));
}

TEST(Cover, JoinsSpansThatTouchWithBounds) {
  Cover cover(Bounds::kInclusive);
  cover.Add(0, 5, 9);
  cover.Add(0, 1, 5);
  cover.Finish(1);

  EXPECT_EQ(cover.spans(0).size(), 1u);
  EXPECT_TRUE(cover.Throughout(0, 1, 9));
}

// The rules of certain and possible holds, straight from the operations.
struct NaiveEnds {
  std::map<Side, std::vector<NaiveSpan>> certain;
  std::map<Side, std::vector<NaiveSpan>> possible;

  void Add(bool reads, bool writes, bool is_certain, NaiveSpan span) {
    auto& spans = is_certain ? certain : possible;
    if (reads) spans[Side::kReading].push_back(span);
    if (writes) spans[Side::kWriting].push_back(span);
    spans[Side::kEither].push_back(span);
  }
};

NaiveEnds NaiveEndsOf(const History& history) {
  struct Ends2 {
    bool reads;
    bool writes;
  };
  NaiveEnds naive;
  const std::uint64_t slack_ns = history.header.clock_slack_ns;
  std::map<std::pair<int, int>, Ends2> ends;
  for (const Operation& op : history.operations) {
    const Effect effect = history.effect(op);
    Ends2 made{effect != Effect::kOpenWrite, effect != Effect::kOpenRead};
    if (effect == Effect::kDuplicate) {
      made = ends.at({op.worker, static_cast<int>(op.argument)});
    } else if (effect == Effect::kClose) {
      continue;
    }
    if (effect == Effect::kDuplicate && op.system_error != 0) continue;
    std::uint64_t last_ns = kNever;     // possible until
    std::uint64_t certain_ns = kNever;  // certain until
    if (op.system_error != 0) last_ns = op.returned_ns;
    for (const Fault& fault : history.faults) {
      if (fault.worker != op.worker) continue;
      last_ns = std::min(last_ns, fault.returned_ns);
      certain_ns = std::min(certain_ns, fault.invoked_ns);
    }
    for (const Operation& close : history.operations) {
      if (history.effect(close) != Effect::kClose || close.worker != op.worker ||
          close.handle != op.handle || !op.succeeded()) {
        continue;
      }
      certain_ns = std::min(certain_ns, close.invoked_ns);
      if (close.succeeded()) last_ns = std::min(last_ns, close.returned_ns);
    }
    naive.Add(made.reads, made.writes, false,
              {MinusNs(op.invoked_ns, slack_ns), PlusNs(last_ns, slack_ns)});
    if (op.succeeded()) {
      ends[{op.worker, op.handle}] = made;
      naive.Add(made.reads, made.writes, true,
                {op.returned_ns + slack_ns, MinusNs(certain_ns, slack_ns)});
    }
  }
  return naive;
}

// Up to three workers that open, duplicate, close, are interrupted and are killed.
History RandomHistory(Random& random) {
  HistoryBuilder builder;
  builder.ClockSlackNs(random.Below(3) == 0 ? 1 + random.Below(2) : 0);
  for (std::uint16_t worker = 0; worker < 3; ++worker) {
    builder.Worker("holder");
    std::uint64_t now_ns = 1 + random.Below(8);
    std::vector<std::uint16_t> handles;
    std::uint16_t next = 1;
    bool over = false;
    for (std::uint64_t i = random.Below(6); i > 0 && !over; --i) {
      CallSpec spec{.from = now_ns, .to = now_ns + random.Below(4)};
      now_ns = spec.to + 1 + random.Below(4);
      over = random.Below(12) == 0;
      spec.to = over ? kNever : spec.to;
      const std::uint64_t choice = random.Below(8);
      if (choice >= 5 && !handles.empty()) {
        const std::uint16_t handle = handles[random.Below(handles.size())];
        if (choice == 5) {
          spec.argument = handle;
          spec.handle = over ? 0 : next;
          builder.Duplicate(worker, spec);
          if (!over) handles.push_back(next++);
        } else {
          spec.handle = handle;
          builder.Close(worker, spec);
          std::erase(handles, handle);
        }
        continue;
      }
      const bool interrupted = !over && random.Below(8) == 0;
      spec.error = interrupted ? EINTR : 0;
      spec.handle = over || interrupted ? 0 : next;
      const Effect effect = choice % 3 == 0   ? Effect::kOpenRead
                            : choice % 3 == 1 ? Effect::kOpenWrite
                                              : Effect::kOpenBoth;
      builder.Do(effect, worker, spec);
      if (spec.handle != 0) handles.push_back(next++);
    }
    if (random.Below(3) == 0) {
      builder.Kill(worker, now_ns, now_ns + random.Below(4));
    }
  }
  return builder.Build();
}

TEST(Ends, AgreeWithAnEvaluationOfEveryInstant) {
  Random random(11);
  for (int input = 0; input < kHistoryInputs; ++input) {
    const History history = RandomHistory(random);
    if (history.operations.empty()) continue;
    const Ends ends(history);
    NaiveEnds naive = NaiveEndsOf(history);
    for (const Side side : {Side::kReading, Side::kWriting, Side::kEither}) {
      for (int question = 0; question < 4; ++question) {
        const std::uint64_t from_ns = random.Below(32);
        const std::uint64_t until_ns = from_ns + random.Below(10);
        SCOPED_TRACE(testing::Message() << "input " << input << ", " << from_ns << ".." << until_ns
                                        << ", side " << static_cast<int>(side));
        ASSERT_EQ(ends.HeldThroughout(0, side, from_ns, until_ns),
                  NaiveThroughout(naive.certain[side], Bounds::kExclusive, from_ns, until_ns));
        ASSERT_EQ(ends.MaybeHeld(0, side, from_ns, until_ns),
                  NaiveSometime(naive.possible[side], Bounds::kInclusive, from_ns, until_ns));
        ASSERT_EQ(ends.MaybeHeldThroughout(0, side, from_ns, until_ns),
                  NaiveThroughout(naive.possible[side], Bounds::kInclusive, from_ns, until_ns));
      }
    }
  }
}

TEST(Ends, HoldFromTheReturnOfTheOpenToTheCallOfClose) {
  const History history = HistoryBuilder()
                              .Worker("reader")
                              .OpenRead(0, {.from = 10, .to = 20})
                              .Close(0, {.from = 30, .to = 40})
                              .Build();

  const Ends ends(history);

  EXPECT_TRUE(ends.HeldThroughout(0, Side::kReading, 21, 29));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kReading, 20, 29));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kReading, 21, 30));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kWriting, 21, 29));
  EXPECT_TRUE(ends.MaybeHeld(0, Side::kReading, 1, 10));
  EXPECT_TRUE(ends.MaybeHeld(0, Side::kReading, 40, 50));
  EXPECT_FALSE(ends.MaybeHeld(0, Side::kReading, 1, 9));
  EXPECT_FALSE(ends.MaybeHeld(0, Side::kReading, 41, 50));
}

TEST(Ends, OfAKilledProcessAreCertainUntilTheKillAndPossibleUntilItsDeathIsReported) {
  const History history =
      HistoryBuilder().Worker("writer").OpenWrite(0, {.from = 1, .to = 2}).Kill(0, 10, 20).Build();

  const Ends ends(history);

  EXPECT_TRUE(ends.HeldThroughout(0, Side::kWriting, 3, 9));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kWriting, 3, 10));
  EXPECT_TRUE(ends.MaybeHeld(0, Side::kWriting, 20, 30));
  EXPECT_FALSE(ends.MaybeHeld(0, Side::kWriting, 21, 30));
}

TEST(Ends, PassOnToADuplicateWhichOutlivesItsSource) {
  const History history = HistoryBuilder()
                              .Worker("maker")
                              .OpenBoth(0, {.from = 1, .to = 2})
                              .Duplicate(0, {.from = 3, .to = 4, .argument = 1})
                              .Close(0, {.from = 5, .to = 6, .handle = 1})
                              .Build();

  const Ends ends(history);

  EXPECT_TRUE(ends.HeldThroughout(0, Side::kReading, 5, 100));
  EXPECT_TRUE(ends.HeldThroughout(0, Side::kWriting, 5, 100));
}

TEST(Ends, ArePossiblyHeldForEverByAnOpenThatNeverReturned) {
  const History history = HistoryBuilder().Worker("reader").OpenRead(0, {.from = 5}).Build();

  const Ends ends(history);

  EXPECT_TRUE(ends.MaybeHeld(0, Side::kReading, 1'000, 1'000));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kReading, 1'000, 1'000));
}

TEST(Ends, AreNotHeldByAnOpenThatFoundNobody) {
  const History history =
      HistoryBuilder().Worker("writer").OpenWrite(0, {.from = 5, .to = 9, .error = ENXIO}).Build();

  EXPECT_FALSE(Ends(history).MaybeHeld(0, Side::kWriting, 0, 20));
}

TEST(Ends, ArePossiblyHeldByWhomeverAHistoryDoesNotTellOf) {
  const History history =
      HistoryBuilder().Worker("writer").Put(0, {.from = 5, .to = 9, .bytes = 1}).Build();

  const Ends ends(history);

  EXPECT_TRUE(ends.MaybeHeld(0, Side::kReading, 0, 20));
  EXPECT_TRUE(ends.MaybeHeld(0, Side::kWriting, 0, 20));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kWriting, 6, 8));
}

TEST(Ends, OfAHandleWhoseNumberWasGivenTwiceAreNotToldApart) {
  const History history = HistoryBuilder()
                              .Worker("reader")
                              .OpenRead(0, {.from = 1, .to = 2, .handle = 3})
                              .Close(0, {.from = 3, .to = 4, .handle = 3})
                              .OpenRead(0, {.from = 5, .to = 6, .handle = 3})
                              .Take(0, {.from = 7, .to = 8, .bytes = 1, .handle = 3})
                              .Build();

  const Ends ends(history);

  EXPECT_EQ(ends.HoldOf(history.operations[3]), nullptr);
  EXPECT_TRUE(ends.HeldThroughout(0, Side::kReading, 7, 100));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kReading, 3, 7));
}

// Made, opened, removed, made anew, opened again.
HistoryBuilder TwoGenerations() {
  return HistoryBuilder()
      .Worker("maker")
      .Worker("first")
      .Worker("second")
      .MakeName(0, {.from = 1, .to = 2})
      .OpenBoth(1, {.from = 3, .to = 4})
      .RemoveName(0, {.from = 5, .to = 6})
      .MakeName(0, {.from = 7, .to = 8})
      .OpenRead(2, {.from = 9, .to = 10, .nonblocking = true});
}

TEST(Ends, OfANamesakeAreAnotherObjects) {
  const History history = TwoGenerations().Build();

  const Ends ends(history);

  ASSERT_EQ(ends.channel_count(), 2u);
  EXPECT_EQ(ends.ChannelOfName(0, 3, 4), 0u);
  EXPECT_EQ(ends.ChannelOfName(0, 9, 10), 1u);
  EXPECT_EQ(ends.ChannelOfName(0, 6, 7), kNoChannel);
  EXPECT_TRUE(ends.HeldThroughout(0, Side::kWriting, 11, 20));
  EXPECT_FALSE(ends.MaybeHeld(1, Side::kWriting, 11, 20));
  EXPECT_TRUE(ends.HeldThroughout(1, Side::kReading, 11, 20));
}

TEST(Ends, OfAnOpenDuringTheMakingMayBeOfEitherGeneration) {
  const History history = TwoGenerations()
                              .Worker("third")
                              .OpenWrite(3, {.from = 7, .to = 9, .nonblocking = true})
                              .Put(3, {.from = 10, .to = 11, .bytes = 1})
                              .Build();

  const Ends ends(history);

  EXPECT_EQ(ends.ChannelOf(history.operations.back()), kNoChannel);
  EXPECT_TRUE(ends.MaybeHeld(0, Side::kWriting, 12, 12));
  EXPECT_TRUE(ends.MaybeHeld(1, Side::kWriting, 12, 12));
  EXPECT_FALSE(ends.HeldThroughout(1, Side::kWriting, 12, 12));
}

TEST(Ends, OfANameThatWasAlsoMovedAreNotToldApart) {
  const History history = TwoGenerations().RenameName(0, {.from = 11, .to = 12}).Build();

  const Ends ends(history);

  EXPECT_EQ(ends.ChannelOfName(0, 3, 4), kNoChannel);
  EXPECT_TRUE(ends.MaybeHeld(0, Side::kWriting, 20, 20));
  EXPECT_FALSE(ends.HeldThroughout(0, Side::kWriting, 20, 20));
}

TEST(Ends, OfANameThatWasMovedButMadeOnceAreOneObjects) {
  const History history = HistoryBuilder()
                              .Worker("maker")
                              .MakeName(0, {.from = 1, .to = 2})
                              .RenameName(0, {.from = 3, .to = 4})
                              .OpenBoth(0, {.from = 5, .to = 6})
                              .Build();

  EXPECT_TRUE(Ends(history).HeldThroughout(0, Side::kReading, 7, 8));
}

}  // namespace
}  // namespace parley
