// Checkers: pure functions from a history to judgements.  No clock, no file, no randomness, no
// system call.  Each judges one kind of condition and reports by clause; which promise a clause
// breaks is the facility's to say (Facility::Bindings).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/history/history.h"
#include "src/promise/clause.h"

namespace parley {

// From best to worst; the worst wins.
enum class Verdict : std::uint8_t { kKept, kUnsupported, kInconclusive, kBroken };

std::string_view VerdictName(Verdict verdict);

struct Judgement {
  Clause clause = Clause::kCount;
  Verdict verdict = Verdict::kKept;
  std::string reason;                  // what was seen; empty when kept
  std::vector<std::uint32_t> witness;  // ids of the fewest operations that show it, in time order
  std::uint64_t chances = 0;           // situations in which the clause could have been broken
};

class ByteStreams;
class LockView;

// One kind of condition, e.g. O-REC.  Appends at most one judgement for each of its clauses: broken
// with the first witness found, inconclusive with the reason, kept with the number of chances; and
// none where a clause does not apply to the history.
struct Checker {
  std::string_view name;            // "records"
  std::string_view oracle;          // "O-REC"
  std::span<const Clause> clauses;  // all that it can report
  void (*judge)(const History& history, std::vector<Judgement>& judgements);
  // The same, given the view of byte_streams.h, which Judge() then makes once for all; or null.
  void (*judge_streams)(const ByteStreams& streams, std::vector<Judgement>& judgements) = nullptr;
  // The same, given the view of lock_view.h.
  void (*judge_locks)(const LockView& locks, std::vector<Judgement>& judgements) = nullptr;
  // Histories of which family it judges; of every one when left out, but for one that judges
  // streams or locks.
  std::optional<Family> family = std::nullopt;

  bool Judges(Family of) const {
    if (judge_streams != nullptr) return of == Family::kByteStream;
    return judge_locks != nullptr ? of == Family::kLocks : family.value_or(of) == of;
  }
};

// All checkers linked into this program, sorted by name.
std::span<const Checker> Checkers();

// Runs every checker.  At most one judgement a clause, but of stepped histories at most two: the
// model judges clauses of others too, by evidence of its own.
std::vector<Judgement> Judge(const History& history);

// At namespace scope in a checker's file.
class CheckerRegistration {
 public:
  explicit CheckerRegistration(const Checker& checker);
};

}  // namespace parley
