// Liberal level: reads and writes that sleep when a step is over.
#include <fmt/format.h>

#include <algorithm>

#include "src/model/stream_promise.h"

namespace parley::model {

StreamPromise::Breaches StreamPromise::JudgeReceiverAsleep(const Sleeper& sleeper, Pipe& pipe) {
  const auto broken = [&](Clause clause, std::string reason) {
    return Breach{.clause = clause, .reason = std::move(reason), .witness = {sleeper.id}};
  };
  if (op(sleeper.id).requested == 0 || !files_.at(sleeper.file).reads) return std::nullopt;
  if (pipe.unread.least() > 0) {
    const bool had_data = sleeper.had_data;
    return Missing(had_data ? Clause::kReceiverAsleepWithData : Clause::kReceiverAsleep,
                   had_data ? "a read that began with data there sleeps" : "a read sleeps",
                   sleeper.id, pipe);
  }
  if (pipe.after.writers_most() == 0) {
    return broken(Clause::kEndOfFileAsleep, "a read sleeps with no writing end open");
  }
  if (sleeper.nonblocking && sleeper.began_step == step_) {
    return broken(Clause::kReceiverAsleepNonblocking, "a read sleeps in spite of O_NONBLOCK");
  }
  pipe.found_empty = true;
  return std::nullopt;
}

// A read found nothing, and a sender sleeps all the same: there is data, or there is room.  If a
// receiver was there first and has got nothing of a large write, it was not woken; else it cannot
// be told which of the two erred, unless the sender is a suspect, and no receiver.
StreamPromise::Breaches StreamPromise::JudgeSideBySide(const Sleeper& sender) const {
  const auto& deposits = pipes_[sender.pipe].unread.deposits();
  const auto deposit = std::ranges::find(deposits, sender.id, &Deposit::id);
  const bool untouched = deposit != deposits.end() && deposit->taken == 0;
  for (const Sleeper& receiver : sleepers_) {
    if (history().effect(op(receiver.id)) == Effect::kTake && receiver.pipe == sender.pipe &&
        receiver.began_step < sender.began_step && untouched && !Atomic(op(sender.id))) {
      return Breach{.clause = Clause::kReceiverAsleep,
                    .reason = "a read sleeps beside a write that began after it and sleeps",
                    .witness = {receiver.id, sender.id}};
    }
  }
  const bool suspected = std::ranges::find(suspects_, sender.id) != suspects_.end();
  if (!suspected || std::ranges::any_of(suspects_, [&](std::uint32_t id) {
        return history().effect(op(id)) == Effect::kTake;
      })) {
    return std::nullopt;
  }
  return Breach{.clause = Clause::kSenderAsleep,
                .reason = "a write sleeps although everything was read",
                .witness = {sender.id}};
}

StreamPromise::Breaches StreamPromise::JudgeSenderAsleep(const Sleeper& sleeper, const Pipe& pipe) {
  const Operation& put = op(sleeper.id);
  const auto broken = [&](Clause clause, std::string reason) {
    return Breach{.clause = clause, .reason = std::move(reason), .witness = {sleeper.id}};
  };
  if (put.requested == 0 || !files_.at(sleeper.file).writes) return std::nullopt;
  if (pipe.after.readers_most() == 0) {
    return broken(Clause::kSendAsleepWithoutReader, "a write sleeps with no reading end open");
  }
  const bool just_now = sleeper.began_step == step_;
  if (sleeper.nonblocking && just_now) {
    return broken(Atomic(put) ? Clause::kSenderAsleepNonblocking : Clause::kNonblockingLarge,
                  fmt::format("a write of {} bytes sleeps in spite of O_NONBLOCK", put.requested));
  }
  if (Atomic(put) && just_now && pipe.room_was_promised) {
    return broken(Clause::kPollIncoherent,
                  fmt::format("after POLLOUT a write of {} bytes sleeps", put.requested));
  }
  if (Atomic(put) && CertainlyRoom(pipe, put.requested)) {
    return broken(Clause::kSenderAsleep,
                  fmt::format("a write of {} bytes sleeps with {} unread and room for {}",
                              put.requested, pipe.unread.most(), pipe.capacity_bytes_min));
  }
  if (pipe.found_empty) return JudgeSideBySide(sleeper);
  return std::nullopt;
}

}  // namespace parley::model
