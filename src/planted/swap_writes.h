// Two small writes in a row of one process, put in the wrong order: the first is held back in a
// copy and put after the second, or before any other call on its descriptor.  Where it would have
// to wait for room then, for longer than a reader at work takes, it is lost.
#pragma once

#include <array>

#include "src/planted/stream.h"

namespace parley::planted {

class SwapWrites : public Bug {
 public:
  using Bug::Bug;

  ssize_t Write(const Target& target, const Pieces& message) override;
  void BeforeOtherCall(const Target& target) override;
  void AfterFork() override { held_bytes_ = 0; }
  void AtExit() override { PutHeldInTime(); }

 private:
  void Hold(const Target& target, const Pieces& message);
  void PutHeld();
  void PutHeldInTime();

  int held_fd_ = -1;
  std::size_t held_bytes_ = 0;  // 0: nothing is held
  std::array<char, kAtomicBytes> held_{};
};

}  // namespace parley::planted
