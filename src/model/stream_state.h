// Pipes and FIFOs as Linux runs them, one atomic piece of a call after another: the exact level.
//
// A state holds everything that the kernel keeps about one object (slots, counts, queues of
// sleepers, open files, the FIFO's names) and the calls in flight.  Each call is cut where the
// kernel gives up the pipe's lock, so that the caller can try every order of what is runnable.
// What a call returns is compared at once with what the history says.
//
// Source: Linux fs/pipe.c (pipe_read, pipe_write, fifo_open, pipe_release, pipe_resize_ring).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/model/byte_pipe.h"
#include "src/model/open_files.h"
#include "src/model/stepped_view.h"

namespace parley::model {

// What a call is going to return, for reports.
struct Expected {
  std::uint32_t operation = kNoOperation;
  std::int64_t result = 0;
  int system_error = 0;
};

// What can be done with a pipe.
struct Fill {
  bool unread = false;  // something is
  bool room = false;    // for a page
  bool readers = false;
  bool writers = false;
};

// How returns are compared with the history.
enum class Matching : std::uint8_t {
  kExact,
  kCountsOnly,  // whatever the bytes are
  kPredict,     // not at all: what would be returned is written down
};

class StreamState {
 public:
  // view: outlives the state.
  explicit StreamState(const SteppedView& view);

  // Does what step 0 did, as the history says it: nothing is compared.
  void SetUp(const Step& step);

  // Begins a step; then the causes, in any order, each followed by Run() until nothing is runnable.
  // predictions: of Matching::kPredict; outlives the step.
  void BeginStep(const Step& step, Matching matching, std::vector<Expected>* predictions);
  // False when the history says otherwise; the state is then of no use.
  bool Begin(const Cause& cause);
  // The calls in flight that are not asleep, by index; the caller runs one.
  std::size_t runnable_count() const;
  // The runnable one to run when the order does not matter; nothing when it does.
  std::optional<std::size_t> Obvious() const;
  std::size_t in_flight_count() const { return calls_.size(); }
  bool runnable(std::size_t index) const { return calls_[index].stage != Stage::kAsleep; }
  bool Run(std::size_t index);
  // All have returned that did in the step.
  bool Explains() const { return finished_ == step_->returned.size(); }

  // A number for coverage: states that behave differently mostly differ in it.
  std::uint64_t Shape() const;
  // Of the pipe that the name leads to, or of the only one; all false where there is none.
  Fill GetFill() const;

  bool operator==(const StreamState& other) const;

 private:
  enum class Kind : std::uint8_t { kRead, kWrite, kOpen, kExit };
  enum class Stage : std::uint8_t {
    kReady,       // has not done anything yet
    kBeforeWait,  // gave up the lock to wait, and is not in the queue yet
    kAsleep,
    kWoken,
  };
  // A call, or a dying process that closes its handles.
  struct InFlight {
    std::uint32_t operation = kNoOperation;
    std::uint32_t done = 0;           // bytes put
    std::uint32_t partners_seen = 0;  // opens: the other side's count when it went to sleep
    std::uint16_t worker = 0;
    std::uint16_t file = kNoFile;
    std::uint16_t pipe = 0;
    Kind kind = Kind::kRead;
    Stage stage = Stage::kReady;
    bool was_empty = false;
    bool slept = false;
    bool interrupted = false;
    bool restarts = false;

    bool operator==(const InFlight&) const = default;
  };
  struct Channel {
    BytePipe bytes;
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
    std::uint32_t files = 0;
    std::uint32_t readers_ever = 0;
    std::uint32_t writers_ever = 0;
    bool polled = false;
    std::vector<std::uint16_t> waiting_readers;  // workers, in the order of their wake-up
    std::vector<std::uint16_t> waiting_writers;

    bool operator==(const Channel&) const = default;
  };

  const History& history() const { return view_->history(); }
  const Operation& op(std::uint32_t id) const { return history().operations[id]; }
  Channel& channel(const InFlight& call) { return pipes_[call.pipe]; }
  Channel Fresh() const;
  bool HasReturned(std::uint32_t id) const;

  void CountEnds(std::uint16_t pipe);

  // In stream_state_calls.cc: calls that do their work at once.
  bool BeginCall(std::uint32_t id);
  bool BeginTransfer(std::uint32_t id, Kind kind);
  bool BeginOpen(std::uint32_t id);
  bool Duplicate(std::uint32_t id);
  bool Close(std::uint32_t id);
  bool OnFile(std::uint32_t id, Effect effect);
  bool Resize(std::uint32_t id, Channel& pipe);
  bool Poll(std::uint32_t id, const OpenFile& file, Channel& pipe);
  bool OnName(std::uint32_t id, Effect effect);

  // In stream_state_transfers.cc and stream_state_opens.cc.
  bool RunRead(InFlight& call);
  bool RunWrite(InFlight& call);
  bool WriteBegins(InFlight& call);
  bool SpliceIn(InFlight& call);
  bool SpliceOut(InFlight& call);
  std::uint32_t ScratchSlots() const;
  bool WriteGoesOn(InFlight& call);
  bool WriteEnds(InFlight& call, std::int64_t result, int system_error);
  bool RunOpen(InFlight& call);
  bool OpenBegins(InFlight& call);
  bool OpenSucceeds(InFlight& call, OpenFile file);
  void GiveUpOpen(InFlight& call);
  bool RunExit(InFlight& call);
  bool Interrupt(std::uint16_t worker, bool restarts);
  bool Kill(std::uint16_t worker);

  void Release(std::uint16_t file);
  void LetGo(std::uint16_t pipe);
  void WakeOne(std::vector<std::uint16_t>& queue);
  void WakeAll(std::vector<std::uint16_t>& queue);
  void WakePartners(std::uint16_t pipe);
  void FallAsleep(InFlight& call, std::vector<std::uint16_t>& queue);

  bool Finish(std::uint32_t id, std::int64_t result, int system_error,
              const std::vector<ByteRun>* taken = nullptr);
  bool FinishCall(InFlight& call, std::int64_t result, int system_error,
                  const std::vector<ByteRun>* taken = nullptr);
  bool Matches(const Operation& op, const std::vector<ByteRun>& taken) const;

  const SteppedView* view_;
  const Step* step_ = nullptr;
  Matching matching_ = Matching::kExact;
  std::vector<Expected>* predictions_ = nullptr;
  std::size_t finished_ = 0;

  std::vector<Channel> pipes_;  // by generation of the name
  OpenFiles files_;
  std::vector<InFlight> calls_;  // by worker
  std::int32_t named_ = -1;      // the pipe behind the name, -1 when the name is not there
  bool linked_ = false;          // the second name is taken
};

}  // namespace parley::model
