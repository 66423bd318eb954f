// Liberal level: which bytes were received, and what it means that some were not.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "src/model/stream_promise.h"

namespace parley::model {

// Of several reads in one step the order is unknown: each is taken when its bytes are the next, or
// the next but for the fewest that may have been discarded.
void StreamPromise::ReceiveAll(const Step& step) {
  std::vector<std::uint32_t> takes;
  for (const std::uint32_t id : step.returned) {
    if (history().effect(op(id)) == Effect::kTake && op(id).result > 0) takes.push_back(id);
  }
  while (!takes.empty()) {
    const auto next =
        std::ranges::min_element(takes, {}, [&](std::uint32_t id) { return GapBefore(id); });
    Receive(*next);
    takes.erase(next);
  }
}

// kNever when its first bytes are not the next ones of any write.
std::uint64_t StreamPromise::GapBefore(std::uint32_t take) const {
  const auto index = FileOf(op(take));
  const auto extents = history().received(op(take));
  if (!index || extents.empty()) return 0;
  const Extent& first = extents.front();
  if (first.kind != static_cast<std::uint16_t>(ExtentKind::kWritten)) return 0;
  const UnreadBytes& unread = pipes_[files_.at(*index).pipe].unread;
  return unread.GapBefore(first.writer, first.position).value_or(kNever);
}

void StreamPromise::Receive(std::uint32_t id) {
  const Operation& take = op(id);
  const auto index = FileOf(take);
  if (!index) return;
  const std::uint16_t place = files_.at(*index).pipe;
  UnreadBytes& unread = pipes_[place].unread;
  auto untold = static_cast<std::uint64_t>(take.result);
  std::size_t last_place = unread.deposits().size();
  std::uint32_t last_bytes = 0;
  for (const Extent& extent : history().received(take)) {
    if (extent.kind != static_cast<std::uint16_t>(ExtentKind::kWritten)) continue;
    std::uint32_t at = 0;
    while (at < extent.bytes) {
      std::size_t found = 0;
      const std::uint64_t from = extent.position + at;
      const std::uint32_t part = unread.Take(extent.writer, from, extent.bytes - at, found);
      if (part == 0) {
        content_in_order_ = false;
        MayBeDiscarded(place, extent.writer, from, id);
        break;
      }
      const Deposit& deposit = unread.deposits()[found];
      receptions_.push_back({.take = id,
                             .put = deposit.id,
                             .bytes = part,
                             .pipe = place,
                             .packets = deposit.packets,
                             .first = from == deposit.position,
                             .last = deposit.settled && deposit.taken >= deposit.most});
      at += part;
      untold -= std::min<std::uint64_t>(untold, part);
      last_bytes = found == last_place ? last_bytes + part : part;
      last_place = found;
    }
  }
  if (last_place < unread.deposits().size() && !BySplice(take)) {
    unread.EndTake(last_place, last_bytes, take.result >= take.requested);
  }
  unread.TakeUnknown(untold);
}

StreamPromise::Breaches StreamPromise::JudgeReceptions() {
  if (Breaches breach = JudgePackets()) return breach;
  for (std::size_t i = 0; i < receptions_.size(); ++i) {
    const Reception& reception = receptions_[i];
    const UnreadBytes& unread = pipes_[reception.pipe].unread;
    if (!unread.knows_all()) continue;
    if (Breaches breach = JudgeTorn(i)) return breach;
    for (const Deposit& left : unread.deposits()) {
      if (left.id == reception.put || !left.settled || !left.unread()) continue;
      if (Breaches breach = JudgeOvertaken(reception, left)) return breach;
    }
  }
  return std::nullopt;
}

// A write that is one piece: not to be divided, and not ended by a signal or a kill.
bool StreamPromise::Whole(std::uint32_t put) const {
  return Atomic(op(put)) && op(put).succeeded() && op(put).result == op(put).requested;
}

// Neighbours in one read of which one is a part of a write that is not to be divided; or a rest of
// such a write, while others' bytes came.
StreamPromise::Breaches StreamPromise::JudgeTorn(std::size_t index) {
  const Reception& here = receptions_[index];
  if (Atomic(op(here.put))) Chance(TornClause(op(here.put)));
  if (index == 0 || receptions_[index - 1].take != here.take) return std::nullopt;
  const Reception& before = receptions_[index - 1];
  const bool cut_before = Whole(before.put) && !before.last;
  const bool cut_here = Whole(here.put) && !here.first;
  if (before.put == here.put || (!cut_before && !cut_here)) return std::nullopt;
  const std::uint32_t torn = cut_before ? before.put : here.put;
  return Breach{
      .clause = TornClause(op(torn)),
      .reason = fmt::format("bytes of worker {} and worker {} meet inside a write of {} "
                            "bytes",
                            op(before.put).worker, op(here.put).worker, op(torn).requested),
      .witness = {before.put, here.put, here.take}};
}

// The write that is left had returned before the one received began, or was begun to be received.
StreamPromise::Breaches StreamPromise::JudgeOvertaken(const Reception& reception,
                                                      const Deposit& left) {
  const Operation& put = op(reception.put);
  const std::vector<std::uint32_t> witness{left.id, reception.put, reception.take};
  const bool received_now =
      std::ranges::find(receptions_, left.id, &Reception::put) != receptions_.end();
  if (Whole(left.id) && left.taken > 0 && !received_now) {
    return Breach{.clause = TornClause(op(left.id)),
                  .reason = fmt::format("bytes of worker {} came before the rest of a write of {} "
                                        "bytes by worker {}",
                                        put.worker, op(left.id).requested, left.writer),
                  .witness = witness};
  }
  if (left.settled_step >= StepAt(put.invoked_ns)) return std::nullopt;
  const bool same = left.writer == put.worker;
  Chance(same ? Clause::kProgramOrder : Clause::kRealTimeOrder);
  const std::string text = fmt::format("{} bytes of worker {}, accepted in step {}",
                                       left.least - left.taken, left.writer, left.settled_step);
  if (ComesLater(left)) {
    return Breach{.clause = same ? Clause::kProgramOrder : Clause::kRealTimeOrder,
                  .reason = fmt::format("{}, are read after bytes of worker {}, offered in step {}",
                                        text, put.worker, StepAt(put.invoked_ns)),
                  .witness = witness};
  }
  if (FoundEmptyLater()) {
    return Breach{.clause = Clause::kLost, .reason = text + ", never come", .witness = witness};
  }
  content_in_order_ = false;
  return std::nullopt;
}

// Bytes are there, and a call says that they are not: were they lost, or does the call not see
// them?
Breach StreamPromise::Missing(Clause clause, std::string reason, std::uint32_t id,
                              const Pipe& pipe) const {
  const auto& deposits = pipe.unread.deposits();
  const auto found = std::ranges::find_if(deposits, &Deposit::unread);
  Breach breach{.clause = clause,
                .reason = fmt::format("{} with {} bytes unread", reason, pipe.unread.least()),
                .witness = {id}};
  if (found == deposits.end()) return breach;
  breach.witness = {found->id, id};
  std::ranges::sort(breach.witness, {}, [&](std::uint32_t one) { return op(one).invoked_ns; });
  const bool gone = clause == Clause::kEndOfFileEarly || SkippedLater(*found) ||
                    (clause == Clause::kPollIncoherent && FoundEmptyLater());
  if (gone && !ComesLater(*found)) breach.clause = Clause::kLost;
  return breach;
}

// They are received, or may have been by a killed reader.
bool StreamPromise::ComesLater(const Deposit& deposit) const {
  return std::ranges::any_of(history().operations, [&](const Operation& take) {
    if (take.outcome == Outcome::kPending || StepAt(take.returned_ns) <= step_) return false;
    if (take.outcome == Outcome::kMaybe && history().effect(take) == Effect::kTake) return true;
    return std::ranges::any_of(history().received(take), [&](const Extent& extent) {
      return extent.kind == static_cast<std::uint16_t>(ExtentKind::kWritten) &&
             extent.writer == deposit.writer &&
             extent.position < deposit.position + deposit.least &&
             deposit.next() < extent.position + extent.bytes;
    });
  });
}

// Bytes that were offered after it had been accepted are received.
bool StreamPromise::SkippedLater(const Deposit& deposit) const {
  const auto later = [&](const Extent& extent) {
    return std::ranges::any_of(history().operations, [&](const Operation& put) {
      return history().effect(put) == Effect::kPut && put.worker == extent.writer &&
             StepAt(put.invoked_ns) > deposit.settled_step && put.position <= extent.position &&
             extent.position < put.position + put.requested;
    });
  };
  return std::ranges::any_of(history().operations, [&](const Operation& take) {
    return take.outcome == Outcome::kReturned && StepAt(take.returned_ns) >= step_ &&
           std::ranges::any_of(history().received(take), later);
  });
}

// A read, now or later, finds nothing.
bool StreamPromise::FoundEmptyLater() const {
  return std::ranges::any_of(history().operations, [&](const Operation& take) {
    if (history().effect(take) != Effect::kTake || take.requested == 0) return false;
    if (take.outcome != Outcome::kReturned) return take.outcome == Outcome::kPending;
    const bool nothing = take.system_error == 0 ? take.result == 0 : take.failed_with(EAGAIN);
    return nothing && StepAt(take.returned_ns) >= step_;
  });
}

Clause StreamPromise::TornClause(const Operation& put) const {
  if (resized_) return Clause::kTornResized;
  if (history().calls[put.call].gathers) return Clause::kTornGather;
  return put.nonblocking ? Clause::kTornNonblocking : Clause::kTorn;
}

}  // namespace parley::model
