#include <fmt/format.h>

#include <array>
#include <bit>
#include <concepts>
#include <cstring>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "src/history/binary.h"
#include "src/history/names.h"
#include "src/history/validate.h"

namespace parley {
namespace {

using Problem = std::optional<std::string>;

constexpr std::size_t kSectionCount = std::size(kSectionNames);

// Takes values off bytes; after the end of them it gives zeros and remembers.
class Reader {
 public:
  // offset: of the first byte in the file, for messages.
  explicit Reader(std::string_view bytes = {}, std::uint64_t offset = 0)
      : rest_(bytes), offset_(offset) {}

  std::uint64_t offset() const { return offset_; }
  std::size_t left() const { return rest_.size(); }
  bool short_of() const { return short_; }
  bool odd_flag() const { return odd_flag_; }

  std::string_view Bytes(std::uint64_t count) {
    if (count > rest_.size()) {
      short_ = true;
      count = rest_.size();
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    offset_ += count;
    return bytes;
  }

  template <std::integral T>
  T Get() {
    T value = 0;
    const std::string_view bytes = Bytes(sizeof value);
    if (bytes.size() < sizeof value) return 0;
    std::memcpy(&value, bytes.data(), sizeof value);
    if constexpr (std::endian::native == std::endian::big) value = std::byteswap(value);
    return value;
  }

  bool Flag() {
    const auto value = Get<std::uint8_t>();
    if (value > 1) odd_flag_ = true;
    return value == 1;
  }

  std::string Text() {
    const auto length = Get<std::uint32_t>();
    return std::string(Bytes(length));
  }

 private:
  std::string_view rest_;
  std::uint64_t offset_;
  bool short_ = false;
  bool odd_flag_ = false;
};

Operation GetOperation(Reader& in) {
  Operation op;
  op.invoked_ns = in.Get<std::uint64_t>();
  op.returned_ns = in.Get<std::uint64_t>();
  op.result = in.Get<std::int64_t>();
  op.argument = in.Get<std::uint64_t>();
  op.position = in.Get<std::uint64_t>();
  op.requested = in.Get<std::uint32_t>();
  op.extent_count = in.Get<std::uint32_t>();
  op.system_error = in.Get<std::uint16_t>();
  op.worker = in.Get<std::uint16_t>();
  op.handle = in.Get<std::uint16_t>();
  op.pieces = in.Get<std::uint16_t>();
  op.call = in.Get<std::uint8_t>();
  op.object = in.Get<std::uint8_t>();
  op.outcome = static_cast<Outcome>(in.Get<std::uint8_t>());
  op.nonblocking = in.Flag();
  return op;
}

Extent GetExtent(Reader& in) {
  Extent extent;
  extent.position = in.Get<std::uint64_t>();
  extent.bytes = in.Get<std::uint32_t>();
  extent.writer = in.Get<std::uint16_t>();
  extent.kind = in.Get<std::uint16_t>();
  return extent;
}

class Decoder {
 public:
  Decoder(std::string_view bytes, std::string_view path) : in_(bytes), path_(path) {}

  Result<History> Run();

 private:
  std::unexpected<Error> Fail(std::uint64_t offset, std::string_view problem) const {
    return InputError(fmt::format("{}: byte {}: {}", path_, offset, problem));
  }

  Result<void> Frame(std::size_t index);
  // One function a section; each leaves its reader where its problem is.
  Problem Parse(std::size_t index, Reader& in);
  Problem Head(Reader& in);
  Problem Calls(Reader& in);
  Problem Workers(Reader& in);
  Problem Operations(Reader& in);
  Problem Faults(Reader& in);
  Problem Sightings(Reader& in);
  Problem Residue(Reader& in);

  Reader in_;
  std::string_view path_;
  std::array<Reader, kSectionCount> sections_;
  History history_;
  HistoryValidator validator_{history_};
};

// Finds the next section, and makes sure that it is whole.
Result<void> Decoder::Frame(std::size_t index) {
  const std::string_view expected = kSectionNames[index];
  const std::uint64_t offset = in_.offset();
  const std::string_view name = in_.Bytes(expected.size());
  if (in_.short_of()) return Fail(offset, fmt::format("truncated: no section {}", expected));
  if (name != expected) return Fail(offset, fmt::format("garbled: not a section {}", expected));
  const auto length = in_.Get<std::uint64_t>();
  if (in_.short_of() || in_.left() < sizeof(std::uint64_t) ||
      length > in_.left() - sizeof(std::uint64_t)) {
    return Fail(offset, fmt::format("truncated: section {} is not all there", expected));
  }
  const std::uint64_t payload_offset = in_.offset();
  const std::string_view payload = in_.Bytes(length);
  Checksum sum;
  sum.Add(name);
  for (std::size_t i = 0; i < sizeof length; ++i) {
    const char byte = static_cast<char>(length >> (8 * i));
    sum.Add({&byte, 1});
  }
  sum.Add(payload);
  if (in_.Get<std::uint64_t>() != sum.value()) {
    return Fail(offset, fmt::format("garbled: the checksum of section {} is wrong", expected));
  }
  sections_[index] = Reader(payload, payload_offset);
  return {};
}

Problem Decoder::Head(Reader& in) {
  HistoryHeader& header = history_.header;
  for (std::uint64_t* number :
       {&header.seed, &header.round, &header.clock_slack_ns, &header.atomic_bytes,
        &header.default_capacity_bytes, &header.capacity_bytes, &header.capacity_messages,
        &header.message_bytes, &header.class_min, &header.class_max}) {
    *number = in.Get<std::uint64_t>();
  }
  header.family = static_cast<Family>(in.Get<std::uint8_t>());
  header.complete = in.Flag();
  header.drained = in.Flag();
  header.overwrites = in.Flag();
  for (std::string* text : {&header.facility, &header.scenario, &header.token, &header.mode,
                            &header.kernel, &header.planted}) {
    *text = in.Text();
  }
  return std::nullopt;
}

Problem Decoder::Calls(Reader& in) {
  const auto count = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && !in.short_of(); ++i) {
    Call call{.name = in.Text()};
    call.effect = static_cast<Effect>(in.Get<std::uint8_t>());
    call.gathers = in.Flag();
    call.select = static_cast<Selector>(in.Get<std::uint8_t>());
    call.deadline = static_cast<Deadline>(in.Get<std::uint8_t>());
    call.lock = static_cast<LockKind>(in.Get<std::uint8_t>());
    call.exclusive = in.Flag();
    call.truncates = in.Flag();
    call.never_restarts = in.Flag();
    history_.calls.push_back(std::move(call));
  }
  return std::nullopt;
}

Problem Decoder::Workers(Reader& in) {
  const auto count = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && !in.short_of(); ++i) {
    WorkerInfo worker{.role = in.Text()};
    worker.topology = static_cast<Topology>(in.Get<std::uint8_t>());
    worker.creator = in.Flag();
    worker.interrupted = in.Flag();
    history_.workers.push_back(std::move(worker));
  }
  if (in.short_of()) return std::nullopt;
  return validator_.Heading();
}

// The extents of an operation lie behind those of the operations before it.
Problem Decoder::Operations(Reader& in) {
  if (in.left() % kOperationBytes != 0) return "no whole number of operations";
  const std::uint64_t extents = history_.extents.size();
  history_.operations.reserve(in.left() / kOperationBytes);
  std::uint64_t first = 0;
  while (in.left() > 0) {
    const std::uint64_t begin = in.offset();
    Operation op = GetOperation(in);
    if (op.extent_count > extents - first) {
      return fmt::format("operation at byte {}: its extents do not exist", begin);
    }
    if (op.extent_count > 0) op.first_extent = static_cast<std::uint32_t>(first);
    const auto received = std::span(history_.extents).subspan(first, op.extent_count);
    if (const Problem problem = validator_.Next(op, received)) {
      return fmt::format("operation {} at byte {}: {}", history_.operations.size(), begin,
                         *problem);
    }
    first += op.extent_count;
    history_.operations.push_back(op);
  }
  if (first != extents) return fmt::format("{} extents belong to no operation", extents - first);
  return std::nullopt;
}

Problem Decoder::Faults(Reader& in) {
  const auto count = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && !in.short_of(); ++i) {
    Fault fault;
    fault.kind = static_cast<FaultKind>(in.Get<std::uint8_t>());
    fault.worker = in.Get<std::uint16_t>();
    fault.invoked_ns = in.Get<std::uint64_t>();
    fault.returned_ns = in.Get<std::uint64_t>();
    if (in.short_of()) break;
    if (const Problem problem = validator_.Check(fault)) {
      return fmt::format("fault {}: {}", i, *problem);
    }
    history_.faults.push_back(fault);
  }
  return std::nullopt;
}

Problem Decoder::Sightings(Reader& in) {
  const auto count = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && !in.short_of(); ++i) {
    Sighting sighting;
    sighting.worker = in.Get<std::uint16_t>();
    sighting.from_ns = in.Get<std::uint64_t>();
    sighting.until_ns = in.Get<std::uint64_t>();
    sighting.samples = in.Get<std::uint32_t>();
    sighting.system_call = in.Get<std::int32_t>();
    sighting.heartbeat_gap_ns_max = in.Get<std::uint64_t>();
    sighting.steady = in.Flag();
    if (in.short_of()) break;
    if (const Problem problem = validator_.Check(sighting)) {
      return fmt::format("sighting {}: {}", i, *problem);
    }
    history_.sightings.push_back(sighting);
  }
  return std::nullopt;
}

Problem Decoder::Residue(Reader& in) {
  const auto count = in.Get<std::uint32_t>();
  for (std::uint32_t i = 0; i < count && !in.short_of(); ++i) {
    history_.residue.push_back(in.Text());
  }
  return std::nullopt;
}

Problem Decoder::Parse(std::size_t index, Reader& in) {
  const std::string_view name = kSectionNames[index];
  if (name == "HEAD") return Head(in);
  if (name == "CALL") return Calls(in);
  if (name == "WORK") return Workers(in);
  if (name == "OPER") return Operations(in);
  if (name == "FAUL") return Faults(in);
  if (name == "SIGH") return Sightings(in);
  if (name == "RESI") return Residue(in);
  return std::nullopt;
}

Result<History> Decoder::Run() {
  const std::string_view magic = in_.Bytes(kBinaryMagic.size());
  if (in_.short_of()) return Fail(0, "truncated: not even its first eight bytes are there");
  if (magic != kBinaryMagic) return Fail(0, "not a parley history");
  const auto version = in_.Get<std::uint32_t>();
  if (in_.short_of()) return Fail(in_.offset(), "truncated: no version");
  const auto mine = static_cast<std::uint32_t>(HistoryHeader{}.version);
  if (version != mine) {
    return Fail(kBinaryMagic.size(), fmt::format("history of version {}; this parley reads "
                                                 "version {}",
                                                 version, mine));
  }
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    if (auto framed = Frame(i); !framed.has_value()) return std::unexpected(framed.error());
  }
  if (in_.left() > 0) return Fail(in_.offset(), "something follows the end");

  // Operations refer to extents, which lie behind them.
  constexpr std::size_t kExtents = 4;
  static_assert(kSectionNames[kExtents] == "EXTE");
  Reader& extents = sections_[kExtents];
  const std::uint64_t count = extents.left() / kExtentBytes;
  if (extents.left() % kExtentBytes != 0 || count > std::numeric_limits<std::uint32_t>::max()) {
    return Fail(extents.offset(), "no whole number of extents, or more than 2^32");
  }
  history_.extents.reserve(count);
  while (extents.left() > 0) history_.extents.push_back(GetExtent(extents));

  for (std::size_t i = 0; i < kSectionCount; ++i) {
    Reader& section = sections_[i];
    if (const Problem problem = Parse(i, section)) return Fail(section.offset(), *problem);
    if (section.short_of()) return Fail(section.offset(), "a section ends too early");
    if (section.left() > 0) return Fail(section.offset(), "a section is too long");
    if (section.odd_flag()) return Fail(section.offset(), "a flag is neither 0 nor 1");
  }
  return std::move(history_);
}

}  // namespace

Result<History> DecodeBinary(std::string_view bytes, std::string_view path) {
  return Decoder(bytes, path).Run();
}

}  // namespace parley
