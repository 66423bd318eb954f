#include "src/engine/worker_round.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <optional>
#include <vector>

#include "src/base/clock.h"
#include "src/engine/performer.h"

namespace parley {
namespace {

constexpr std::uint64_t kPrefaultRecords = 1U << 14;
constexpr std::uint64_t kBackOffNs = 20 * kNsPerUs;  // after EAGAIN
constexpr int kErrorsBeforeGivingUp = 16;
constexpr int kBrokenPipesBeforeGivingUp = 3;

Seat* g_seat = nullptr;

void CountSignal(int) { g_seat->signals.fetch_add(1, std::memory_order_relaxed); }

void Handle(int signal, void (*handler)(int), bool restart) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = restart ? SA_RESTART : 0;
  ::sigaction(signal, &action, nullptr);
}

void SetTimer(std::uint32_t interval_us) {
  const timeval period{.tv_sec = interval_us / 1'000'000, .tv_usec = interval_us % 1'000'000};
  const itimerval timer{.it_interval = period, .it_value = period};
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void SpinFor(std::uint64_t ns) {
  const std::uint64_t until = NowNs() + ns;
  while (NowNs() < until) {
  }
}

void MoveToAnotherCore(Random& random) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  CPU_SET(random.Below(static_cast<std::uint64_t>(std::max(cores, 1L))), &allowed);
  ::sched_setaffinity(0, sizeof allowed, &allowed);
}

void AllowAllCores() {
  cpu_set_t all;
  CPU_ZERO(&all);
  for (int core = 0; core < CPU_SETSIZE; ++core) CPU_SET(core, &all);
  ::sched_setaffinity(0, sizeof all, &all);
}

// Touches the log's first pages, so that recording does not fault.
void Prefault(ArenaHeader& header, std::byte* records, std::uint16_t log) {
  const LogRegion& region = header.logs[log];
  const std::uint64_t bytes = std::min(region.capacity, kPrefaultRecords) * sizeof(OperationRecord);
  const std::uint64_t begin = region.offset * sizeof(OperationRecord) / kPageBytes * kPageBytes;
  ::madvise(records + begin, bytes, MADV_POPULATE_WRITE);
}

// The faults that the plan has in store for this worker, soonest first.
class FaultClock {
 public:
  FaultClock(const ArenaHeader& header, std::uint32_t plan) {
    const SharedProgram& program = header.program;
    for (std::uint32_t i = 0; i < program.fault_count; ++i) {
      if (program.faults[i].worker == plan && !header.dealt[i].load()) due_.push_back(i);
    }
    std::ranges::sort(due_, {}, [&](std::uint32_t i) {
      return std::pair(program.faults[i].after_operations, i);
    });
  }

  // The index of a fault that is due, once.
  std::optional<std::uint32_t> Due(const SharedProgram& program, std::uint64_t operations) {
    if (next_ == due_.size() || program.faults[due_[next_]].after_operations > operations) {
      return std::nullopt;
    }
    return due_[next_++];
  }

 private:
  std::vector<std::uint32_t> due_;
  std::size_t next_ = 0;
};

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
        faults_(header_, seat.plan) {}

  void CloseAll() override { performer_.port().CloseAll(); }

  void Prepare(Inheritance ends) override {
    const bool reads = ends.read_fd.valid();
    const bool writes = ends.write_fd.valid();
    performer_.port().Adopt(std::move(ends.read_fd), std::move(ends.write_fd),
                            header_.program.object.nonblocking);
    if (reads) performer_.Perform(performer_.CallWith(Effect::kOpenRead), kHandleRead, 0);
    if (writes) performer_.Perform(performer_.CallWith(Effect::kOpenWrite), kHandleWrite, 0);
    Handle(SIGPIPE, plan_.ignores_broken_pipe ? SIG_IGN : CountSignal, true);
    if (header_.program.stepped) {
      Handle(kStepSignal, CountSignal, false);
      Handle(kStepSignalRestart, CountSignal, true);
    }
  }

  void Run() override {
    if (plan_.interrupts.interval_us > 0) {
      Handle(SIGALRM, CountSignal, plan_.interrupts.restart);
      SetTimer(plan_.interrupts.interval_us);
    }
    if (header_.program.stepped) {
      RunStepped();
    } else if (plan_.stream.call_count > 0) {
      RunStream();
    } else {
      RunScript();
    }
    if (plan_.interrupts.interval_us > 0) {
      SetTimer(0);
      Handle(SIGALRM, SIG_IGN, true);
    }
    if (plan_.jitter.move > 0) AllowAllCores();
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
    if (open) {
      const StreamPlan& stream = plan_.stream;
      std::uint64_t weights = 0;
      for (std::uint32_t i = 0; i < stream.call_count; ++i) weights += stream.calls[i].weight;
      while (!Over(stream)) {
        DealFaults();
        Disturb();
        Count(seat_.drawn);
        if (!MakeDrawnCall(stream, weights)) break;
      }
    }
    performer_.FinishReceiving();
    performer_.CloseHandles();
  }

  bool Over(const StreamPlan& stream) {
    if (header_.stop.load(std::memory_order_relaxed) != 0) return true;
    if (!performer_.HasRoom(kMaxPieces)) {
      seat_.truncated = true;
      header_.stop.store(1, std::memory_order_relaxed);
      return true;
    }
    return stream.operations > 0 &&
           seat_.drawn.load(std::memory_order_relaxed) >= stream.operations;
  }

  std::uint8_t DrawCall(const StreamPlan& stream, std::uint64_t weights) {
    if (stream.call_count == 1) return stream.calls[0].call;
    std::uint64_t ticket = random_.Below(weights);
    for (std::uint32_t i = 0; i < stream.call_count; ++i) {
      if (ticket < stream.calls[i].weight) return stream.calls[i].call;
      ticket -= stream.calls[i].weight;
    }
    return stream.calls[0].call;
  }

  Body DrawBody() {
    if (plan_.bodies == 1) return Body::kCounter;
    const auto count = static_cast<std::uint64_t>(std::popcount(plan_.bodies));
    std::uint64_t index = random_.Below(count);
    for (std::uint8_t body = 0;; ++body) {
      if ((plan_.bodies >> body & 1) == 0) continue;
      if (index-- == 0) return static_cast<Body>(body);
    }
  }

  // One drawn call.  False when the stream has come to its end.
  bool MakeDrawnCall(const StreamPlan& stream, std::uint64_t weights) {
    const std::uint8_t call = DrawCall(stream, weights);
    const Effect effect = performer_.EffectOf(call);
    const bool gathers = performer_.facility().Calls()[call].gathers;
    const std::uint32_t bytes = stream.sizes.Draw(random_);
    Performer::Transfer transfer{.call = call, .bytes = bytes};
    if (gathers) transfer.pieces = stream.pieces.Draw(random_);
    if (stream.classes.count > 0) transfer.klass = stream.classes.Draw(random_);
    switch (effect) {
      case Effect::kPut:
        transfer.body = DrawBody();
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
  bool WasLast(const Reply& reply, std::uint32_t asked) const {
    if (reply.system_error != 0) return false;
    return performer_.messages() ? performer_.received_last() : reply.result == 0 && asked > 0;
  }

  bool GoOn(const Reply& reply) {
    switch (reply.system_error) {
      case 0:
        errors_ = 0;
        return true;
      case EINTR:
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

  void DealFaults() {
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

  void Disturb() {
    if (plan_.interrupts.interval_us > 0 && header_.calm.load(std::memory_order_relaxed) != 0) {
      SetTimer(0);
    }
    const Jitter& jitter = plan_.jitter;
    if ((jitter.yield | jitter.spin | jitter.sleep | jitter.move) == 0) return;
    performer_.Refresh();
    const std::uint64_t draw = random_.Next();
    if ((draw & 1023) < jitter.yield) ::sched_yield();
    if ((draw >> 10 & 1023) < jitter.spin) SpinFor(kNsPerUs * (1 + (draw >> 40) % 50));
    if ((draw >> 20 & 1023) < jitter.sleep) SleepNs(jitter.pause_us * kNsPerUs);
    if ((draw >> 30 & 1023) < jitter.move) MoveToAnotherCore(random_);
  }

  void RunScript() {
    Open();
    std::uint32_t at = 0;
    for (std::uint32_t phase = 1; phase <= header_.program.phases; ++phase) {
      for (;;) {
        const std::uint32_t current = header_.phase.load(std::memory_order_acquire);
        if (current >= phase) break;
        FutexWait(header_.phase, current, 0);
      }
      for (; at < plan_.step_count && plan_.steps[at].phase < phase; ++at) RunStep(plan_.steps[at]);
      seat_.phase_done.store(phase, std::memory_order_release);
      RingBell(header_);
    }
    performer_.FinishReceiving();
  }

  void RunStep(const Step& step) {
    if (step.kind != StepKind::kCall) return;
    for (std::uint16_t i = 0; i < step.repeat && performer_.HasRoom(8); ++i) {
      performer_.Refresh();
      if (step.delay_us > 0) SpinFor(step.delay_us * kNsPerUs);
      MakeCall(step);
    }
  }

  void MakeCall(const Step& step) {
    const auto argument = static_cast<std::uint32_t>(step.argument);
    Performer::Transfer transfer{.call = step.call, .handle = step.handle, .bytes = step.bytes};
    if (performer_.facility().Calls()[step.call].gathers) {
      transfer.pieces = std::max<std::uint32_t>(argument, 1);
    } else if (performer_.messages()) {
      transfer.klass = argument;
    }
    switch (performer_.EffectOf(step.call)) {
      case Effect::kPut:
        transfer.body = DrawBody();
        performer_.Put(transfer);
        break;
      case Effect::kTake:
      case Effect::kPeek:
        performer_.Take(transfer);
        break;
      default:
        performer_.Perform(step.call, step.handle, step.argument);
    }
  }

  // Call by call, each when the scheduler opens the gate; stepped_round.h.
  void RunStepped() {
    std::uint32_t made = 0;
    for (std::uint32_t i = 0; i < plan_.step_count; ++i) {
      for (std::uint16_t n = 0; n < plan_.steps[i].repeat; ++n) {
        while (seat_.gate.load(std::memory_order_acquire) == made) {
          FutexWait(seat_.gate, made, 0);
        }
        if (performer_.HasRoom(8)) {
          MakeCall(plan_.steps[i]);
        } else {
          seat_.truncated = true;
        }
        seat_.made.store(++made, std::memory_order_release);
      }
    }
    performer_.FinishReceiving();
  }

  ArenaHeader& header_;
  Seat& seat_;
  const WorkerPlan plan_;  // a copy: the shared one is the next round's before long
  Random random_;
  Performer performer_;
  FaultClock faults_;
  int errors_ = 0;
  int broken_pipes_ = 0;
};

}  // namespace

std::unique_ptr<WorkerRound> WorkerRound::Make(Arena& arena, Seat& seat, const Facility& facility) {
  g_seat = &seat;
  Prefault(arena.header(), arena.records(), seat.worker);
  return std::make_unique<Round>(arena, seat, facility);
}

void RingBell(ArenaHeader& header) {
  header.bell.fetch_add(1, std::memory_order_release);
  FutexWakeAll(header.bell);
}

}  // namespace parley
