// The ways in which a history can contradict a promise.  A checker reports clauses; a facility says
// which promise each clause breaks there (Facility::Bindings).  So one checker serves many
// facilities, and a clause blames exactly one promise.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley {

enum class Clause : std::uint8_t {
  // Content of records (O-REC) and of byte streams (O-BYTES).
  kTorn,                // bytes of one write() of at most PIPE_BUF are not contiguous
  kTornNonblocking,     // the same, written with O_NONBLOCK
  kTornGather,          // the same, written by writev()
  kTornResized,         // the same, while the capacity is not the default one or changes
  kShortNonblocking,    // a non-blocking write of at most PIPE_BUF accepted a part
  kBytesMoved,          // bytes of one large write are received out of order or twice
  kContentChanged,      // what is received differs from what was sent, in content or length
  kContentOverwritten,  // what is received is what the caller's buffer held after the call returned
  kMessageCut,          // a message came with another length than it was sent with
  kClassChanged,        // a message came with another priority or type
  kInterleaveUnseen,    // calibration: writes above PIPE_BUF never interleaved (inconclusive only)
  // Order.
  kProgramOrder,   // one writer's items reach one reader out of order (O-SEQ)
  kRealTimeOrder,  // a write that returned before another began is read after it (O-RT)
  kClassOrder,     // one of a less urgent class came though a more urgent one was there (O-PRIO)
  // Exactly once (O-EXO).
  kDuplicate,          // received twice
  kLost,               // accepted, never received although the channel was drained
  kInvented,           // received, never sent
  kInterruptedEffect,  // a call that failed with EINTR had an effect
  kKilledEffect,       // a call in which its process was killed had a partial effect, or two
  // Flow control.
  kOverfull,  // more accepted and unreceived than the capacity
  // Results of single calls (O-CODE).
  kWriteWithoutReader,    // a write succeeded although no reading end was open
  kBrokenPipeEarly,       // EPIPE although a reading end was open throughout
  kEndOfFileEarly,        // read gave 0 although a writing end was open throughout, or data unread
  kEndOfFileMissing,      // EAGAIN or EOF missing after the death of the last writer was reported
  kShortBlocking,         // a blocking write returned less than asked, uninterrupted, readers alive
  kUnavailable,           // EAGAIN from a receive although data was certainly there
  kRefusedWithRoom,       // EAGAIN from a send of a message although there was certainly room
  kOpenEarly,             // a blocking open returned although the other end was open at no time
  kOpenRefused,           // ENXIO although a reader certainly had it open
  kOpenGhost,             // a non-blocking open for writing succeeded with no reader
  kUnreachableByName,     // an unrelated process did not find the object under its name
  kReachableUninherited,  // a descriptor reached a process that was not given it
  kWrongEnd,              // a call that an end is not made for was not refused as it has to be
  kRolesSwapped,          // a call on the right end was refused with EBADF, or ends made otherwise
  kNonblockingLarge,      // a non-blocking write above PIPE_BUF accepted nothing, or too little
  kPollIncoherent,        // poll() contradicts content, room or the other end
  kCapacityWrong,         // the capacity reported is another, or cannot be reached
  kSizeUnchecked,     // a message or buffer of a wrong size was taken, or one of a right size not
  kClassUnchecked,    // a class that there is not was taken, or one that there is refused
  kDeadlineWrong,     // a call did not end when its time had passed, or before it had
  kResizeUnsafe,      // a change of capacity lost content or gave another capacity
  kPacketsMixed,      // a read gave bytes of two packets, a part of one, or a discarded rest
  kRestartedWrongly,  // EINTR in spite of SA_RESTART, or asleep on without it
  // Existence (O-LIFE, O-WIN1, O-RES).
  kDiedWithCreator,   // object or unread data gone with its creator, though still held open
  kGoneWithSender,    // a message was gone when its sender had left before any receiver came
  kNameGone,          // the name vanished although nobody removed it
  kDataSurvived,      // data of before the last close is received after it
  kGenerationsMixed,  // data crossed between an unlinked object and its namesake
  kCreatedTwice,      // not exactly one of the concurrent exclusive creations succeeded
  kResidue,           // something is left behind after the round
  // Names, owners and permissions (O-MODEL).
  kCreatedWrongly,   // mkfifo() made a file of another type, mode or owner, or erred about whether
                     // it may
  kResolvedWrongly,  // mkfifoat() resolved its path against another directory than it was given
  kPermissionWrong,  // an open was granted or refused against the permission bits
  // Liveness (O-HANG).
  kReceiverAsleep,             // asleep in a receive from before the send that it has to get
  kReceiverAsleepWithData,     // asleep in a receive that began when data was there
  kSenderAsleep,               // asleep in a send though there is room
  kEndOfFileAsleep,            // asleep in a receive though no writer is left
  kSendAsleepWithoutReader,    // asleep in a send though no reader is left
  kOpenAsleep,                 // asleep in an open whose partner came
  kReceiverAsleepNonblocking,  // asleep in a receive that must not wait
  kSenderAsleepNonblocking,    // asleep in a send of at most PIPE_BUF that must not wait
  kOpenAsleepNonblocking,      // asleep in an open that must not wait
  // Stepped mode (O-MODEL).
  kTaxonomy,        // what was measured of the facility is not what the taxonomy says
  kModelDeviation,  // within the promises, but not what the model of the system expects
  // tee() and splice() (O-BYTES).
  kCopyDiffers,      // what tee() copied is not what was received after it
  kSpliceMisplaced,  // bytes that splice() moved came twice, out of order or not at all
  // Locks (O-EXCL, O-CODE, O-DEAD, O-HANG).
  kLocksOverlap,        // two owners held exclusive locks on one byte at one time
  kSharedOverlap,       // an exclusive lock was given beside a shared one, or the reverse
  kLockRefused,         // a try failed though nobody can have held a lock in its way
  kSharedRefused,       // a shared lock was kept out by shared ones
  kTryUnchecked,        // a lock that the handle is not open for was given, or a sound one refused
                        // otherwise
  kHeldAfterDeath,      // a try failed because of a process whose death had been reported
  kHeldAfterClose,      // a try failed because of a lock that its owner had closed away
  kGoneAtClose,         // a lock was gone when a descriptor was closed that does not hold it
  kGoneAtFailure,       // a lock was gone when its owner's next request had failed
  kGoneAtUnlock,        // a lock was gone when another description's was given back
  kUpgradeBeside,       // a shared lock became exclusive beside a shared one
  kHeldAfterFailure,    // a lock was there still when its owner's conversion had failed
  kOtherKindRefused,    // a try failed because of a lock of a kind that is not in its way
  kRemnantWrong,        // what is left of a range that was cut is not as it has to be
  kQueryWrong,          // who is in the way is not who was said to be
  kInheritedLock,       // a forked child owned its parent's lock
  kFalseDeadlock,       // EDEADLK though no cycle of waiting can have been there
  kDeadlockMissed,      // two who wait for each other sleep
  kRingMissed,          // a ring of three to ten who wait for each other sleeps
  kUpgradeMissed,       // two holders of a shared lock sleep in asking for the exclusive one
  kLateDeadlockMissed,  // a cycle that came when a sleeper tried again sleeps
  kBeyondDepth,         // EDEADLK in a ring that is longer than the system looks
  kVictimHarmed,  // a request that failed with EDEADLK cost a lock, or was not the only one of its
                  // cycle
  kNotResolved,   // asleep though the victim of a deadlock has given back what was in the way
  kLockAsleep,    // asleep in asking for a lock that nobody is in the way of
  kDeadOwnerAsleep,        // asleep because of a lock whose owner has died
  kLockAsleepNonblocking,  // asleep in a try
  // Messages that are selected by class (O-RT, O-PRIO, O-CODE).
  kOrderWithinClass,  // a receive of one class got another class, or not the oldest of it
  kWrongAddressee,    // the same, of a class that one worker alone receives, and nothing else
  kOrderOfOthers,     // a receive of all classes but one got that one, or not the oldest
  kTruncatedWrongly,  // a message longer than the buffer was cut, lost or given unasked
  kWrongCopy,         // a copy of a message was not what was there, or took it away
  kMatchingAsleep,    // asleep in a receive of some classes though a message of them is there
  // Objects that are removed while they are used.
  kUsedAfterRemoval,  // a call on a removed object succeeded, or one slept on
  kStaleHandle,       // a handle of a removed object reached another one made later
  kKeyMisled,         // a key led to another object than it had to
  kLimitUnchecked,    // a limit was set that may not be, or refused though it may
  kStatusWrong,       // what the system tells of an object is not so
  kKeyUnstable,       // one file and id gave several keys, or a file that is not there gave one
  // Notification of messages (O-MODEL, O-WIN1).
  kNotifiedWrongly,    // a notice came that was not due, or one that was due did not
  kRegisteredTwice,    // two were registered at one time, or one was refused though nobody was
  kRegistrationStays,  // a registration was there when its owner had left
  kLimitsWrong,  // an object was made with limits that may not be, or has others than it was given
  kToolDiffers,  // what a command tells of an object is not what the system does
  kToolRemovedWrongly,  // a command removed what it was not asked to, or not what it was
  // Not bound anywhere: reported, and no failure.
  kKnownDivergence,  // the system does what its standard has otherwise, as the catalogue says
  kCount,
};

// The stable name of a clause, as histories and run results print it: "torn", "lost".
std::string_view ClauseName(Clause clause);

}  // namespace parley
