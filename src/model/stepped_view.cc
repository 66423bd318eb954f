#include "src/model/stepped_view.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <tuple>

namespace parley::model {
namespace {

constexpr std::uint32_t kSmallestPageBytes = 4096;
constexpr std::uint64_t kDefaultPages = 16;

bool IsAboutTheName(Effect effect) {
  return effect == Effect::kMakeName || effect == Effect::kRemoveName ||
         effect == Effect::kQueryName || effect == Effect::kRenameName ||
         effect == Effect::kLinkName;
}

std::optional<CauseKind> CauseOf(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill:
      return CauseKind::kKill;
    case FaultKind::kSignal:
      return CauseKind::kSignal;
    case FaultKind::kSignalRestart:
      return CauseKind::kSignalRestart;
    case FaultKind::kStop:
    case FaultKind::kContinue:
    case FaultKind::kRespawn:  // what the successor is handed are calls
      break;
  }
  return std::nullopt;
}

}  // namespace

SteppedView::SteppedView(const History& history, std::uint8_t object) : history_(history) {
  struct Return {
    std::uint64_t step = 0;
    std::uint32_t id = 0;
  };
  std::vector<Return> returns;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    if (op.object != object) continue;
    named_ = named_ || IsAboutTheName(history.effect(op));
    causes_.push_back({.step = StepAt(op.invoked_ns), .operation = id, .worker = op.worker});
    if (op.outcome == Outcome::kReturned) returns.push_back({StepAt(op.returned_ns), id});
  }
  for (const Fault& fault : history.faults) {
    if (const auto kind = CauseOf(fault.kind)) {
      causes_.push_back({.step = StepAt(fault.invoked_ns), .worker = fault.worker, .kind = *kind});
    }
  }
  std::ranges::sort(causes_, {}, [](const Cause& cause) {
    return std::tuple(cause.step, cause.operation, cause.worker);
  });
  std::ranges::sort(returns, {}, [](const Return& one) { return std::pair(one.step, one.id); });
  returned_.reserve(returns.size());
  for (const Return& one : returns) returned_.push_back(one.id);
  std::size_t cause = 0;
  std::size_t back = 0;
  while (cause < causes_.size() || back < returns.size()) {
    Step step;
    step.number = std::min(cause < causes_.size() ? causes_[cause].step : kNever,
                           back < returns.size() ? returns[back].step : kNever);
    const std::size_t first_cause = cause;
    const std::size_t first_back = back;
    while (cause < causes_.size() && causes_[cause].step == step.number) ++cause;
    while (back < returns.size() && returns[back].step == step.number) ++back;
    step.causes = std::span(causes_).subspan(first_cause, cause - first_cause);
    step.returned = std::span(returned_).subspan(first_back, back - first_back);
    steps_.push_back(step);
  }
}

std::uint32_t ObjectCount(const History& history) {
  std::uint32_t count = 0;
  for (const Operation& op : history.operations) {
    count = std::max(count, op.object + 1U);
  }
  return count;
}

bool OpensNonblocking(const History& history, const Operation& op) {
  return op.nonblocking || op.failed_with(ENXIO) ||
         history.calls[op.call].name.ends_with("nonblock");
}

bool AsksForRoom(const History& history, const Operation& op) {
  return history.calls[op.call].name == "poll_write";
}

bool RefusedByEnvironment(const Operation& op) {
  if (op.outcome != Outcome::kReturned) return false;
  switch (op.system_error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EACCES:
    case EPERM:
    case ENOTSUP:
      return true;
    default:
      return false;
  }
}

std::uint32_t PageBytes(const HistoryHeader& header) {
  const std::uint64_t bytes = header.default_capacity_bytes / kDefaultPages;
  return std::max(kSmallestPageBytes, static_cast<std::uint32_t>(bytes));
}

std::uint64_t FreshCapacityBytes(const HistoryHeader& header) {
  if (header.default_capacity_bytes != 0) return header.default_capacity_bytes;
  if (header.capacity_bytes != 0) return header.capacity_bytes;
  return kDefaultPages * kSmallestPageBytes;
}

}  // namespace parley::model
