// O-MODEL on counters: never is more accepted and unreceived than the capacity.
//
// Time O(n log k) for k workers, memory 8 bytes an operation beyond the view.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/ends.h"
#include "src/check/merge_runs.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kOverfull};

// The largest capacity that an object may have had.
struct Capacity {
  std::uint64_t bytes = 0;
  bool unknown = false;  // a process was killed while it changed it, or is still at it
};

std::vector<Capacity> Capacities(const History& history, std::size_t object_count) {
  std::vector<Capacity> capacities(object_count, {.bytes = history.header.capacity_bytes});
  const bool resizes = std::ranges::any_of(
      history.calls, [](const Call& call) { return call.effect == Effect::kResize; });
  if (!resizes) {
    return capacities;
  }
  for (const Operation& op : history.operations) {
    if (history.effect(op) != Effect::kResize) {
      continue;
    }
    Capacity& capacity = capacities[op.object];
    if (op.outcome != Outcome::kReturned) {
      capacity.unknown = true;
    } else if (op.system_error == 0 && op.result > 0) {
      capacity.bytes = std::max(capacity.bytes, static_cast<std::uint64_t>(op.result));
    }
  }
  return capacities;
}

// The puts that returned, in the order of their return.
std::vector<std::uint32_t> PutsByReturn(const ByteStreams& streams, const ObjectView& object) {
  struct Returned {
    std::uint64_t returned_ns;
    std::uint32_t put;
  };
  std::vector<Returned> returned;
  for (std::uint32_t i = object.puts.begin; i < object.puts.end; ++i) {
    if (streams.puts()[i].returned()) {
      returned.push_back({streams.operation(streams.puts()[i].id).returned_ns, i});
    }
  }
  MergeRuns(returned,
            [](const Returned& a, const Returned& b) { return a.returned_ns < b.returned_ns; });
  std::vector<std::uint32_t> puts;
  puts.reserve(returned.size());
  for (const Returned& entry : returned) {
    puts.push_back(entry.put);
  }
  return puts;
}

// What is unread may be gone, by the rules, when nobody held the object for a moment, or when its
// name led to another one in between.
bool MayHaveDiscarded(const History& history, std::uint8_t object, std::uint64_t from_ns,
                      std::uint64_t until_ns) {
  const Ends ends(history);
  if (std::ranges::find(ends.holds(), object, &Hold::object) == ends.holds().end()) {
    return false;
  }
  const auto [first, last] = ends.ChannelsOf(object);
  return last - first != 1 || !ends.HeldThroughout(first, Side::kEither, from_ns, until_ns);
}

void JudgeObject(const ByteStreams& streams, const ObjectView& object, const Capacity& capacity,
                 Tally& tally) {
  const History& history = streams.history();
  const auto takes = streams.takes(object);
  std::size_t next = 0;
  std::uint64_t accepted_bytes = 0;
  std::uint64_t received_bytes = 0;  // at most
  std::uint64_t first_put_ns = kNever;
  for (const std::uint32_t index : PutsByReturn(streams, object)) {
    const Put& put = streams.puts()[index];
    accepted_bytes += put.bytes;
    const std::uint64_t now_ns = streams.operation(put.id).returned_ns;
    // Of the first to return, which may not have been the first to be invoked: later is fine, since
    // its own handle was held then.
    first_put_ns = std::min(first_put_ns, now_ns);
    while (next < takes.size()) {
      const Operation& take = streams.operation(takes[next].id);
      if (now_ns + history.header.clock_slack_ns < take.invoked_ns) {
        break;
      }
      received_bytes += take.outcome == Outcome::kReturned ? static_cast<std::uint64_t>(take.result)
                                                           : take.requested;
      ++next;
    }
    if (accepted_bytes <= received_bytes || accepted_bytes - received_bytes <= capacity.bytes) {
      continue;
    }
    if (MayHaveDiscarded(history, object.object, first_put_ns, now_ns)) {
      return;
    }
    const std::string reason =
        fmt::format("{} bytes were accepted and unreceived, the capacity is {}",
                    accepted_bytes - received_bytes, capacity.bytes);
    if (history.header.complete && !capacity.unknown) {
      tally.Break(reason, {put.id});
    } else {
      tally.Doubt(reason + ", but not every call is on record as having returned", {put.id});
    }
    return;
  }
}

void JudgeFlow(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  Tally tally(Clause::kOverfull);
  const std::vector<Capacity> capacities = Capacities(streams.history(), streams.objects().size());
  for (const ObjectView& object : streams.objects()) {
    const Capacity& capacity = capacities[object.object];
    if (capacity.bytes > 0 && !object.discards) {
      tally.AddChances(object.puts.size());
      JudgeObject(streams, object, capacity, tally);
    }
  }
  tally.Report(judgements);
}

const CheckerRegistration kRegistration({.name = "flow",
                                         .oracle = "O-MODEL on counters",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeFlow>,
                                         .judge_streams = JudgeFlow});

}  // namespace
}  // namespace parley
