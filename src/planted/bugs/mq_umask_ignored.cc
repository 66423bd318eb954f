#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MqUmaskIgnored final : public Bug {
 public:
  MqUmaskIgnored()
      : Bug({.name = "mq-umask-ignored",
             .says = "mq_open() gives a queue the mode that it was asked for, whatever the umask "
                     "is.",
             .promise = "mq.open-rules",
             .on = On::kMq,
             .every = 1}) {}

  mqd_t CreateQueue(const char* name, int flags, mode_t mode, mq_attr* attributes) override {
    const mode_t mask = ::umask(0);
    const mqd_t queue = Bug::CreateQueue(name, flags, mode, attributes);
    const int before = errno;
    ::umask(mask);
    errno = before;
    if (queue >= 0 && (mode & mask) != 0) CountTold();
    return queue;
  }
};

MqUmaskIgnored mq_umask_ignored;

}  // namespace
}  // namespace parley::planted
