#include "src/engine/performer.h"

#include <algorithm>
#include <cstring>

#include "src/base/clock.h"
#include "src/history/lock_calls.h"
#include "src/history/message_calls.h"
#include "src/program/message.h"

namespace parley {
namespace {

constexpr std::size_t kMinimumBufferBytes = 1U << 16;

std::size_t BufferBytes(const WorkerPlan& plan) {
  std::size_t bytes = kMinimumBufferBytes;
  if (plan.stream.call_count > 0) bytes = std::max<std::size_t>(bytes, plan.stream.sizes.Largest());
  for (std::uint32_t i = 0; i < plan.step_count; ++i) {
    bytes = std::max<std::size_t>(bytes, plan.steps[i].bytes);
  }
  return std::min<std::size_t>(bytes, kMaxMessageBytes);
}

void Store(OperationRecord& record, const Extent& extent) {
  record.position = extent.position;
  record.extent_bytes = extent.bytes;
  record.extent_writer = extent.writer;
  record.extent_kind = extent.kind;
  record.flags |= kFlagInlineExtent;
}

}  // namespace

Performer::Performer(ArenaHeader& header, std::byte* records, Seat& seat, const WorkerPlan& plan,
                     const Facility& facility, std::unique_ptr<Port> port, std::uint32_t tag,
                     std::vector<std::uint16_t> identities, Decoder::Gaps gaps)
    : header_(header),
      seat_(seat),
      plan_(plan),
      facility_(facility),
      messages_(facility.GetFamily() == Family::kMessages),
      port_(std::move(port)),
      log_(records, &header.logs[seat.worker]),
      tag_(tag),
      decoder_(plan.encoding, tag, std::move(identities), gaps),
      pieces_(kMaxPieces),
      cuts_(Derive(plan.seed, "pieces", seat.worker)) {
  for (auto& buffer : buffers_) buffer.resize(kHeadroomBytes + BufferBytes(plan));
  extents_.reserve(1024);
  open_handles_.reserve(64);
}

std::uint8_t Performer::CallWith(Effect effect) const {
  const auto calls = facility_.Calls();
  const auto it = std::ranges::find(calls, effect, &CallTraits::effect);
  return it == calls.end() ? kNoCall : static_cast<std::uint8_t>(it - calls.begin());
}

Reply Performer::Do(OperationRecord record, std::span<iovec> pieces, std::span<std::byte> buffer) {
  const Effect effect = EffectOf(record.call);
  Request request{
      .call = record.call, .handle = record.handle, .argument = record.argument, .pieces = pieces};
  const std::uint16_t resolved = port_->Resolve(request);
  if (Duplicates(effect)) {
    record.argument = resolved;
  } else if (resolved != 0) {
    record.handle = request.handle = resolved;
  }
  const CallTraits& traits = facility_.Calls()[record.call];
  if (traits.splices) record.argument = kBySplice;
  // A try that sleeps shall be known as one.
  if (effect == Effect::kLock && traits.nonblocking) record.flags |= kFlagNonblocking;
  record.worker = seat_.worker;
  OperationRecord* slot =
      log_.Begin(record, last_returned_ns_ != 0 ? last_returned_ns_ : BeginNs(header_));
  const Reply reply = port_->Perform(request);
  const std::uint64_t returned_ns = ReturnNs(header_);
  if (!header_.program.stepped) last_returned_ns_ = returned_ns;
  slot->result = reply.result;
  slot->system_error = static_cast<std::uint16_t>(reply.system_error);
  if (MakesHandle(effect)) {
    slot->handle = reply.handle;
    if (reply.system_error == 0) open_handles_.push_back(reply.handle);
  } else if (effect == Effect::kClose) {
    std::erase(open_handles_, slot->handle);
  }
  if (reply.nonblocking) slot->flags |= kFlagNonblocking;
  extents_.clear();
  std::uint64_t first_decided = decided_;
  if ((effect == Effect::kTake || effect == Effect::kPeek) && reply.system_error == 0) {
    const auto received = buffer.first(static_cast<std::size_t>(reply.result));
    if (messages_) {
      slot->argument = PackClass(
          {.asked = static_cast<std::uint32_t>(record.argument), .told = reply.told_class});
      ReceivedMessage(*slot, received);
    } else if (!received.empty()) {
      Received(*slot, received);
    }
  }
  if (effect == Effect::kQueryLock && reply.result > 0) slot->result = Holder(reply.holder);
  LogWriter::End(slot, returned_ns);
  if (reply.system_error == 0) Count(seat_.progress);
  if (!extents_.empty() && !log_.Extents(seat_.worker, record.object, first_decided, extents_)) {
    seat_.truncated = true;
  }
  return reply;
}

std::int64_t Performer::Holder(const Reply::Holder& holder) const {
  LockHolder found{.worker = std::nullopt, .exclusive = holder.exclusive};
  if (holder.pid <= 0) return PackHolder(found);
  for (const Seat& seat : header_.seats) {
    if (seat.pid.load(std::memory_order_acquire) != holder.pid) continue;
    found.worker = seat.worker;
    // Its process may have died meanwhile, and the seat be a successor's.
    std::atomic_thread_fence(std::memory_order_acquire);
    if (seat.pid.load(std::memory_order_relaxed) == holder.pid) return PackHolder(found);
  }
  return kGoneHolder;
}

void Performer::ReceivedMessage(OperationRecord& record, std::span<const std::byte> message) {
  const DecodedMessage decoded = DecodeMessage(message, tag_);
  received_last_ = decoded.last;
  if (!message.empty()) Store(record, decoded.extent);
}

// Decides what the bytes are.  The usual case, one extent that is just these bytes, goes into the
// record itself; extents_ keeps what must follow it.
void Performer::Received(OperationRecord& record, std::span<const std::byte> bytes) {
  const bool caught_up = decided_ == received_;
  received_ += bytes.size();
  decided_ += decoder_.Feed(bytes, extents_);
  if (caught_up && extents_.size() == 1 && extents_.front().bytes == bytes.size()) {
    Store(record, extents_.front());
    extents_.clear();
  }
}

std::span<iovec> Performer::Cut(std::span<std::byte> buffer, std::uint32_t pieces) {
  if (pieces <= 1) {
    pieces_[0] = {.iov_base = buffer.data(), .iov_len = buffer.size()};
    return std::span(pieces_).first(1);
  }
  pieces = std::clamp<std::uint32_t>(pieces, 1, kMaxPieces);
  for (std::uint32_t i = 0; i < pieces; ++i) {
    const std::size_t bytes = i + 1 == pieces ? buffer.size() : cuts_.Between(0, buffer.size());
    pieces_[i] = {.iov_base = buffer.data(), .iov_len = bytes};
    buffer = buffer.subspan(bytes);
  }
  return std::span(pieces_).first(pieces);
}

Reply Performer::Perform(std::uint8_t call, std::uint16_t handle, std::uint64_t argument) {
  OperationRecord record{};
  record.call = call;
  record.handle = handle;
  record.argument = argument;
  record.pieces = 1;
  return Do(record, {}, {});
}

Reply Performer::Put(const Transfer& put) {
  turn_ = plan_.overwrites ? 1 - turn_ : 0;
  const std::span<std::byte> buffer(buffers_[turn_].data() + kHeadroomBytes, put.bytes);
  OperationRecord record{};
  record.call = put.call;
  record.handle = put.handle;
  record.position = position_;
  record.requested = put.bytes;
  record.pieces = static_cast<std::uint16_t>(put.pieces);
  if (messages_) {
    EncodeMessage(buffer, tag_, seat_.worker, put.body, position_, put.last);
    record.argument = put.klass;
  } else {
    EncodeRecord(buffer, plan_.encoding, tag_, seat_.worker, plan_.identity, put.body, position_);
  }
  const Reply reply = Do(record, Cut(buffer, put.pieces), {});
  if (plan_.overwrites) std::ranges::fill(buffer, kOverwrittenByte);
  if (messages_ && reply.system_error == 0) {
    position_ += put.bytes;
  } else if (reply.result > 0) {
    position_ += static_cast<std::uint64_t>(reply.result);
  }
  return reply;
}

Reply Performer::Take(const Transfer& take) {
  const std::span<std::byte> buffer(buffers_[0].data() + kHeadroomBytes, take.bytes);
  received_last_ = false;
  OperationRecord record{};
  record.call = take.call;
  record.handle = take.handle;
  record.requested = take.bytes;
  record.pieces = static_cast<std::uint16_t>(take.pieces);
  if (messages_) record.argument = take.klass;
  return Do(record, Cut(buffer, take.pieces), buffer);
}

void Performer::FinishReceiving() {
  extents_.clear();
  const std::uint64_t first = decided_;
  decided_ += decoder_.Finish(extents_);
  if (!log_.Extents(seat_.worker, 0, first, extents_)) seat_.truncated = true;
}

void Performer::CloseHandles() {
  const std::uint8_t close = CallWith(Effect::kClose);
  while (!open_handles_.empty() && close != kNoCall && log_.Room() > 0) {
    const std::uint16_t handle = open_handles_.back();
    Perform(close, handle, 0);
    std::erase(open_handles_, handle);
  }
}

}  // namespace parley
