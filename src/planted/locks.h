// What bugs need to know of, and do to, locks on a file.  None of it passes the bugs themselves.
#pragma once

#include <fcntl.h>

#include <cstddef>

#include "src/planted/planted.h"

namespace parley::planted {

// Somebody else's lock is in the way of this one.
bool IsInTheWay(int fd, const LockCall& call);

// Processes in the ring that this process' wait for the lock would close; 0: none.
//
// Source: proc(5), /proc/locks: a line for each lock, and behind it those who wait for it.
std::size_t RingLength(int fd, const struct flock& range);

// This process has a shared lock, its own, on part of the range.
bool HasSharedLock(int fd, const struct flock& range);

// The process has descriptors: it lives, or has not begun to close them for good (proc(5)).
bool HasDescriptors(pid_t pid);

// Gives back a range of the process' locks, or of the description's.
void Unlock(int fd, bool ofd, const struct flock& range);
// All of them.
void UnlockAll(int fd, bool ofd);

// Sleeps in fcntl(F_SETLKW) until a signal handler ends it (EINTR, -1).
int SleepInLock();

}  // namespace parley::planted
