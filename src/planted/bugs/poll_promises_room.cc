#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class PollPromisesRoom final : public Bug {
 public:
  PollPromisesRoom()
      : Bug({.name = "poll-promises-room",
             .says = "poll() says POLLOUT of a full pipe.",
             .promise = "pipe.poll-coherent",
             .on = On::kPipe,
             .every = 1}) {}

  void AfterPoll(const Target& target, pollfd& asked) override {
    const bool full = (asked.events & POLLOUT) != 0 && (asked.revents & (POLLOUT | POLLERR)) == 0;
    if (full && IsWritingEnd(target.fd) && Tells(target.object)) {
      asked.revents = static_cast<short>(asked.revents | POLLOUT);
    }
  }
};

PollPromisesRoom poll_promises_room;

}  // namespace
}  // namespace parley::planted
