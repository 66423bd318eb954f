// Liberal level: what read() and write() returned.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "src/model/stream_promise.h"

namespace parley::model {

const StreamPromise::Sleeper* StreamPromise::SleptBefore(std::uint32_t id) const {
  const auto found = std::ranges::find(woken_, id, &Sleeper::id);
  return found == woken_.end() ? nullptr : &*found;
}

bool StreamPromise::Signalled(std::uint16_t worker, bool restarts) const {
  return std::ranges::any_of(signalled_, [&](const Signal& signal) {
    return signal.worker == worker && signal.restarts == restarts;
  });
}

// Room for that many bytes even if no two writes share a page.
bool StreamPromise::CertainlyRoom(const Pipe& pipe, std::uint64_t bytes) const {
  const std::uint64_t page_bytes = PageBytes(history().header);
  return pipe.unread.pages_most() + (bytes + page_bytes - 1) / page_bytes <=
         pipe.capacity_bytes_min / page_bytes;
}

StreamPromise::Breaches StreamPromise::JudgeWrongEnd(std::uint32_t id, bool fits) {
  const bool refused = op(id).failed_with(EBADF);
  if (!fits) {
    Chance(Clause::kWrongEnd);
    if (refused) return std::nullopt;
    return Breach{.clause = Clause::kWrongEnd,
                  .reason = "a call on the wrong end was not refused with EBADF",
                  .witness = {id}};
  }
  Chance(Clause::kRolesSwapped);
  if (!refused || view_.named()) return std::nullopt;
  return Breach{.clause = Clause::kRolesSwapped,
                .reason = "a call on the end that is made for it was refused with EBADF",
                .witness = {id}};
}

StreamPromise::Breaches StreamPromise::JudgeInterrupted(std::uint32_t id) {
  if (!Signalled(op(id).worker, true) || Signalled(op(id).worker, false)) return std::nullopt;
  return Breach{.clause = Clause::kRestartedWrongly,
                .reason = "the call failed with EINTR although the handler has SA_RESTART",
                .witness = {id}};
}

bool StreamPromise::MustNotWait(const Operation& transfer, const OpenFile& file,
                                const Sleeper* slept) {
  return file.nonblocking || (slept != nullptr && slept->nonblocking) || BySplice(transfer);
}

StreamPromise::Breaches StreamPromise::JudgeTake(std::uint32_t id) {
  const Operation& take = op(id);
  const auto index = FileOf(take);
  if (!index) return std::nullopt;
  const OpenFile& file = files_.at(*index);
  Pipe& pipe = pipes_[file.pipe];
  if (BySplice(take) && take.requested == 0) return std::nullopt;
  if (Breaches breach = JudgeWrongEnd(id, file.reads); breach || !file.reads) return breach;
  if (take.requested == 0) return std::nullopt;
  if (take.failed_with(EINTR)) return JudgeInterrupted(id);
  const Sleeper* slept = SleptBefore(id);
  if (take.succeeded() && take.result > 0) {
    Chance(slept != nullptr ? Clause::kReceiverAsleep : Clause::kReceiverAsleepWithData);
    return std::nullopt;
  }
  if (!take.succeeded() && !take.failed_with(EAGAIN)) return std::nullopt;
  if (slept != nullptr && take.succeeded()) Chance(Clause::kEndOfFileAsleep);
  return JudgeEmptyTake(id, MustNotWait(take, file, slept), pipe);
}

// It returned 0 or EAGAIN: there was nothing.
StreamPromise::Breaches StreamPromise::JudgeEmptyTake(std::uint32_t id, bool nonblocking,
                                                      Pipe& pipe) {
  const bool end = op(id).system_error == 0;
  Chance(end ? Clause::kEndOfFileEarly : Clause::kUnavailable);
  if (std::min(pipe.least_before, pipe.unread.least()) > 0) {
    return Missing(end ? Clause::kEndOfFileEarly : Clause::kUnavailable,
                   end ? "a read gave end-of-file" : "a read failed with EAGAIN", id, pipe);
  }
  if (end && pipe.before.writers > 0 && pipe.after.writers > 0) {
    return Breach{.clause = Clause::kEndOfFileEarly,
                  .reason = fmt::format("a read gave end-of-file with {} writing ends open",
                                        pipe.after.writers),
                  .witness = {id}};
  }
  if (!end && !nonblocking) {
    return Breach{.clause = Clause::kUnavailable,
                  .reason = "a read without O_NONBLOCK failed with EAGAIN",
                  .witness = {id}};
  }
  if (!end && pipe.before.writers_most() == 0 && pipe.after.writers_most() == 0) {
    return Breach{.clause = Clause::kEndOfFileMissing,
                  .reason = "a read failed with EAGAIN although no writing end is open",
                  .witness = {id}};
  }
  pipe.found_empty = true;
  return std::nullopt;
}

StreamPromise::Breaches StreamPromise::JudgePut(std::uint32_t id) {
  const Operation& put = op(id);
  const auto index = FileOf(put);
  if (!index) return std::nullopt;
  const OpenFile& file = files_.at(*index);
  const Pipe& pipe = pipes_[file.pipe];
  if (BySplice(put) && put.requested == 0) return std::nullopt;
  if (Breaches breach = JudgeWrongEnd(id, file.writes); breach || !file.writes) return breach;
  if (put.requested == 0) return std::nullopt;
  const Sleeper* slept = SleptBefore(id);
  if (put.succeeded()) {
    if (slept != nullptr) Chance(Clause::kSenderAsleep);
    return JudgeAccepted(id, MustNotWait(put, file, slept), pipe);
  }
  switch (put.system_error) {
    case EINTR:
      return JudgeInterrupted(id);
    case EAGAIN:
      return JudgeNoRoom(id, MustNotWait(put, file, slept), pipe);
    case EPIPE:
      Chance(slept != nullptr ? Clause::kSendAsleepWithoutReader : Clause::kBrokenPipeEarly);
      if (pipe.before.readers == 0 || pipe.after.readers == 0) return std::nullopt;
      return Breach{.clause = Clause::kBrokenPipeEarly,
                    .reason = fmt::format("a write failed with EPIPE with {} reading ends open",
                                          pipe.after.readers),
                    .witness = {id}};
    default:
      return std::nullopt;
  }
}

StreamPromise::Breaches StreamPromise::JudgeAccepted(std::uint32_t id, bool nonblocking,
                                                     const Pipe& pipe) {
  const Operation& put = op(id);
  const auto accepted = static_cast<std::uint64_t>(put.result);
  const auto broken = [&](Clause clause, std::string reason) {
    return Breach{.clause = clause, .reason = std::move(reason), .witness = {id}};
  };
  Chance(Clause::kOverfull);
  if (accepted > 0 && pipe.before.readers_most() == 0 && pipe.after.readers_most() == 0) {
    return broken(Clause::kWriteWithoutReader,
                  fmt::format("a write accepted {} bytes with no reading end open", accepted));
  }
  if (pipe.unread.least() > pipe.capacity_bytes_max) {
    return broken(Clause::kOverfull, fmt::format("{} bytes are accepted and unread, the capacity "
                                                 "is {}",
                                                 pipe.unread.least(), pipe.capacity_bytes_max));
  }
  const std::string part = fmt::format("accepted {} of {} bytes", accepted, put.requested);
  if (nonblocking && !Atomic(put)) {
    Chance(Clause::kNonblockingLarge);
    const std::uint64_t least = pipe.most_before == 0 ? history().header.atomic_bytes : 1;
    if (accepted >= least) return JudgePages(id, pipe);
    return broken(Clause::kNonblockingLarge,
                  fmt::format("a non-blocking write {}{}", part,
                              pipe.most_before == 0 ? " into an empty pipe" : ""));
  }
  if (nonblocking) Chance(Clause::kShortNonblocking);
  if (accepted >= put.requested) return std::nullopt;
  if (nonblocking) return broken(Clause::kShortNonblocking, "a non-blocking write " + part);
  const bool excused = Signalled(put.worker, false) || Signalled(put.worker, true) ||
                       pipe.before.readers == 0 || pipe.after.readers == 0;
  if (excused && accepted > 0 && !Atomic(put)) return std::nullopt;
  return broken(Clause::kShortBlocking, fmt::format("a write without O_NONBLOCK {}{}", part,
                                                    excused ? "" : ", undisturbed"));
}

// A non-blocking write of whole pages takes every page that is certainly free, so that such writes
// reach the capacity.  Nobody else may have come for them in the step.
StreamPromise::Breaches StreamPromise::JudgePages(std::uint32_t id, const Pipe& pipe) {
  const Operation& put = op(id);
  const std::uint64_t page_bytes = PageBytes(history().header);
  const std::uint64_t pages = pipe.capacity_bytes_min / page_bytes;
  const auto competes = [&](const Sleeper& other) {
    return history().effect(op(other.id)) == Effect::kPut && &pipes_[other.pipe] == &pipe;
  };
  if (BySplice(put) || put.requested % page_bytes != 0 || pages <= pipe.pages_before ||
      std::ranges::any_of(sleepers_, competes) || std::ranges::any_of(woken_, competes)) {
    return std::nullopt;
  }
  Chance(Clause::kCapacityWrong);
  const std::uint64_t free_bytes = (pages - pipe.pages_before) * page_bytes;
  const std::uint64_t due = std::min<std::uint64_t>(put.requested, free_bytes);
  const std::uint64_t accepted = put.succeeded() ? static_cast<std::uint64_t>(put.result) : 0;
  if (accepted >= due) return std::nullopt;
  return Breach{.clause = Clause::kCapacityWrong,
                .reason = fmt::format("a write of {} bytes put {} where {} were free of a capacity "
                                      "of {}",
                                      put.requested, accepted, free_bytes, pipe.capacity_bytes_min),
                .witness = {id}};
}

// It failed with EAGAIN.
StreamPromise::Breaches StreamPromise::JudgeNoRoom(std::uint32_t id, bool nonblocking,
                                                   const Pipe& pipe) {
  const Operation& put = op(id);
  const auto broken = [&](Clause clause, std::string reason) {
    return Breach{.clause = clause, .reason = std::move(reason), .witness = {id}};
  };
  if (!nonblocking) {
    return broken(Clause::kShortBlocking, "a write without O_NONBLOCK failed with EAGAIN");
  }
  if (pipe.before.readers_most() == 0 && pipe.after.readers_most() == 0) return std::nullopt;
  if (!Atomic(put)) {
    Chance(Clause::kNonblockingLarge);
    if (pipe.most_before > 0) return JudgePages(id, pipe);
    return broken(Clause::kNonblockingLarge,
                  fmt::format("a non-blocking write of {} bytes into an empty pipe failed with "
                              "EAGAIN",
                              put.requested));
  }
  Chance(Clause::kCapacityWrong);
  if (pipe.room_was_promised) {
    return broken(
        Clause::kPollIncoherent,
        fmt::format("after POLLOUT a write of {} bytes failed with EAGAIN", put.requested));
  }
  if (!CertainlyRoom(pipe, put.requested)) return std::nullopt;
  return broken(Clause::kCapacityWrong,
                fmt::format("a write of {} bytes failed with EAGAIN with {} unread and room for {}",
                            put.requested, pipe.unread.most(), pipe.capacity_bytes_min));
}

}  // namespace parley::model
