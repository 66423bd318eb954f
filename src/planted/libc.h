// libc's own functions, behind the ones of the same name that this library puts in front of them.
#pragma once

#include <dlfcn.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

namespace parley::planted {

// The next definition of a function in the order in which the dynamic linker looks, found when it
// is first called: a program may write before this library's constructors have run.
template <typename Function>
class Next {
 public:
  explicit constexpr Next(const char* name) : name_(name) {}

  template <typename... Arguments>
  decltype(auto) operator()(Arguments... arguments) {
    return Get()(arguments...);
  }

 private:
  Function* Get() {
    Function* found = found_.load(std::memory_order_relaxed);
    if (found == nullptr) {
      const int before = errno;
      found = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name_));
      found_.store(found, std::memory_order_relaxed);
      errno = before;
    }
    return found;
  }

  const char* name_;
  std::atomic<Function*> found_{nullptr};
};

namespace libc {

inline constinit Next<decltype(::write)> write{"write"};
inline constinit Next<decltype(::writev)> writev{"writev"};
inline constinit Next<decltype(::read)> read{"read"};
inline constinit Next<decltype(::readv)> readv{"readv"};
inline constinit Next<decltype(::poll)> poll{"poll"};
inline constinit Next<decltype(::fcntl)> fcntl{"fcntl"};
inline constinit Next<decltype(::flock)> flock{"flock"};
inline constinit Next<decltype(::ioctl)> ioctl{"ioctl"};
inline constinit Next<decltype(::splice)> splice{"splice"};
inline constinit Next<decltype(::tee)> tee{"tee"};
inline constinit Next<decltype(::dup)> dup{"dup"};
inline constinit Next<decltype(::close)> close{"close"};
inline constinit Next<decltype(::openat)> openat{"openat"};
inline constinit Next<decltype(::mkfifoat)> mkfifoat{"mkfifoat"};
inline constinit Next<decltype(::pipe2)> pipe2{"pipe2"};
inline constinit Next<decltype(::mq_open)> mq_open{"mq_open"};
inline constinit Next<decltype(::mq_send)> mq_send{"mq_send"};
inline constinit Next<decltype(::mq_timedsend)> mq_timedsend{"mq_timedsend"};
inline constinit Next<decltype(::mq_receive)> mq_receive{"mq_receive"};
inline constinit Next<decltype(::mq_unlink)> mq_unlink{"mq_unlink"};
inline constinit Next<decltype(::mq_timedreceive)> mq_timedreceive{"mq_timedreceive"};
inline constinit Next<decltype(::mq_close)> mq_close{"mq_close"};
inline constinit Next<decltype(::mq_notify)> mq_notify{"mq_notify"};
inline constinit Next<decltype(::sigtimedwait)> sigtimedwait{"sigtimedwait"};
inline constinit Next<decltype(::fopen)> fopen{"fopen"};
inline constinit Next<decltype(::ftok)> ftok{"ftok"};
inline constinit Next<decltype(::msgget)> msgget{"msgget"};
inline constinit Next<decltype(::msgsnd)> msgsnd{"msgsnd"};
inline constinit Next<decltype(::msgrcv)> msgrcv{"msgrcv"};
inline constinit Next<decltype(::msgctl)> msgctl{"msgctl"};
inline constinit Next<decltype(::_exit)> exit_now{"_exit"};

}  // namespace libc
}  // namespace parley::planted
