// What the argument of a call on messages stands for.
//
// A message has a class: its priority (POSIX, mq_send()) or its type (System V, msgsnd()).  A send
// names the class of its message.  A receive asks for one, where its call selects by class, and is
// told that of the message which it got: one word holds both.
#pragma once

#include <cstdint>

namespace parley {

// The largest value of a class that fits.  A type of LONG_MAX stands as this one.
inline constexpr std::uint32_t kClassMax = 0x7fffffffU;

// Messages of at least so many bytes say whose they are, and which one.
inline constexpr std::uint32_t kToldBytes = 24;

// Of receives.  Of sends, asked is the message's class and told is 0.
struct MessageClass {
  std::uint32_t asked = 0;
  std::uint32_t told = 0;

  bool operator==(const MessageClass&) const = default;
};

constexpr std::uint64_t PackClass(MessageClass words) {
  return std::uint64_t{words.told} << 32U | words.asked;
}

constexpr MessageClass UnpackClass(std::uint64_t argument) {
  return {.asked = static_cast<std::uint32_t>(argument),
          .told = static_cast<std::uint32_t>(argument >> 32U)};
}

// What a query of a queue's status asks for.
enum class QueueStatus : std::uint8_t {
  kMessages,   // how many there are
  kBytes,      // of all of them
  kLastUsers,  // whether the caller was the last one to send, to receive: bits of LastUser
};

// What is wrong with the keys that a file gave; bits.  None: as POSIX ftok() has it.
enum KeyFlaw : std::uint8_t {
  kKeyVaries = 1,         // one file and id gave two
  kKeyOfLinkDiffers = 2,  // a hard link of the file gave another
  kKeyOfHighBits = 4,     // more than the lowest eight bits of the id count
  kKeyOfMissing = 8,      // a file that is not there gave one, or another error than ENOENT
};

// Effect::kRunTool.  Argument: which, modulo their number.
enum class Tool : std::uint8_t {
  kList,           // ipcs, of the object
  kRemoveById,     // ipcrm, of another object made for it
  kRemoveByKey,    // the same by its key
  kRemoveUnknown,  // ipcrm of an identifier that is none any more
  kRemoveForeign,  // ipcrm, as another user, of an object that he may not remove
};
inline constexpr std::uint8_t kTools = 5;
constexpr Tool ToolOf(std::uint64_t argument) { return static_cast<Tool>(argument % kTools); }

// Its result: what is wrong with what the command did; bits.
enum ToolFlaw : std::uint8_t {
  kToolTellsNothing = 1,      // the object is missing in its list
  kToolTellsOtherwise = 2,    // its key, mode, number of messages or bytes there is another
  kSystemTellsOtherwise = 4,  // the same of /proc/sysvipc
  kToolRefused = 8,           // it failed where it may not
  kToolSucceeded = 16,        // it succeeded where it may not
  kToolLeft = 32,             // the object that it was to remove is there
  kToolTook = 64,             // one that it was not to remove is gone
};

enum LastUser : std::uint8_t { kLastSender = 1, kLastReceiver = 2 };

// Effect::kNotify.  Argument: what the notice is to bring, 1..; this one withdraws.  The handle is
// the one that the caller registers by.
inline constexpr std::uint64_t kWithdraws = 0;

// Effect::kTakeNotice.  Result: what the oldest notice that has come brought, and whether it says
// of itself that a message has come (SI_MESGQ); this one: there is none.
inline constexpr std::int64_t kNoNotice = 0;
inline constexpr std::int64_t kNoticeOfOtherOrigin = std::int64_t{1} << 32;

// Effect::kMakeLimited.  Argument: bits 0..2 how many messages, 3..5 how long they may be, each
// modulo the number of choices, 6 whether the caller gives up its right to exceed limits.
enum class Limit : std::uint8_t {
  kOne,
  kMost,   // as many as everybody may have
  kAbove,  // one more
  kZero,
  kNegative,
};
inline constexpr std::uint8_t kLimits = 5;
struct LimitedQueue {
  Limit messages = Limit::kOne;
  Limit bytes = Limit::kOne;
  bool renounces = false;

  static constexpr LimitedQueue Of(std::uint64_t argument) {
    return {.messages = static_cast<Limit>((argument & 7U) % kLimits),
            .bytes = static_cast<Limit>((argument >> 3U & 7U) % kLimits),
            .renounces = (argument >> 6U & 1U) != 0};
  }
};

// Its result: the error of the call, 0 when it succeeded, and whether its caller may exceed limits
// (CAP_SYS_RESOURCE, be it of a user namespace of its own).
struct LimitAnswer {
  int system_error = 0;
  bool privileged = false;

  static constexpr LimitAnswer Of(std::int64_t result) {
    return {.system_error = static_cast<int>(result & 0xffff), .privileged = result >> 16U != 0};
  }
  constexpr std::int64_t Result() const { return (std::int64_t{privileged} << 16U) | system_error; }
};

}  // namespace parley
