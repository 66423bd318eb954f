// What is certain about the content of the objects at one instant; for hang.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/check/byte_streams.h"
#include "src/check/ends.h"
#include "src/history/history.h"

namespace parley {

// Bytes that are certainly there, and the first put of them to have returned.
struct Unread {
  std::uint64_t bytes = 0;
  std::uint32_t put = kNoPut;
};

// Making it costs O(n) for n operations, and so does the first question about a channel.
class ContentAt {
 public:
  // asleep: ids of operations that slept in their calls at the instant, ascending.  They have taken
  // nothing, and an indivisible put among them has put nothing.
  ContentAt(const ByteStreams& streams, const Ends& ends, std::uint64_t instant_ns,
            std::vector<std::uint32_t> asleep);

  std::uint64_t instant_ns() const { return instant_ns_; }

  Unread UnreadIn(std::uint8_t object, std::uint32_t channel);

  // Is there certainly room for an indivisible put of requested bytes?  The system gives room by
  // pages, of which a put fills at most one more than its bytes need; a page is free when all of it
  // was read (pipe(7) "Pipe capacity").
  bool RoomFor(std::uint8_t object, std::uint32_t channel, std::uint64_t requested);

 private:
  struct Known {
    std::optional<Unread> unread;
    std::optional<std::uint64_t> pages_max;  // in use
    std::uint64_t pages_in_all_min = 0;      // told with pages_max
  };

  Unread Measure(const ObjectView& object, std::uint32_t channel) const;
  bool Asleep(std::uint32_t id) const;
  bool Reaches(const Operation& op, std::uint32_t channel) const;
  std::uint64_t SwallowedAtMost(const ObjectView& object, std::uint32_t channel,
                                std::uint64_t since_ns) const;
  std::uint64_t CapacityAtLeast(std::uint8_t object) const;
  std::uint64_t PagesAtMost(const ObjectView& object, std::uint32_t channel,
                            std::uint64_t page_bytes) const;

  const ByteStreams& streams_;
  const History& history_;
  const Ends& ends_;
  const std::uint64_t instant_ns_;
  const std::uint64_t slack_ns_;
  const std::vector<std::uint32_t> asleep_;
  std::vector<std::uint32_t> inside_;          // takes that never returned
  std::vector<std::uint64_t> received_least_;  // by put: bytes received before the instant
  std::vector<std::uint64_t> received_most_;   // by put: and by takes that had begun
  std::vector<Known> known_;                   // by channel
};

}  // namespace parley
