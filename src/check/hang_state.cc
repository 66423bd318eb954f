#include "src/check/hang_state.h"

#include <algorithm>
#include <utility>

namespace parley {
namespace {

// A pipe of default capacity has 16 pages; 2 when its owner has too many (pipe(7)).
constexpr std::uint64_t kDefaultPages = 16;
constexpr std::uint64_t kLeastPages = 2;
constexpr std::uint64_t kSmallestPageBytes = 4096;

std::uint64_t PageBytes(const HistoryHeader& header) {
  return std::max(kSmallestPageBytes, header.default_capacity_bytes / kDefaultPages);
}

std::uint64_t PagesOf(std::uint64_t bytes, std::uint64_t page_bytes) {
  return (bytes + page_bytes - 1) / page_bytes + 1;
}

}  // namespace

ContentAt::ContentAt(const ByteStreams& streams, const Ends& ends, std::uint64_t instant_ns,
                     std::vector<std::uint32_t> asleep)
    : streams_(streams),
      history_(streams.history()),
      ends_(ends),
      instant_ns_(instant_ns),
      slack_ns_(history_.header.clock_slack_ns),
      asleep_(std::move(asleep)),
      received_least_(streams.puts().size()),
      received_most_(streams.puts().size()),
      known_(ends.channel_count()) {
  for (std::uint32_t i = 0; i < streams_.takes().size(); ++i) {
    const std::uint32_t id = streams_.takes()[i].id;
    const Operation& take = streams_.operation(id);
    const bool before = PlusNs(take.returned_ns, slack_ns_) < instant_ns_;
    const bool begun = take.invoked_ns <= PlusNs(instant_ns_, slack_ns_) && !Asleep(id);
    const Range pieces = streams_.PiecesOf(i);
    for (std::uint32_t p = pieces.begin; begun && p < pieces.end; ++p) {
      const Piece& piece = streams_.pieces()[p];
      if (piece.put != kNoPut) {
        received_least_[piece.put] += before ? piece.bytes : 0;
        received_most_[piece.put] += piece.bytes;
      }
    }
  }
  for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
    const Operation& op = history_.operations[id];
    if (op.outcome == Outcome::kPending && history_.effect(op) == Effect::kTake && !Asleep(id)) {
      inside_.push_back(id);
    }
  }
}

bool ContentAt::Asleep(std::uint32_t id) const { return std::ranges::binary_search(asleep_, id); }

bool ContentAt::Reaches(const Operation& op, std::uint32_t channel) const {
  const auto [first, last] = ends_.ChannelsOf(op);
  return first <= channel && channel < last;
}

Unread ContentAt::UnreadIn(std::uint8_t object, std::uint32_t channel) {
  std::optional<Unread>& unread = known_[channel].unread;
  if (!unread) {
    unread = Measure(streams_.objects()[object], channel);
  }
  return *unread;
}

Unread ContentAt::Measure(const ObjectView& object, std::uint32_t channel) const {
  const auto since_ns = ends_.HeldSince(channel, instant_ns_);
  Unread unread;
  if (!since_ns || object.discards) {
    return unread;
  }
  std::uint64_t returned_ns = kNever;
  for (std::uint32_t i = object.puts.begin; i < object.puts.end; ++i) {
    const Put& put = streams_.puts()[i];
    const Operation& op = streams_.operation(put.id);
    if (!put.returned() || PlusNs(op.returned_ns, slack_ns_) >= instant_ns_ ||
        op.invoked_ns <= *since_ns || received_most_[i] >= put.bytes ||
        ends_.ChannelOf(op) != channel) {
      continue;
    }
    unread.bytes += put.bytes - received_most_[i];
    if (op.returned_ns < returned_ns) {
      returned_ns = op.returned_ns;
      unread.put = i;
    }
  }
  const std::uint64_t swallowed = SwallowedAtMost(object, channel, *since_ns);
  return unread.bytes > swallowed ? Unread{unread.bytes - swallowed, unread.put} : Unread{};
}

// Bytes that takes may have received without its being known which: those of killed processes,
// those under way, and those that could not be identified.
std::uint64_t ContentAt::SwallowedAtMost(const ObjectView& object, std::uint32_t channel,
                                         std::uint64_t since_ns) const {
  std::uint64_t bytes = 0;
  for (std::uint32_t i = object.takes.begin; i < object.takes.end; ++i) {
    const std::uint32_t id = streams_.takes()[i].id;
    const Operation& take = streams_.operation(id);
    if (Asleep(id) || take.invoked_ns > PlusNs(instant_ns_, slack_ns_) ||
        PlusNs(take.returned_ns, slack_ns_) < since_ns || !Reaches(take, channel)) {
      continue;
    }
    if (take.outcome != Outcome::kReturned) {
      bytes += take.requested;
      continue;
    }
    std::uint64_t told = 0;
    const Range pieces = streams_.PiecesOf(i);
    for (std::uint32_t p = pieces.begin; p < pieces.end; ++p) {
      const Piece& piece = streams_.pieces()[p];
      told += piece.put != kNoPut ? piece.bytes : 0;
    }
    bytes += static_cast<std::uint64_t>(take.result) - told;
  }
  for (const std::uint32_t id : inside_) {
    const Operation& take = history_.operations[id];
    bytes += take.object == object.object && Reaches(take, channel) ? take.requested : 0;
  }
  return bytes;
}

// The smallest capacity that the object may have had; 0 when unknown.
std::uint64_t ContentAt::CapacityAtLeast(std::uint8_t object) const {
  const HistoryHeader& header = history_.header;
  std::uint64_t least = header.capacity_bytes;
  const auto lower = [&](std::uint64_t bytes) { least = std::min(least, bytes); };
  // A name's object is made anew with the first handle, as small as the system then likes.
  if (ends_.named(object)) {
    lower(kLeastPages * PageBytes(header));
  }
  for (const Operation& op : history_.operations) {
    const Effect effect = history_.effect(op);
    const bool resizes = effect == Effect::kResize;
    if (op.object != object || (!resizes && effect != Effect::kQueryCapacity)) {
      continue;
    }
    if (op.succeeded() && op.result >= 0) {
      lower(static_cast<std::uint64_t>(op.result));
    } else if (resizes && MayHaveHappened(op)) {
      lower(op.argument);
    }
  }
  return least;
}

std::uint64_t ContentAt::PagesAtMost(const ObjectView& object, std::uint32_t channel,
                                     std::uint64_t page_bytes) const {
  std::uint64_t pages = 0;
  for (std::uint32_t i = object.puts.begin; i < object.puts.end; ++i) {
    const Put& put = streams_.puts()[i];
    const Operation& op = streams_.operation(put.id);
    if (op.invoked_ns > PlusNs(instant_ns_, slack_ns_) || received_least_[i] >= put.bytes ||
        (streams_.atomic(put) && Asleep(put.id)) || !Reaches(op, channel)) {
      continue;
    }
    pages += PagesOf(put.bytes, page_bytes);
  }
  return pages;
}

bool ContentAt::RoomFor(std::uint8_t object, std::uint32_t channel, std::uint64_t requested) {
  const std::uint64_t page_bytes = PageBytes(history_.header);
  Known& known = known_[channel];
  if (!known.pages_max) {
    known.pages_max = PagesAtMost(streams_.objects()[object], channel, page_bytes);
    known.pages_in_all_min = CapacityAtLeast(object) / page_bytes;
  }
  return *known.pages_max == 0 ||
         *known.pages_max + PagesOf(requested, page_bytes) <= known.pages_in_all_min;
}

}  // namespace parley
