#include <unistd.h>

#include <cerrno>

#include "src/planted/libc.h"
#include "src/planted/locks.h"

namespace parley::planted {
namespace {

class OfdQueryNamesProcess final : public Bug {
 public:
  OfdQueryNamesProcess()
      : Bug({.name = "ofd-query-names-process",
             .says = "Of a description's lock that is in the way the process is told that asks.",
             .promise = "ofd.lifetime",
             .on = On::kOfdLock,
             .every = 1,
             .also = ""}) {}

  int Lock(const Target& file, const LockCall& call) override {
    const int result = Bug::Lock(file, call);
    const bool found = result == 0 && call.asks() && call.range->l_type != F_UNLCK;
    if (found && call.range->l_pid == -1 && Tells(file.object)) call.range->l_pid = ::getpid();
    return result;
  }
};

OfdQueryNamesProcess ofd_query_names_process;

}  // namespace
}  // namespace parley::planted
