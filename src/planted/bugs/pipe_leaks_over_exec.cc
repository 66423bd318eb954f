#include <fcntl.h>

#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class PipeLeaksOverExec final : public Bug {
 public:
  PipeLeaksOverExec()
      : Bug({.name = "pipe-leaks-over-exec",
             .says = "pipe2() ignores O_CLOEXEC, so that programs which were not given the pipe "
                     "have it.",
             .promise = "xfer.related-only",
             .on = On::kPipe,
             .every = 1,
             // Ends that nobody knows of keep readers and writers from their end.
             .also = "pipe.epipe-sigpipe pipe.eof-delivered xfer.death-before-wait"}) {}

  int MakePipe(int fds[2], int flags) override {
    const int result = Bug::MakePipe(fds, flags & ~O_CLOEXEC);
    if (result == 0 && (flags & O_CLOEXEC) != 0) CountTold();
    return result;
  }
};

PipeLeaksOverExec pipe_leaks_over_exec;

}  // namespace
}  // namespace parley::planted
