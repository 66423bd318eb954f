// The simulated kernel's calls that may wait.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "src/model/simulated_kernel.h"

namespace parley::model {
namespace {

constexpr std::uint32_t kPageBytes = 4096;

}  // namespace

// Waits in a queue until somebody wakes the worker, or a signal does.
struct SimulatedKernel::Sleep {
  Worker& worker;
  std::deque<Worker*>* queue;  // null: only gives way to others

  static bool await_ready() { return false; }
  void await_suspend(std::coroutine_handle<>) const {
    if (queue == nullptr) return;
    queue->push_back(&worker);
    worker.ready = false;
  }
  void await_resume() const {
    if (queue != nullptr) std::erase(*queue, &worker);
  }
};

void SimulatedKernel::PutBuffer(Pipe& pipe, const Worker& worker, std::uint64_t position,
                                std::uint32_t bytes, bool packet) {
  pipe.buffers.push_back(
      {.bytes = bytes, .packet = packet, .runs = {{worker.number, position, bytes}}});
}

std::vector<Extent> SimulatedKernel::TakeBytes(Pipe& pipe, std::uint32_t bytes, bool& made_room) {
  std::vector<Extent> extents;
  while (bytes > 0 && !pipe.buffers.empty()) {
    Buffer& buffer = pipe.buffers.front();
    Run& run = buffer.runs.front();
    const std::uint32_t part = std::min(bytes, run.bytes);
    extents.push_back({.position = run.position, .bytes = part, .writer = run.writer});
    run.position += part;
    run.bytes -= part;
    buffer.offset += part;
    buffer.bytes -= part;
    bytes -= part;
    if (run.bytes == 0) buffer.runs.pop_front();
    if (buffer.packet) {
      bytes = 0;
      if (buffer.bytes > 0 && Errs(Defect::kPacketRestStays)) break;
      buffer.bytes = 0;
    }
    if (buffer.bytes > 0) continue;
    made_room = made_room || pipe.full();
    pipe.buffers.pop_front();
  }
  return extents;
}

SimulatedKernel::Fiber SimulatedKernel::Read(Worker& worker, File* file, std::uint32_t requested) {
  if (file == nullptr || !file->reads) {
    const bool errs = file != nullptr && Errs(Defect::kReadsFromWritingEnd);
    Returns(worker, errs ? 0 : -1, errs ? 0 : EBADF);
    co_return;
  }
  if (requested == 0) {
    Returns(worker, 0, 0);
    co_return;
  }
  const std::shared_ptr<Pipe> pipe = file->pipe;
  bool wake_next = false;
  while (true) {
    const bool nonblocking = file->nonblocking && !Errs(Defect::kNonblockingSleeps);
    if (!pipe->buffers.empty() && !(nonblocking && Errs(Defect::kUnavailableWithData))) break;
    if (pipe->writers == 0 || Errs(Defect::kEarlyEndOfFile)) {
      Returns(worker, 0, 0);
      co_return;
    }
    if (nonblocking) {
      Returns(worker, -1, EAGAIN);
      co_return;
    }
    while (pipe->buffers.empty() && pipe->writers > 0 && !worker.signalled) {
      co_await Sleep{worker, &pipe->read_queue};
    }
    wake_next = true;
    if (!std::exchange(worker.signalled, false) || !pipe->buffers.empty()) continue;
    if (!worker.restarts) {
      Returns(worker, -1, EINTR);
      co_return;
    }
    wake_next = false;
  }
  bool made_room = false;
  const std::vector<Extent> extents = TakeBytes(*pipe, requested, made_room);
  std::int64_t bytes = 0;
  for (const Extent& extent : extents) bytes += extent.bytes;
  Returns(worker, bytes, 0);
  recorder_.Receive(worker.call, extents);
  const bool wakes = defect_ == Defect::kWriterWokenWhenEmptyOnly ? pipe->buffers.empty()
                                                                  : !Errs(Defect::kWriterNotWoken);
  if (made_room && wakes) WakeOne(pipe->write_queue);
  if (wake_next && !pipe->buffers.empty()) WakeOne(pipe->read_queue);
}

SimulatedKernel::Fiber SimulatedKernel::Write(Worker& worker, File* file, std::uint32_t requested) {
  if (file == nullptr || !file->writes) {
    Returns(worker, -1, EBADF);
    co_return;
  }
  if (requested == 0) {
    Returns(worker, 0, 0);
    co_return;
  }
  const std::shared_ptr<Pipe> pipe = file->pipe;
  const bool small = requested <= kPageBytes;
  if ((pipe->readers == 0 && Errs(Defect::kWritesToNobody)) ||
      (pipe->readers > 0 && small && Errs(Defect::kDropsWrite))) {
    Returns(worker, requested, 0);
    co_return;
  }
  const std::uint64_t position = worker.position;
  const auto merge = [&](std::uint32_t from, std::uint32_t bytes) {
    if (pipe->buffers.empty()) return false;
    Buffer& last = pipe->buffers.back();
    if (last.packet && !Errs(Defect::kPacketsMerge)) return false;
    if (last.offset + last.bytes + bytes > kPageBytes) return false;
    last.bytes += bytes;
    last.packet = false;
    last.runs.push_back({worker.number, position + from, bytes});
    return true;
  };
again:
  std::uint32_t done = 0;
  bool was_empty = pipe->buffers.empty();
  bool wake_next = false;
  int error = 0;
  if (pipe->readers > 0 && requested % kPageBytes > 0 && !was_empty &&
      merge(0, requested % kPageBytes)) {
    done = requested % kPageBytes;
  }
  while (done < requested) {
    if (pipe->readers == 0) {
      error = EPIPE;
      break;
    }
    const bool last_page = pipe->buffers.size() + 1 == pipe->slots;
    if (last_page && done > 0 && file->nonblocking && Errs(Defect::kWithholdsPage)) break;
    if (!pipe->full() || (pipe->buffers.size() == pipe->slots && Errs(Defect::kOverfills))) {
      const std::uint32_t part = std::min(kPageBytes, requested - done);
      PutBuffer(*pipe, worker, position + done, part, file->packets);
      done += part;
      const std::size_t count = pipe->buffers.size();
      if (small && count > 1 && Errs(Defect::kSwapsWrites)) {
        std::swap(pipe->buffers[count - 1], pipe->buffers[count - 2]);
      }
      continue;
    }
    if (file->nonblocking && !Errs(Defect::kNonblockingSleeps)) {
      error = EAGAIN;
      if (small && Errs(Defect::kShortNonblockingWrite) && merge(0, requested / 2)) {
        done = requested / 2;
      }
      if (!small && Errs(Defect::kLargeGivesZero)) {
        Returns(worker, 0, 0);
        co_return;
      }
      break;
    }
    if (std::exchange(worker.signalled, false)) {
      if (worker.restarts && done == 0 && !worker.dead) goto again;
      error = EINTR;
      break;
    }
    if (!small && done > 0 && Errs(Defect::kFillsOnce)) break;
    if (small && done == 0 && Errs(Defect::kSplitsWrite) && merge(0, requested / 2)) {
      done = requested / 2;
    }
    if (was_empty && !Errs(Defect::kReaderNotWoken)) WakeOne(pipe->read_queue);
    co_await Sleep{worker, nullptr};
    while (pipe->full() && pipe->readers > 0 && !worker.signalled) {
      co_await Sleep{worker, &pipe->write_queue};
    }
    was_empty = pipe->buffers.empty();
    wake_next = true;
  }
  const bool wakes = !Errs(Defect::kReaderNotWoken);
  if ((was_empty || pipe->polled) && wakes) WakeOne(pipe->read_queue);
  if (wake_next && !pipe->full()) WakeOne(pipe->write_queue);
  Returns(worker, done > 0 ? std::int64_t{done} : -1, done > 0 ? 0 : error);
}

SimulatedKernel::Fiber SimulatedKernel::Open(Worker& worker, bool reads, bool writes,
                                             bool nonblocking) {
again:
  const std::shared_ptr<Pipe> pipe = named_;
  if (pipe == nullptr) {
    Returns(worker, -1, ENOENT);
    co_return;
  }
  const bool refuses =
      pipe->readers == 0 ? !Errs(Defect::kAdmitsWriter) : Errs(Defect::kRefusesWriter);
  if (nonblocking && !reads && refuses) {
    Returns(worker, -1, ENXIO);
    co_return;
  }
  ++pipe->users;
  File file{.pipe = pipe, .reads = reads, .writes = writes, .nonblocking = nonblocking};
  const bool first = (reads && pipe->readers == 0) || (writes && pipe->writers == 0);
  pipe->readers += reads ? 1 : 0;
  pipe->writers += writes ? 1 : 0;
  pipe->reads_opened += reads ? 1 : 0;
  pipe->writes_opened += writes ? 1 : 0;
  if (first && !Errs(Defect::kOpenerNotWoken)) WakeAll(pipe->open_queue);
  const bool alone = reads ? pipe->writers == 0 : pipe->readers == 0;
  if (alone && nonblocking) {
    file.quiet = reads;
    file.quiet_at = pipe->writes_opened;
  } else if (alone && !Errs(Defect::kOpensWithoutPartner)) {
    const std::uint32_t& partners = reads ? pipe->writes_opened : pipe->reads_opened;
    const std::uint32_t before = partners;
    while (partners == before && !worker.signalled) co_await Sleep{worker, &pipe->open_queue};
    if (std::exchange(worker.signalled, false) && partners == before) {
      pipe->readers -= reads ? 1 : 0;
      pipe->writers -= writes ? 1 : 0;
      Leave(pipe);
      if (worker.restarts && !worker.dead) goto again;
      Returns(worker, -1, EINTR);
      co_return;
    }
  }
  recorder_.at(worker.call).handle = worker.next_handle;
  recorder_.at(worker.call).nonblocking = nonblocking;
  worker.handles[worker.next_handle++] = std::make_shared<File>(file);
  Returns(worker, 0, 0);
}

}  // namespace parley::model
