#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class FullGivesZero final : public Bug {
 public:
  FullGivesZero()
      : Bug({.name = "full-gives-zero",
             .says = "A large non-blocking write to a full pipe returns 0 instead of EAGAIN.",
             .promise = "pipe.nonblock-large",
             .on = On::kPipe,
             .every = 1}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const bool full = message.bytes() > kAtomicBytes && !IsBlocking(target.fd) &&
                      HasReader(target.fd) && !HasRoom(target.fd);
    if (!full || !Tells(target.object)) return Bug::Write(target, message);
    return 0;
  }
};

FullGivesZero full_gives_zero;

}  // namespace
}  // namespace parley::planted
