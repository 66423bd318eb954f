// Calls on the queue under test as several users.
//
// Each makes one call of libc that is judged.  What stands around it prepares it (the identifier,
// the effective IDs) and is undone before it returns.  Who cannot become the user gets ENOTSUP.
//
// Source: POSIX.1-2024 XSH 2.7.1 (IPC permissions), msgget(), msgctl(); sysvipc(7) (Linux).
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "src/facility/facility.h"

namespace parley {

// msgget() that asks for the right to receive, to send, or both.  argument: OpenFileAs.
Reply OpenMsgAs(key_t key, std::uint64_t argument);

// msgctl(IPC_SET) with that mode, and owners and limit as they are.  argument: ChangeMode.
Reply SetMsgModeAs(key_t key, std::uint64_t argument);

// msgctl(IPC_RMID) as who may not.  argument: RemovesAs().
Reply RemoveMsgAs(key_t key, std::uint64_t argument);

}  // namespace parley
