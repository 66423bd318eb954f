#include "src/facility/handle_table.h"

#include "src/base/check.h"

namespace parley {

std::uint16_t HandleTable::Next() {
  // Numbers whose slot is taken by a handle that lives long are passed over: at most one lap.
  for (std::size_t passed = 0; passed < kLiveMax && next_ <= kHandleMax; ++passed, ++next_) {
    const auto handle = static_cast<std::uint16_t>(next_);
    if (Slot(handle).handle == 0) return handle;
  }
  return 0;
}

void HandleTable::Add(std::uint16_t handle, int fd, End ends, bool nonblocking) {
  CHECK(handle != 0 && (handle < first_ || handle >= next_) && Slot(handle).handle == 0);
  Slot(handle) = {.fd = fd,
                  .handle = handle,
                  .older = newest_,
                  .newer = 0,
                  .description = handle,
                  .ends = ends,
                  .nonblocking = nonblocking};
  if (newest_ != 0) Slot(newest_).newer = handle;
  newest_ = handle;
  if (handle >= first_) next_ = std::uint32_t{handle} + 1;
}

void HandleTable::AddDuplicate(std::uint16_t handle, int fd, const Entry& source) {
  const std::uint16_t description = source.description;
  Add(handle, fd, source.ends, source.nonblocking);
  Slot(handle).description = description;
}

const HandleTable::Entry* HandleTable::Find(std::uint16_t handle) const {
  const Entry& entry = Slot(handle);
  return handle != 0 && entry.handle == handle ? &entry : nullptr;
}

const HandleTable::Entry* HandleTable::Newest(End end) const {
  const Entry* entry = Newest();
  while (entry != nullptr && !entry->holds(end)) entry = Find(entry->older);
  return entry;
}

void HandleTable::SetNonblocking(std::uint16_t handle, bool nonblocking) {
  const Entry* changed = Find(handle);
  CHECK(changed != nullptr);
  const std::uint16_t description = changed->description;
  for (std::uint16_t at = newest_; at != 0; at = Slot(at).older) {
    if (Slot(at).description == description) Slot(at).nonblocking = nonblocking;
  }
}

void HandleTable::Remove(std::uint16_t handle) {
  CHECK(Find(handle) != nullptr);
  const Entry removed = Slot(handle);
  if (removed.older != 0) Slot(removed.older).newer = removed.newer;
  if (removed.newer != 0) {
    Slot(removed.newer).older = removed.older;
  } else {
    newest_ = removed.older;
  }
  Slot(handle) = Entry{};
}

void HandleTable::Clear() {
  while (newest_ != 0) Remove(newest_);
  next_ = first_;
}

}  // namespace parley
