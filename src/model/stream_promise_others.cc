// Liberal level: opens, poll(), the capacity, and what neither end is made for.
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <bit>
#include <cerrno>

#include "src/model/stream_promise.h"

namespace parley::model {

StreamPromise::Breaches StreamPromise::JudgeOpen(std::uint32_t id, Effect effect) {
  const Operation& open = op(id);
  const auto broken = [&](Clause clause, std::string reason) {
    return Breach{.clause = clause, .reason = std::move(reason), .witness = {id}};
  };
  if (open.failed_with(EINTR)) return JudgeInterrupted(id);
  const Sleeper* slept = SleptBefore(id);
  const auto index = FileOf(open);
  const std::int32_t place = slept != nullptr ? slept->pipe
                             : index          ? files_.at(*index).pipe
                                              : named_;
  if (place < 0 || effect == Effect::kOpenBoth || (slept != nullptr && slept->unsure)) {
    return std::nullopt;
  }
  const Pipe& pipe = pipes_[static_cast<std::size_t>(place)];
  const bool nonblocking = OpensNonblocking(history(), open);
  const bool reads = effect == Effect::kOpenRead;
  const auto partners = [&](const Population& at) { return reads ? at.writers : at.readers; };
  const auto partners_most = [&](const Population& at) {
    return reads ? at.writers_most() : at.readers_most();
  };
  if (slept != nullptr && open.succeeded()) Chance(Clause::kOpenAsleep);
  if (open.failed_with(ENXIO) && !reads) {
    Chance(Clause::kOpenRefused);
    if (partners(pipe.before) == 0 || partners(pipe.after) == 0) return std::nullopt;
    return broken(Clause::kOpenRefused,
                  "an open for writing failed with ENXIO with a reader there");
  }
  if (!open.succeeded() || (nonblocking && reads)) return std::nullopt;
  Chance(nonblocking ? Clause::kOpenGhost : Clause::kOpenEarly);
  if (partners_most(pipe.before) > 0 || partners_most(pipe.after) > 0) return std::nullopt;
  return nonblocking
             ? broken(Clause::kOpenGhost, "a non-blocking open for writing found no reader")
             : broken(Clause::kOpenEarly, "an open returned before the other side was opened");
}

StreamPromise::Breaches StreamPromise::JudgeOpenAsleep(const Sleeper& sleeper, const Pipe& pipe) {
  const auto broken = [&](Clause clause, std::string reason) {
    return Breach{.clause = clause, .reason = std::move(reason), .witness = {sleeper.id}};
  };
  if (sleeper.nonblocking) {
    return broken(Clause::kOpenAsleepNonblocking, "an open that never waits sleeps");
  }
  if (sleeper.unsure) return std::nullopt;
  const bool reads = history().effect(op(sleeper.id)) == Effect::kOpenRead;
  if ((reads ? pipe.after.writers_most() : pipe.after.readers_most()) == 0) return std::nullopt;
  return broken(Clause::kOpenAsleep, fmt::format("an open for {} sleeps although the other side "
                                                 "is open",
                                                 reads ? "reading" : "writing"));
}

StreamPromise::Breaches StreamPromise::JudgePoll(std::uint32_t id) {
  const auto index = FileOf(op(id));
  if (!index || !op(id).succeeded()) return std::nullopt;
  const OpenFile& file = files_.at(*index);
  Pipe& pipe = pipes_[file.pipe];
  Chance(Clause::kPollIncoherent);
  if (file.reads) {
    if (Breaches breach = JudgePollOfReader(id, file, pipe)) return breach;
  }
  return file.writes ? JudgePollOfWriter(id, pipe) : std::nullopt;
}

StreamPromise::Breaches StreamPromise::JudgePollOfReader(std::uint32_t id, const OpenFile& file,
                                                         const Pipe& pipe) {
  const auto broken = [&](std::string reason) {
    return Breach{.clause = Clause::kPollIncoherent, .reason = std::move(reason), .witness = {id}};
  };
  const std::int64_t found = op(id).result;
  if ((found & POLLIN) != 0 && pipe.unread.most() == 0) return broken("POLLIN, and nothing unread");
  if ((found & POLLIN) == 0 && !AsksForRoom(history(), op(id)) && pipe.unread.least() > 0) {
    return Missing(Clause::kPollIncoherent, "no POLLIN", id, pipe);
  }
  if ((found & POLLHUP) != 0 && pipe.after.writers > 0) {
    return broken(fmt::format("POLLHUP with {} writing ends open", pipe.after.writers));
  }
  const bool quiet = file.quiet_since == pipe.writers_ever + 1;
  if ((found & POLLHUP) == 0 && pipe.after.writers_most() == 0 && !quiet) {
    return broken("no POLLHUP with no writing end open");
  }
  return std::nullopt;
}

StreamPromise::Breaches StreamPromise::JudgePollOfWriter(std::uint32_t id, Pipe& pipe) {
  const auto broken = [&](std::string reason) {
    return Breach{.clause = Clause::kPollIncoherent, .reason = std::move(reason), .witness = {id}};
  };
  const std::int64_t found = op(id).result;
  const std::uint64_t atomic_bytes = history().header.atomic_bytes;
  if ((found & POLLERR) != 0 && pipe.after.readers > 0) {
    return broken(fmt::format("POLLERR with {} reading ends open", pipe.after.readers));
  }
  if ((found & POLLERR) == 0 && pipe.after.readers_most() == 0) {
    return broken("no POLLERR with no reading end open");
  }
  if (!AsksForRoom(history(), op(id)) || pipe.after.readers == 0) return std::nullopt;
  const std::uint64_t least = pipe.unread.least();
  if ((found & POLLOUT) != 0 && least + atomic_bytes > pipe.capacity_bytes_max) {
    return broken(
        fmt::format("POLLOUT with {} bytes unread of {}", least, pipe.capacity_bytes_max));
  }
  if ((found & POLLOUT) == 0 && CertainlyRoom(pipe, atomic_bytes)) {
    return broken(fmt::format("no POLLOUT with {} bytes unread and room for {}", pipe.unread.most(),
                              pipe.capacity_bytes_min));
  }
  pipe.room_promised = (found & POLLOUT) != 0;
  return std::nullopt;
}

StreamPromise::Breaches StreamPromise::JudgeResize(std::uint32_t id) {
  const Operation& resize = op(id);
  const auto index = FileOf(resize);
  if (!index) return std::nullopt;
  Pipe& pipe = pipes_[files_.at(*index).pipe];
  Chance(Clause::kResizeUnsafe);
  if (!resize.succeeded()) return JudgeResizeRefused(id, pipe);
  if (std::ranges::find(suspects_, id) != suspects_.end()) pipe.doubted_resize = id;
  const std::uint64_t page_bytes = PageBytes(history().header);
  const std::uint64_t due = std::bit_ceil(std::max(resize.argument, page_bytes));
  const auto got = static_cast<std::uint64_t>(resize.result);
  if (got == due && pipe.least_before <= got) return std::nullopt;
  return Breach{.clause = Clause::kResizeUnsafe,
                .reason = fmt::format("asked for {} bytes of capacity with {} unread, got {}",
                                      resize.argument, pipe.least_before, got),
                .witness = {id}};
}

// Only content that needs more is a reason for EBUSY, and only growth one for EPERM.
StreamPromise::Breaches StreamPromise::JudgeResizeRefused(std::uint32_t id, const Pipe& pipe) {
  const Operation& resize = op(id);
  const std::uint64_t page_bytes = PageBytes(history().header);
  const std::uint64_t due = std::bit_ceil(std::max(resize.argument, page_bytes));
  const bool needless = resize.failed_with(EBUSY)   ? pipe.pages_before * page_bytes <= due
                        : resize.failed_with(EPERM) ? due <= pipe.capacity_bytes_min
                                                    : false;
  if (!needless) return std::nullopt;
  return Breach{
      .clause = Clause::kResizeUnsafe,
      .reason = fmt::format("asked for {} bytes of capacity with at most {} pages in use of at "
                            "least {} bytes, it was refused",
                            resize.argument, pipe.pages_before, pipe.capacity_bytes_min),
      .witness = {id}};
}

// What is missing was there when the capacity changed against expectation, and never comes: the
// change took it along, whatever the call that shows it.
void StreamPromise::BlameResize(Breach& breach) const {
  constexpr Clause kMissing[] = {
      Clause::kLost,           Clause::kOverfull,       Clause::kEndOfFileEarly,
      Clause::kUnavailable,    Clause::kReceiverAsleep, Clause::kReceiverAsleepWithData,
      Clause::kPollIncoherent, Clause::kTornResized,
  };
  if (std::ranges::find(kMissing, breach.clause) == std::end(kMissing)) return;
  for (const Pipe& pipe : pipes_) {
    if (pipe.doubted_resize == kNoOperation) continue;
    const std::uint64_t changed = StepAt(op(pipe.doubted_resize).invoked_ns);
    const bool took = std::ranges::any_of(pipe.unread.deposits(), [&](const Deposit& deposit) {
      return StepAt(op(deposit.id).invoked_ns) < changed && deposit.settled && deposit.unread() &&
             !ComesLater(deposit);
    });
    if (!took) continue;
    breach.reason +=
        fmt::format("; in step {} the capacity became {}", changed, op(pipe.doubted_resize).result);
    breach.clause = Clause::kResizeUnsafe;
    breach.witness.push_back(pipe.doubted_resize);
    return;
  }
}

// A stream has no position and no length, and stays what it is.
StreamPromise::Breaches StreamPromise::JudgeMisuse(std::uint32_t id, Effect effect) {
  if (!FileOf(op(id))) return std::nullopt;
  Chance(Clause::kWrongEnd);
  const bool due = effect == Effect::kSeek       ? op(id).failed_with(ESPIPE)
                   : effect == Effect::kTruncate ? op(id).failed_with(EINVAL)
                                                 : op(id).succeeded();
  if (due) return std::nullopt;
  const std::string_view text =
      effect == Effect::kSeek       ? "asked for a position, it did not say ESPIPE"
      : effect == Effect::kTruncate ? "asked to truncate itself, it did not say EINVAL"
                                    : "fstat() does not take it for a pipe or FIFO";
  return Breach{.clause = Clause::kWrongEnd, .reason = std::string(text), .witness = {id}};
}

StreamPromise::Breaches StreamPromise::JudgePair(std::uint32_t id) {
  if (!op(id).succeeded()) return std::nullopt;
  Chance(Clause::kRolesSwapped);
  const auto flaws = static_cast<std::uint64_t>(op(id).result);
  if (flaws == 0) return std::nullopt;
  std::string text = "of the two descriptors that pipe() gave";
  if ((flaws & kPairNotLowest) != 0) text += ", they are not the two lowest free ones";
  if ((flaws & kPairFirstNotReading) != 0) text += ", the first is not for reading alone";
  if ((flaws & kPairSecondNotWriting) != 0) text += ", the second is not for writing alone";
  return Breach{.clause = Clause::kRolesSwapped, .reason = std::move(text), .witness = {id}};
}

StreamPromise::Breaches StreamPromise::JudgeCapacity(std::uint32_t id) {
  const Operation& query = op(id);
  const auto index = FileOf(query);
  if (!index || !query.succeeded()) return std::nullopt;
  Pipe& pipe = pipes_[files_.at(*index).pipe];
  Chance(Clause::kCapacityWrong);
  const auto got = static_cast<std::uint64_t>(query.result);
  const bool known = pipe.capacity_bytes_min == pipe.capacity_bytes_max;
  if ((known && got != pipe.capacity_bytes_max) || got > pipe.capacity_bytes_max ||
      pipe.unread.least() > got) {
    return Breach{
        .clause = Clause::kCapacityWrong,
        .reason = fmt::format("the capacity is told as {}, it is {}", got, pipe.capacity_bytes_max),
        .witness = {id}};
  }
  pipe.capacity_bytes_min = pipe.capacity_bytes_max = got;
  return std::nullopt;
}

}  // namespace parley::model
