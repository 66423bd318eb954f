#include "src/planted/swap_writes.h"

namespace parley::planted {
namespace {

class SwapPipeWrites final : public SwapWrites {
 public:
  SwapPipeWrites()
      : SwapWrites(
            {.name = "swap-pipe-writes",
             .says = "Of two small writes in a row of one process to a pipe, the second is "
                     "read first.",
             .promise = "pipe.order",
             .on = On::kPipe,
             .every = 16,
             // What a process holds back when it is killed is lost; until then it counts as
             // written and is not there.
             .also = "xfer.conservation xfer.flow-control xfer.wake-receiver pipe.read-available "
                     "pipe.epipe-sigpipe xfer.any-bytes xfer.destructive-read pipe.atomic-write"}) {
  }
};

SwapPipeWrites swap_pipe_writes;

}  // namespace
}  // namespace parley::planted
