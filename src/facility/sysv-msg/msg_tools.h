// The system's own commands on System V queues, ipcs and ipcrm, as the user would run them.
//
// Source: POSIX.1-2024 ipcs, ipcrm; ipcs(1), ipcrm(1), proc(5) (Linux).
#pragma once

#include <cstdint>

#include "src/facility/facility.h"
#include "src/facility/sysv-msg/msg_object.h"

namespace parley {

// Runs the command that the argument (Tool) stands for and looks at what it told or did.
//
// What ipcrm is to remove is a queue made for it beside the one of that key, with a marker of its
// own, so that a sweep finds it; it is removed before the call returns.  Nothing else may change
// meanwhile.  The command is awaited without sleeping: who watches this process must not take it
// for one that waits.
//
// Result: a set of ToolFlaw.  Errors: ENOTSUP when there is no such command, when nobody can be the
// other user, or when the queue may not be looked at; of the queue itself, those of msgget().
Reply RunMsgTool(const MsgKey& key, std::uint64_t argument);

}  // namespace parley
