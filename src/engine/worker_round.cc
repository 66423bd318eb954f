#include "src/engine/worker_round.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "src/base/clock.h"
#include "src/engine/disturbance.h"
#include "src/engine/performer.h"
#include "src/engine/worker_script.h"
#include "src/engine/worker_signals.h"
#include "src/engine/worker_stream.h"

namespace parley {
namespace {

constexpr std::uint64_t kPrefaultRecords = 1U << 14;

// Touches the log's first pages, so that recording does not fault.
void Prefault(ArenaHeader& header, std::byte* records, std::uint16_t log) {
  const LogRegion& region = header.logs[log];
  const std::uint64_t bytes = std::min(region.capacity, kPrefaultRecords) * sizeof(OperationRecord);
  const std::uint64_t begin = region.offset * sizeof(OperationRecord) / kPageBytes * kPageBytes;
  ::madvise(records + begin, bytes, MADV_POPULATE_WRITE);
}

class Round final : public WorkerRound {
 public:
  Round(Arena& arena, Seat& seat, const Facility& facility)
      : header_(arena.header()),
        seat_(seat),
        plan_(header_.program.workers[seat.plan]),
        random_(Derive(plan_.seed, "worker", seat.successor ? seat.worker : 0)),
        performer_(header_, arena.records(), seat, plan_, facility,
                   facility.Attach(header_.access_name.data()), header_.program.tag,
                   Identities(facility), Gaps(facility)),
        disturbance_(header_, plan_, performer_, random_) {}

  void CloseAll() override { performer_.port().CloseAll(); }

  void Prepare(Inheritance ends) override {
    const bool reads = ends.read_fd.valid();
    const bool writes = ends.write_fd.valid();
    performer_.port().Adopt(std::move(ends.read_fd), std::move(ends.write_fd),
                            header_.program.object.nonblocking);
    if (reads) performer_.Perform(performer_.CallWith(Effect::kOpenRead), kHandleRead, 0);
    if (writes) performer_.Perform(performer_.CallWith(Effect::kOpenWrite), kHandleWrite, 0);
    if (plan_.ignores_broken_pipe) {
      IgnoreSignal(SIGPIPE);
    } else {
      CatchSignal(SIGPIPE, true);
    }
    if (header_.program.stepped) {
      CatchSignal(kStepSignal, false);
      CatchSignal(kStepSignalRestart, true);
    }
  }

  void Run() override {
    disturbance_.Begin();
    if (header_.program.stepped) {
      Script().RunSteps();
    } else if (plan_.stream.call_count > 0) {
      RunStream();
    } else {
      Open();
      Script().RunPhases();
    }
    performer_.FinishReceiving();
    if (plan_.stream.call_count > 0) performer_.CloseHandles();
    disturbance_.End();
  }

 private:
  // Whether the plan has a call of that effect.
  static bool Calls(const WorkerPlan& plan, const Facility& facility, Effect effect) {
    const auto has = [&](std::uint8_t call) { return facility.Calls()[call].effect == effect; };
    const auto calls = std::span(plan.stream.calls).first(plan.stream.call_count);
    const auto steps = std::span(plan.steps).first(plan.step_count);
    return std::ranges::any_of(calls, has, &CallChoice::call) ||
           std::ranges::any_of(steps, [&](const Step& step) {
             return step.kind == StepKind::kCall && has(step.call);
           });
  }

  // Of packets a read discards what it does not take, and what is copied comes again.
  Decoder::Gaps Gaps(const Facility& facility) const {
    const auto plans = std::span(header_.program.workers).first(header_.program.worker_count);
    const bool gaps = std::ranges::any_of(plans, [&](const WorkerPlan& plan) {
      return Calls(plan, facility, Effect::kSetPackets) || Calls(plan, facility, Effect::kPeek);
    });
    return gaps ? Decoder::Gaps::kExpected : Decoder::Gaps::kNone;
  }

  std::vector<std::uint16_t> Identities(const Facility& facility) const {
    std::vector<std::uint16_t> identities(8, kNobody);
    for (std::uint32_t i = 0; i < header_.program.worker_count; ++i) {
      const WorkerPlan& plan = header_.program.workers[i];
      if (plan.encoding == Encoding::kSelfIdentifying && plan.identity < identities.size() &&
          Calls(plan, facility, Effect::kPut)) {
        identities[plan.identity] = static_cast<std::uint16_t>(i);
      }
    }
    return identities;
  }

  // Named objects are opened by the worker itself, with the plain call of each end.
  bool OpenEnds() {
    if (!performer_.facility().named() || plan_.ends == Ends::kNone) return true;
    const Effect effect = plan_.ends == Ends::kRead    ? Effect::kOpenRead
                          : plan_.ends == Ends::kWrite ? Effect::kOpenWrite
                                                       : Effect::kOpenBoth;
    const std::uint8_t call = performer_.CallWith(effect);
    for (int attempt = 0; attempt < 1000 && performer_.HasRoom(8); ++attempt) {
      const Reply reply = performer_.Perform(call, 0, 0);
      if (reply.system_error != EINTR) return reply.system_error == 0;
    }
    return false;
  }

  // A FIFO's descriptors are of the worker's own making, and so is O_NONBLOCK.
  void MakeNonblocking() {
    if (!header_.program.object.nonblocking || !performer_.facility().named()) return;
    const std::uint8_t call = performer_.CallWith(Effect::kSetNonblocking);
    if (call != Performer::kNoCall) performer_.Perform(call, 0, 1);
  }

  bool Open() {
    const bool open = OpenEnds();
    if (open && plan_.ends != Ends::kNone) MakeNonblocking();
    seat_.opened.store(true, std::memory_order_release);
    if (!seat_.successor && header_.opened.fetch_add(1) + 1 == header_.program.worker_count) {
      FutexWakeAll(header_.opened);
      RingBell(header_);
    }
    return open;
  }

  // No stream begins before everybody has opened: else a reader may see the end-of-file of the
  // first writer before the second has come, and leave.
  void MeetTheOthers() {
    if (seat_.successor) return;
    for (;;) {
      const std::uint32_t opened = header_.opened.load();
      if (opened >= header_.program.worker_count || header_.stop.load() != 0) return;
      FutexWait(header_.opened, opened, 10 * kNsPerMs);
    }
  }

  void RunStream() {
    const bool open = Open();
    MeetTheOthers();
    if (open) WorkerStream(header_, seat_, plan_, performer_, disturbance_, random_).Run();
  }

  WorkerScript Script() { return {header_, seat_, plan_, performer_, random_}; }

  ArenaHeader& header_;
  Seat& seat_;
  const WorkerPlan plan_;  // a copy: the shared one is the next round's before long
  Random random_;
  Performer performer_;
  Disturbance disturbance_;
};

}  // namespace

std::unique_ptr<WorkerRound> WorkerRound::Make(Arena& arena, Seat& seat, const Facility& facility) {
  CountSignalsAt(seat);
  seat.pid.store(::getpid(), std::memory_order_relaxed);
  Prefault(arena.header(), arena.records(), seat.worker);
  return std::make_unique<Round>(arena, seat, facility);
}

}  // namespace parley
