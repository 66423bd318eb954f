// Liberal level: packets (O_DIRECT).
//
// A write that begins where something that is no packet may be unread, or that sleeps in between,
// is perhaps no packet: Linux merges it into that page, or looks at the flag again.
//
// Source: pipe(2), O_DIRECT.
#include <fmt/format.h>

#include "src/model/stream_promise.h"

namespace parley::model {

// Writes that sleep go on in the other way.
void StreamPromise::SetPackets(const OpenFile& file) {
  if (file.packets && file.writes) pipes_[file.pipe].unread.DoubtPackets();
}

Packets StreamPromise::PacketsOf(const Operation& put, const OpenFile& file, const Pipe& pipe) {
  if (!file.packets || BySplice(put)) return Packets::kNo;
  return pipe.unread.only_packets() ? Packets::kYes : Packets::kPerhaps;
}

void StreamPromise::MayBeDiscarded(std::uint16_t pipe, std::uint16_t writer, std::uint64_t position,
                                   std::uint32_t take) {
  const std::uint32_t put = pipes_[pipe].unread.DiscardedOf(writer, position);
  if (put == kNoOperation) return;
  discarded_receptions_.push_back({.take = take, .put = put, .pipe = pipe});
}

StreamPromise::Breaches StreamPromise::JudgePackets() {
  const auto broken = [](std::string reason, std::vector<std::uint32_t> witness) {
    return Breach{.clause = Clause::kPacketsMixed,
                  .reason = std::move(reason),
                  .witness = std::move(witness)};
  };
  if (!discarded_receptions_.empty()) {
    return broken("a read gave the rest of a packet that another read had ended",
                  {discarded_receptions_.front().put, discarded_receptions_.front().take});
  }
  for (std::size_t i = 0; i < receptions_.size(); ++i) {
    const Reception& here = receptions_[i];
    if (here.packets != Packets::kYes || BySplice(op(here.take))) continue;
    Chance(Clause::kPacketsMixed);
    const Operation& put = op(here.put);
    const Operation& take = op(here.take);
    if (i + 1 < receptions_.size() && receptions_[i + 1].take == here.take &&
        receptions_[i + 1].put != here.put) {
      return broken(fmt::format("a read went on behind a packet of {} bytes", put.requested),
                    {here.put, receptions_[i + 1].put, here.take});
    }
    if (!Atomic(put) && here.bytes > PageBytes(history().header)) {
      return broken(fmt::format("a read gave {} bytes of a write of {}, more than one packet",
                                here.bytes, put.requested),
                    {here.put, here.take});
    }
    if (Atomic(put) && here.first && !here.last && take.result < take.requested) {
      return broken(fmt::format("a read with room for {} bytes gave {} of a packet of {}",
                                take.requested, here.bytes, put.requested),
                    {here.put, here.take});
    }
  }
  return std::nullopt;
}

}  // namespace parley::model
