#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class FlockByProcess final : public Bug {
 public:
  FlockByProcess()
      : Bug({.name = "flock-by-process",
             .says = "Two descriptions of one process are not in each other's way.",
             .promise = "flock.exclusive",
             .on = On::kFlock,
             .every = 1,
             .also = "flock.nonblock flock.owner-description flock.release-on-death "
                     "flock.shared"}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    if (call.unlocks()) {
      if (holder_ == file.fd) holder_ = -1;
    } else if (result == 0) {
      if (call.exclusive()) holder_ = file.fd;
    } else if (errno == EWOULDBLOCK && holder_ >= 0 && holder_ != file.fd && Tells(file.object)) {
      return 0;
    }
    return result;
  }

  int CloseFile(const Target& file) override {
    if (holder_ == file.fd) holder_ = -1;
    return Bug::CloseFile(file);
  }

  void AfterFork() override { holder_ = -1; }

 private:
  int holder_ = -1;  // the descriptor by which this process has the exclusive lock
};

FlockByProcess flock_by_process;

}  // namespace
}  // namespace parley::planted
