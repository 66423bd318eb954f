#include "src/history/sample_history.h"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <limits>

#include "src/base/seed.h"
#include "src/history/names.h"
#include "src/history/validate.h"

namespace parley {
namespace {

// Any number, the extremes more often than chance has it.
std::uint64_t AnyBelow(Random& random, std::uint64_t bound) {
  switch (random.Below(4)) {
    case 0:
      return random.Below(std::min<std::uint64_t>(bound, 10));
    case 1:
      return bound - 1 - random.Below(std::min<std::uint64_t>(bound, 10));
    default:
      return random.Below(bound);
  }
}

template <typename T>
T Any(Random& random) {
  return static_cast<T>(AnyBelow(random, std::numeric_limits<std::uint64_t>::max()));
}

std::string AnyText(Random& random) {
  std::string text;
  const bool any_byte = random.Chance(1, 3);
  for (std::uint64_t i = random.Below(8); i > 0; --i) {
    text += static_cast<char>(any_byte ? random.Below(256) : random.Between('a', 'z'));
  }
  return text;
}

HistoryHeader AnyHeader(Random& random) {
  return {.facility = AnyText(random),
          .family = static_cast<Family>(random.Below(kFamilyNames.size())),
          .scenario = AnyText(random),
          .token = AnyText(random),
          .seed = Any<std::uint64_t>(random),
          .round = Any<std::uint64_t>(random),
          .mode = AnyText(random),
          .kernel = AnyText(random),
          .planted = AnyText(random),
          .clock_slack_ns = AnyBelow(random, kInstantMax),
          .atomic_bytes = AnyBelow(random, kInstantMax),
          .default_capacity_bytes = AnyBelow(random, kInstantMax),
          .capacity_bytes = AnyBelow(random, kInstantMax),
          .capacity_messages = AnyBelow(random, kInstantMax),
          .message_bytes = AnyBelow(random, kInstantMax),
          .class_min = AnyBelow(random, kInstantMax),
          .class_max = AnyBelow(random, kInstantMax),
          .complete = random.Chance(1, 2),
          .drained = random.Chance(1, 2),
          .overwrites = random.Chance(1, 2)};
}

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  History Run(std::size_t operations);

 private:
  std::uint16_t AnyWorker() {
    return static_cast<std::uint16_t>(random_.Below(history_.workers.size()));
  }
  Operation Next();
  void Receive(Operation& op);
  void Rest();

  Random random_;
  History history_;
  std::vector<std::uint64_t> free_from_ns_;  // by worker; kNever: its last operation never returned
};

Operation Generator::Next() {
  Operation op;
  op.worker = AnyWorker();
  if (free_from_ns_[op.worker] == kNever) return op;
  op.invoked_ns = free_from_ns_[op.worker] + random_.Below(1000);
  op.returned_ns = op.invoked_ns + random_.Below(1000);
  op.result = Any<std::int64_t>(random_);
  op.argument = Any<std::uint64_t>(random_);
  op.position = AnyBelow(random_, kInstantMax);
  op.requested = Any<std::uint32_t>(random_);
  op.system_error = random_.Chance(1, 2) ? 0 : static_cast<std::uint16_t>(random_.Below(300));
  op.handle = Any<std::uint16_t>(random_);
  op.pieces = Any<std::uint16_t>(random_);
  op.call = static_cast<std::uint8_t>(random_.Below(history_.calls.size()));
  op.object = Any<std::uint8_t>(random_);
  op.nonblocking = random_.Chance(1, 2);
  free_from_ns_[op.worker] = op.returned_ns;
  if (random_.Chance(1, 8)) {
    op.outcome = random_.Chance(1, 2) ? Outcome::kMaybe : Outcome::kPending;
    if (op.outcome == Outcome::kPending || random_.Chance(1, 2)) op.returned_ns = kNever;
    free_from_ns_[op.worker] = kNever;
  }
  return op;
}

void Generator::Receive(Operation& op) {
  if (history_.effect(op) != Effect::kTake || !op.succeeded()) return;
  op.result = 0;
  for (std::uint64_t i = random_.Below(4); i > 0; --i) {
    const Extent extent{.position = AnyBelow(random_, kInstantMax),
                        .bytes = Any<std::uint32_t>(random_),
                        .writer = AnyWorker(),
                        .kind = static_cast<std::uint16_t>(random_.Below(kExtentNames.size()))};
    if (op.extent_count++ == 0) {
      op.first_extent = static_cast<std::uint32_t>(history_.extents.size());
    }
    op.result += extent.bytes;
    history_.extents.push_back(extent);
  }
}

void Generator::Rest() {
  for (std::uint64_t i = random_.Below(3); i > 0; --i) {
    const std::uint64_t from = random_.Below(kInstantMax);
    history_.faults.push_back({.kind = static_cast<FaultKind>(random_.Below(3)),
                               .worker = AnyWorker(),
                               .invoked_ns = from,
                               .returned_ns = random_.Chance(1, 2) ? kNever : from});
    history_.sightings.push_back({.worker = AnyWorker(),
                                  .from_ns = from,
                                  .until_ns = random_.Chance(1, 2) ? kNever : kInstantMax - 1,
                                  .samples = Any<std::uint32_t>(random_),
                                  .system_call = Any<std::int32_t>(random_),
                                  .heartbeat_gap_ns_max = Any<std::uint64_t>(random_),
                                  .steady = random_.Chance(1, 2)});
    history_.residue.push_back(AnyText(random_));
  }
}

History Generator::Run(std::size_t operations) {
  history_.header = AnyHeader(random_);
  for (std::size_t i = 0; i < kEffectCount; ++i) {
    history_.calls.push_back(
        {.name = std::to_string(i) + ":" + AnyText(random_),
         .effect = static_cast<Effect>(i),
         .gathers = random_.Chance(1, 2),
         .select = static_cast<Selector>(random_.Below(kSelectNames.size())),
         .deadline = static_cast<Deadline>(random_.Below(kDeadlineNames.size())),
         .lock = static_cast<LockKind>(random_.Below(kLockNames.size())),
         .exclusive = random_.Chance(1, 2),
         .truncates = random_.Chance(1, 2),
         .never_restarts = random_.Chance(1, 2)});
    // Receives are what has the most to say.
    history_.calls.push_back({.name = "take " + std::to_string(i), .effect = Effect::kTake});
  }
  for (std::uint64_t i = random_.Between(1, 6); i > 0; --i) {
    history_.workers.push_back({.role = AnyText(random_),
                                .topology = static_cast<Topology>(random_.Below(3)),
                                .creator = random_.Chance(1, 2),
                                .interrupted = random_.Chance(1, 2)});
  }
  free_from_ns_.resize(history_.workers.size());
  for (std::size_t i = 0; i < operations; ++i) {
    Operation op = Next();
    if (op.returned_ns == kNever && op.outcome == Outcome::kReturned) continue;
    Receive(op);
    history_.operations.push_back(op);
  }
  Rest();
  return history_;
}

}  // namespace

History SampleHistory() {
  History history;
  history.header = {.facility = "pipe",
                    .scenario = "pipe_kill",
                    .token = "1.pipe_kill.pipe.f.7.3",
                    .seed = 7,
                    .round = 3,
                    .kernel = "Linux 6.1.0 x86_64",
                    .planted = "",
                    .clock_slack_ns = 40,
                    .default_capacity_bytes = 65536,
                    .capacity_bytes = 65536,
                    .drained = true};
  history.calls = {{.name = "write", .effect = Effect::kPut},
                   {.name = "readv", .effect = Effect::kTake, .gathers = true}};
  history.workers = {
      {.role = "maker", .creator = true},
      {.role = "writer", .topology = Topology::kForked, .interrupted = true},
      {.role = "reader", .topology = Topology::kUnrelated},
  };
  history.operations = {
      {.invoked_ns = 100,
       .returned_ns = 200,
       .result = 64,
       .requested = 64,
       .worker = 1,
       .handle = 2},
      {.invoked_ns = 300,
       .returned_ns = 310,
       .result = -1,
       .position = 64,
       .requested = 64,
       .system_error = EAGAIN,
       .worker = 1,
       .handle = 2,
       .nonblocking = true},
      {.invoked_ns = 400,
       .returned_ns = 900,
       .position = 64,
       .requested = 64,
       .worker = 1,
       .handle = 2,
       .outcome = Outcome::kMaybe},
      {.invoked_ns = 150,
       .returned_ns = 260,
       .result = 70,
       .requested = 4096,
       .first_extent = 0,
       .extent_count = 2,
       .worker = 2,
       .handle = 1,
       .pieces = 2,
       .call = 1},
      {.invoked_ns = 500,
       .requested = 4096,
       .worker = 2,
       .handle = 1,
       .call = 1,
       .outcome = Outcome::kPending},
  };
  history.extents = {
      {.position = 0, .bytes = 64, .writer = 1},
      {.position = 0, .bytes = 6, .kind = static_cast<std::uint16_t>(ExtentKind::kUnidentified)}};
  history.faults = {{.kind = FaultKind::kKill, .worker = 1, .invoked_ns = 800, .returned_ns = 900}};
  history.sightings = {{.worker = 2,
                        .from_ns = 600,
                        .until_ns = 1'000'000'600,
                        .samples = 21,
                        .system_call = 19,
                        .heartbeat_gap_ns_max = 51'000'000,
                        .steady = true}};
  history.residue = {"process 4711 (writer) is alive"};
  return history;
}

History RandomHistory(std::uint64_t seed, std::size_t operations) {
  return Generator(seed).Run(operations);
}

}  // namespace parley
