#include <cerrno>

#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

class SysvSizeWithType final : public Bug {
 public:
  SysvSizeWithType()
      : Bug({.name = "sysv-size-with-type",
             .says = "A send counts the type into the length of the message.",
             .promise = "sysvmsg.size-rules",
             .on = On::kSysvMsg,
             .every = 1}) {}

  int SendTyped(const Target& queue, const TypedMessage& message) override {
    const bool longest =
        message.count <= kLongestTyped && message.count + sizeof(long) > kLongestTyped;
    if (!longest || !Tells(queue.object)) return Bug::SendTyped(queue, message);
    errno = EINVAL;
    return -1;
  }
};

SysvSizeWithType sysv_size_with_type;

}  // namespace
}  // namespace parley::planted
