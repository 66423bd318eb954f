// For tests: the kernel's pipes and FIFOs once more, each call written down as one coroutine that
// gives way where the kernel gives up the pipe's lock.  Knows nothing of the model.  May be told to
// err.
//
// Source: Linux fs/pipe.c.
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "src/model/recorder.h"

namespace parley::model {

enum class Defect : std::uint8_t {
  kNone,
  kShortNonblockingWrite,
  kReaderNotWoken,
  kWriterNotWoken,
  kWriterWokenWhenEmptyOnly,
  kEndOfFileSleeps,
  kBrokenPipeSleeps,
  kEarlyEndOfFile,
  kUnavailableWithData,
  kDropsWrite,
  kOpenerNotWoken,
  kOpensWithoutPartner,
  kRefusesWriter,
  kAdmitsWriter,
  kRoomWithoutPage,
  kNoInput,
  kHangUpWithWriter,
  kCapacityMistold,
  kOverfills,
  kRestartsNever,
  kRestartsAlways,
  kFillsOnce,
  kSwapsWrites,
  kSplitsWrite,
  kLargeGivesZero,
  kWritesToNobody,
  kReadsFromWritingEnd,
  kShrinkLosesData,
  kRefusesResize,
  kWithholdsPage,
  kHasPosition,
  kHasLength,
  kIsNoFifo,
  kSwapsRoles,
  kNonblockingSleeps,
  kPacketsMerge,
  kPacketRestStays,
  kWakesLastSleeper,  // no promise is broken
  kCount,
};

class SimulatedKernel {
 public:
  // capacity_bytes: of a pipe, a multiple of 4096; FIFOs begin with 65536.
  SimulatedKernel(bool fifo, std::uint16_t workers, std::uint32_t capacity_bytes,
                  std::uint32_t seed, Defect defect);
  ~SimulatedKernel();

  // One random step.
  void Step();
  const History& history() const { return recorder_.history(); }

 private:
  // A call in flight.
  class Fiber {
   public:
    struct promise_type {  // NOLINT(readability-identifier-naming): the language's name
      Fiber get_return_object() { return Fiber(Handle::from_promise(*this)); }
      static std::suspend_always initial_suspend() { return {}; }
      static std::suspend_always final_suspend() noexcept { return {}; }
      static void return_void() {}
      static void unhandled_exception() { std::terminate(); }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Fiber() = default;
    explicit Fiber(Handle handle) : handle_(handle) {}
    Fiber(Fiber&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Fiber& operator=(Fiber&& other) noexcept {
      std::swap(handle_, other.handle_);
      return *this;
    }
    ~Fiber() {
      if (handle_) handle_.destroy();
    }
    bool live() const { return handle_ && !handle_.done(); }
    void Resume() const { handle_.resume(); }

   private:
    Handle handle_;
  };
  struct Run {
    std::uint16_t writer = 0;
    std::uint64_t position = 0;
    std::uint32_t bytes = 0;
  };
  struct Buffer {
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    bool packet = false;
    std::deque<Run> runs;
  };
  struct Worker;
  struct Pipe {
    std::deque<Buffer> buffers;
    std::uint32_t slots = 16;
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
    std::uint32_t reads_opened = 0;
    std::uint32_t writes_opened = 0;
    std::uint32_t users = 0;
    bool polled = false;
    std::deque<Worker*> read_queue;
    std::deque<Worker*> write_queue;
    std::deque<Worker*> open_queue;

    bool full() const { return buffers.size() >= slots; }
  };
  // An open file description; the last reference closes it.
  struct File {
    std::shared_ptr<Pipe> pipe;
    bool reads = false;
    bool writes = false;
    bool nonblocking = false;
    bool packets = false;
    bool quiet = false;
    std::uint32_t quiet_at = 0;
  };
  struct Worker {
    std::uint16_t number = 0;
    bool dead = false;
    bool ready = false;      // in the run queue
    bool signalled = false;  // a signal is pending
    bool restarts = false;
    std::uint64_t position = 0;
    std::uint16_t next_handle = 1;
    std::uint32_t call = 0;
    Fiber fiber;
    std::map<std::uint16_t, std::shared_ptr<File>> handles;
  };
  struct Sleep;

  bool Errs(Defect defect);
  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  std::uint32_t Size();

  void StartCall(Worker& worker);
  void StartOnName(Worker& worker);
  std::uint16_t AnyHandle(const Worker& worker);
  void Signal(Worker& worker, bool restarts);
  void Kill(Worker& worker);
  void RunAll();

  Fiber Read(Worker& worker, File* file, std::uint32_t requested);
  Fiber Write(Worker& worker, File* file, std::uint32_t requested);
  Fiber Open(Worker& worker, bool reads, bool writes, bool nonblocking);
  void Poll(Worker& worker, std::uint16_t handle, bool for_room);
  void Resize(Worker& worker, std::uint16_t handle);
  void Ask(Worker& worker, std::uint16_t handle, bool capacity);
  void Misuse(Worker& worker, std::uint16_t handle);
  void Duplicate(Worker& worker, std::uint16_t handle);
  void Close(Worker& worker, std::uint16_t handle);
  void SetFlag(Worker& worker, std::uint16_t handle, bool packets);

  static void PutBuffer(Pipe& pipe, const Worker& worker, std::uint64_t position,
                        std::uint32_t bytes, bool packet);
  std::vector<Extent> TakeBytes(Pipe& pipe, std::uint32_t bytes, bool& made_room);
  void WakeOne(std::deque<Worker*>& queue);
  static void WakeAll(std::deque<Worker*>& queue);
  void Drop(std::shared_ptr<File>& file);
  void Leave(const std::shared_ptr<Pipe>& pipe);
  void Returns(Worker& worker, std::int64_t result, int system_error);

  bool fifo_;
  std::mt19937 random_;
  Defect defect_;
  Recorder recorder_;
  std::deque<Worker> workers_;
  std::shared_ptr<Pipe> named_;  // the FIFO's pipe, or the pipe
  bool linked_ = false;
};

}  // namespace parley::model
