// Self-identifying bytes, and what both encodings' decoders append to; for payload*.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "src/base/seed.h"
#include "src/history/record.h"

namespace parley {

inline std::size_t IdentityOf(std::byte byte) { return std::to_integer<std::size_t>(byte >> 5); }

// Eight bytes of a self-identifying stream.
inline std::uint64_t IdentifyingWord(std::uint32_t tag, std::size_t identity, std::uint64_t index) {
  constexpr std::uint64_t kEach = 0x0101010101010101U;
  const std::uint64_t random =
      Mix(index ^ std::uint64_t{tag} << 32 ^ std::uint64_t{identity} << 29);
  return (random & (kEach * 31)) | (kEach * (identity << 5));
}

inline std::byte IdentifyingByte(std::uint32_t tag, std::size_t identity, std::uint64_t position) {
  return static_cast<std::byte>(IdentifyingWord(tag, identity, position / 8) >> (position % 8 * 8));
}

inline void FillIdentifying(std::span<std::byte> out, std::uint32_t tag, std::size_t identity,
                            std::uint64_t position) {
  while (!out.empty()) {
    const std::uint64_t word = IdentifyingWord(tag, identity, position / 8) >> (position % 8 * 8);
    const std::size_t count = std::min<std::size_t>(8 - position % 8, out.size());
    std::memcpy(out.data(), &word, count);
    out = out.subspan(count);
    position += count;
  }
}

// Neighbours that continue each other are merged, from the place merge_from on.
inline void Append(std::vector<Extent>& out, std::size_t merge_from, Extent extent) {
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

}  // namespace parley
