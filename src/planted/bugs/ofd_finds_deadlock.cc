#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class OfdFindsDeadlock final : public Bug {
 public:
  OfdFindsDeadlock()
      : Bug({.name = "ofd-finds-deadlock",
             .says = "A wait for a description's lock is refused as a deadlock.",
             .promise = "ofd.no-deadlock-detection",
             .on = On::kOfdLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    if (call.command != F_OFD_SETLKW || call.unlocks() || !IsInTheWay(file.fd, call) ||
        !Tells(file.object)) {
      return Bug::Lock(file, call);
    }
    errno = EDEADLK;
    return -1;
  }
};

OfdFindsDeadlock ofd_finds_deadlock;

}  // namespace
}  // namespace parley::planted
