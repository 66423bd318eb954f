#include "src/planted/swap_writes.h"

namespace parley::planted {
namespace {

class SwapFifoWrites final : public SwapWrites {
 public:
  SwapFifoWrites()
      : SwapWrites({.name = "swap-fifo-writes",
                    .says = "Of two small writes in a row of one process to a FIFO, the second is "
                            "read first.",
                    .promise = "fifo.order",
                    .on = On::kFifo,
                    .every = 16,
                    // What a process holds back when it is killed is lost; until then it counts as
                    // written and is not there.
                    .also = "xfer.conservation xfer.flow-control xfer.wake-receiver xfer.any-bytes "
                            "xfer.destructive-read fifo.atomic-write"}) {}
};

SwapFifoWrites swap_fifo_writes;

}  // namespace
}  // namespace parley::planted
