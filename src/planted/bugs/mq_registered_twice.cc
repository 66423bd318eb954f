#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MqRegisteredTwice final : public Bug {
 public:
  MqRegisteredTwice()
      : Bug({.name = "mq-registered-twice",
             .says = "mq_notify() succeeds although a process is registered with the queue.",
             .promise = "mq.notify-exclusive",
             .on = On::kMq,
             .every = 1,
             .also = "mq.notify-once"}) {}

  int Notify(const Target& queue, const sigevent* event) override {
    const int result = Bug::Notify(queue, event);
    if (result == 0 || errno != EBUSY || !Tells(queue.object)) return result;
    return 0;
  }
};

MqRegisteredTwice mq_registered_twice;

}  // namespace
}  // namespace parley::planted
