#include "src/facility/mq/mq_notices.h"

#include <mqueue.h>
#include <signal.h>

#include <cerrno>
#include <ctime>

#include "src/history/message_calls.h"

namespace parley {
namespace {

int NoticeSignal() { return SIGRTMIN + 2; }

sigset_t NoticeSet() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, NoticeSignal());
  return set;
}

Reply Returned(std::int64_t result) {
  return {.result = result, .system_error = result < 0 ? errno : 0};
}

}  // namespace

Reply MqNotices::Ask(int queue, std::uint64_t brings) {
  if (brings == kWithdraws) return Returned(::mq_notify(queue, nullptr));
  if (!asked_) {
    const sigset_t blocked = NoticeSet();
    if (::sigprocmask(SIG_BLOCK, &blocked, nullptr) != 0) return Returned(-1);
    asked_ = true;
  }
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = NoticeSignal();
  event.sigev_value.sival_int = static_cast<int>(brings);
  return Returned(::mq_notify(queue, &event));
}

Reply MqNotices::Take() const {
  if (!asked_) return {.result = kNoNotice};
  const sigset_t wanted = NoticeSet();
  const timespec at_once{};
  siginfo_t notice{};
  if (::sigtimedwait(&wanted, &notice, &at_once) < 0) {
    return errno == EAGAIN ? Reply{.result = kNoNotice} : Returned(-1);
  }
  const std::int64_t origin = notice.si_code == SI_MESGQ ? 0 : kNoticeOfOtherOrigin;
  return {.result = origin | notice.si_value.sival_int};
}

void MqNotices::Forget() {
  if (!asked_) return;
  while (Take().result != kNoNotice) {
  }
}

}  // namespace parley
