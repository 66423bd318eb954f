#include "src/planted/queue.h"

#include <fcntl.h>
#include <mqueue.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <ctime>

#include "src/planted/libc.h"

namespace parley::planted {
namespace {

bool Attributes(int queue, mq_attr& attributes) {
  const int before = errno;
  const bool known = ::mq_getattr(queue, &attributes) == 0;
  errno = before;
  return known;
}

}  // namespace

bool WaitsForMessages(int queue) {
  mq_attr attributes{};
  return Attributes(queue, attributes) && (attributes.mq_flags & O_NONBLOCK) == 0;
}

long MessagesIn(int queue) {
  mq_attr attributes{};
  return Attributes(queue, attributes) ? attributes.mq_curmsgs : -1;
}

bool HasPlace(int queue) {
  mq_attr attributes{};
  return Attributes(queue, attributes) && attributes.mq_curmsgs < attributes.mq_maxmsg;
}

std::size_t LongestMessage(int queue) {
  mq_attr attributes{};
  return Attributes(queue, attributes) ? static_cast<std::size_t>(attributes.mq_msgsize) : 0;
}

bool SendInTime(int queue, const Message& message, int patience_ms) {
  timespec until{};
  ::clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += patience_ms * 1'000'000L;
  until.tv_sec += until.tv_nsec / 1'000'000'000L;
  until.tv_nsec %= 1'000'000'000L;
  int result = -1;
  do {
    result = libc::mq_timedsend(queue, message.bytes, message.count, message.priority, &until);
  } while (result != 0 && errno == EINTR);
  return result == 0;
}

void EmptyQueue(int queue) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", queue);
  mq_attr attributes{};
  if (!Attributes(queue, attributes)) return;
  const int own = libc::openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
  if (own < 0) return;
  char* const scratch = Scratch(static_cast<std::size_t>(attributes.mq_msgsize));
  while (scratch != nullptr &&
         libc::mq_receive(own, scratch, static_cast<std::size_t>(attributes.mq_msgsize),
                          static_cast<unsigned*>(nullptr)) >= 0) {
  }
  libc::close(own);
}

ssize_t SleepInReceive() {
  char name[64];
  std::snprintf(name, sizeof name, "/parley-planted.%d", ::getpid());
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = 1;
  const mqd_t silent =
      libc::mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode_t{0600}, &attributes);
  if (silent < 0) return -1;
  libc::mq_unlink(name);
  char byte = 0;
  const ssize_t result =
      libc::mq_receive(silent, &byte, std::size_t{1}, static_cast<unsigned*>(nullptr));
  const int error = errno;
  libc::mq_close(silent);
  errno = error;
  return result;
}

}  // namespace parley::planted
