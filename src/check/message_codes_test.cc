#include <gtest/gtest.h>

#include "src/check/checking.h"
#include "src/check/message_builder.h"
#include "src/history/file_calls.h"

namespace parley {
namespace {

using Names = std::vector<std::string_view>;

// A queue for messages of 64 bytes and classes up to 100, on which calls may have deadlines.
class Queue {
 public:
  Queue() : built_(1, 10) {
    built_.history().header.message_bytes = 64;
    built_.history().header.class_max = 100;
  }

  Queue& Until(Deadline deadline) {
    for (Call& call : built_.history().calls) call.deadline = deadline;
    return *this;
  }
  Names Sending(std::uint32_t bytes, std::uint32_t klass, int error) {
    built_.Send(0, {.from = 1, .to = 2, .klass = klass, .bytes = bytes, .error = error});
    return Broken("message_codes", built_.history());
  }
  // The worker opens it, and gives the handle up.
  Queue& OpenedAndClosed() {
    built_.Open(0, {.from = 1, .to = 1});
    built_.Close(0, {.from = 1, .to = 1});
    return *this;
  }
  Names Receiving(std::uint32_t bytes, int error) {
    built_.at(built_.Receive(0, {.from = 1, .to = 2, .error = error})).requested = bytes;
    return Broken("message_codes", built_.history());
  }

 private:
  MessageBuilder built_;
};

TEST(MessageCodes, KeepsWhatTheStandardSays) {
  EXPECT_EQ(Queue().Sending(64, 100, 0), Names{});
  EXPECT_EQ(Queue().Sending(65, 0, EMSGSIZE), Names{});
  EXPECT_EQ(Queue().Sending(64, 101, EINVAL), Names{});
  EXPECT_EQ(Queue().Sending(65, 101, EINVAL), Names{}) << "either error will do";
  EXPECT_EQ(Queue().Sending(65, 101, EMSGSIZE), Names{});
  EXPECT_EQ(Queue().Receiving(64, 0), Names{});
  EXPECT_EQ(Queue().Receiving(63, EMSGSIZE), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kPast).Receiving(64, ETIMEDOUT), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kNear).Receiving(64, ETIMEDOUT), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kInvalid).Sending(64, 0, EINVAL), Names{});
  EXPECT_EQ(Queue().Until(Deadline::kInvalid).Sending(64, 0, 0), Names{}) << "it need not wait";
}

TEST(MessageCodes, BreaksOnSizes) {
  EXPECT_EQ(Queue().Sending(65, 0, 0), Names{"size-unchecked"});
  EXPECT_EQ(Queue().Sending(64, 0, EMSGSIZE), Names{"size-unchecked"});
  EXPECT_EQ(Queue().Receiving(63, 0), Names{"size-unchecked"});
  EXPECT_EQ(Queue().Receiving(64, EMSGSIZE), Names{"size-unchecked"});
}

TEST(MessageCodes, BreaksOnClasses) {
  EXPECT_EQ(Queue().Sending(64, 101, 0), Names{"class-unchecked"});
  EXPECT_EQ(Queue().Sending(64, 100, EINVAL), Names{"class-unchecked"});
}

TEST(MessageCodes, KeepsARefusalWhereTheHandleLeadsNowhere) {
  EXPECT_EQ(Queue().OpenedAndClosed().Sending(64, 100, EINVAL), Names{});
  EXPECT_EQ(Queue().OpenedAndClosed().Sending(64, 101, 0), Names{"class-unchecked"});
}

TEST(MessageCodes, BreaksWhenACallGivesUpBeforeItsTime) {
  EXPECT_EQ(Queue().Receiving(64, ETIMEDOUT), Names{"deadline-wrong"});
  EXPECT_EQ(Queue().Until(Deadline::kFar).Sending(64, 0, ETIMEDOUT), Names{"deadline-wrong"});
}

// What make_limited told: an error, 0 when a queue was made.
Names Limited(Limit messages, Limit bytes, int error, bool privileged = false) {
  MessageBuilder built(1, 10);
  const auto argument = static_cast<std::uint64_t>(messages) | static_cast<std::uint64_t>(bytes)
                                                                   << 3U;
  built.Do(0, {.from = 1, .to = 2}, Effect::kMakeLimited, argument,
           LimitAnswer{.system_error = error, .privileged = privileged}.Result());
  return Broken("message_limits", built.history());
}

TEST(MessageLimits, AreThoseOfEverybodyButForWhoMayExceedThem) {
  const Names wrong{"limits-wrong"};

  EXPECT_EQ(Limited(Limit::kMost, Limit::kMost, 0), Names{});
  EXPECT_EQ(Limited(Limit::kMost, Limit::kMost, EMFILE), Names{});
  EXPECT_EQ(Limited(Limit::kMost, Limit::kMost, EINVAL), wrong);
  EXPECT_EQ(Limited(Limit::kAbove, Limit::kOne, EINVAL), Names{});
  EXPECT_EQ(Limited(Limit::kAbove, Limit::kOne, 0), wrong);
  EXPECT_EQ(Limited(Limit::kOne, Limit::kAbove, 0), wrong);
  EXPECT_EQ(Limited(Limit::kAbove, Limit::kOne, 0, true), Names{});
  EXPECT_EQ(Limited(Limit::kAbove, Limit::kOne, EINVAL, true), Names{});
  EXPECT_EQ(Limited(Limit::kZero, Limit::kOne, 0, true), wrong);
  EXPECT_EQ(Limited(Limit::kAbove, Limit::kNegative, EINVAL, true), Names{});
}

TEST(MessageLimits, OfAQueueStayWhatTheyAre) {
  const auto broken = [](std::int64_t told) {
    MessageBuilder built(1, 10);
    built.Do(0, {.from = 1, .to = 2}, Effect::kQueryCapacity, 0, told);
    return Broken("message_limits", built.history());
  };

  EXPECT_EQ(broken(10), Names{});
  EXPECT_EQ(broken(1), Names{"limits-wrong"});
}

// Queues beside the one under test, one call after the other; the crew may not override bits.
class QueueNames {
 public:
  QueueNames() : built_(1) { built_.history().header.mode = "stepped"; }

  QueueNames& Makes(CreateFile call, unsigned mode, int error = 0) {
    const CreatedFile made{.st_mode = static_cast<std::uint16_t>(0100000U | mode),
                           .owned_by_user = true,
                           .owned_by_group = true};
    return Does(Effect::kCreateFile, call.Argument(), made.Result(), error);
  }
  QueueNames& Opens(Direction direction, int error) {
    return Does(Effect::kOpenFile, OpenFileAs{.direction = direction}.Argument(), 0, error);
  }
  QueueNames& Uses(bool against, int error) {
    return Does(Effect::kUseFile, against ? kFileSlots : 0, 0, error);
  }
  Names Broken() { return parley::Broken("names", built_.history()); }

 private:
  QueueNames& Does(Effect effect, std::uint64_t argument, std::int64_t result, int error) {
    ++step_;
    built_.Do(0, {.from = step_ * kStepNs, .to = step_ * kStepNs + kReturnNs, .error = error},
              effect, argument, result);
    return *this;
  }

  MessageBuilder built_;
  std::uint64_t step_ = 0;
};

TEST(QueueNames, HaveTheModeThatTheUmaskLeaves) {
  const CreateFile call{.mode = 0666, .umask = 022};

  EXPECT_EQ(QueueNames().Makes(call, 0644).Broken(), Names{});
  EXPECT_EQ(QueueNames().Makes(call, 0666).Broken(), Names{"created-wrongly"});
  EXPECT_EQ(QueueNames().Makes(call, 0644).Makes(call, 0, EEXIST).Broken(), Names{});
  EXPECT_EQ(QueueNames().Makes(call, 0644).Makes(call, 0644).Broken(), Names{"created-wrongly"});
}

TEST(QueueNames, AreRefusedWhenTheyAreNone) {
  const auto broken = [](QueueName name, int error) {
    return QueueNames()
        .Makes({.mode = 0600, .place = static_cast<Place>(name)}, 0600, error)
        .Broken();
  };
  const Names wrong{"created-wrongly"};

  EXPECT_EQ(broken(QueueName::kNoSlash, EINVAL), Names{});
  EXPECT_EQ(broken(QueueName::kNoSlash, 0), wrong);
  EXPECT_EQ(broken(QueueName::kInnerSlash, EACCES), Names{});
  EXPECT_EQ(broken(QueueName::kInnerSlash, ENOENT), wrong);
  EXPECT_EQ(broken(QueueName::kTooLong, ENAMETOOLONG), Names{});
}

TEST(QueueNames, LetInWhomTheirBitsDo) {
  const auto broken = [](Direction direction, int error) {
    return QueueNames().Makes({.mode = 0400}, 0400).Opens(direction, error).Broken();
  };
  const Names wrong{"permission-wrong"};

  EXPECT_EQ(broken(Direction::kRead, 0), Names{});
  EXPECT_EQ(broken(Direction::kRead, EACCES), wrong);
  EXPECT_EQ(broken(Direction::kBoth, EACCES), Names{});
  EXPECT_EQ(broken(Direction::kWrite, 0), wrong);
}

TEST(QueueNames, ServeTheDirectionInWhichTheyWereOpened) {
  const auto broken = [](Direction direction, bool against, int error) {
    return QueueNames()
        .Makes({.mode = 0600}, 0600)
        .Opens(direction, 0)
        .Uses(against, error)
        .Broken();
  };
  const Names wrong{"permission-wrong"};

  EXPECT_EQ(broken(Direction::kRead, false, EAGAIN), Names{});
  EXPECT_EQ(broken(Direction::kRead, false, EBADF), wrong);
  EXPECT_EQ(broken(Direction::kRead, true, EBADF), Names{});
  EXPECT_EQ(broken(Direction::kWrite, true, EAGAIN), wrong);
  EXPECT_EQ(broken(Direction::kBoth, true, 0), Names{});
}

// A queue that receives select from by class, reached by a key; one call after the other.
class Rights {
 public:
  Rights() : built_(1) {
    built_.history().header.mode = "stepped";
    built_.history().calls[1].select = Selector::kEqual;
  }

  Rights& SetsMode(std::uint16_t mode, ActAs as, int error) {
    return Does(Effect::kChangeMode, ChangeMode{.mode = mode, .as = as}.Argument(), error);
  }
  Rights& Opens(Direction direction, ActAs as, int error) {
    return Does(Effect::kOpenFile, OpenFileAs{.direction = direction, .as = as}.Argument(), error);
  }
  Rights& IsRemovedByAnother(int error) { return Does(Effect::kRemoveFile, 1, error); }
  Names Broken() { return parley::Broken("message_rights", built_.history()); }

 private:
  Rights& Does(Effect effect, std::uint64_t argument, int error) {
    ++step_;
    built_.Do(0, {.from = step_ * kStepNs, .to = step_ * kStepNs + kReturnNs, .error = error},
              effect, argument);
    return *this;
  }

  MessageBuilder built_;
  std::uint64_t step_ = 0;
};

TEST(MessageRights, AreThoseOfTheCallersClass) {
  const auto broken = [](ActAs as, Direction direction, int error) {
    return Rights().SetsMode(0640, ActAs::kSelf, 0).Opens(direction, as, error).Broken();
  };
  const Names wrong{"permission-wrong"};

  EXPECT_EQ(broken(ActAs::kSelfWithoutRights, Direction::kBoth, 0), Names{});
  EXPECT_EQ(broken(ActAs::kSelfWithoutRights, Direction::kBoth, EACCES), wrong);
  EXPECT_EQ(broken(ActAs::kOtherUser, Direction::kRead, 0), Names{});
  EXPECT_EQ(broken(ActAs::kOtherUser, Direction::kWrite, EACCES), Names{});
  EXPECT_EQ(broken(ActAs::kOtherUser, Direction::kBoth, 0), wrong);
  EXPECT_EQ(broken(ActAs::kOtherUserAndGroup, Direction::kRead, 0), wrong);
  EXPECT_EQ(broken(ActAs::kOtherUserAndGroup, Direction::kRead, ENOTSUP), Names{});
}

TEST(MessageRights, OfTheCrewItselfMayBeMoreThanItsBits) {
  for (const int error : {0, EACCES}) {
    EXPECT_EQ(
        Rights().SetsMode(0, ActAs::kSelf, 0).Opens(Direction::kRead, ActAs::kSelf, error).Broken(),
        Names{});
  }
}

TEST(MessageRights, ToChangeAndRemoveAreTheOwners) {
  const Names wrong{"permission-wrong"};

  EXPECT_EQ(Rights().SetsMode(0666, ActAs::kSelf, 0).IsRemovedByAnother(EPERM).Broken(), Names{});
  EXPECT_EQ(Rights().SetsMode(0666, ActAs::kSelf, 0).IsRemovedByAnother(0).Broken(), wrong);
  EXPECT_EQ(Rights().IsRemovedByAnother(EACCES).Broken(), wrong);
  EXPECT_EQ(Rights().SetsMode(0666, ActAs::kOtherUser, EPERM).Broken(), Names{});
  EXPECT_EQ(Rights().SetsMode(0666, ActAs::kOtherUser, 0).Broken(), wrong);
  EXPECT_EQ(Rights().SetsMode(0600, ActAs::kSelfWithoutRights, EPERM).Broken(), wrong);
}

TEST(MessageTools, TellWhatIsAndRemoveWhatTheyWereToldTo) {
  const auto broken = [](Tool tool, std::int64_t flaws) {
    MessageBuilder built(1);
    built.history().header.mode = "stepped";
    built.Do(0, {.from = 1, .to = 2}, Effect::kRunTool, static_cast<std::uint64_t>(tool), flaws);
    return Broken("message_tools", built.history());
  };

  EXPECT_EQ(broken(Tool::kList, 0), Names{});
  EXPECT_EQ(broken(Tool::kList, kToolTellsNothing), Names{"tool-differs"});
  EXPECT_EQ(broken(Tool::kList, kSystemTellsOtherwise), Names{"tool-differs"});
  EXPECT_EQ(broken(Tool::kRemoveForeign, 0), Names{});
  EXPECT_EQ(broken(Tool::kRemoveById, kToolLeft), Names{"tool-removed-wrongly"});
  EXPECT_EQ(broken(Tool::kRemoveUnknown, kToolSucceeded), Names{"tool-removed-wrongly"});
}

}  // namespace
}  // namespace parley
