// Who held the ends of the objects, and when: certainly, and possibly.
//
// Certainly: from the return of the call that made a handle to the invocation of the one that ended
// it, or of the kill of its process.  Possibly: from that invocation to that return, a kill's being
// the report of the death; an open that is under way, or was when its process was killed, counts,
// and so does one that failed after it may have met a partner.  Clock slack makes what is certain
// shorter and what is possible longer.
//
// Time O(n + h log h) for n operations, h of which make handles; memory O(h).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "src/check/ends_cover.h"
#include "src/check/ends_generations.h"
#include "src/history/history.h"

namespace parley {

enum class Side : std::uint8_t { kReading, kWriting, kEither, kCount };

// One handle, or the attempt to get one.
struct Hold {
  std::uint32_t id = 0;  // of the operation that made it
  std::uint16_t worker = 0;
  std::uint8_t object = 0;
  bool reads = false;
  bool writes = false;
  bool reused = false;  // its number was given twice: which one a call used cannot be told
  // The open that looked the object up: for a duplicate, that of the handle it came from.
  std::uint64_t opened_from_ns = 0;
  std::uint64_t opened_until_ns = 0;
  GenerationRange generations;
  std::uint64_t certain_from_ns = kNever;
  std::uint64_t certain_until_ns = kNever;
  std::uint64_t possible_from_ns = 0;
  std::uint64_t possible_until_ns = kNever;

  bool has(Side side) const {
    return side == Side::kReading ? reads : side == Side::kWriting ? writes : reads || writes;
  }
};

inline constexpr std::uint32_t kNoChannel = 0xffffffffU;

// What is asked is asked of a channel: one object, or one generation of an object whose name was
// removed and made anew.  All questions cost O(log h).
class Ends {
 public:
  explicit Ends(const History& history);

  // The object is found by a name, which somebody made; its opens are no mere handing over.
  bool named(std::uint8_t object) const { return objects_[object].named; }

  // The channel that a put or take used, kNoChannel when that cannot be told.
  std::uint32_t ChannelOf(const Operation& op) const;
  // All channels of the object: [first, second); none when they cannot be told apart.
  std::pair<std::uint32_t, std::uint32_t> ChannelsOf(std::uint8_t object) const;
  // All channels that the handle may lead to: [first, second).
  std::pair<std::uint32_t, std::uint32_t> ChannelsOf(const Hold& hold) const;
  // All channels that it may have used: [first, second).
  std::pair<std::uint32_t, std::uint32_t> ChannelsOf(const Operation& op) const;
  // The channel that a name led to, looked up at some instant from from_ns to until_ns.
  std::uint32_t ChannelOfName(std::uint8_t object, std::uint64_t from_ns,
                              std::uint64_t until_ns) const;
  std::uint32_t channel_count() const { return channel_count_; }

  // Certainly held at every instant from from_ns to until_ns.
  bool HeldThroughout(std::uint32_t channel, Side side, std::uint64_t from_ns,
                      std::uint64_t until_ns) const;
  // Since when it has certainly been held by somebody without a break; nothing when at the instant
  // it was not certainly held.
  std::optional<std::uint64_t> HeldSince(std::uint32_t channel, std::uint64_t instant_ns) const;
  // Possibly held at some instant, at every instant from from_ns to until_ns.
  bool MaybeHeld(std::uint32_t channel, Side side, std::uint64_t from_ns,
                 std::uint64_t until_ns) const;
  bool MaybeHeldThroughout(std::uint32_t channel, Side side, std::uint64_t from_ns,
                           std::uint64_t until_ns) const;
  // The spans in which it was possibly held by somebody; between them it certainly was not.
  std::span<const TimeSpan> MaybeHeldSpans(std::uint32_t channel) const;

  // The operation that made a handle that alone was certainly held all the time, for witnesses; by
  // going through all handles.
  std::optional<std::uint32_t> Holder(std::uint32_t channel, Side side, std::uint64_t from_ns,
                                      std::uint64_t until_ns) const;

  // The handle that a put or take used; null when it is not on record.
  const Hold* HoldOf(const Operation& op) const;
  std::span<const Hold> holds() const { return holds_; }

 private:
  struct ObjectEnds {
    Generations generations;
    std::uint32_t first_channel = 0;
    bool named = false;
    bool any_handle = false;
    bool unknown_reader = false;  // somebody uses an end that he never got, as far as is known
    bool unknown_writer = false;

    bool told() const { return !generations.muddled(); }
  };
  struct Death {
    std::uint64_t invoked_ns = kNever;
    std::uint64_t returned_ns = kNever;
  };

  void Collect(const History& history);
  void AddOpen(const Operation& op, Effect effect, std::uint32_t id);
  void AddDuplicate(const Operation& op, std::uint32_t id);
  void Insert(const Hold& hold, const Operation& op);
  void AddClose(const Operation& op);
  void NoteUse(const Operation& op, Effect effect);
  void ApplyDeaths();
  void MakeCovers();
  void AddToCovers(const Hold& hold, const ObjectEnds& object);

  static std::uint32_t Key(std::uint32_t channel, Side side) {
    return channel * static_cast<std::uint32_t>(Side::kCount) + static_cast<std::uint32_t>(side);
  }
  static std::uint32_t HandleKey(std::uint16_t worker, std::uint64_t handle) {
    return std::uint32_t{worker} << 16U | static_cast<std::uint32_t>(handle & 0xffffU);
  }

  std::uint64_t slack_ns_;
  std::uint32_t channel_count_ = 0;
  std::vector<Hold> holds_;
  std::unordered_map<std::uint32_t, std::uint32_t> by_handle_;  // worker and handle -> holds_
  std::vector<ObjectEnds> objects_;
  std::vector<Death> deaths_;              // by worker
  std::vector<std::uint32_t> known_read_;  // by worker: the handle found known last; 0: none
  std::vector<std::uint32_t> known_write_;
  Cover certain_{Bounds::kExclusive};
  Cover possible_{Bounds::kInclusive};
};

}  // namespace parley
