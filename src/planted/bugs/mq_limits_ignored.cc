#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MqLimitsIgnored final : public Bug {
 public:
  MqLimitsIgnored()
      : Bug({.name = "mq-limits-ignored",
             .says = "mq_open() lets anybody exceed the limits of queues, user 0 without "
                     "CAP_SYS_RESOURCE among them.",
             .promise = "mq.prio-range",
             .on = On::kMq,
             .every = 1}) {}

  mqd_t CreateQueue(const char* name, int flags, mode_t mode, mq_attr* attributes) override {
    const mqd_t queue = Bug::CreateQueue(name, flags, mode, attributes);
    const bool limited = attributes != nullptr && attributes->mq_maxmsg > 0 &&
                         attributes->mq_msgsize > 0 && queue < 0 && errno == EINVAL &&
                         name[0] == '/';
    if (!limited) return queue;
    CountTold();
    mq_attr within = *attributes;
    within.mq_maxmsg = within.mq_msgsize = 1;
    return Bug::CreateQueue(name, flags, mode, &within);
  }
};

MqLimitsIgnored mq_limits_ignored;

}  // namespace
}  // namespace parley::planted
