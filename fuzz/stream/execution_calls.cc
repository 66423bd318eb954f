// One call after another, and what becomes of those that contradict the model.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "fuzz/stream/coverage.h"
#include "fuzz/stream/execution.h"
#include "src/check/checker.h"
#include "src/history/message_calls.h"
#include "src/program/message.h"
#include "src/promise/promise.h"
#include "src/shrink/listing.h"

namespace parley::fuzz {
namespace {

constexpr std::uint32_t kTag = 0x70617266;  // of all payload: objects are never shared
// QueueStatus but for the last users: all workers are one process.
constexpr std::uint32_t kStatuses = 2;
constexpr std::uint32_t kPiecesMax = 3;  // of calls that gather
constexpr std::size_t kTakesMax = 1000;  // until nothing is left

bool Receives(Effect effect) { return effect == Effect::kTake || effect == Effect::kPeek; }

}  // namespace

std::optional<std::string> Execution::RunAll(const Stream& stream) {
  bool left_out = false;
  for (std::uint16_t worker = 0; worker < kWorkers; ++worker) {
    for (const std::string_view opening : target_.openings) {
      if (auto wrong = Call({.worker = worker, .call = CallNamed(opening)}, {}, left_out)) {
        return Explain(*wrong);
      }
    }
  }
  for (const FuzzOperation& operation : stream) {
    situations_.push_back(follower_->Now());
    left_out = false;
    const auto body = static_cast<Body>(operation.body % static_cast<unsigned>(Body::kCount));
    auto wrong = Call(Asked(operation), body, left_out);
    performed_.push_back(left_out ? kLeftOut
                                  : static_cast<std::uint32_t>(history_.operations.size() - 1));
    if (wrong) return Explain(*wrong);
  }
  return std::nullopt;
}

// What the operation asks for; which bytes it puts is decided when it is made.
Operation Execution::Asked(const FuzzOperation& operation) const {
  const CallTraits& call = traits(operation);
  Operation op{
      .worker = operation.worker, .handle = operation.handle, .call = calls_[operation.call]};
  switch (call.effect) {
    case Effect::kPut:
    case Effect::kTake:
    case Effect::kPeek:
      op.requested = operation.bytes;
      if (call.gathers) op.pieces = static_cast<std::uint16_t>(1 + operation.body % kPiecesMax);
      if (messages_) op.argument = operation.argument;
      break;
    case Effect::kQueryUnread:
      if (messages_) op.argument = operation.argument % kStatuses;
      break;
    case Effect::kDuplicate:
      op.argument = operation.handle;
      op.handle = 0;
      break;
    case Effect::kSetPackets:
    case Effect::kSetNonblocking:
      op.argument = operation.argument % 2;
      break;
    case Effect::kResize:
    case Effect::kDeriveKey:
      op.argument = operation.argument;
      break;
    default:
      break;
  }
  return op;
}

// The buffer of the call, filled if it offers something.
std::span<iovec> Execution::Offer(Operation& op, Body body) {
  turn_ = 1 - turn_;
  std::span<std::byte> buffer(buffers_[turn_].data() + kHeadroomBytes, op.requested);
  if (facility_.Calls()[op.call].effect == Effect::kPut) {
    op.position = workers_[op.worker].position;
    if (messages_) {
      EncodeMessage(buffer, kTag, op.worker, body, op.position);
    } else {
      EncodeRecord(buffer, Encoding::kSelfIdentifying, kTag, op.worker,
                   static_cast<std::uint8_t>(op.worker), body, op.position);
    }
  }
  for (std::uint16_t i = 0; i < op.pieces; ++i) {
    const std::size_t bytes = i + 1 == op.pieces ? buffer.size() : op.requested / op.pieces;
    pieces_[i] = {.iov_base = buffer.data(), .iov_len = bytes};
    buffer = buffer.subspan(bytes);
  }
  return std::span(pieces_).first(op.pieces);
}

std::optional<std::string> Execution::Call(Operation op, Body body, bool& left_out) {
  const CallTraits& call = facility_.Calls()[op.call];
  Request request{.call = op.call, .handle = op.handle, .argument = op.argument, .pieces = {}};
  if (call.effect == Effect::kPut || Receives(call.effect)) request.pieces = Offer(op, body);
  const std::uint16_t resolved = workers_[op.worker].port->Resolve(request);
  if (Duplicates(call.effect)) {
    op.argument = resolved;
  } else if (resolved != 0) {
    op.handle = request.handle = resolved;
  }
  if (call.splices) op.argument = kBySplice;
  op.nonblocking = call.nonblocking;
  left_out = follower_->Waits(op);
  if (left_out) return std::nullopt;
  const Reply reply = Perform(op, request);
  history_.operations.push_back(op);
  auto wrong = follower_->Follow();
  if (wrong) return wrong;
  if (reply.system_error == 0) ++times_[op.call];
  CountFeature({.call = op.call,
                .call_before = call_before_,
                .system_error = reply.system_error,
                .nothing = reply.result == 0,
                .times = times_[op.call],
                .shape = follower_->Shape()});
  call_before_ = op.call;
  return std::nullopt;
}

// Makes the call, in a step of its own, and notes what it did.
Reply Execution::Perform(Operation& op, const Request& request) {
  const Effect effect = facility_.Calls()[op.call].effect;
  Worker& worker = workers_[op.worker];
  ++step_;
  op.invoked_ns = step_ * kStepNs;
  op.returned_ns = op.invoked_ns + kReturnNs;
  const Reply reply = worker.port->Perform(request);
  op.result = reply.result;
  op.system_error = static_cast<std::uint16_t>(reply.system_error);
  op.nonblocking = op.nonblocking || reply.nonblocking;
  if (MakesHandle(effect)) op.handle = reply.handle;
  if (Receives(effect) && reply.system_error == 0) Receive(op, reply);
  if (effect != Effect::kPut) return reply;
  if (reply.system_error == 0) {
    worker.position += messages_ ? op.requested : static_cast<std::uint64_t>(reply.result);
  }
  const std::span offered(buffers_[turn_].data() + kHeadroomBytes, op.requested);
  std::ranges::fill(offered, kOverwrittenByte);
  return reply;
}

void Execution::Receive(Operation& op, const Reply& reply) {
  // A broken library may claim more than there was room for.
  const auto count = std::min<std::size_t>(static_cast<std::size_t>(reply.result), op.requested);
  const std::span received(buffers_[turn_].data() + kHeadroomBytes, count);
  extents_.clear();
  if (messages_) {
    op.argument =
        PackClass({.asked = static_cast<std::uint32_t>(op.argument), .told = reply.told_class});
    if (count > 0) extents_.push_back(DecodeMessage(received, kTag).extent);
  } else if (Effect::kPeek == facility_.Calls()[op.call].effect || count > 0) {
    const std::uint64_t decided = decoder_->Feed(received, extents_);
    if (decided < count) decoder_->Finish(extents_);
  }
  op.first_extent = extents_.empty() ? 0 : static_cast<std::uint32_t>(history_.extents.size());
  op.extent_count = static_cast<std::uint32_t>(extents_.size());
  history_.extents.insert(history_.extents.end(), extents_.begin(), extents_.end());
}

// The first call with that effect that does not wait, else the first with that effect.
std::uint8_t Execution::CallThatReturns(Effect effect) const {
  const auto calls = facility_.Calls();
  const auto with = [&](bool nonblocking) {
    return std::ranges::find_if(calls, [&](const CallTraits& call) {
      return call.effect == effect && (call.nonblocking || !nonblocking);
    });
  };
  const auto found = with(true) != calls.end() ? with(true) : with(false);
  return static_cast<std::uint8_t>(found - calls.begin());
}

// Takes what is left by the handle, so that what is lost can be told.  False when the last take
// says something else than that nothing is left.
bool Execution::TakeAll(std::uint16_t worker, std::uint8_t call, std::uint16_t handle) {
  for (std::size_t i = 0; i < kTakesMax; ++i) {
    Operation take{.worker = worker, .handle = handle, .call = call};
    const std::uint64_t most = messages_ ? history_.header.message_bytes : target_.bytes_max;
    take.requested = static_cast<std::uint32_t>(std::min<std::uint64_t>(most, target_.bytes_max));
    Request request{.call = call, .handle = handle, .pieces = Offer(take, {})};
    Perform(take, request);
    history_.operations.push_back(take);
    if (take.system_error != 0 || (!messages_ && take.result == 0)) {
      return take.system_error == 0 || take.system_error == EAGAIN || take.system_error == ENOMSG;
    }
  }
  return false;
}

// A queue's maker does that in a round, too; of a byte stream it is whoever can read.
void Execution::Drain() {
  if (messages_) {
    Operation open{.worker = kWorkers, .call = CallThatReturns(Effect::kOpenBoth)};
    Perform(open, {.call = open.call, .pieces = {}});
    history_.operations.push_back(open);
    if (open.system_error != 0) return;
    history_.header.drained = TakeAll(kWorkers, CallThatReturns(Effect::kTake), open.handle);
    return;
  }
  const std::uint8_t read = CallNamed("read");
  for (std::uint16_t worker = 0; worker < kWorkers && !history_.header.drained; ++worker) {
    const std::uint16_t handle = workers_[worker].port->Resolve({.call = read, .pieces = {}});
    if (handle != 0) history_.header.drained = TakeAll(worker, read, handle);
  }
}

// Promises that judgements find broken.
Execution::Blame Execution::Blamed() const {
  Blame blame;
  std::set<std::string> promises;
  for (const Judgement& judgement : Judge(history_)) {
    if (judgement.verdict != Verdict::kBroken) continue;
    const auto bindings = facility_.Bindings();
    const auto bound = std::ranges::find(bindings, judgement.clause, &Binding::clause);
    if (bound == bindings.end()) continue;
    promises.insert(InstanceId(bound->promise, facility_.Name()));
    if (!blame.first) blame.first = judgement;
  }
  blame.promises = fmt::format("{}", fmt::join(promises, " "));
  return blame;
}

std::string Execution::Explain(const std::string& expected) {
  const auto last = history_.operations.size() - 1;
  Drain();
  const Blame blame = Blamed();
  return fmt::format(
      "call #{} contradicts the model: {}\n{}\n{}", last, expected,
      blame.first ? "broken: " + blame.promises : "a deviation: no promise is broken",
      StepListing(history_, blame.first ? &*blame.first : nullptr));
}

std::optional<std::string> Execution::AskCheckers() const {
  const Blame blame = Blamed();
  if (!blame.first) return std::nullopt;
  return fmt::format("a false alarm: the model explains what breaks {}\n{}", blame.promises,
                     StepListing(history_, &*blame.first));
}

}  // namespace parley::fuzz
