#include "src/history/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>

#include "src/history/names.h"

namespace parley {
namespace {

using Problem = std::optional<std::string>;

constexpr std::size_t kCallsMax = std::numeric_limits<std::uint8_t>::max() + std::size_t{1};
constexpr std::size_t kWorkersMax = std::numeric_limits<std::uint16_t>::max() + std::size_t{1};

template <typename Enum>
bool Beyond(Enum value, std::size_t count) {
  return static_cast<std::size_t>(value) >= count;
}

Problem CheckWorker(const History& history, std::uint16_t worker) {
  if (worker < history.workers.size()) return std::nullopt;
  return fmt::format("worker {} is not among the {} workers", worker, history.workers.size());
}

// An interval that may be open at its end.
Problem CheckInterval(std::uint64_t from_ns, std::uint64_t until_ns) {
  if (from_ns >= kInstantMax || (until_ns >= kInstantMax && until_ns != kNever)) {
    return "a time is beyond 2^62 ns";
  }
  if (until_ns < from_ns) return "it ends before it begins";
  return std::nullopt;
}

}  // namespace

Problem HistoryValidator::Heading() {
  const HistoryHeader& header = history_.header;
  if (header.version != HistoryHeader{}.version) {
    return fmt::format("history of version {}; this parley reads version {}", header.version,
                       HistoryHeader{}.version);
  }
  if (header.clock_slack_ns >= kInstantMax) return "clock slack is beyond 2^62 ns";
  if (std::max({header.atomic_bytes, header.capacity_bytes, header.default_capacity_bytes,
                header.capacity_messages, header.message_bytes, header.class_min,
                header.class_max}) >= kInstantMax) {
    return "a size is beyond 2^62 bytes";
  }
  if (history_.calls.size() > kCallsMax) return fmt::format("more than {} calls", kCallsMax);
  if (history_.workers.size() > kWorkersMax) {
    return fmt::format("more than {} workers", kWorkersMax);
  }
  if (Beyond(header.family, kFamilyNames.size())) return "its family is unknown";
  std::set<std::string_view> names;
  for (const Call& call : history_.calls) {
    if (Beyond(call.effect, kEffectCount)) return "a call's effect is unknown";
    if (Beyond(call.deadline, kDeadlineNames.size())) return "a call's deadline is unknown";
    if (Beyond(call.lock, kLockNames.size())) return "the kind of a call's lock is unknown";
    if (Beyond(call.select, kSelectNames.size())) return "what a call selects is unknown";
    if (!names.insert(call.name).second) {
      return fmt::format("call \"{}\" is listed twice", call.name);
    }
  }
  for (const WorkerInfo& worker : history_.workers) {
    if (Beyond(worker.topology, kTopologyNames.size())) return "a worker's topology is unknown";
  }
  progress_.assign(history_.workers.size(), {});
  return std::nullopt;
}

Problem HistoryValidator::References(const Operation& op) const {
  if (op.call >= history_.calls.size()) {
    return fmt::format("call {} is not among the {} calls", op.call, history_.calls.size());
  }
  if (op.position >= kInstantMax) return "its position is beyond 2^62";
  if (Beyond(op.outcome, kOutcomeNames.size())) return "its outcome is unknown";
  return CheckWorker(history_, op.worker);
}

Problem HistoryValidator::Times(const Operation& op) {
  if (Problem problem = CheckInterval(op.invoked_ns, op.returned_ns)) return problem;
  if (op.outcome == Outcome::kReturned && op.returned_ns == kNever) {
    return "it returned, and has no time of return";
  }
  if (op.outcome == Outcome::kPending && op.returned_ns != kNever) {
    return "it is pending, and has a time of return";
  }
  Progress& progress = progress_[op.worker];
  if (progress.over) {
    return fmt::format("worker {} goes on after an operation that never returned", op.worker);
  }
  if (op.invoked_ns < progress.free_from_ns) {
    return fmt::format("worker {} begins it before its operation before has returned", op.worker);
  }
  progress = {.free_from_ns = op.returned_ns, .over = op.outcome != Outcome::kReturned};
  return std::nullopt;
}

Problem HistoryValidator::Received(const Operation& op, std::span<const Extent> received) const {
  if (received.empty()) return std::nullopt;
  const Effect effect = history_.effect(op);
  if ((effect != Effect::kTake && effect != Effect::kPeek) || !op.succeeded()) {
    return "it received extents, but is no receive that succeeded";
  }
  std::uint64_t bytes = 0;
  for (const Extent& extent : received) {
    if (extent.kind >= kExtentNames.size()) return "the kind of an extent is unknown";
    const bool written = extent.kind == static_cast<std::uint16_t>(ExtentKind::kWritten);
    if (written && extent.position >= kInstantMax) return "an extent's position is beyond 2^62";
    if (written) {
      if (Problem problem = CheckWorker(history_, extent.writer)) return problem;
    }
    bytes += extent.bytes;
  }
  if (op.result < 0 || bytes > static_cast<std::uint64_t>(op.result)) {
    return fmt::format("its extents add up to {} bytes; it returned {}", bytes, op.result);
  }
  return std::nullopt;
}

Problem HistoryValidator::Next(const Operation& op, std::span<const Extent> received) {
  if (Problem problem = References(op)) return problem;
  if (Problem problem = Times(op)) return problem;
  return Received(op, received);
}

Problem HistoryValidator::Check(const Fault& fault) const {
  if (Beyond(fault.kind, kFaultNames.size())) return "its kind is unknown";
  if (Problem problem = CheckInterval(fault.invoked_ns, fault.returned_ns)) return problem;
  return CheckWorker(history_, fault.worker);
}

Problem HistoryValidator::Check(const Sighting& sighting) const {
  if (Problem problem = CheckInterval(sighting.from_ns, sighting.until_ns)) return problem;
  return CheckWorker(history_, sighting.worker);
}

Result<void> ValidateHistory(const History& history) {
  const auto own = [](std::string_view what, std::size_t index, const std::string& problem) {
    return std::unexpected(Error{
        .message = fmt::format("the history is inconsistent: {} {}: {}", what, index, problem)});
  };
  HistoryValidator validator(history);
  if (const Problem problem = validator.Heading()) return own("header", 0, *problem);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.extent_count > 0 &&
        std::uint64_t{op.first_extent} + op.extent_count > history.extents.size()) {
      return own("operation", i, "its extents do not exist");
    }
    const auto received = op.extent_count > 0 ? history.received(op) : std::span<const Extent>();
    if (const Problem problem = validator.Next(op, received)) return own("operation", i, *problem);
  }
  for (std::size_t i = 0; i < history.faults.size(); ++i) {
    if (const Problem problem = validator.Check(history.faults[i]))
      return own("fault", i, *problem);
  }
  for (std::size_t i = 0; i < history.sightings.size(); ++i) {
    if (const Problem problem = validator.Check(history.sightings[i])) {
      return own("sighting", i, *problem);
    }
  }
  return {};
}

}  // namespace parley
