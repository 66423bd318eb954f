// O-MODEL: what a stepped history of a byte stream shows of it is what the taxonomy says: that a
// sender need not wait for a receiver, but for room; which way the bytes go; who can use it; that a
// receiver does not see where a send ended; that what was received is gone.
//
// The other cells of a row are what promises of their own are about (names, access, persistence),
// or cannot be measured on one machine (network).
//
// Only single calls count of which nothing else can be said: no faults, splices or packets.  Time
// O(n log n), memory O(n) for n operations.
#include "src/promise/taxonomy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include "src/check/byte_streams.h"
#include "src/check/checker.h"
#include "src/check/ends.h"
#include "src/check/tally.h"

namespace parley {
namespace {

constexpr std::array kClauses = {Clause::kTaxonomy};

// A put or take when it began.
struct Situation {
  std::uint64_t unread = 0;  // bytes in the object, by the calls that had returned
  bool alone = false;        // no other put or take of the object was inside
};

// By operation; of others than puts and takes nothing.
std::vector<Situation> SituationsOf(const History& history) {
  struct Event {
    std::uint64_t at_ns = 0;
    std::uint32_t id = 0;
    bool begins = false;
  };
  std::vector<Event> events;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    if (effect != Effect::kPut && effect != Effect::kTake) continue;
    events.push_back({op.invoked_ns, id, true});
    if (op.returned_ns != kNever) events.push_back({op.returned_ns, id, false});
  }
  std::ranges::sort(events, {},
                    [](const Event& event) { return std::pair(event.at_ns, event.id); });
  struct Load {
    std::int64_t unread = 0;
    int inside = 0;
  };
  std::array<Load, 256> objects{};  // Operation::object
  std::vector<Situation> situations(history.operations.size());
  for (const Event& event : events) {
    const Operation& op = history.operations[event.id];
    Load& load = objects[op.object];
    if (event.begins) {
      const auto unread = static_cast<std::uint64_t>(std::max<std::int64_t>(load.unread, 0));
      situations[event.id] = {.unread = unread, .alone = load.inside++ == 0};
      continue;
    }
    --load.inside;
    if (!op.succeeded()) continue;
    load.unread += history.effect(op) == Effect::kPut ? op.result : -op.result;
  }
  return situations;
}

// Bytes moved otherwise than by puts and takes, and what a death may have done, are left alone; and
// so is what is opened after a close, since what nobody holds open forgets its content.
bool IsPlain(const History& history) {
  std::uint64_t first_close_ns = kNever;
  for (const Operation& op : history.operations) {
    if (history.effect(op) == Effect::kClose) {
      first_close_ns = std::min(first_close_ns, op.invoked_ns);
    }
  }
  const auto odd = [&](const Operation& op) {
    const Effect effect = history.effect(op);
    const bool moves = effect == Effect::kPut || effect == Effect::kTake;
    return (Opens(effect) && op.invoked_ns > first_close_ns) || effect == Effect::kRemoveName ||
           effect == Effect::kResize || effect == Effect::kSetPackets || effect == Effect::kPeek ||
           (moves && op.argument == kBySplice) || op.outcome == Outcome::kMaybe;
  };
  return history.header.complete && history.faults.empty() &&
         std::ranges::none_of(history.operations, odd);
}

// A cell that is measured: what the table says, and whether that was seen.
struct Cell {
  std::string_view column;
  std::string_view expected;
  bool seen = false;
};

class TaxonomyJudge {
 public:
  TaxonomyJudge(const ByteStreams& streams, const Taxonomy& row)
      : streams_(streams),
        history_(streams.history()),
        ends_(history_),
        situations_(SituationsOf(history_)),
        timing_{"timing", row.timing},
        direction_{"direction", row.direction},
        processes_{"processes", row.processes},
        delimited_{"delimited", row.delimited},
        destructive_{"read destroys", row.destructive},
        flow_control_{"flow control", row.flow_control} {}

  void Judge(std::vector<Judgement>& judgements) {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) MeasureCall(id);
    for (const ObjectView& object : streams_.objects()) {
      if (!object.one_queue || !object.serialised) continue;
      MeasureSends(object);
      MeasureReceives(object);
    }
    const auto cells = {timing_, direction_, processes_, delimited_, destructive_, flow_control_};
    // One chance: a history that measured the whole row.
    tally_.AddChances(std::ranges::all_of(cells, &Cell::seen) ? 1 : 0);
    tally_.Report(judgements);
  }

 private:
  const Operation& op(std::uint32_t id) const { return history_.operations[id]; }

  static bool Slept(const Operation& call) {
    return StepAt(call.returned_ns) > StepAt(call.invoked_ns);
  }

  // The cell was measured to be that.
  void See(Cell& cell, std::string_view value, std::vector<std::uint32_t> witness) {
    // "no (O_DIRECT: yes)", "open is sync, data buffered".
    if (cell.expected.starts_with(value) || cell.expected.ends_with(value)) {
      cell.seen = true;
    } else if (!tally_.broken()) {
      tally_.Break(fmt::format("{} was measured to be \"{}\"; the taxonomy has \"{}\"", cell.column,
                               value, cell.expected),
                   std::move(witness));
    }
  }

  // Direction, and who can use it.
  void MeasureCall(std::uint32_t id) {
    const Operation& call = op(id);
    if (call.outcome != Outcome::kReturned) return;
    const Effect effect = history_.effect(call);
    if (effect == Effect::kProbeHandle) {
      See(processes_, call.succeeded() ? "any" : "related", {id});
    }
    if (effect != Effect::kPut && effect != Effect::kTake) return;
    const Hold* const hold = ends_.HoldOf(call);
    if (hold == nullptr || hold->reused) return;
    const bool fits = effect == Effect::kPut ? hold->writes : hold->reads;
    if (fits) return;
    if (call.failed_with(EBADF)) See(direction_, "one-way", {id});
    if (call.succeeded() && call.result > 0) See(direction_, "both", {hold->id, id});
  }

  // Whom a sender waits for: nobody while there is room, and room when there is none.
  void MeasureSends(const ObjectView& object) {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& call = op(id);
      if (call.object != object.object || history_.effect(call) != Effect::kPut) continue;
      const Situation& before = situations_[id];
      const bool refused = call.system_error != 0 && !call.failed_with(EAGAIN);
      if (call.requested == 0 || refused) continue;
      if (before.unread > 0 && (Slept(call) || call.failed_with(EAGAIN))) {
        See(flow_control_, "yes", {id});
      }
      if (!before.alone || before.unread > 0 || call.failed_with(EAGAIN)) continue;
      // Into what is empty, with nobody there to receive.
      if (!Slept(call)) See(timing_, "buffered", {id});
      if (Slept(call) && call.requested <= history_.header.atomic_bytes) See(timing_, "sync", {id});
    }
  }

  // Borders, and whether what was received is gone.
  void MeasureReceives(const ObjectView& object) {
    for (std::uint32_t i = object.takes.begin; i < object.takes.end; ++i) {
      const Range pieces = streams_.PiecesOf(i);
      if (pieces.size() == 0) continue;
      const std::uint32_t id = streams_.takes()[i].id;
      if (i > object.takes.begin) See(destructive_, "yes", {streams_.takes()[i - 1].id, id});
      MeasureBorder(id, pieces);
      MeasureProcesses(id, pieces);
    }
    for (const Repeat& repeat : streams_.repeats()) {
      const auto take_of = [&](std::uint32_t piece) { return streams_.pieces()[piece].take; };
      if (streams_.puts()[repeat.put].object != object.object) continue;
      See(destructive_, "no", {take_of(repeat.earlier), take_of(repeat.later)});
    }
  }

  // By its name, processes without a common ancestor exchange something.
  void MeasureProcesses(std::uint32_t id, Range pieces) {
    const Operation& take = op(id);
    const Piece& piece = streams_.pieces()[pieces.begin];
    if (!ends_.named(take.object) || piece.put == kNoPut) return;
    const Put& put = streams_.puts()[piece.put];
    if (put.writer == take.worker) return;
    const auto stranger = [&](std::uint16_t worker) {
      return history_.workers[worker].topology == Topology::kUnrelated;
    };
    if (stranger(put.writer) || stranger(take.worker)) See(processes_, "any", {put.id, id});
  }

  void MeasureBorder(std::uint32_t id, Range pieces) {
    const Piece& first = streams_.pieces()[pieces.begin];
    const Piece& last = streams_.pieces()[pieces.end - 1];
    if (first.put == kNoPut || last.put == kNoPut) return;
    const Put& put = streams_.puts()[last.put];
    const bool ends_with_put = put.returned() && last.offset + last.bytes == put.bytes;
    if (first.put != last.put || !ends_with_put) {
      See(delimited_, "no", {id});
      return;
    }
    const Operation& take = op(id);
    const auto got = static_cast<std::uint64_t>(take.result);
    const Situation& before = situations_[id];
    if (!Slept(take) && before.alone && got < take.requested && got < before.unread) {
      See(delimited_, "yes", {put.id, id});
    }
  }

  const ByteStreams& streams_;
  const History& history_;
  const Ends ends_;
  const std::vector<Situation> situations_;
  Cell timing_;
  Cell direction_;
  Cell processes_;
  Cell delimited_;
  Cell destructive_;
  Cell flow_control_;
  Tally tally_{Clause::kTaxonomy};
};

void JudgeTaxonomy(const ByteStreams& streams, std::vector<Judgement>& judgements) {
  const History& history = streams.history();
  const Taxonomy* const row = FindTaxonomy(history.header.facility);
  if (history.header.mode != "stepped" || row == nullptr || !IsPlain(history)) return;
  TaxonomyJudge(streams, *row).Judge(judgements);
}

const CheckerRegistration kRegistration({.name = "taxonomy",
                                         .oracle = "O-MODEL",
                                         .clauses = kClauses,
                                         .judge = JudgeAlone<JudgeTaxonomy>,
                                         .judge_streams = JudgeTaxonomy});

}  // namespace
}  // namespace parley
