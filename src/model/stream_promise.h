// The liberal level: what POSIX and the catalogue promise of a byte stream, step by step.
//
// Knows no slots and no queues: bounds on what a pipe holds, who has its ends open, who sleeps
// since when.  Which of several waiters wins is free, and how much of a write above PIPE_BUF goes
// in at once.  What cannot be told for certain is allowed.
//
// Source: POSIX.1-2024 open(), read(), write(), poll(); pipe(7), fifo(7), fcntl(2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "src/model/breach.h"
#include "src/model/open_files.h"
#include "src/model/stepped_view.h"
#include "src/model/unread.h"
#include "src/promise/clause.h"

namespace parley::model {

class StreamPromise {
 public:
  // view: outlives this object.
  explicit StreamPromise(const SteppedView& view);

  // The steps of the view one after the other, from the first.  After a breach it is at its end.
  std::optional<Breach> Advance(const Step& step);

  // Calls that a closer model expected to return otherwise, or at all, in the first step that it
  // could not explain.  Where a read and a write contradict each other, they say which one erred.
  void Suspect(std::vector<std::uint32_t> calls) { suspects_ = std::move(calls); }

  // The bytes received in the last step were those that had to come, as far as is told here;
  // when they were not, the checkers of content say why.
  bool content_in_order() const { return content_in_order_; }

  // Situations so far in which the clause could have been broken.
  std::uint64_t chances(Clause clause) const { return chances_[static_cast<std::size_t>(clause)]; }

 private:
  // How many have a side of a pipe open, and how many more are about to.
  struct Population {
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
    std::uint32_t opening_readers = 0;
    std::uint32_t opening_writers = 0;

    std::uint32_t readers_most() const { return readers + opening_readers; }
    std::uint32_t writers_most() const { return writers + opening_writers; }
  };
  struct Pipe {
    UnreadBytes unread;
    std::uint64_t capacity_bytes_min = 0;
    std::uint64_t capacity_bytes_max = 0;
    std::uint32_t writers_ever = 0;
    bool room_promised = false;  // POLLOUT, and nobody has written since
    // A change of capacity that a closer model expected to fail, if there was one: what was unread
    // then may be gone.
    std::uint32_t doubted_resize = kNoOperation;
    // Of the step.
    bool room_was_promised = false;
    Population before;
    Population after;
    std::uint64_t least_before = 0;
    std::uint64_t most_before = 0;
    std::uint64_t pages_before = 0;  // at most
    bool found_empty = false;
  };
  struct Sleeper {
    std::uint32_t id = kNoOperation;
    std::uint16_t worker = 0;
    std::uint16_t file = kNoFile;  // opens: none yet
    std::uint16_t pipe = 0;
    std::uint64_t began_step = 0;
    bool nonblocking = false;  // when it began
    bool had_data = false;     // when it began, certainly
    bool unsure = false;       // an open that may have looked the name up anew
  };
  struct Signal {
    std::uint16_t worker = 0;
    bool restarts = false;
  };
  // Bytes of one write that one read received.
  struct Reception {
    std::uint32_t take = 0;  // id
    std::uint32_t put = 0;   // id
    std::uint32_t bytes = 0;
    std::uint16_t pipe = 0;
    Packets packets = Packets::kNo;
    bool first = false;  // from the write's first byte on
    bool last = false;   // up to its last one
  };
  using Breaches = std::optional<Breach>;

  const History& history() const { return view_.history(); }
  const Operation& op(std::uint32_t id) const { return history().operations[id]; }
  bool Atomic(const Operation& op) const { return op.requested <= history().header.atomic_bytes; }
  void Chance(Clause clause) { ++chances_[static_cast<std::size_t>(clause)]; }
  Pipe FreshPipe(bool unnamed) const;

  // In stream_promise.cc: what the step did.
  void BeginStep(const Step& step);
  void Apply(const Cause& cause, const Step& step);
  void ApplyAtOnce(const Operation& call, Effect effect);
  void FallAsleep(std::uint32_t id, const Operation& call, Effect effect);
  void Die(std::uint16_t worker);
  void Vacate(std::size_t pipe);
  void Return(std::uint32_t id, const Step& step);
  void OpenReturns(const Operation& call, Effect effect, std::uint16_t pipe);
  void Count();
  Population PopulationOf(std::size_t pipe) const;
  std::optional<std::uint16_t> FileOf(const Operation& call) const;
  Breaches JudgeStep(const Step& step);
  Breaches JudgeReturned(std::uint32_t id);
  Breaches JudgeAsleep(const Sleeper& sleeper);

  // In stream_promise_transfers.cc: results of reads and writes.
  Breaches JudgeTake(std::uint32_t id);
  Breaches JudgeEmptyTake(std::uint32_t id, bool nonblocking, Pipe& pipe);
  Breaches JudgePut(std::uint32_t id);
  Breaches JudgeAccepted(std::uint32_t id, bool nonblocking, const Pipe& pipe);
  Breaches JudgeNoRoom(std::uint32_t id, bool nonblocking, const Pipe& pipe);
  Breaches JudgePages(std::uint32_t id, const Pipe& pipe);
  Breaches JudgeWrongEnd(std::uint32_t id, bool fits);
  static bool MustNotWait(const Operation& transfer, const OpenFile& file, const Sleeper* slept);
  Breaches JudgeInterrupted(std::uint32_t id);
  bool CertainlyRoom(const Pipe& pipe, std::uint64_t bytes) const;
  const Sleeper* SleptBefore(std::uint32_t id) const;
  bool Signalled(std::uint16_t worker, bool restarts) const;

  // In stream_promise_sleepers.cc: reads and writes that did not return.
  Breaches JudgeReceiverAsleep(const Sleeper& sleeper, Pipe& pipe);
  Breaches JudgeSenderAsleep(const Sleeper& sleeper, const Pipe& pipe);
  Breaches JudgeSideBySide(const Sleeper& sender) const;

  // In stream_promise_content.cc: which bytes came.
  void ReceiveAll(const Step& step);
  std::uint64_t GapBefore(std::uint32_t take) const;
  void Receive(std::uint32_t id);
  Breaches JudgeReceptions();
  Breaches JudgeOvertaken(const Reception& reception, const Deposit& left);
  Breaches JudgeTorn(std::size_t reception);
  bool Whole(std::uint32_t put) const;
  Breach Missing(Clause clause, std::string reason, std::uint32_t id, const Pipe& pipe) const;
  bool ComesLater(const Deposit& deposit) const;
  bool SkippedLater(const Deposit& deposit) const;
  bool FoundEmptyLater() const;
  Clause TornClause(const Operation& put) const;

  // In stream_promise_others.cc: opens, questions, and calls that are to be refused.
  // In stream_promise_packets.cc: writes with O_DIRECT.
  void SetPackets(const OpenFile& file);
  static Packets PacketsOf(const Operation& put, const OpenFile& file, const Pipe& pipe);
  void MayBeDiscarded(std::uint16_t pipe, std::uint16_t writer, std::uint64_t position,
                      std::uint32_t take);
  Breaches JudgePackets();

  // In stream_promise_others.cc: opens and questions.
  Breaches JudgeOpen(std::uint32_t id, Effect effect);
  Breaches JudgeOpenAsleep(const Sleeper& sleeper, const Pipe& pipe);
  Breaches JudgePoll(std::uint32_t id);
  Breaches JudgePollOfReader(std::uint32_t id, const OpenFile& file, const Pipe& pipe);
  Breaches JudgePollOfWriter(std::uint32_t id, Pipe& pipe);
  Breaches JudgeResize(std::uint32_t id);
  Breaches JudgeResizeRefused(std::uint32_t id, const Pipe& pipe);
  void BlameResize(Breach& breach) const;
  Breaches JudgeMisuse(std::uint32_t id, Effect effect);
  Breaches JudgePair(std::uint32_t id);
  Breaches JudgeCapacity(std::uint32_t id);

  const SteppedView& view_;
  bool resized_;
  std::array<std::uint64_t, static_cast<std::size_t>(Clause::kCount)> chances_{};

  OpenFiles files_;
  std::vector<Pipe> pipes_;
  std::int32_t named_ = -1;
  std::vector<Sleeper> sleepers_;
  std::vector<std::uint32_t> suspects_;

  // Of the step.
  std::uint64_t step_ = 0;
  std::vector<Sleeper> woken_;  // returned in it, having slept before
  std::vector<Signal> signalled_;
  std::vector<Reception> receptions_;
  std::vector<Reception> discarded_receptions_;  // of the rest of a packet
  bool content_in_order_ = true;
};

}  // namespace parley::model
