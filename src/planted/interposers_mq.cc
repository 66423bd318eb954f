// The functions of POSIX message queues that stand before libc's; interposers.cc.
#undef _FORTIFY_SOURCE  // its inline mq_open() would be in the way of this one
#include <cstdarg>
#include <optional>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

struct Meeting {
  Bug* bug = nullptr;
  Target target;
};

std::optional<Meeting> Meet(mqd_t queue) {
  Bug* bug = Alive();
  if (bug == nullptr) return std::nullopt;
  bug->BeforeAnyCall();
  Object* object = bug->IsToldOn(On::kMq) ? ObserveQueue(queue) : nullptr;
  if (object == nullptr) return std::nullopt;
  return Meeting{.bug = bug, .target = {.fd = queue, .object = *object}};
}

mqd_t Opened(mqd_t queue, int flags) {
  if (queue < 0) return queue;
  if (const auto met = Meet(queue)) met->bug->OpenedQueue(met->target, flags);
  return queue;
}

}  // namespace
}  // namespace parley::planted

using namespace parley::planted;  // NOLINT(google-build-using-namespace): what follows is C

extern "C" {

mqd_t mq_open(const char* name, int flags, ...) noexcept {
  if ((flags & O_CREAT) == 0) return Opened(libc::mq_open(name, flags), flags);
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = va_arg(arguments, mode_t);
  mq_attr* attributes = va_arg(arguments, mq_attr*);
  va_end(arguments);
  Bug* const bug = Alive();
  if (bug == nullptr || !bug->IsToldOn(On::kMq)) {
    return libc::mq_open(name, flags, mode, attributes);
  }
  mqd_t queue = bug->CreateQueue(name, flags, mode, attributes);
  if (queue < 0 && errno == EEXIST) {
    queue = bug->FailedExclusively(name, flags);
    if (queue < 0) errno = EEXIST;
  }
  return Opened(queue, flags);
}

// What mq_open() becomes where the compiler does not know the flags.
mqd_t __mq_open_2(const char* name, int flags) noexcept {  // NOLINT: libc's name
  return mq_open(name, flags);
}

int mq_send(mqd_t queue, const char* bytes, size_t count, unsigned priority) {
  const auto met = Meet(queue);
  if (!met) return libc::mq_send(queue, bytes, count, priority);
  return met->bug->Send(met->target, {.bytes = bytes, .count = count, .priority = priority});
}

ssize_t mq_receive(mqd_t queue, char* bytes, size_t count, unsigned* priority) {
  const auto met = Meet(queue);
  if (!met) return libc::mq_receive(queue, bytes, count, priority);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->Receive(met->target, {.bytes = bytes, .count = count, .priority = priority});
}

ssize_t mq_timedreceive(mqd_t queue, char* bytes, size_t count, unsigned* priority,
                        const timespec* until) {
  const auto met = Meet(queue);
  if (!met) return libc::mq_timedreceive(queue, bytes, count, priority, until);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->ReceiveUntil(met->target, {.bytes = bytes, .count = count, .priority = priority},
                                *until);
}

int mq_unlink(const char* name) noexcept {
  Bug* bug = Alive();
  if (bug != nullptr && bug->IsToldOn(On::kMq)) {
    const int before = errno;
    const mqd_t queue = libc::mq_open(name, O_RDONLY | O_CLOEXEC);
    if (const auto met = queue >= 0 ? Meet(queue) : std::nullopt) {
      met->bug->BeforeUnlink(met->target);
      libc::mq_close(queue);
      ForgetDescriptor(met->target.object, queue);
    }
    errno = before;
  }
  return libc::mq_unlink(name);
}

int mq_notify(mqd_t queue, const sigevent* event) noexcept {
  const auto met = Meet(queue);
  if (!met) return libc::mq_notify(queue, event);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->Notify(met->target, event);
}

int sigtimedwait(const sigset_t* set, siginfo_t* info, const timespec* timeout) {
  Bug* bug = Alive();
  if (bug == nullptr || !bug->IsToldOn(On::kMq)) return libc::sigtimedwait(set, info, timeout);
  return bug->TakeSignal(set, info, timeout);
}

int mq_close(mqd_t queue) noexcept {
  const auto met = Meet(queue);
  if (!met) return libc::mq_close(queue);
  met->bug->BeforeOtherCall(met->target);
  const int result = met->bug->CloseQueue(met->target);
  ForgetDescriptor(met->target.object, queue);
  return result;
}
}
