#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

// A history whose calls come one after the other, each a step of its own.
class Notices {
 public:
  explicit Notices(std::uint16_t workers, std::uint64_t capacity = 10) : built_(workers, capacity) {
    built_.history().header.mode = "stepped";
  }

  MessageBuilder::Spec Next(int error = 0) {
    ++step_;
    return {.from = step_ * kStepNs, .to = step_ * kStepNs + kReturnNs, .error = error};
  }
  std::uint32_t Ask(std::uint16_t worker, std::uint64_t brings, int error = 0) {
    return built_.Notify(worker, Next(error), brings);
  }
  void Find(std::uint16_t worker, std::int64_t brought) { built_.Notice(worker, Next(), brought); }
  void Send(std::uint16_t worker) { last_ = built_.Send(worker, Next()); }
  void Receive(std::uint16_t worker) { built_.Receive(worker, Next(), last_); }
  void Close(std::uint16_t worker, std::uint16_t handle) {
    built_.at(built_.Close(worker, Next())).handle = handle;
  }
  void Kill(std::uint16_t worker) {
    const auto spec = Next();
    built_.Kill(worker, spec.from, spec.to);
  }

  Names Broken() { return parley::Broken("message_notices", built_.history()); }
  MessageBuilder& built() { return built_; }
  std::uint64_t step() const { return step_; }

 private:
  MessageBuilder built_;
  std::uint64_t step_ = 0;
  std::uint32_t last_ = 0;
};

TEST(MessageNotices, KeepsOneNoticeOfOneArrival) {
  Notices queue(2);
  queue.Ask(0, 3);
  queue.Ask(0, 4, EBUSY);
  queue.Ask(1, 4, EBUSY);
  queue.Send(1);
  queue.Send(1);
  queue.Find(0, 3);
  queue.Find(0, kNoNotice);
  queue.Ask(1, 4);
  queue.Send(1);  // there was one
  queue.Find(1, kNoNotice);

  EXPECT_EQ(queue.Broken(), Names{});
  EXPECT_EQ(VerdictOf(Clause::kNotifiedWrongly, queue.built().history()), "kept");
  EXPECT_EQ(VerdictOf(Clause::kRegisteredTwice, queue.built().history()), "kept");
}

TEST(MessageNotices, BreaksWhenANoticeComesAgainOrNever) {
  const auto broken = [](std::int64_t first, std::int64_t second) {
    Notices queue(2);
    queue.Ask(0, 3);
    queue.Send(1);
    queue.Find(0, first);
    queue.Find(0, second);
    return queue.Broken();
  };

  EXPECT_EQ(broken(3, kNoNotice), Names{});
  EXPECT_EQ(broken(3, 3), Names{"notified-wrongly"});
  EXPECT_EQ(broken(4, kNoNotice), Names{"notified-wrongly"});
  EXPECT_EQ(broken(kNoNotice, kNoNotice), Names{"notified-wrongly"});
  EXPECT_EQ(broken(kNoticeOfOtherOrigin | 3, kNoNotice), Names{"notified-wrongly"});
}

TEST(MessageNotices, AMessageThatWasThereNotifiesNobody) {
  const auto broken = [](std::int64_t found) {
    Notices queue(2);
    queue.Send(1);
    queue.Ask(0, 3);
    queue.Send(1);
    queue.Find(0, found);
    return queue.Broken();
  };

  EXPECT_EQ(broken(kNoNotice), Names{});
  EXPECT_EQ(broken(3), Names{"notified-wrongly"});
}

TEST(MessageNotices, AMessageThatSomebodyWaitsForNotifiesNobody) {
  const auto broken = [](std::int64_t found) {
    Notices queue(3);
    queue.Ask(0, 3);
    MessageBuilder::Spec waits = queue.Next();
    waits.to = (queue.step() + 1) * kStepNs + kReturnNs;
    const auto received = queue.built().Receive(1, waits);
    const auto sent = queue.built().Send(2, queue.Next());
    queue.built().Got(received, {.position = 0, .bytes = kToldBytes, .writer = 2});
    queue.built().at(sent).result = 0;
    queue.Find(0, found);
    queue.Ask(1, 4, found == kNoNotice ? EBUSY : 0);
    return queue.Broken();
  };

  EXPECT_EQ(broken(kNoNotice), Names{});
  EXPECT_EQ(broken(3), Names{"notified-wrongly"});
}

// Whether the queue is empty between a receive and the send that it lets in is nobody's to tell.
TEST(MessageNotices, LeavesASenderThatWaitedForTheOnlyPlaceAlone) {
  for (const std::int64_t found : {kNoNotice, std::int64_t{3}}) {
    Notices queue(3, 1);
    queue.Send(1);
    queue.Ask(0, 3);
    MessageBuilder::Spec waits = queue.Next();
    waits.to = (queue.step() + 1) * kStepNs + kReturnNs;
    queue.built().Send(2, waits);
    queue.Receive(1);
    queue.Find(0, found);
    queue.Ask(1, 4, found == kNoNotice ? EBUSY : 0);

    EXPECT_EQ(queue.Broken(), Names{});
  }
}

TEST(MessageNotices, BreaksWhenTwoAreRegistered) {
  Notices queue(2);
  queue.Ask(0, 3);
  queue.Ask(1, kWithdraws);  // not its own
  queue.Ask(1, 4);

  EXPECT_EQ(queue.Broken(), Names{"registered-twice"});
}

TEST(MessageNotices, BreaksWhenOneIsRefusedForNobody) {
  const auto broken = [](const auto& before) {
    Notices queue(3);
    before(queue);
    queue.Ask(1, 4, EBUSY);
    return queue.Broken();
  };

  EXPECT_EQ(broken([](Notices&) {}), Names{"registered-twice"});
  EXPECT_EQ(broken([](Notices& queue) { queue.Ask(0, 3); }), Names{});
  EXPECT_EQ(broken([](Notices& queue) {
              queue.Ask(0, 3);
              queue.Ask(0, kWithdraws);
            }),
            Names{"registered-twice"});
  EXPECT_EQ(broken([](Notices& queue) {
              queue.Ask(0, 3);
              queue.Send(2);
            }),
            Names{"notified-wrongly"});
  EXPECT_EQ(broken([](Notices& queue) {
              queue.Ask(0, 3);
              queue.Kill(0);
            }),
            Names{"registration-stays"});
  EXPECT_EQ(broken([](Notices& queue) {
              queue.Ask(0, 3);
              queue.Close(0, 1);
            }),
            Names{"registration-stays"});
}

TEST(MessageNotices, TellsOfTheKnownDivergenceAndTakesEither) {
  const auto broken = [](int error) {
    Notices queue(2);
    queue.Ask(0, 3);
    queue.Close(0, 2);
    queue.Ask(1, 4, error);
    return queue.Broken();
  };

  EXPECT_EQ(broken(EBUSY), Names{});
  EXPECT_EQ(broken(0), Names{"known-divergence"});
}

// Free histories.
Names BrokenByTime(MessageBuilder& built) { return Broken("message_notices", built.history()); }

TEST(MessageNoticesByTime, BreaksWhenTwoAreCertainlyRegistered) {
  const auto broken = [](std::uint64_t close) {
    MessageBuilder built(3);
    built.Notify(0, {.from = 1, .to = 4}, 3);
    built.Close(0, {.from = close, .to = close + 1});
    built.Notify(1, {.from = 2, .to = 5}, 4);
    return BrokenByTime(built);
  };

  EXPECT_EQ(broken(4), Names{});
  EXPECT_EQ(broken(20), Names{"registered-twice"});
}

TEST(MessageNoticesByTime, ASendMayHaveNotified) {
  MessageBuilder built(3);
  built.Notify(0, {.from = 1, .to = 2}, 3);
  built.Notify(1, {.from = 6, .to = 7}, 4);
  built.Send(2, {.from = 4, .to = 5});

  EXPECT_EQ(BrokenByTime(built), Names{});
}

TEST(MessageNoticesByTime, BreaksWhenOneIsRefusedForNobody) {
  const auto broken = [](std::uint64_t from) {
    MessageBuilder built(3);
    built.Notify(0, {.from = 4, .to = 5}, 3);
    built.Notify(0, {.from = 8, .to = 9}, kWithdraws);
    built.Notify(1, {.from = from, .to = from + 1, .error = EBUSY}, 4);
    return BrokenByTime(built);
  };

  EXPECT_EQ(broken(1), Names{"registered-twice"});
  EXPECT_EQ(broken(3), Names{});
  EXPECT_EQ(broken(9), Names{});
  EXPECT_EQ(broken(11), Names{"registered-twice"});
}

TEST(MessageNoticesByTime, TellsADeadOwnerFromNone) {
  MessageBuilder built(2);
  built.Notify(0, {.from = 1, .to = 2}, 3);
  built.Kill(0, 3, 4);
  built.Notify(1, {.from = 5, .to = 6, .error = EBUSY}, 4);

  EXPECT_EQ(BrokenByTime(built), Names{"registration-stays"});
}

TEST(MessageNoticesByTime, BreaksWhenNoticesAreMoreThanWereAskedFor) {
  const auto broken = [](std::int64_t second) {
    MessageBuilder built(2);
    built.Notify(0, {.from = 1, .to = 2}, 3);
    built.Send(1, {.from = 3, .to = 4});
    built.Notice(0, {.from = 5, .to = 6}, 3);
    built.Notice(0, {.from = 7, .to = 8}, second);
    return BrokenByTime(built);
  };

  EXPECT_EQ(broken(kNoNotice), Names{});
  EXPECT_EQ(broken(3), Names{"notified-wrongly"});
}

}  // namespace
}  // namespace parley
