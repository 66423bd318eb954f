#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LockTrySleeps final : public Bug {
 public:
  LockTrySleeps()
      : Bug({.name = "lock-try-sleeps",
             .says = "A try for a lock that is in somebody's way sleeps.",
             .promise = "fcntl.try-errors",
             .on = On::kFcntlLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool refused = result != 0 && call.command == F_SETLK && errno == EAGAIN;
    return refused && Tells(file.object) ? SleepInLock() : result;
  }
};

LockTrySleeps lock_try_sleeps;

}  // namespace
}  // namespace parley::planted
