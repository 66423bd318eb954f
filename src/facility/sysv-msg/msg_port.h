// A worker's side of a System V message queue, which it reaches by its key.
#pragma once

#include <span>
#include <string>

#include "src/facility/facility.h"
#include "src/facility/handle_table.h"
#include "src/facility/sysv-msg/msg_object.h"

namespace parley {

// Calls, each one of libc but where more are named:
//   make             msgget(IPC_CREAT | IPC_EXCL)
//   open_*           msgget() without IPC_CREAT; asks for the rights to receive, send or both
//   open_create      msgget(IPC_CREAT)
//   send             msgsnd(); argument: the type
//   receive          msgrcv() of type 0: the oldest message
//   receive_type     of that type (argument), receive_lowest of the lowest type up to argument,
//                    receive_except of another type (MSG_EXCEPT)
//   receive_cut, receive_type_cut    with MSG_NOERROR
//   *_nowait         with IPC_NOWAIT
//   copy             msgrcv(MSG_COPY | IPC_NOWAIT); argument: how many messages are older
//   copy_waiting     the same without IPC_NOWAIT, which the system has to refuse
//   set_capacity     msgctl(IPC_STAT), then msgctl(IPC_SET) with msg_qbytes = argument
//   capacity         msgctl(IPC_STAT); result: msg_qbytes
//   unread           msgctl(IPC_STAT); argument: which member (QueueStatus)
//   forget           the identifier is forgotten; no call, for there is none
//   remove           msgctl(IPC_RMID)
//   ftok             ftok() of the marker, its link and no file, with id = argument; result: a set
//   of
//                    KeyFlaw
//   open_as, set_mode_as, remove_as
//                    as several users (msg_rights.h)
//   run_tool         ipcs or ipcrm (msg_tools.h)
//   exists           msgget(): 0 when the key leads to the newest handle's queue, 1: to another
//
// A type of kClassMax stands for LONG_MAX, and its negation for LONG_MIN.  A handle that is not
// live is offered to the system as identifier -1 (EINVAL).
class MsgPort : public Port {
 public:
  static std::span<const CallTraits> Calls();

  // name: MsgKey::Text().
  explicit MsgPort(const std::string& name);

  Reply Perform(const Request& request) override;
  std::uint16_t Resolve(const Request& request) const override;
  void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) override;
  // An identifier is nothing that could be closed.
  void CloseAll() override { handles_.Clear(); }

 private:
  int Get(int flags) const;
  Reply DeriveKey(int id) const;
  Reply Open(int flags, End ends);
  Reply Exists() const;
  Reply PerformOn(const HandleTable::Entry* entry, const Request& request);
  const HandleTable::Entry* Chosen(const Request& request) const;

  MsgKey key_;
  std::string link_;     // another name of the marker
  std::string missing_;  // the name of no file
  HandleTable handles_;  // descriptors: identifiers of queues
};

}  // namespace parley
