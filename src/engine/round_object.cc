// The round's object: made by the leader or by a worker, held while somebody needs it, recorded.
#include <algorithm>
#include <array>

#include "src/base/clock.h"
#include "src/engine/descriptor_passing.h"
#include "src/engine/round_leader.h"

namespace parley {
namespace {

std::uint8_t CallNamed(const Facility& facility, std::string_view name) {
  const auto calls = facility.Calls();
  const auto it = std::ranges::find(calls, name, &CallTraits::name);
  return static_cast<std::uint8_t>(it - calls.begin());
}

}  // namespace

// A maker's call that libc has already made.
void RoundLeader::RecordMaker(const char* call, std::uint16_t handle, std::uint64_t invoked_ns) {
  OperationRecord record{};
  record.call = CallNamed(*facility_, call);
  record.worker = maker_;
  record.handle = handle;
  record.pieces = 1;
  OperationRecord* slot = maker_log_.Begin(record, invoked_ns);
  LogWriter::End(slot, ReturnNs(header_));
}

Result<void> RoundLeader::MakeObject() {
  for (std::uint32_t plan = 0; plan < program().worker_count; ++plan) {
    if (program().workers[plan].creator) return MakeObjectBy(plan);
  }
  const std::uint64_t invoked_ns = BeginNs(header_);
  auto made = facility_->Make(program().object, PlannedDirectory(), program().object_name.data());
  if (!made) return std::unexpected(made.error());
  object_ = std::move(*made);
  StoreText(header_.access_name, object_->access().name);
  if (program().object.exists) RecordMaker("make", 1, invoked_ns);
  header_.outcome.capacity_bytes = object_->capacity_bytes();
  header_.outcome.capacity_messages = object_->capacity_messages();
  header_.outcome.message_bytes = object_->message_bytes();
  return {};
}

// The worker makes the object and hands its descriptors to the leader, who passes them on.
Result<void> RoundLeader::MakeObjectBy(std::uint32_t plan) {
  const auto seat = crew_.Fresh(Topology::kRelated, -1, -1);
  if (!seat) return std::unexpected(seat.error());
  Seat& place = header_.seats[*seat];
  place.plan = plan;
  place.worker = static_cast<std::uint16_t>(plan);
  players_.push_back(
      {.seat = *seat, .plan = plan, .worker = static_cast<std::uint16_t>(plan), .alive = true});
  const std::uint64_t invoked_ns = BeginNs(header_);
  crew_.Tell(*seat, Command::kMake);
  auto received = ReceiveDescriptors(crew_.Socket(*seat));
  if (!received) return std::unexpected(received.error());
  if (place.state.load() == SeatState::kFailed) {
    return std::unexpected(Error{.message = place.error.data()});
  }
  ObjectPlan reserved = program().object;
  if (facility_->named()) {
    reserved.exists = false;
    auto name = facility_->Make(reserved, PlannedDirectory(), program().object_name.data());
    if (!name) return std::unexpected(name.error());
    object_ = std::move(*name);
    StoreText(header_.access_name, object_->access().name);
  } else if (received->size() == 2) {
    made_read_ = std::move((*received)[0]);
    made_write_ = std::move((*received)[1]);
    RecordMaker("hold_read", kHandleRead, invoked_ns);
    RecordMaker("hold_write", kHandleWrite, BeginNs(header_));
  }
  // The maker is another process: only of a default object is the capacity known here.
  header_.outcome.capacity_bytes =
      program().object.capacity_bytes == 0 ? facility_->DefaultCapacityBytes() : 0;
  return {};
}

Reply RoundLeader::PerformAsMaker(Effect effect, std::uint16_t handle) {
  OperationRecord record{};
  const auto calls = facility_->Calls();
  record.call = static_cast<std::uint8_t>(std::ranges::find(calls, effect, &CallTraits::effect) -
                                          calls.begin());
  record.worker = maker_;
  record.handle = handle;
  record.pieces = 1;
  OperationRecord* slot = maker_log_.Begin(record, BeginNs(header_));
  const Reply reply = maker_port_->Perform({.call = record.call, .handle = handle});
  const std::uint64_t returned_ns = ReturnNs(header_);
  slot->handle = reply.handle;
  slot->result = reply.result;
  slot->system_error = static_cast<std::uint16_t>(reply.system_error);
  LogWriter::End(slot, returned_ns);
  return reply;
}

// While a killed worker's successor is still to come, somebody must hold the named object: else the
// others meet EPIPE or end-of-file, and unread data is gone.
void RoundLeader::KeepOpen() {
  if (!facility_->named()) return;
  maker_port_ = facility_->Attach(header_.access_name.data());
  PerformAsMaker(Effect::kOpenBoth, 0);
}

void RoundLeader::ReleaseObject() {
  if (released_) return;
  released_ = true;
  if (maker_port_ != nullptr) {
    PerformAsMaker(Effect::kClose, 0);
    maker_port_.reset();
    return;
  }
  const std::uint64_t invoked_ns = BeginNs(header_);
  if (made_read_.valid()) {
    made_read_.Reset();
    RecordMaker("close", kHandleRead, invoked_ns);
    const std::uint64_t then_ns = BeginNs(header_);
    made_write_.Reset();
    RecordMaker("close", kHandleWrite, then_ns);
  } else if (object_ != nullptr && !facility_->named()) {
    object_->ReleaseDescriptors();
    RecordMaker("close", 1, invoked_ns);
  }
}

}  // namespace parley
