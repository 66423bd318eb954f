// A worker's side of a POSIX message queue, which it reaches by its name.
#pragma once

#include <span>
#include <string>

#include "src/facility/facility.h"
#include "src/facility/handle_table.h"
#include "src/facility/mq/mq_beside.h"
#include "src/facility/mq/mq_notices.h"

namespace parley {

// Calls, each one of libc:
//   make             mq_open(O_CREAT | O_EXCL | O_RDWR) with the system's attributes, and mq_close
//   open_*           mq_open() for receiving, sending or both; the nonblock ones with O_NONBLOCK
//   send             mq_send(); argument: the priority
//   receive          mq_receive(); tells the priority
//   send_far, receive_far, send_past, receive_past, send_invalid, receive_invalid
//                    mq_timedsend(), mq_timedreceive(): until the year 2223, until the first second
//                    of 1970, or with 1,000,000,000 nanoseconds
//   set_nonblock     mq_setattr(); argument: 1 or 0
//   capacity         mq_getattr(); result: mq_maxmsg
//   unread           mq_getattr(); result: mq_curmsgs
//   notify           mq_notify(); argument: what the notice brings, 0: none (message_calls.h)
//   close            mq_close()
//   unlink           mq_unlink()
//   exists           mq_open(O_RDONLY), and mq_close: 0 when there is one
//   notice           sigtimedwait() that does not wait; result: what the notice brought, 0: none
//   create, open_as, use_open, remove, make_limited
//                    on queues beside this one (mq_beside.h); arguments: src/history/file_calls.h,
//                    LimitedQueue of message_calls.h
//
// A handle that is not live is offered to the system as descriptor -1 (EBADF).
class MqPort : public Port {
 public:
  static std::span<const CallTraits> Calls();

  explicit MqPort(std::string name) : name_(std::move(name)), beside_(name_) {}
  ~MqPort() override { CloseAll(); }

  Reply Perform(const Request& request) override;
  std::uint16_t Resolve(const Request& request) const override;
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) override;
  void CloseAll() override;

 private:
  Reply Open(int flags, End ends);
  Reply Make() const;
  Reply Exists() const;
  Reply PerformOn(const HandleTable::Entry* entry, const Request& request);
  Reply SetNonblocking(const HandleTable::Entry* entry, bool nonblocking);
  const HandleTable::Entry* Chosen(const Request& request) const;

  std::string name_;
  HandleTable handles_;
  MqNotices notices_;
  MqBeside beside_;
};

}  // namespace parley
