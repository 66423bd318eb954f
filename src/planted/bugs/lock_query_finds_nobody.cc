#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class LockQueryFindsNobody final : public Bug {
 public:
  LockQueryFindsNobody()
      : Bug({.name = "lock-query-finds-nobody",
             .says = "Who asks who is in the way of a lock is told that nobody is.",
             .promise = "fcntl.split-merge",
             .on = On::kFcntlLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool found = result == 0 && call.asks() && call.range->l_type != F_UNLCK;
    if (found && Tells(file.object)) call.range->l_type = F_UNLCK;
    return result;
  }
};

LockQueryFindsNobody lock_query_finds_nobody;

}  // namespace
}  // namespace parley::planted
