// The decoder of self-identifying bytes.
#include "src/program/payload_identifying.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "src/program/payload.h"

namespace parley {
namespace {

// Self-identifying bytes of one writer that tell their position: 5 bits each.
constexpr std::size_t kSampleBytes = 24;
constexpr std::size_t kSampleBytesMin = 8;  // when no more will come
constexpr std::uint64_t kRelocationBytesMax = 2U << 20;
// A search takes milliseconds; a stream that needs many is broken beyond doubt.
constexpr int kRelocationsMax = 32;

}  // namespace

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

namespace {

// The first bytes of that writer: what tells where in its stream they lie.
std::vector<std::byte> SampleOf(std::size_t identity, std::span<const std::byte> bytes) {
  std::vector<std::byte> sample;
  for (const std::byte byte : bytes) {
    if (IdentityOf(byte) == identity) sample.push_back(byte);
    if (sample.size() == kSampleBytes) break;
  }
  return sample;
}

}  // namespace

bool Decoder::LiesAt(std::size_t identity, std::uint64_t position,
                     std::span<const std::byte> sample) const {
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (sample[i] != IdentifyingByte(tag_, identity, position + i)) return false;
  }
  return true;
}

// Finds where in that writer's stream the sample lies, nearest to where it was to go on.
bool Decoder::Locate(std::size_t identity, std::span<const std::byte> sample) {
  std::uint64_t& next = next_position_[identity];
  for (std::uint64_t distance = 1; distance <= kRelocationBytesMax; ++distance) {
    if (distance <= next && LiesAt(identity, next - distance, sample)) {
      next -= distance;
      return true;
    }
    if (LiesAt(identity, next + distance, sample)) {
      next += distance;
      return true;
    }
  }
  return false;
}

// The writer's stream does not go on here: finds where in it the next bytes of that writer lie.
bool Decoder::Relocate(std::size_t identity, std::span<const std::byte> bytes, bool last,
                       bool& undecided) {
  const std::vector<std::byte> sample = SampleOf(identity, bytes);
  undecided = sample.size() < kSampleBytes && !last;
  if (undecided || sample.size() < kSampleBytesMin || ++relocations_ > kRelocationsMax)
    return false;
  return Locate(identity, sample);
}

// What one read gave of one writer lies side by side in its stream, wherever that is.
std::size_t Decoder::DecideAlone(std::span<const std::byte> bytes, std::vector<Extent>& out) {
  const std::size_t merge_from = out.size();
  std::array<bool, 8> located{};
  const auto nobodys = [&](ExtentKind kind) {
    if (out.size() > merge_from && out.back().kind == static_cast<std::uint16_t>(kind)) {
      ++out.back().bytes;
    } else {
      out.push_back({.bytes = 1, .writer = kNobody, .kind = static_cast<std::uint16_t>(kind)});
    }
  };
  for (std::size_t at = 0; at < bytes.size();) {
    const auto rest = bytes.subspan(at);
    const std::size_t identity = IdentityOf(rest.front());
    const bool known = identity < identities_.size() && identities_[identity] != kNobody;
    std::size_t run = known && located[identity] ? RunLength(identity, rest) : 0;
    bool untold = false;
    if (known && run == 0) {
      const std::vector<std::byte> sample = SampleOf(identity, rest);
      untold = sample.size() < kSampleBytesMin;
      located[identity] = !untold && (LiesAt(identity, next_position_[identity], sample) ||
                                      (relocations_ < kRelocationsMax && Locate(identity, sample)));
      relocations_ += untold || located[identity] ? 0 : 1;
      run = located[identity] ? RunLength(identity, rest) : 0;
    }
    if (run == 0) {
      nobodys(untold ? ExtentKind::kUntold : ExtentKind::kUnidentified);
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
  return bytes.size();
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
