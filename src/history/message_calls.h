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

enum LastUser : std::uint8_t { kLastSender = 1, kLastReceiver = 2 };

}  // namespace parley
