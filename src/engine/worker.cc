#include "src/engine/worker.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "src/base/clock.h"
#include "src/engine/descriptor_passing.h"
#include "src/history/log.h"

namespace parley {
namespace {

// Of the object that a worker made itself; above those that its port gives.
constexpr std::uint16_t kMakerHandle = 60000;

void SetState(ArenaHeader& header, Seat& seat, SeatState state) {
  seat.state.store(state, std::memory_order_release);
  RingBell(header);
}

void Fail(ArenaHeader& header, Seat& seat, std::string_view why) {
  StoreText(seat.error, why);
  SetState(header, seat, SeatState::kFailed);
}

std::unique_ptr<WorkerRound> BeginRound(Arena& arena, Seat& seat, const FileDescriptor& socket,
                                        Inheritance& inheritance) {
  ArenaHeader& header = arena.header();
  const Facility* facility = FindFacility(header.program.facility.data());
  if (facility == nullptr) {
    Fail(header, seat, "the worker does not know the facility");
    return nullptr;
  }
  Inheritance handed = std::move(inheritance);
  if (seat.adopts) {
    auto received = ReceiveDescriptors(socket.get());
    if (!received) {
      Fail(header, seat, received.error().message);
      return nullptr;
    }
    std::size_t next = 0;
    if (seat.read_handed && next < received->size()) {
      handed.read_fd = std::move((*received)[next++]);
    }
    if (seat.write_handed && next < received->size()) {
      handed.write_fd = std::move((*received)[next++]);
    }
  }
  auto round = WorkerRound::Make(arena, seat, *facility);
  round->Prepare(std::move(handed));
  return round;
}

// Makes the round's object in this process and hands its descriptors to the leader.
std::unique_ptr<Object> MakeObject(Arena& arena, Seat& seat, const FileDescriptor& socket) {
  ArenaHeader& header = arena.header();
  const SharedProgram& program = header.program;
  const Facility* facility = FindFacility(program.facility.data());
  OperationRecord record{};
  record.worker = seat.worker;
  record.handle = kMakerHandle;
  record.pieces = 1;
  const auto calls = facility->Calls();
  record.call = static_cast<std::uint8_t>(
      std::ranges::find(calls, std::string_view("make"), &CallTraits::name) - calls.begin());
  LogWriter log(arena.records(), &header.logs[seat.worker]);
  OperationRecord* slot = log.Begin(record, BeginNs(header));
  auto made = facility->Make(program.object, program.directory.data(), program.object_name.data());
  std::array<int, 2> fds{-1, -1};
  std::size_t count = 0;
  if (made) {
    LogWriter::End(slot, ReturnNs(header));
    fds = {(*made)->access().read_fd, (*made)->access().write_fd};
    count = facility->named() ? 0 : fds.size();
  } else {
    StoreText(seat.error, made.error().message);
    seat.state.store(SeatState::kFailed, std::memory_order_release);
  }
  // The leader waits for a message in either case.  Without it this worker is of no use, and its
  // death tells the leader so.
  if (!SendDescriptors(socket.get(), std::span(fds).first(count))) ::_exit(3);
  return made ? std::move(*made) : nullptr;
}

void WaitForStart(ArenaHeader& header) {
  while (header.begun.load(std::memory_order_acquire) == 0) FutexWait(header.begun, 0, 0);
}

}  // namespace

void ServeSeat(Arena& arena, std::uint32_t seat_index, FileDescriptor socket,
               Inheritance inheritance) {
  ArenaHeader& header = arena.header();
  Seat& seat = header.seats[seat_index];
  std::unique_ptr<WorkerRound> round;
  std::unique_ptr<Object> made;
  std::uint32_t heard = 0;
  SetState(header, seat, SeatState::kIdle);
  for (;;) {
    while (seat.told.load(std::memory_order_acquire) == heard) FutexWait(seat.told, heard, 0);
    ++heard;
    switch (seat.command) {
      case Command::kRound:
        round = BeginRound(arena, seat, socket, inheritance);
        if (round == nullptr) break;
        SetState(header, seat, SeatState::kReady);
        WaitForStart(header);
        seat.state.store(SeatState::kRunning, std::memory_order_release);
        round->Run();
        SetState(header, seat, SeatState::kFinished);
        break;
      case Command::kMake:
        made = MakeObject(arena, seat, socket);
        break;
      case Command::kEnd:
        made.reset();
        if (round != nullptr) round->CloseAll();
        round.reset();
        SetState(header, seat, SeatState::kIdle);
        break;
      case Command::kExit:
        ::_exit(0);
      case Command::kNone:
        break;
    }
  }
}

}  // namespace parley
