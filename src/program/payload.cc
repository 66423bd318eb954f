#include "src/program/payload.h"

#include <algorithm>
#include <cstring>

#include "src/base/check.h"
#include "src/base/seed.h"
#include "src/program/payload_identifying.h"
#include "src/program/record_format.h"

namespace parley {
namespace {

// How far behind the first differing byte a record may really have ended: bytes of its successor
// that happen to equal the expected ones.  Eight equal by chance once in 2^64.
constexpr std::size_t kLookBack = 8;
constexpr std::size_t kCertain = 16;  // bytes that must agree before a continuation is believed

}  // namespace

struct Decoder::Header {
  WireHeader wire;
  std::uint64_t base = 0;
  std::uint64_t position() const { return wire.position(); }
};

void EncodeRecord(std::span<std::byte> record, Encoding encoding, std::uint32_t tag,
                  std::uint16_t writer, std::uint8_t identity, Body body, std::uint64_t position) {
  if (encoding == Encoding::kSelfIdentifying) {
    FillIdentifying(record, tag, identity, position);
    return;
  }
  if (record.empty()) return;
  CHECK(record.size() >= kHeaderBytes);
  const std::uint64_t base = BodyBase(tag, writer, position);
  const WireHeader header =
      MakeHeader(tag, writer, body, static_cast<std::uint32_t>(record.size()), position);
  std::memcpy(record.data(), &header, sizeof header);
  FillBody(record.subspan(kHeaderBytes), body, base, tag);
}

Decoder::Decoder(Encoding encoding, std::uint32_t tag, std::vector<std::uint16_t> identities,
                 Gaps gaps)
    : encoding_(encoding),
      tag_(tag),
      gaps_(gaps),
      identities_(std::move(identities)),
      next_position_(identities_.size(), 0) {}

std::size_t Decoder::Decide(std::span<const std::byte> bytes, bool last, std::vector<Extent>& out) {
  if (encoding_ == Encoding::kFramed) return DecideFramed(bytes, last, out);
  return gaps_ == Gaps::kExpected ? DecideAlone(bytes, out)
                                  : DecideSelfIdentifying(bytes, last, out);
}

std::uint64_t Decoder::Feed(std::span<const std::byte> bytes, std::vector<Extent>& extents) {
  if (kept_.empty()) {
    const std::size_t decided = Decide(bytes, false, extents);
    if (decided < bytes.size()) {
      kept_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(decided), bytes.end());
    }
    return decided;
  }
  kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  const std::size_t decided = Decide(kept_, false, extents);
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(decided));
  return decided;
}

std::uint64_t Decoder::Finish(std::vector<Extent>& extents) {
  const std::size_t decided = Decide(kept_, true, extents);
  kept_.clear();
  return decided;
}

bool Decoder::ReadHeader(std::span<const std::byte> bytes, Header& header) const {
  if (bytes.size() < kHeaderBytes) return false;
  std::memcpy(&header.wire, bytes.data(), sizeof header.wire);
  header.base = BodyBase(tag_, header.wire.writer, header.position());
  return HeaderHolds(header.wire, tag_);
}

std::size_t Decoder::MatchLength(const Record& record, std::span<const std::byte> bytes) const {
  const std::size_t limit = std::min<std::size_t>(bytes.size(), record.bytes - record.next);
  return MatchBody(bytes.first(limit), record.body, record.base, record.next - kHeaderBytes, tag_);
}

// A record begins here, or one that was interrupted goes on here; writer says whose.
bool Decoder::BeginsHere(std::span<const std::byte> bytes, std::uint16_t& writer) const {
  Header header;
  if (ReadHeader(bytes, header)) {
    writer = header.wire.writer;
    return true;
  }
  for (const std::uint16_t candidate : open_) {
    if (candidate == current_) continue;
    const Record& record = records_[candidate];
    const std::size_t wanted = std::min<std::size_t>(kCertain, record.bytes - record.next);
    if (bytes.size() >= wanted && MatchLength(record, bytes.first(wanted)) == wanted) {
      writer = candidate;
      return true;
    }
  }
  return false;
}

// Too few bytes to tell, but they agree with a beginning so far.
bool Decoder::MayBegin(std::span<const std::byte> bytes) const {
  if (bytes.size() >= kHeaderBytes) return false;
  const std::uint32_t magic = kMagic ^ tag_;
  if (std::memcmp(bytes.data(), &magic, std::min<std::size_t>(4, bytes.size())) == 0) return true;
  return std::ranges::any_of(open_, [&](std::uint16_t writer) {
    return writer != current_ && MatchLength(records_[writer], bytes) == bytes.size();
  });
}

std::size_t Decoder::SkipUnidentified(std::span<const std::byte> bytes, std::size_t from, bool last,
                                      std::vector<Extent>& out) {
  std::size_t to = from;
  std::uint16_t writer = kNobody;
  while (to < bytes.size()) {
    const auto rest = bytes.subspan(to);
    if (BeginsHere(rest, writer) || (!last && MayBegin(rest))) break;
    ++to;
  }
  const auto region = bytes.subspan(from, to - from);
  const bool overwritten =
      std::ranges::all_of(region, [](std::byte b) { return b == kOverwrittenByte; });
  Append(out, out.size(),
         {.position = 0,
          .bytes = static_cast<std::uint32_t>(region.size()),
          .writer = kNobody,
          .kind = static_cast<std::uint16_t>(overwritten ? ExtentKind::kOverwritten
                                                         : ExtentKind::kUnidentified)});
  return to;
}

std::size_t Decoder::DecideFramed(std::span<const std::byte> bytes, bool last,
                                  std::vector<Extent>& out) {
  const std::size_t merge_from = out.size();
  std::size_t at = 0;
  const auto take = [&](std::uint16_t writer, Record& record, std::size_t count) {
    Append(out, merge_from,
           {.position = record.position + record.next,
            .bytes = static_cast<std::uint32_t>(count),
            .writer = writer,
            .kind = static_cast<std::uint16_t>(ExtentKind::kWritten)});
    record.next += static_cast<std::uint32_t>(count);
    at += count;
    if (record.next == record.bytes) {
      std::erase(open_, writer);
      current_ = kNobody;
    }
  };

  while (at < bytes.size()) {
    const auto rest = bytes.subspan(at);
    if (current_ != kNobody) {
      Record& record = records_[current_];
      const std::size_t wanted = std::min<std::size_t>(rest.size(), record.bytes - record.next);
      const std::size_t match = MatchLength(record, rest);
      if (match == wanted) {
        take(current_, record, match);
        continue;
      }
      // Where did the record really stop?  Not later than the first differing byte.
      std::size_t stop = match + 1;
      bool undecided = false;
      std::uint16_t writer = kNobody;
      for (std::size_t s = match - std::min(match, kLookBack); s <= match; ++s) {
        if (BeginsHere(rest.subspan(s), writer)) {
          stop = s;
          break;
        }
        undecided = undecided || (!last && MayBegin(rest.subspan(s)));
      }
      if (stop > match && undecided) {
        const std::size_t sure = match - std::min(match, kLookBack);
        take(current_, record, sure);
        return at;
      }
      take(current_, record, std::min(stop, match));
      current_ = kNobody;
      continue;
    }
    Header header;
    std::uint16_t writer = kNobody;
    if (ReadHeader(rest, header)) {
      writer = header.wire.writer;
      if (records_.size() <= writer) records_.resize(writer + 1U);
      if (std::ranges::find(open_, writer) == open_.end()) open_.push_back(writer);
      Record& record = records_[writer];
      record = {.base = header.base,
                .position = header.position(),
                .bytes = header.wire.bytes,
                .next = 0,
                .body = static_cast<Body>(header.wire.body)};
      current_ = writer;
      take(writer, record, kHeaderBytes);
    } else if (BeginsHere(rest, writer)) {
      current_ = writer;
    } else if (!last && MayBegin(rest)) {
      return at;
    } else if (last && MayBegin(rest)) {
      return at;
    } else {
      at = SkipUnidentified(bytes, at, last, out);
    }
  }
  return at;
}

}  // namespace parley
