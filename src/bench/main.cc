// The benchmark: checked operations against a bare loop in the same run, the cost of one recorded
// event, and the speed of the checkers.  Prints ratios and medians; asserts nothing.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "src/base/clock.h"
#include "src/bench/lock_bench.h"
#include "src/bench/raw_loop.h"
#include "src/check/checker.h"
#include "src/engine/engine.h"
#include "src/engine/leader.h"
#include "src/history/log.h"

namespace parley {
namespace {

constexpr int kRepeats = 7;  // alternating pairs; the median of their ratios is printed

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::uint8_t CallNamed(const Facility& facility, std::string_view name) {
  const auto calls = facility.Calls();
  return static_cast<std::uint8_t>(std::ranges::find(calls, name, &CallTraits::name) -
                                   calls.begin());
}

Program MakeProgram(const Facility& facility, const RawLoad& load) {
  Program program;
  program.facility = facility.Name();
  program.roles = {"writer", "reader"};
  for (int i = 0; i < load.writers + load.readers; ++i) {
    const bool writes = i < load.writers;
    WorkerPlan plan;
    plan.seed = static_cast<std::uint64_t>(i) + 1;
    plan.ends = writes ? Ends::kWrite : Ends::kRead;
    plan.role = writes ? 0 : 1;
    plan.stream.calls[0] = {.call = CallNamed(facility, writes ? "write" : "read"), .weight = 1};
    plan.stream.call_count = 1;
    plan.stream.operations = writes ? load.writes : 0;
    plan.stream.sizes = Sizes::Range(load.message_bytes, load.message_bytes);
    plan.stream.pieces = Sizes::Range(1, 1);
    program.workers.push_back(plan);
  }
  return program;
}

bool IsData(const History& history, const Operation& op) {
  const Effect effect = history.effect(op);
  return effect == Effect::kPut || effect == Effect::kTake;
}

double CheckedCallsPerSecond(const History& history) {
  std::uint64_t first = kNever;
  std::uint64_t last = 0;
  std::uint64_t calls = 0;
  for (const Operation& op : history.operations) {
    if (!IsData(history, op)) continue;
    first = std::min(first, op.invoked_ns);
    last = std::max(last, op.returned_ns);
    ++calls;
  }
  return static_cast<double>(calls) * kNsPerS / static_cast<double>(last - first);
}

void CompareWithRawLoop(Engine& engine) {
  fmt::print("checked operations against a bare loop of the same facility, size and crew\n");
  fmt::print("{:8} {:>6} {:>6} {:>14} {:>14} {:>7} {:>15}\n", "facility", "bytes", "crew",
             "checked op/s", "bare op/s", "ratio", "ratio min..max");
  for (const std::string_view name : {"pipe", "fifo"}) {
    for (const std::uint32_t bytes : {64U, 512U}) {
      for (const int side : {1, 8}) {
        RawLoad load{.fifo = name == "fifo",
                     .directory = "/tmp",
                     .writers = side,
                     .readers = side,
                     .writes = 240'000U / static_cast<unsigned>(side),
                     .message_bytes = bytes};
        const Program program = MakeProgram(*FindFacility(name), load);
        std::vector<double> checked;
        std::vector<double> bare;
        std::vector<double> ratios;
        for (int i = 0; i < kRepeats; ++i) {
          bare.push_back(RawCallsPerSecond(load));
          const auto history = engine.Run(program, {}, [] { return false; });
          if (!history) {
            fmt::print("{}: {}\n", name, history.error().message);
            return;
          }
          checked.push_back(CheckedCallsPerSecond(*history));
          ratios.push_back(checked.back() / bare.back());
        }
        fmt::print("{:8} {:>6} {:>6} {:>14.0f} {:>14.0f} {:>7.2f} {:>15}\n", name, bytes,
                   fmt::format("{0}x{0}", side), Median(checked), Median(bare), Median(ratios),
                   fmt::format("{:.2f}..{:.2f}", *std::ranges::min_element(ratios),
                               *std::ranges::max_element(ratios)));
      }
    }
  }
}

void MeasureRecording() {
  constexpr std::uint64_t kEvents = 1'000'000;
  std::vector<OperationRecord> records(kEvents);
  LogRegion region;
  region.capacity = kEvents;
  std::vector<double> costs;
  for (int i = 0; i < kRepeats; ++i) {
    region.count.store(0);
    LogWriter log(reinterpret_cast<std::byte*>(records.data()), &region);
    const OperationRecord record{};
    const std::uint64_t begin = NowNs();
    for (std::uint64_t event = 0; event < kEvents; ++event) {
      LogWriter::End(log.Begin(record, NowNs()), NowNs());
    }
    costs.push_back(static_cast<double>(NowNs() - begin) / kEvents);
  }
  fmt::print("\none recorded operation, both stamps included: {:.1f} ns; 64 bytes\n",
             Median(costs));
}

// n operations of 4 writers and 4 readers on a perfect queue of 64-byte records.
History Synthetic(std::uint64_t operations) {
  constexpr std::uint16_t kSide = 4;
  constexpr std::uint32_t kBytes = 64;
  History history;
  history.header.facility = "pipe";
  history.header.capacity_bytes = history.header.default_capacity_bytes = 65536;
  history.header.drained = true;
  history.calls = {{.name = "write", .effect = Effect::kPut},
                   {.name = "read", .effect = Effect::kTake},
                   {.name = "hold_read", .effect = Effect::kOpenRead},
                   {.name = "hold_write", .effect = Effect::kOpenWrite}};
  history.workers.resize(2 * kSide);
  const std::uint64_t each = operations / (2 * kSide);
  for (std::uint16_t worker = 0; worker < 2 * kSide; ++worker) {
    const bool writes = worker < kSide;
    history.operations.push_back({.invoked_ns = 1,
                                  .returned_ns = 2,
                                  .worker = worker,
                                  .handle = 1,
                                  .call = static_cast<std::uint8_t>(writes ? 3 : 2)});
    for (std::uint64_t i = 0; i < each; ++i) {
      Operation op{.invoked_ns = 100 * i + 10 + worker * (writes ? 5 : 0) + (writes ? 0 : 60),
                   .result = kBytes,
                   .position = writes ? i * kBytes : 0,
                   .requested = kBytes,
                   .worker = worker,
                   .handle = 1,
                   .call = static_cast<std::uint8_t>(writes ? 0 : 1)};
      op.returned_ns = op.invoked_ns + 30;
      if (!writes) {
        op.first_extent = static_cast<std::uint32_t>(history.extents.size());
        op.extent_count = 1;
        history.extents.push_back({.position = i * kBytes,
                                   .bytes = kBytes,
                                   .writer = static_cast<std::uint16_t>(worker - kSide)});
      }
      history.operations.push_back(op);
    }
  }
  return history;
}

void MeasureCheckers() {
  fmt::print("\nall checkers on one history\n{:>12} {:>14} {:>10}\n", "operations", "operations/s",
             "broken");
  for (const std::uint64_t operations : {10'000U, 100'000U, 1'000'000U, 10'000'000U}) {
    const History history = Synthetic(operations);
    const std::uint64_t begin = NowNs();
    const auto judgements = Judge(history);
    const double seconds = static_cast<double>(NowNs() - begin) / kNsPerS;
    const auto broken = std::ranges::count(judgements, Verdict::kBroken, &Judgement::verdict);
    fmt::print("{:>12} {:>14.0f} {:>10}\n", operations, static_cast<double>(operations) / seconds,
               broken);
  }
  fmt::print("\na history in memory: {} bytes an operation, {} an extent\n", sizeof(Operation),
             sizeof(Extent));
}

}  // namespace
}  // namespace parley

int main(int argc, char** argv) {
  if (const auto code = parley::RunAsCrew(argc, argv)) return *code;
  auto engine = parley::Engine::Start({.records = 1U << 22});
  if (!engine) {
    fmt::print(stderr, "{}\n", engine.error().message);
    return 3;
  }
  parley::CompareWithRawLoop(**engine);
  parley::MeasureRecording();
  parley::MeasureCheckers();
  parley::MeasureLocks(**engine);
  return 0;
}
