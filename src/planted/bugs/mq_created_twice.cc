#include <fcntl.h>
#include <mqueue.h>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MqCreatedTwice final : public Bug {
 public:
  MqCreatedTwice()
      : Bug({.name = "mq-created-twice",
             .says = "mq_open() with O_CREAT | O_EXCL opens the queue that is there.",
             .promise = "mq.open-rules",
             .on = On::kMq,
             .every = 1,
             .also = "mq.unlink-deferred"}) {}

  int FailedExclusively(const char* name, int flags) override {
    const mqd_t queue = libc::mq_open(name, flags & ~(O_CREAT | O_EXCL));
    if (queue >= 0) CountTold();
    return queue;
  }
};

MqCreatedTwice mq_created_twice;

}  // namespace
}  // namespace parley::planted
