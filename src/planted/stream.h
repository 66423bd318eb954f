// What bugs need to know of, and do to, a pipe or FIFO.  None of it passes the bugs themselves.
#pragma once

#include <cstddef>

#include "src/planted/planted.h"

namespace parley::planted {

// Writes of at most that many bytes are promised not to be interleaved: PIPE_BUF.
inline constexpr std::size_t kAtomicBytes = 4096;

bool IsBlocking(int fd);
bool IsWritingEnd(int fd);  // or both

// Bytes that a read would find; 0 when unknown.
std::size_t UnreadBytes(int fd);

// Of a writing end: a write of up to kAtomicBytes would not wait; a reading end is open.
bool HasRoom(int fd);
bool HasReader(int fd);
// Of a reading end: a writing end is open.
bool HasWriter(int fd);

// Waits for room, for so long at most.
bool WaitForRoom(int fd, int timeout_ms);

// The size of a pipe that nobody has resized, and of this one; 0 when unknown.
int DefaultCapacityBytes();
int CapacityBytes(int fd);

// Another open file description of the same object, for reading or writing as flags say.  Never
// waits; the descriptor is out of the way of the program's own.  -1 when it cannot be made.
int Reopen(int fd, int flags);

// Moves a descriptor of this library's own out of the way of the program's.
int OutOfTheWay(int fd);

// Writes in segments of at most segment_bytes, calling between() between two of them.  Of
// interruptions only one before the first byte is seen.
//
// Returns: bytes written, count unless an error ended it early; -1 with errno when none was.
ssize_t WriteInSegments(int fd, const char* bytes, std::size_t count, std::size_t segment_bytes,
                        void (*between)());

// One write() of a message that the caller takes for written: made again when it is interrupted.
void WriteWhole(int fd, const char* bytes, std::size_t count);

// Whether this process handles SIGALRM: calls that sleep are interrupted, or made again.
enum class Alarms : std::uint8_t { kNone, kInterrupting, kRestarting };
Alarms AlarmsHere();

// A handled signal could have interrupted a call: an alarm, or the one of stepped rounds.
bool MayBeInterrupted();

// Sleeps in the system call that the caller made, until a signal handler ends it (EINTR, -1). Where
// alarms do that again and again there is no sleep to be seen: bugs tell it only where there are
// none.
ssize_t SleepInRead(bool vectored);
ssize_t SleepInWrite(bool vectored);
int SleepInOpen(const OpenCall& call);

}  // namespace parley::planted
