#include "src/engine/worker_stream.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/base/clock.h"

namespace parley {
namespace {

constexpr std::uint64_t kBackOffNs = 20 * kNsPerUs;  // after EAGAIN
constexpr int kErrorsBeforeGivingUp = 16;
constexpr int kBrokenPipesBeforeGivingUp = 3;

}  // namespace

FaultClock::FaultClock(const ArenaHeader& header, std::uint32_t plan) {
  const SharedProgram& program = header.program;
  for (std::uint32_t i = 0; i < program.fault_count; ++i) {
    if (program.faults[i].worker == plan && !header.dealt[i].load()) due_.push_back(i);
  }
  std::ranges::sort(
      due_, {}, [&](std::uint32_t i) { return std::pair(program.faults[i].after_operations, i); });
}

std::optional<std::uint32_t> FaultClock::Due(const SharedProgram& program,
                                             std::uint64_t operations) {
  if (next_ == due_.size() || program.faults[due_[next_]].after_operations > operations) {
    return std::nullopt;
  }
  return due_[next_++];
}

WorkerStream::WorkerStream(ArenaHeader& header, Seat& seat, const WorkerPlan& plan,
                           Performer& performer, Disturbance& disturbance, Random& random)
    : header_(header),
      seat_(seat),
      plan_(plan),
      performer_(performer),
      disturbance_(disturbance),
      random_(random),
      faults_(header, seat.plan),
      locks_(performer, plan.stream, random) {
  const StreamPlan& stream = plan_.stream;
  for (std::uint32_t i = 0; i < stream.call_count; ++i) weights_ += stream.calls[i].weight;
}

void WorkerStream::Run() {
  while (!Over()) {
    DealFaults();
    disturbance_.Between();
    Count(seat_.drawn);
    if (!MakeDrawnCall()) break;
  }
}

bool WorkerStream::Over() {
  if (header_.stop.load(std::memory_order_relaxed) != 0) return true;
  if (!performer_.HasRoom(kMaxPieces)) {
    seat_.truncated = true;
    header_.stop.store(1, std::memory_order_relaxed);
    return true;
  }
  return plan_.stream.operations > 0 &&
         seat_.drawn.load(std::memory_order_relaxed) >= plan_.stream.operations;
}

std::uint8_t WorkerStream::DrawCall() {
  const StreamPlan& stream = plan_.stream;
  if (stream.call_count == 1) return stream.calls[0].call;
  std::uint64_t ticket = random_.Below(weights_);
  for (std::uint32_t i = 0; i < stream.call_count; ++i) {
    if (ticket < stream.calls[i].weight) return stream.calls[i].call;
    ticket -= stream.calls[i].weight;
  }
  return stream.calls[0].call;
}

// One drawn call.  False when the stream has come to its end.
bool WorkerStream::MakeDrawnCall() {
  const StreamPlan& stream = plan_.stream;
  const std::uint8_t call = DrawCall();
  if (performer_.facility().GetFamily() == Family::kLocks) return GoOn(locks_.Next(call));
  const Effect effect = performer_.EffectOf(call);
  const bool gathers = performer_.facility().Calls()[call].gathers;
  const std::uint32_t bytes = stream.sizes.Draw(random_);
  Performer::Transfer transfer{.call = call, .bytes = bytes};
  if (gathers) transfer.pieces = stream.pieces.Draw(random_);
  if (stream.classes.count > 0) transfer.klass = stream.classes.Draw(random_);
  switch (effect) {
    case Effect::kPut:
      transfer.body = DrawBody(plan_.bodies, random_);
      return GoOn(performer_.Put(transfer));
    case Effect::kPeek:
      performer_.Take(transfer);
      return true;
    case Effect::kTake: {
      const Reply reply = performer_.Take(transfer);
      return !WasLast(reply, bytes) && GoOn(reply);
    }
    case Effect::kResize:
      performer_.Perform(call, 0, bytes);
      return true;
    case Effect::kSetNonblocking:
      performer_.Perform(call, 0, random_.Below(2));
      return true;
    default:
      performer_.Perform(call, 0, 0);
      return true;
  }
}

// End-of-file, or the message that stands for it.
bool WorkerStream::WasLast(const Reply& reply, std::uint32_t asked) const {
  if (reply.system_error != 0) return false;
  return performer_.messages() ? performer_.received_last() : reply.result == 0 && asked > 0;
}

bool WorkerStream::GoOn(const Reply& reply) {
  switch (reply.system_error) {
    case 0:
      errors_ = 0;
      return true;
    case EINTR:
    case EDEADLK:
      return true;
    case EAGAIN:
    case ENOMSG:
      SleepNs(kBackOffNs);
      performer_.Refresh();
      return true;
    case EPIPE:
      return ++broken_pipes_ < kBrokenPipesBeforeGivingUp;
    default:
      return ++errors_ < kErrorsBeforeGivingUp;
  }
}

void WorkerStream::DealFaults() {
  const auto due = faults_.Due(header_.program, seat_.drawn.load(std::memory_order_relaxed));
  if (!due) return;
  seat_.fault_wanted.store(*due + 1, std::memory_order_release);
  RingBell(header_);
  const FaultPlan& fault = header_.program.faults[*due];
  if (fault.where != KillWhere::kBetween) return;
  // The leader answers by killing, or by stopping and continuing and clearing the word.
  while (seat_.fault_wanted.load(std::memory_order_acquire) == *due + 1) {
    FutexWait(seat_.fault_wanted, *due + 1, 0);
  }
  performer_.Refresh();
}

}  // namespace parley
