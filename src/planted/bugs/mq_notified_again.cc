#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MqNotifiedAgain final : public Bug {
 public:
  MqNotifiedAgain()
      : Bug({.name = "mq-notified-again",
             .says = "A registration with a message queue outlives its notice: whoever has taken "
                     "that is notified of the next arrival, too.",
             .promise = "mq.notify-once",
             .on = On::kMq,
             .every = 1,
             .also = "mq.notify-exclusive"}) {}

  int Notify(const Target& queue, const sigevent* event) override {
    const int result = Bug::Notify(queue, event);
    if (result != 0) return result;
    queue_ = event != nullptr ? queue.fd : -1;
    object_ = &queue.object;
    if (event != nullptr) event_ = *event;
    return result;
  }

  int TakeSignal(const sigset_t* set, siginfo_t* info, const timespec* timeout) override {
    const int signal = Bug::TakeSignal(set, info, timeout);
    if (signal <= 0 || queue_ < 0 || signal != event_.sigev_signo || !Tells(*object_)) {
      return signal;
    }
    const int before = errno;
    libc::mq_notify(queue_, &event_);
    errno = before;
    return signal;
  }

  int CloseQueue(const Target& queue) override {
    if (queue.fd == queue_) AfterFork();
    return Bug::CloseQueue(queue);
  }

  void AfterFork() override { queue_ = -1; }

 private:
  int queue_ = -1;  // by which this process has registered
  Object* object_ = nullptr;
  sigevent event_{};
};

MqNotifiedAgain mq_notified_again;

}  // namespace
}  // namespace parley::planted
