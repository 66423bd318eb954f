#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class ChildOwnsCopies final : public Bug {
 public:
  ChildOwnsCopies()
      : Bug({.name = "child-owns-copies",
             .says = "A forked child is given the locks that its parent has.",
             .promise = "fcntl.fork-exec",
             .on = On::kFcntlLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const bool takes = !call.asks() && !call.unlocks();
    const int result = Bug::Lock(file, call);
    if (takes && result == 0) ++held_;
    if (!takes || result == 0 || !child_ || !Tells(file.object)) return result;
    return 0;
  }

  void AfterFork() override {
    child_ = held_ > 0;
    held_ = 0;
  }

 private:
  unsigned held_ = 0;
  bool child_ = false;
};

ChildOwnsCopies child_owns_copies;

}  // namespace
}  // namespace parley::planted
