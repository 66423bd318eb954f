#include "src/program/payload.h"

#include <algorithm>
#include <cstring>

#include "src/base/check.h"
#include "src/base/seed.h"
#include "src/program/record_format.h"

namespace parley {
namespace {

// How far behind the first differing byte a record may really have ended: bytes of its successor
// that happen to equal the expected ones.  Eight equal by chance once in 2^64.
constexpr std::size_t kLookBack = 8;
constexpr std::size_t kCertain = 16;  // bytes that must agree before a continuation is believed
// Self-identifying bytes of one writer that tell their position: 5 bits each.
constexpr std::size_t kSampleBytes = 24;
constexpr std::size_t kSampleBytesMin = 8;  // when no more will come
constexpr std::uint64_t kRelocationBytesMax = 2U << 20;
// A search takes milliseconds; a stream that needs many is broken beyond doubt.
constexpr int kRelocationsMax = 32;
std::size_t IdentityOf(std::byte byte) { return std::to_integer<std::size_t>(byte >> 5); }

// Eight bytes of a self-identifying stream.
std::uint64_t IdentifyingWord(std::uint32_t tag, std::size_t identity, std::uint64_t index) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  const std::uint64_t random =
      Mix(index ^ std::uint64_t{tag} << 32 ^ std::uint64_t{identity} << 29);
  return (random & (kEach * 31)) | (kEach * (identity << 5));
}

std::byte IdentifyingByte(std::uint32_t tag, std::size_t identity, std::uint64_t position) {
  return static_cast<std::byte>(IdentifyingWord(tag, identity, position / 8) >> (position % 8 * 8));
}

void FillIdentifying(std::span<std::byte> out, std::uint32_t tag, std::size_t identity,
                     std::uint64_t position) {
  while (!out.empty()) {
    const std::uint64_t word = IdentifyingWord(tag, identity, position / 8) >> (position % 8 * 8);
    const std::size_t count = std::min<std::size_t>(8 - position % 8, out.size());
    std::memcpy(out.data(), &word, count);
    out = out.subspan(count);
    position += count;
  }
}

void Append(std::vector<Extent>& out, std::size_t merge_from, Extent extent) {
  if (extent.bytes == 0) return;
  if (out.size() > merge_from) {
    Extent& last = out.back();
    if (last.kind == extent.kind && last.writer == extent.writer &&
        last.position + last.bytes == extent.position) {
      last.bytes += extent.bytes;
      return;
    }
  }
  out.push_back(extent);
}

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

Decoder::Decoder(Encoding encoding, std::uint32_t tag, std::vector<std::uint16_t> identities)
    : encoding_(encoding),
      tag_(tag),
      identities_(std::move(identities)),
      next_position_(identities_.size(), 0) {}

std::size_t Decoder::Decide(std::span<const std::byte> bytes, bool last, std::vector<Extent>& out) {
  return encoding_ == Encoding::kFramed ? DecideFramed(bytes, last, out)
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

// The longest prefix of bytes that goes on where that writer's stream stands.
std::size_t Decoder::RunLength(std::size_t identity, std::span<const std::byte> bytes) const {
  std::uint64_t position = next_position_[identity];
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::uint64_t word = IdentifyingWord(tag_, identity, position / 8);
    const std::size_t skip = position % 8;
    const std::size_t count = std::min(8 - skip, bytes.size() - done);
    const auto* expected = reinterpret_cast<const std::byte*>(&word) + skip;
    if (std::memcmp(expected, bytes.data() + done, count) != 0) {
      return done +
             static_cast<std::size_t>(
                 std::mismatch(expected, expected + count, bytes.data() + done).first - expected);
    }
    done += count;
    position += count;
  }
  return done;
}

// The writer's stream does not go on here: finds where in it the next bytes of that writer lie.
bool Decoder::Relocate(std::size_t identity, std::span<const std::byte> bytes, bool last,
                       bool& undecided) {
  std::vector<std::byte> sample;
  for (const std::byte byte : bytes) {
    if (IdentityOf(byte) == identity) sample.push_back(byte);
    if (sample.size() == kSampleBytes) break;
  }
  undecided = sample.size() < kSampleBytes && !last;
  if (undecided || sample.size() < kSampleBytesMin || ++relocations_ > kRelocationsMax)
    return false;
  const auto lies_at = [&](std::uint64_t position) {
    for (std::size_t i = 0; i < sample.size(); ++i) {
      if (sample[i] != IdentifyingByte(tag_, identity, position + i)) return false;
    }
    return true;
  };
  std::uint64_t& next = next_position_[identity];
  for (std::uint64_t distance = 1; distance <= kRelocationBytesMax; ++distance) {
    if (distance <= next && lies_at(next - distance)) {
      next -= distance;
      return true;
    }
    if (lies_at(next + distance)) {
      next += distance;
      return true;
    }
  }
  return false;
}

std::size_t Decoder::DecideSelfIdentifying(std::span<const std::byte> bytes, bool last,
                                           std::vector<Extent>& out) {
  const std::size_t merge_from = out.size();
  std::size_t at = 0;
  while (at < bytes.size()) {
    const auto rest = bytes.subspan(at);
    const std::size_t identity = IdentityOf(rest.front());
    const bool known = identity < identities_.size() && identities_[identity] != kNobody;
    std::size_t run = known ? RunLength(identity, rest) : 0;
    if (known && run == 0) {
      bool undecided = false;
      if (Relocate(identity, rest, last, undecided)) run = RunLength(identity, rest);
      if (undecided) return at;
    }
    if (run == 0) {
      Append(out, merge_from,
             {.position = 0,
              .bytes = 1,
              .writer = kNobody,
              .kind = static_cast<std::uint16_t>(ExtentKind::kUnidentified)});
      ++at;
      continue;
    }
    Append(out, merge_from,
           {.position = next_position_[identity],
            .bytes = static_cast<std::uint32_t>(run),
            .writer = identities_[identity],
            .kind = static_cast<std::uint16_t>(ExtentKind::kWritten)});
    next_position_[identity] += run;
    at += run;
  }
  return at;
}

}  // namespace parley
