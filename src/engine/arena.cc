#include "src/engine/arena.h"

#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <new>
#include <utility>

namespace parley {

Result<Arena> Arena::Create(std::uint64_t records) {
  const std::uint64_t bytes = kRecordsOffset + records * sizeof(OperationRecord);
  FileDescriptor fd(::memfd_create("parley-arena", MFD_CLOEXEC));
  if (!fd.valid()) return SystemError("memfd_create(\"parley-arena\", MFD_CLOEXEC)");
  if (::ftruncate(fd.get(), static_cast<off_t>(bytes)) != 0) {
    return SystemError(fmt::format("ftruncate(arena, {})", bytes));
  }
  void* base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (base == MAP_FAILED) return SystemError(fmt::format("mmap(arena, {} bytes)", bytes));
  auto* header = new (base) ArenaHeader;
  header->records = records;
  return Arena(static_cast<std::byte*>(base), bytes, std::move(fd));
}

Result<Arena> Arena::Map(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0) return SystemError(fmt::format("fstat(arena {})", fd));
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  if (bytes < kRecordsOffset) {
    return std::unexpected(Error{.message = "the arena is too small; a foreign file?"});
  }
  void* base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (base == MAP_FAILED) return SystemError(fmt::format("mmap(arena, {} bytes)", bytes));
  return Arena(static_cast<std::byte*>(base), bytes, FileDescriptor());
}

Arena::Arena(Arena&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)), bytes_(other.bytes_), fd_(std::move(other.fd_)) {}

Arena::~Arena() {
  if (base_ != nullptr) ::munmap(base_, bytes_);
}

void FutexWait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
               std::uint64_t timeout_ns) {
  const timespec timeout{.tv_sec = static_cast<time_t>(timeout_ns / kNsPerS),
                         .tv_nsec = static_cast<long>(timeout_ns % kNsPerS)};
  ::syscall(SYS_futex, &word, FUTEX_WAIT, expected, timeout_ns == 0 ? nullptr : &timeout, nullptr,
            0);
}

void FutexWakeAll(const std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, 1 << 30, nullptr, nullptr, 0);
}

void RingBell(ArenaHeader& header) {
  header.bell.fetch_add(1, std::memory_order_release);
  FutexWakeAll(header.bell);
}

}  // namespace parley
