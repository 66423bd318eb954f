#include "src/bench/lock_bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/bench/raw_loop.h"
#include "src/check/checker.h"
#include "src/history/lock_calls.h"

namespace parley {
namespace {

constexpr int kRepeats = 7;
constexpr std::uint32_t kPairs = 120'000;  // of a lock and an unlock, all workers together

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// Each worker takes a byte of its own and gives it back, again and again.
Program MakeProgram(const Facility& facility, const RawLocks& load) {
  const auto waits = std::ranges::find(facility.Calls(), "setlkw_write", &CallTraits::name);
  Program program;
  program.facility = facility.Name();
  program.roles = {"writer"};
  for (int i = 0; i < load.processes; ++i) {
    const auto byte = static_cast<std::uint32_t>(i);
    WorkerPlan plan;
    plan.seed = byte + 1;
    plan.ends = Ends::kBoth;
    plan.stream.calls[0] = {.call = static_cast<std::uint8_t>(waits - facility.Calls().begin()),
                            .weight = 1};
    plan.stream.call_count = 1;
    plan.stream.operations = 2 * load.pairs;
    plan.stream.starts = Sizes::Range(byte, byte);
    plan.stream.sizes = Sizes::Range(1, 1);
    plan.stream.held = Sizes::Range(1, 1);
    program.workers.push_back(plan);
  }
  return program;
}

double CheckedCallsPerSecond(const History& history) {
  std::uint64_t first = kNever;
  std::uint64_t last = 0;
  std::uint64_t calls = 0;
  for (const Operation& op : history.operations) {
    if (history.calls[op.call].lock == LockKind::kNone) continue;
    first = std::min(first, op.invoked_ns);
    last = std::max(last, op.returned_ns);
    ++calls;
  }
  return static_cast<double>(calls) * kNsPerS / static_cast<double>(last - first);
}

void CompareWithRawLoop(Engine& engine) {
  fmt::print("\nlocks and unlocks of a byte of one's own\n");
  fmt::print("{:10} {:>6} {:>14} {:>14} {:>7}\n", "facility", "crew", "checked op/s", "bare op/s",
             "ratio");
  for (const std::string_view name : {"fcntl-lock", "ofd-lock"}) {
    for (const int processes : {1, 2, 8}) {
      const RawLocks load{.ofd = name == "ofd-lock",
                          .directory = "/tmp",
                          .processes = processes,
                          .pairs = kPairs / static_cast<unsigned>(processes)};
      const Program program = MakeProgram(*FindFacility(name), load);
      std::vector<double> checked;
      std::vector<double> bare;
      std::vector<double> ratios;
      for (int i = 0; i < kRepeats; ++i) {
        bare.push_back(RawLocksPerSecond(load));
        const auto history = engine.Run(program, {}, [] { return false; });
        if (!history) {
          fmt::print("{}: {}\n", name, history.error().message);
          return;
        }
        checked.push_back(CheckedCallsPerSecond(*history));
        ratios.push_back(checked.back() / bare.back());
      }
      fmt::print("{:10} {:>6} {:>14.0f} {:>14.0f} {:>7.2f}\n", name, processes, Median(checked),
                 Median(bare), Median(ratios));
    }
  }
}

// n operations of 8 workers who have the file open: of one byte among 8 that only one has at a
// time, and tries for it by the others, which are refused.
History Synthetic(std::uint64_t operations) {
  constexpr std::uint16_t kWorkers = 8;
  History history;
  history.header.facility = "fcntl-lock";
  history.header.family = Family::kLocks;
  const auto of_lock = [](std::string_view name, Effect effect) {
    return Call{.name = std::string(name),
                .effect = effect,
                .lock = LockKind::kProcess,
                .exclusive = effect == Effect::kLock};
  };
  history.calls = {of_lock("lock", Effect::kLock),
                   of_lock("unlock", Effect::kUnlock),
                   {.name = "open_both", .effect = Effect::kOpenBoth}};
  history.workers.resize(kWorkers);
  const std::uint64_t turns = operations / 3 / kWorkers;
  for (std::uint16_t worker = 0; worker < kWorkers; ++worker) {
    history.operations.push_back(
        {.invoked_ns = 1, .returned_ns = 2, .worker = worker, .handle = 1, .call = 2});
    for (std::uint64_t turn = 0; turn < turns; ++turn) {
      const auto add = [&](std::uint64_t at_ns, std::uint8_t call, std::uint16_t byte, int error) {
        history.operations.push_back({.invoked_ns = 1000 * turn + at_ns,
                                      .returned_ns = 1000 * turn + at_ns + 50,
                                      .result = error == 0 ? 0 : -1,
                                      .argument = PackRange({.start = byte, .length = 1}),
                                      .system_error = static_cast<std::uint16_t>(error),
                                      .worker = worker,
                                      .handle = 1,
                                      .call = call,
                                      .nonblocking = error != 0});
      };
      const auto own = static_cast<std::uint16_t>((worker + turn) % kWorkers);
      add(100, 0, own, 0);
      add(300, 0, static_cast<std::uint16_t>((own + 1) % kWorkers), EAGAIN);
      add(700, 1, own, 0);
    }
  }
  return history;
}

void MeasureCheckers() {
  fmt::print("\nall checkers of locks on one history\n{:>12} {:>14} {:>10}\n", "operations",
             "operations/s", "broken");
  for (const std::uint64_t operations : {10'000U, 100'000U, 1'000'000U}) {
    const History history = Synthetic(operations);
    std::vector<double> rates;
    std::size_t broken = 0;
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t begin = NowNs();
      const auto judgements = Judge(history);
      const double seconds = static_cast<double>(NowNs() - begin) / kNsPerS;
      rates.push_back(static_cast<double>(history.operations.size()) / seconds);
      broken = static_cast<std::size_t>(
          std::ranges::count(judgements, Verdict::kBroken, &Judgement::verdict));
    }
    fmt::print("{:>12} {:>14.0f} {:>10}\n", operations, Median(rates), broken);
  }
}

}  // namespace

void MeasureLocks(Engine& engine) {
  CompareWithRawLoop(engine);
  MeasureCheckers();
}

}  // namespace parley
