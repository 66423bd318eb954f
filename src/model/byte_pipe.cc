#include "src/model/byte_pipe.h"

#include <algorithm>
#include <utility>

namespace parley::model {

void AppendRun(std::vector<ByteRun>& runs, ByteRun run) {
  if (!runs.empty() && runs.back().writer == run.writer &&
      runs.back().position + runs.back().bytes == run.position) {
    runs.back().bytes += run.bytes;
  } else {
    runs.push_back(run);
  }
}

std::uint64_t BytePipe::unread_bytes() const {
  std::uint64_t bytes = 0;
  for (const Slot& slot : slots_) bytes += slot.bytes;
  return bytes;
}

bool BytePipe::Merge(ByteRun run) {
  if (slots_.empty() || slots_.back().packet || slots_.back().end + run.bytes > page_bytes_) {
    return false;
  }
  slots_.back().end += run.bytes;
  slots_.back().bytes += run.bytes;
  AppendRun(content_, run);
  return true;
}

void BytePipe::PutPage(ByteRun run, bool packet) {
  slots_.push_back({.end = run.bytes, .bytes = run.bytes, .packet = packet});
  AppendRun(content_, run);
}

bool BytePipe::Take(std::uint64_t bytes, std::vector<ByteRun>& taken) {
  bool made_room = false;
  std::size_t done = 0;  // slots
  std::uint32_t total = 0;
  std::uint32_t discarded = 0;
  while (bytes > 0 && done < slots_.size()) {
    Slot& slot = slots_[done];
    const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, slot.bytes));
    slot.bytes -= part;
    bytes -= part;
    total += part;
    if (slot.packet) {
      bytes = 0;
      discarded = std::exchange(slot.bytes, 0);
    }
    if (slot.bytes > 0) break;
    made_room = made_room || slots_.size() - done >= slots_max_;
    ++done;
  }
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(done));
  TakeContent(total, taken);
  std::vector<ByteRun> nobodys;
  TakeContent(discarded, nobodys);
  return made_room;
}

bool BytePipe::Move(std::uint64_t bytes, std::uint32_t slots, std::vector<ByteRun>& taken) {
  std::ptrdiff_t freed = 0;
  std::uint32_t total = 0;
  for (Slot& slot : slots_) {
    if (bytes == 0 || slots-- == 0) break;
    const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes, slot.bytes));
    slot.bytes -= part;
    bytes -= part;
    total += part;
    freed += slot.bytes == 0 ? 1 : 0;
  }
  slots_.erase(slots_.begin(), slots_.begin() + freed);
  TakeContent(total, taken);
  return freed > 0;
}

std::vector<ByteRun> BytePipe::Copy(std::uint64_t bytes, std::uint32_t slots) const {
  std::vector<ByteRun> copied;
  BytePipe(*this).Move(bytes, slots, copied);
  return copied;
}

void BytePipe::TakeContent(std::uint32_t bytes, std::vector<ByteRun>& taken) {
  std::size_t done = 0;
  while (bytes > 0) {
    ByteRun& run = content_[done];
    const std::uint32_t part = std::min(bytes, run.bytes);
    AppendRun(taken, {.position = run.position, .bytes = part, .writer = run.writer});
    run.position += part;
    run.bytes -= part;
    bytes -= part;
    if (run.bytes == 0) ++done;
  }
  content_.erase(content_.begin(), content_.begin() + static_cast<std::ptrdiff_t>(done));
}

bool BytePipe::Resize(std::uint32_t slots) {
  if (slots < slots_.size()) return false;
  slots_max_ = slots;
  return true;
}

std::uint64_t BytePipe::Shape() const {
  const std::uint64_t used = slots_.size();
  const std::uint64_t eighth_left =
      slots_.empty() ? 0 : (page_bytes_ - slots_.back().end) * 8 / page_bytes_;
  const bool front_was_read = !slots_.empty() && slots_.front().bytes < slots_.front().end;
  const bool ends_in_packet = !slots_.empty() && slots_.back().packet;
  return used << 32U | std::uint64_t{slots_max_} << 8U | std::uint64_t{ends_in_packet} << 7U |
         eighth_left << 1U | std::uint64_t{front_was_read};
}

}  // namespace parley::model
