// Histories in files, both forms: what is accepted is given back, what is refused says where.
//
// Sections of the compact form carry checksums, which no mutation would hit: every other mutation
// is followed by setting them right, so that what they guard is reached as well.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "src/base/check.h"
#include "src/history/binary.h"
#include "src/history/file.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

using parley::DecodeHistory;
using parley::EncodeHistory;
using parley::HistoryForm;

constexpr std::string_view kPath = "input";

// The sections' checksums, as far as their frames are whole: name, length, content, checksum.
void MendChecksums(std::span<std::uint8_t> bytes) {
  constexpr std::size_t kName = 4;
  std::size_t at = parley::kBinaryMagic.size() + sizeof(std::uint32_t);  // and the version
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (bytes.size() < at || !all.starts_with(parley::kBinaryMagic)) return;
  for (std::size_t section = 0; section < std::size(parley::kSectionNames); ++section) {
    std::uint64_t length = 0;
    if (bytes.size() - at < kName + sizeof length) return;
    std::memcpy(&length, bytes.data() + at + kName, sizeof length);
    const std::size_t begin = at;
    at += kName + sizeof length;
    if (length > bytes.size() - at || bytes.size() - at - length < sizeof(std::uint64_t)) return;
    parley::Checksum sum;
    sum.Add(all.substr(begin, at - begin + length));
    const std::uint64_t value = sum.value();
    std::memcpy(bytes.data() + at + length, &value, sizeof value);
    at += length + sizeof value;
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
  const std::size_t bytes = LLVMFuzzerMutate(data, size, max);
  if (std::endian::native == std::endian::little && seed % 2 == 0) MendChecksums({data, bytes});
  return bytes;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  const auto history = DecodeHistory(content, kPath);
  if (!history) {
    CHECK(history.error().blame == parley::Blame::kInput);
    CHECK(history.error().message.starts_with("input:"));
    return 0;
  }
  const std::string compact = EncodeHistory(*history, HistoryForm::kCompact);
  const std::string lines = EncodeHistory(*history, HistoryForm::kJsonLines);
  if (content.starts_with(parley::kBinaryMagic)) CHECK(compact == content);
  const auto of_compact = DecodeHistory(compact, kPath);
  const auto of_lines = DecodeHistory(lines, kPath);
  CHECK(of_compact.has_value());
  CHECK(of_lines.has_value());
  CHECK(*of_compact == *of_lines);
  CHECK(EncodeHistory(*of_lines, HistoryForm::kCompact) == compact);
  return 0;
}
