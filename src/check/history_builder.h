// Small histories made by hand, for tests of checkers.  Times are small integers (nanoseconds).
//
//   const History history = HistoryBuilder()
//                               .Worker("writer")  // worker 0
//                               .Worker("reader")  // worker 1
//                               .OpenWrite(0, {.from = 1, .to = 2})
//                               .OpenRead(1, {.from = 1, .to = 2})
//                               .Put(0, {.from = 3, .to = 4, .bytes = 64})
//                               .Take(1, {.from = 5, .to = 6, .bytes = 4096}, {Written(0, 0, 64)})
//                               .Drained()
//                               .Build();
//
// The id of an operation is its place among the operations, from 0.  The builder checks nothing: a
// history that no system could produce is what most tests want.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/history/history.h"

namespace parley {

// bytes of writer's stream from position on.
Extent Written(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes);
Extent Unidentified(std::uint32_t bytes);
Extent Overwritten(std::uint32_t bytes);

// One call.  What is left out is what a system that keeps its promises does.
struct CallSpec {
  std::uint64_t from = 0;
  std::uint64_t to = kNever;  // left out: still inside at the end, or killed inside (Kill)
  std::uint32_t bytes = 0;    // asked for
  // Puts: bytes; takes: the extents' sum; others: 0.
  std::optional<std::int64_t> result = std::nullopt;
  int error = 0;  // errno; the result is then -1
  std::uint64_t argument = 0;
  // Puts: where the writer's earlier puts end.
  std::optional<std::uint64_t> position = std::nullopt;
  std::uint16_t handle = 0;  // 0: opens: the worker's next number; else its newest one that fits
  std::uint16_t pieces = 1;
  std::uint8_t object = 0;
  bool nonblocking = false;
  bool gathers = false;  // writev, readv
};

// Options of a worker.
struct WorkerSpec {
  Topology topology = Topology::kRelated;
  bool creator = false;
  bool interrupted = false;
};

class HistoryBuilder {
 public:
  HistoryBuilder();

  // The next worker; ids count from 0.
  HistoryBuilder& Worker(std::string role, WorkerSpec spec = {});

  // Any call, by its effect.  extents: what a take received.
  HistoryBuilder& Do(Effect effect, std::uint16_t worker, CallSpec spec,
                     std::vector<Extent> extents = {});

  HistoryBuilder& Put(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& Take(std::uint16_t worker, CallSpec spec, std::vector<Extent> extents = {});
  HistoryBuilder& OpenRead(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& OpenWrite(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& OpenBoth(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& Duplicate(std::uint16_t worker, CallSpec spec);  // argument: source handle
  HistoryBuilder& Close(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& SetNonblocking(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& Resize(std::uint16_t worker, CallSpec spec);  // result: argument, if left out
  HistoryBuilder& MakeName(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& RemoveName(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& QueryName(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& RenameName(std::uint16_t worker, CallSpec spec);
  HistoryBuilder& ProbeHandle(std::uint16_t worker, CallSpec spec);

  // Faults.  A call of the worker that has not returned becomes a maybe one, over at `to`.
  HistoryBuilder& Kill(std::uint16_t worker, std::uint64_t from, std::uint64_t to);
  HistoryBuilder& Stop(std::uint16_t worker, std::uint64_t from, std::uint64_t to);
  HistoryBuilder& Continue(std::uint16_t worker, std::uint64_t from, std::uint64_t to);

  HistoryBuilder& Sighted(const Sighting& sighting);
  // Evidence that convinces: steady, 20 samples, no gap.
  HistoryBuilder& SeenAsleep(std::uint16_t worker, std::uint64_t from_ns, std::uint64_t until_ns);
  HistoryBuilder& Residue(std::string line);

  HistoryBuilder& AtomicBytes(std::uint64_t bytes);  // 4096 unless said
  // Both 65536 unless said; the default stays when only the first is given.
  HistoryBuilder& CapacityBytes(std::uint64_t bytes, std::uint64_t default_bytes = 65536);
  HistoryBuilder& ClockSlackNs(std::uint64_t slack_ns);
  HistoryBuilder& Drained();
  HistoryBuilder& Incomplete();

  History Build() const { return history_; }

 private:
  struct Handle {
    std::uint16_t number = 0;
    bool reads = false;
    bool writes = false;
    bool open = true;
  };

  std::uint8_t CallOf(Effect effect, bool gathers) const;
  std::uint16_t NewHandle(Effect effect, std::uint16_t worker, const CallSpec& spec);
  std::uint16_t UsedHandle(Effect effect, std::uint16_t worker, const CallSpec& spec);
  HistoryBuilder& AddFault(FaultKind kind, std::uint16_t worker, std::uint64_t from,
                           std::uint64_t to);

  History history_;
  std::map<std::pair<std::uint16_t, std::uint8_t>, std::uint64_t> ends_;  // of writers' streams
  std::map<std::uint16_t, std::vector<Handle>> handles_;                  // by worker
};

}  // namespace parley
