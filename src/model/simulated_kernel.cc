#include "src/model/simulated_kernel.h"

#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

namespace parley::model {
namespace {

constexpr std::uint32_t kPageBytes = 4096;
constexpr std::uint32_t kDefaultBytes = 65536;

}  // namespace

SimulatedKernel::SimulatedKernel(bool fifo, std::uint16_t workers, std::uint32_t capacity_bytes,
                                 std::uint32_t seed, Defect defect)
    : fifo_(fifo),
      random_(seed),
      defect_(defect),
      recorder_(fifo ? "fifo" : "pipe", workers, fifo ? kDefaultBytes : capacity_bytes),
      named_(std::make_shared<Pipe>()) {
  if (fifo) recorder_.Did(0, "make", 0, 0, 0);
  named_->slots = (fifo ? kDefaultBytes : capacity_bytes) / kPageBytes;
  const bool nonblocking = Draw(0, 2) == 0;
  std::shared_ptr<File> ends[2];
  for (const int end : {0, 1}) {
    ends[end] = std::make_shared<File>(
        File{.pipe = named_, .reads = end == 0, .writes = end == 1, .nonblocking = nonblocking});
  }
  for (std::uint16_t i = 0; i < workers; ++i) {
    Worker& worker = workers_.emplace_back();
    worker.number = i;
    for (const int end : {0, 1}) {
      if (fifo || (i >= 2 && Draw(0, 2) == 0) || (i < 2 && i != end && Draw(0, 1) == 0)) continue;
      const auto handle = static_cast<std::uint16_t>(end + 1);
      worker.handles[handle] = ends[end];
      const auto id = recorder_.Did(i, end == 0 ? "hold_read" : "hold_write", handle, 0, 0);
      recorder_.at(id).nonblocking = nonblocking;
    }
    if (!fifo) worker.next_handle = 3;
  }
  if (fifo) return;
  named_->readers = ends[0].use_count() > 1 ? 1 : 0;
  named_->writers = ends[1].use_count() > 1 ? 1 : 0;
  named_->users = named_->readers + named_->writers;
}

SimulatedKernel::~SimulatedKernel() = default;

bool SimulatedKernel::Errs(Defect defect) { return defect_ == defect && Draw(0, 1) == 0; }

std::uint32_t SimulatedKernel::Size() {
  switch (Draw(0, 7)) {
    case 0:
      return static_cast<std::uint32_t>(Draw(0, 3));
    case 1:
    case 2:
      return kPageBytes;
    case 3:
      return kPageBytes * static_cast<std::uint32_t>(Draw(1, 5));
    case 4:
      return static_cast<std::uint32_t>(Draw(4000, 30000));
    case 5:
      return static_cast<std::uint32_t>(Draw(1, 90));
    default:
      return static_cast<std::uint32_t>(Draw(1, 4096));
  }
}

void SimulatedKernel::Step() {
  std::vector<Worker*> idle;
  std::vector<Worker*> inside;
  for (Worker& worker : workers_) {
    if (!worker.dead) (worker.fiber.live() ? inside : idle).push_back(&worker);
  }
  const auto any = [&](const std::vector<Worker*>& of) -> Worker& {
    return *of[static_cast<std::size_t>(Draw(0, static_cast<int>(of.size()) - 1))];
  };
  const int kind = Draw(0, 99);
  if (idle.empty() && inside.empty()) return;
  recorder_.NextStep();
  if (!inside.empty() && (kind < 8 || idle.empty())) {
    Signal(any(inside), Draw(0, 1) == 0);
  } else if (kind < 10) {
    Kill(!inside.empty() && (idle.empty() || Draw(0, 1) == 0) ? any(inside) : any(idle));
  } else if (!idle.empty()) {
    StartCall(any(idle));
  }
  RunAll();
}

void SimulatedKernel::RunAll() {
  while (true) {
    std::vector<Worker*> ready;
    for (Worker& worker : workers_) {
      if (worker.ready) ready.push_back(&worker);
    }
    if (ready.empty()) return;
    Worker& worker = *ready[static_cast<std::size_t>(Draw(0, static_cast<int>(ready.size()) - 1))];
    worker.fiber.Resume();
    if (!worker.fiber.live()) worker.ready = false;
  }
}

std::uint16_t SimulatedKernel::AnyHandle(const Worker& worker) {
  // Now and then one that is closed.
  if (worker.handles.empty() || Draw(0, 30) == 0) {
    return static_cast<std::uint16_t>(Draw(1, worker.next_handle));
  }
  auto it = worker.handles.begin();
  std::advance(it, Draw(0, static_cast<int>(worker.handles.size()) - 1));
  return it->first;
}

void SimulatedKernel::StartCall(Worker& worker) {
  const int kind = Draw(0, 99);
  if (fifo_ && (kind < 8 || worker.handles.empty())) {
    if (kind >= 95) return StartOnName(worker);
    const int way = Draw(0, 9);
    const bool both = way == 0;
    const bool reads = both || way % 2 == 0;
    const bool nonblocking = !both && way < 4;
    const std::string name = both ? "open_both" : reads ? "open_read" : "open_write";
    worker.call = recorder_.Begin(worker.number, name + (nonblocking ? "_nonblock" : ""));
    worker.fiber = Open(worker, reads, both || !reads, nonblocking);
    worker.ready = true;
    return;
  }
  const std::uint16_t handle = AnyHandle(worker);
  const auto found = worker.handles.find(handle);
  File* file = found == worker.handles.end() ? nullptr : found->second.get();
  const bool reads = file != nullptr && file->writes && file->reads ? Draw(0, 1) == 0
                     : file != nullptr && Draw(0, 30) > 0           ? file->reads
                                                                    : Draw(0, 1) == 0;
  if (kind < 75) {
    worker.call = recorder_.Begin(worker.number, reads ? "read" : "write", handle);
    Operation& op = recorder_.at(worker.call);
    op.requested = Size();
    op.position = reads ? 0 : worker.position;
    worker.fiber = reads ? Read(worker, file, op.requested) : Write(worker, file, op.requested);
    worker.ready = true;
  } else if (kind < 81) {
    Poll(worker, handle, !reads);
  } else if (kind < 84) {
    Resize(worker, handle);
  } else if (kind < 86) {
    Ask(worker, handle, kind == 84);
  } else if (kind < 88) {
    SetFlag(worker, handle, kind == 87);
  } else if (kind < 89) {
    Misuse(worker, handle);
  } else if (kind < 92) {
    Duplicate(worker, handle);
  } else if (kind < 97 || !fifo_) {
    Close(worker, handle);
  } else {
    StartOnName(worker);
  }
}

void SimulatedKernel::StartOnName(Worker& worker) {
  const char* const names[] = {"unlink", "make", "exists", "rename", "link"};
  const int which = Draw(0, 4);
  worker.call = recorder_.Begin(worker.number, names[which]);
  const bool there = named_ != nullptr;
  if (which == 1) {
    if (!there) named_ = std::make_shared<Pipe>();
    return Returns(worker, there ? -1 : 0, there ? EEXIST : 0);
  }
  if (!there) return Returns(worker, -1, ENOENT);
  if (which == 0) named_ = nullptr;
  if (which == 4 && std::exchange(linked_, true)) return Returns(worker, -1, EEXIST);
  Returns(worker, 0, 0);
}

void SimulatedKernel::Returns(Worker& worker, std::int64_t result, int system_error) {
  recorder_.Return(worker.call, result, system_error);
  worker.signalled = false;
  if (result > 0 && recorder_.effect(worker.call) == Effect::kPut) {
    worker.position += static_cast<std::uint64_t>(result);
  }
}

void SimulatedKernel::Signal(Worker& worker, bool restarts) {
  recorder_.Fault(restarts ? FaultKind::kSignalRestart : FaultKind::kSignal, worker.number);
  worker.signalled = true;
  worker.restarts = defect_ == Defect::kRestartsNever    ? false
                    : defect_ == Defect::kRestartsAlways ? true
                                                         : restarts;
  worker.ready = true;
}

void SimulatedKernel::Kill(Worker& worker) {
  recorder_.Fault(FaultKind::kKill, worker.number);
  worker.dead = true;
  if (worker.fiber.live()) {
    worker.signalled = true;  // its call ends, as if by a signal, and nobody is told what it gave
    worker.restarts = false;
    worker.fiber.Resume();
    Operation& op = recorder_.at(worker.call);
    op.result = 0;
    op.system_error = 0;
    op.outcome = Outcome::kMaybe;
  }
  worker.ready = false;
  worker.fiber = {};
  for (auto& [handle, file] : worker.handles) Drop(file);
  worker.handles.clear();
}

void SimulatedKernel::WakeOne(std::deque<Worker*>& queue) {
  if (queue.empty()) return;
  const bool last = defect_ == Defect::kWakesLastSleeper;
  (last ? queue.back() : queue.front())->ready = true;
  last ? queue.pop_back() : queue.pop_front();
}

void SimulatedKernel::WakeAll(std::deque<Worker*>& queue) {
  for (Worker* worker : queue) worker->ready = true;
  queue.clear();
}

void SimulatedKernel::Leave(const std::shared_ptr<Pipe>& pipe) {
  if (--pipe->users == 0) *pipe = Pipe{};
}

void SimulatedKernel::Drop(std::shared_ptr<File>& file) {
  const std::shared_ptr<Pipe> pipe = file->pipe;
  const bool last = file.use_count() == 1;
  const File closed = *file;
  file.reset();
  if (!last) return;
  pipe->readers -= closed.reads ? 1 : 0;
  pipe->writers -= closed.writes ? 1 : 0;
  if ((pipe->readers == 0) != (pipe->writers == 0)) {
    if (!Errs(Defect::kEndOfFileSleeps)) WakeAll(pipe->read_queue);
    if (!Errs(Defect::kBrokenPipeSleeps)) WakeAll(pipe->write_queue);
  }
  Leave(pipe);
}

void SimulatedKernel::Poll(Worker& worker, std::uint16_t handle, bool for_room) {
  worker.call = recorder_.Begin(worker.number, for_room ? "poll_write" : "poll_read", handle);
  const auto found = worker.handles.find(handle);
  if (found == worker.handles.end()) return Returns(worker, -1, EBADF);
  const File& file = *found->second;
  Pipe& pipe = *file.pipe;
  pipe.polled = true;
  int events = 0;
  if (file.reads) {
    if (!pipe.buffers.empty() && !Errs(Defect::kNoInput)) events |= POLLIN;
    const bool quiet = file.quiet && file.quiet_at == pipe.writes_opened;
    if ((pipe.writers == 0 && !quiet) || Errs(Defect::kHangUpWithWriter)) events |= POLLHUP;
  }
  if (file.writes) {
    if (!pipe.full() || Errs(Defect::kRoomWithoutPage)) events |= POLLOUT;
    if (pipe.readers == 0) events |= POLLERR;
  }
  Returns(worker, events & ((for_room ? POLLOUT : POLLIN) | POLLERR | POLLHUP), 0);
}

void SimulatedKernel::Resize(Worker& worker, std::uint16_t handle) {
  worker.call = recorder_.Begin(worker.number, "set_capacity", handle);
  const std::uint32_t asked = Size();
  recorder_.at(worker.call).argument = asked;
  const auto found = worker.handles.find(handle);
  if (found == worker.handles.end()) return Returns(worker, -1, EBADF);
  Pipe& pipe = *found->second->pipe;
  const std::uint32_t bytes = std::bit_ceil(std::max(asked, kPageBytes));
  const std::uint32_t slots = bytes / kPageBytes;
  if (Errs(Defect::kRefusesResize)) return Returns(worker, -1, EBUSY);
  if (pipe.buffers.size() > slots) {
    if (!Errs(Defect::kShrinkLosesData)) return Returns(worker, -1, EBUSY);
    pipe.buffers.resize(slots);
  }
  pipe.slots = slots;
  WakeOne(pipe.write_queue);
  Returns(worker, bytes, 0);
}

void SimulatedKernel::Ask(Worker& worker, std::uint16_t handle, bool capacity) {
  worker.call = recorder_.Begin(worker.number, capacity ? "get_capacity" : "unread", handle);
  const auto found = worker.handles.find(handle);
  if (found == worker.handles.end()) return Returns(worker, -1, EBADF);
  const Pipe& pipe = *found->second->pipe;
  std::int64_t bytes = 0;
  for (const Buffer& buffer : pipe.buffers) bytes += buffer.bytes;
  if (capacity) bytes = pipe.slots * kPageBytes / (Errs(Defect::kCapacityMistold) ? 2 : 1);
  Returns(worker, bytes, 0);
}

void SimulatedKernel::Misuse(Worker& worker, std::uint16_t handle) {
  if (!fifo_ && Draw(0, 3) == 0) {
    worker.call = recorder_.Begin(worker.number, "pipe");
    const int flaws = kPairFirstNotReading | kPairSecondNotWriting;
    return Returns(worker, Errs(Defect::kSwapsRoles) ? flaws : 0, 0);
  }
  struct Call {
    const char* name;
    int system_error;
    Defect defect;
    int error_of_defect;
  };
  static constexpr Call kCalls[] = {{"lseek", ESPIPE, Defect::kHasPosition, 0},
                                    {"ftruncate", EINVAL, Defect::kHasLength, 0},
                                    {"fstat", 0, Defect::kIsNoFifo, ENOTTY}};
  const Call& call = kCalls[Draw(0, 2)];
  worker.call = recorder_.Begin(worker.number, call.name, handle);
  if (!worker.handles.contains(handle)) return Returns(worker, -1, EBADF);
  const int error = Errs(call.defect) ? call.error_of_defect : call.system_error;
  Returns(worker, error != 0 ? -1 : 0, error);
}

void SimulatedKernel::SetFlag(Worker& worker, std::uint16_t handle, bool packets) {
  worker.call = recorder_.Begin(worker.number, packets ? "set_packet" : "set_nonblock", handle);
  const bool set = Draw(0, packets ? 3 : 1) != 0;
  recorder_.at(worker.call).argument = set ? 1 : 0;
  const auto found = worker.handles.find(handle);
  if (found == worker.handles.end()) return Returns(worker, -1, EBADF);
  (packets ? found->second->packets : found->second->nonblocking) = set;
  Returns(worker, 0, 0);
}

void SimulatedKernel::Duplicate(Worker& worker, std::uint16_t handle) {
  worker.call = recorder_.Begin(worker.number, "dup");
  recorder_.at(worker.call).argument = handle;
  const auto found = worker.handles.find(handle);
  if (found == worker.handles.end()) return Returns(worker, -1, EBADF);
  recorder_.at(worker.call).handle = worker.next_handle;
  worker.handles[worker.next_handle++] = found->second;
  Returns(worker, 0, 0);
}

void SimulatedKernel::Close(Worker& worker, std::uint16_t handle) {
  worker.call = recorder_.Begin(worker.number, "close", handle);
  const auto found = worker.handles.find(handle);
  if (found == worker.handles.end()) return Returns(worker, -1, EBADF);
  Drop(found->second);
  worker.handles.erase(found);
  Returns(worker, 0, 0);
}

}  // namespace parley::model
