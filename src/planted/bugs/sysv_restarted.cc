#include <cerrno>

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvRestarted final : public Bug {
 public:
  SysvRestarted()
      : Bug({.name = "sysv-restarted",
             .says = "A receive that a handled signal has interrupted is made again by libc.",
             .promise = "xfer.restart-matrix",
             .on = On::kSysvMsg,
             .every = 1}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    ssize_t result = Bug::ReceiveTyped(queue, buffer, type);
    while (result < 0 && errno == EINTR && Tells(queue.object)) {
      result = Bug::ReceiveTyped(queue, buffer, type);
    }
    return result;
  }
};

SysvRestarted sysv_restarted;

}  // namespace
}  // namespace parley::planted
