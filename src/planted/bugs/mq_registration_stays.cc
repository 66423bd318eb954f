#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class MqRegistrationStays final : public Bug {
 public:
  MqRegistrationStays()
      : Bug({.name = "mq-registration-stays",
             .says = "Whoever dies registered with a message queue is in the way of the next one "
                     "that wants to be.",
             .promise = "mq.notify-removed",
             .on = On::kMq,
             .every = 1}) {}

  int Notify(const Target& queue, const sigevent* event) override {
    const int result = Bug::Notify(queue, event);
    if (result != 0) return result;
    Owner& owner = SharedOwner();
    const std::uint64_t before = owner.exchange(0);
    if (event == nullptr) return result;
    if (Queue(before) == Queue(queue) && IsDead(Process(before)) && Tells(queue.object)) {
      libc::mq_notify(queue.fd, nullptr);
      owner.store(before);
      errno = EBUSY;
      return -1;
    }
    owner.store(static_cast<std::uint64_t>(::getpid()) << 32U | Queue(queue));
    return result;
  }

  // It may notify.
  int Send(const Target& queue, const Message& message) override {
    SharedOwner().store(0);
    return Bug::Send(queue, message);
  }

  int CloseQueue(const Target& queue) override {
    if (Process(SharedOwner().load()) == ::getpid()) SharedOwner().store(0);
    return Bug::CloseQueue(queue);
  }

 private:
  // Who registered last: the process above, the queue's inode below.
  using Owner = std::atomic<std::uint64_t>;
  static Owner& SharedOwner() { return SharedWord(); }
  static std::uint32_t Queue(std::uint64_t owner) { return static_cast<std::uint32_t>(owner); }
  static std::uint32_t Queue(const Target& queue) {
    return static_cast<std::uint32_t>(queue.object.inode);
  }
  static pid_t Process(std::uint64_t owner) { return static_cast<pid_t>(owner >> 32U); }

  static bool IsDead(pid_t process) {
    const int before = errno;
    const bool dead = process > 0 && ::kill(process, 0) != 0 && errno == ESRCH;
    errno = before;
    return dead;
  }
};

MqRegistrationStays mq_registration_stays;

}  // namespace
}  // namespace parley::planted
