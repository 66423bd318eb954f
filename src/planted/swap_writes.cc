#include "src/planted/swap_writes.h"

#include <cstring>

namespace parley::planted {
namespace {

constexpr int kPatienceMs = 100;  // a reader at work makes room in a hundredth of it

}  // namespace

ssize_t SwapWrites::Write(const Target& target, const Pieces& message) {
  if (held_bytes_ > 0 && held_fd_ != target.fd) PutHeldInTime();
  const bool small = message.bytes() <= kAtomicBytes && IsBlocking(target.fd);
  if (held_bytes_ > 0) {
    const ssize_t result = Bug::Write(target, message);
    // One that was interrupted is going to be made again, behind the one held back.
    PutHeld();
    return result;
  }
  if (!small || !HasReader(target.fd) || !HasRoom(target.fd) || !Tells(target.object)) {
    return Bug::Write(target, message);
  }
  Hold(target, message);
  return static_cast<ssize_t>(held_bytes_);
}

void SwapWrites::BeforeOtherCall(const Target& target) {
  if (held_bytes_ > 0 && held_fd_ == target.fd) PutHeldInTime();
}

void SwapWrites::Hold(const Target& target, const Pieces& message) {
  held_fd_ = target.fd;
  held_bytes_ = message.bytes();
  std::memcpy(held_.data(), message.Flat(), held_bytes_);
}

void SwapWrites::PutHeld() {
  const std::size_t bytes = held_bytes_;
  held_bytes_ = 0;
  if (bytes > 0) WriteWhole(held_fd_, held_.data(), bytes);
}

// The caller makes a call that does not wait, and may be the reader for whom there is no room.
void SwapWrites::PutHeldInTime() {
  if (held_bytes_ > 0 && !WaitForRoom(held_fd_, kPatienceMs)) held_bytes_ = 0;
  PutHeld();
}

}  // namespace parley::planted
