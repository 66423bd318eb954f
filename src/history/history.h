// A history: the operations of one round, the faults dealt to it and the observations made of it.
// The only thing that a checker sees.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/history/record.h"

namespace parley {

// What a call does to its object, as far as checkers care.  Facilities list their calls with it.
// Files know an effect by its place here: new ones come last.
enum class Effect : std::uint8_t {
  kPut,             // offers bytes or a message
  kTake,            // receives bytes or a message
  kOpenRead,        // makes a handle on the reading end (an open, or a descriptor handed over)
  kOpenWrite,       // makes a handle on the writing end
  kOpenBoth,        // makes a handle on both ends
  kDuplicate,       // makes another handle of handle `argument`, with the same ends
  kClose,           // ends a handle
  kSetNonblocking,  // changes O_NONBLOCK of a handle
  kResize,          // changes the capacity; result: the new one in bytes
  kQueryCapacity,   // result: capacity in bytes
  kQueryUnread,     // result: unread bytes
  kPoll,            // result: revents
  kMakeName,        // creates the name, exclusively
  kRemoveName,      // removes the name
  kQueryName,       // result 0 when the name exists as a thing of the facility's type
  kRenameName,      // moves the name, away and back
  kLinkName,        // makes a second name
  kProbeHandle,  // uses a descriptor number that the worker was not given; `argument` is the number
  kOther,
  // On files beside the object, each argument and result as src/history/file_calls.h has it.
  kCreateFile,    // creates one; the mode, the umask, the owner and the place are chosen
  kCreateFileAt,  // creates one relative to a descriptor
  kChangeMode,    // changes the permission bits of one
  kOpenFile,      // opens one as a chosen user, in place of what the worker held of it
  kUseFile,       // uses what the worker holds open of one
  kRemoveFile,    // removes one
  kSeek,          // asks for a position, or for bytes at one (lseek, pread, pwrite)
  kTruncate,      // changes the length of a file
  kQueryKind,     // result 0 when the handle is a thing of the facility's type
  kMakePair,      // makes and closes another object's two ends; result: a set of PairFlaw
  kSetPackets,    // changes O_DIRECT of a handle: whether each put is a packet of its own
  kPeek,          // receives a copy of what a take would receive, and leaves it there
  // Locks on ranges of bytes; argument: which, as src/history/lock_calls.h has it.
  kLock,         // asks for one; of the operation, nonblocking says that it does not wait
  kUnlock,       // gives back what its owner holds of the range
  kQueryLock,    // asks who would be in the way of one; result as lock_calls.h has it
  kLockInChild,  // a forked child tries a lock and ends: 0 when it got it
  // Makes another handle of handle `argument` in a child process, which has nothing else; the
  // handle's close ends the child.
  kDuplicateToChild,
  kRemoveObject,  // removes the object itself, content and all, for everybody who uses it
  kDeriveKey,     // derives keys from a file; result: a set of KeyFlaw, as message_calls.h has it
  // Notification of messages; arguments and results as message_calls.h has them.
  kNotify,       // registers the caller, or withdraws it
  kTakeNotice,   // takes a notice that has come
  kMakeLimited,  // makes, and removes, another object with limits that are chosen
  kRunTool,      // runs a command of the system; argument and result as message_calls.h has them
};

// The call makes a handle on an object.
constexpr bool Opens(Effect effect) {
  return effect == Effect::kOpenRead || effect == Effect::kOpenWrite || effect == Effect::kOpenBoth;
}

// The call makes another handle of one that there is.
constexpr bool Duplicates(Effect effect) {
  return effect == Effect::kDuplicate || effect == Effect::kDuplicateToChild;
}

constexpr bool MakesHandle(Effect effect) { return Opens(effect) || Duplicates(effect); }

// What is wrong with the two descriptors that a call gave; bits.  None: as POSIX pipe() has it.
enum PairFlaw : std::uint8_t {
  kPairNotLowest = 1,         // they are not the two lowest that were free
  kPairFirstNotReading = 2,   // element 0 is not open for reading alone
  kPairSecondNotWriting = 4,  // element 1 is not open for writing alone
};

// `argument` of puts, takes and peeks of byte streams that splice() or tee() made; they do not
// wait.
inline constexpr std::uint64_t kBySplice = 1;

std::string_view EffectName(Effect effect);

// What a facility carries, and so which checkers judge it.  Files know a family by its place here.
enum class Family : std::uint8_t {
  kByteStream,  // bytes in order, cut anywhere
  kMessages,    // whole messages, each of a class; message_calls.h
  kLocks,       // nothing: its holders keep each other out; lock_calls.h
};

// Which of the messages a take asks for; message_calls.h.  Files know it by its place here.
enum class Selector : std::uint8_t {
  kAny,      // the oldest one
  kEqual,    // the oldest one of a class
  kLowest,   // the oldest one of the lowest class, up to a bound
  kExcept,   // the oldest one of any other class
  kHighest,  // the oldest one of the highest class
};

// A receive that finds nothing for it tells that there is nothing at all.
constexpr bool TakesAny(Selector select) {
  return select == Selector::kAny || select == Selector::kHighest;
}

// How long a call on messages may wait.  Files know it by its place here.
enum class Deadline : std::uint8_t {
  kNone,     // as its description says
  kFar,      // to a time that does not come
  kPast,     // to a time that has passed: not at all
  kInvalid,  // to no time that there is
  kNear,     // to a time that comes soon; in stepped rounds nobody begins anything before it has
};

// Whose a lock is, and which locks it is in the way of.  Files know it by its place here.
enum class LockKind : std::uint8_t {
  kNone,         // the call is not about a lock
  kProcess,      // the process'; in the way of other processes' and of descriptions'
  kDescription,  // the open file description's; in the way of other descriptions' and of processes'
  kWhole,        // flock(): the description's, on the whole file; in the way of its like alone
};

// Locks of these kinds can be in each other's way.
constexpr bool Meet(LockKind a, LockKind b) {
  return (a == LockKind::kWhole) == (b == LockKind::kWhole);
}

struct Call {
  std::string name;  // "write"
  Effect effect = Effect::kOther;
  bool gathers = false;  // takes several segments (writev, readv)
  Selector select = Selector::kAny;
  Deadline deadline = Deadline::kNone;
  LockKind lock = LockKind::kNone;
  bool exclusive = false;       // of locks: else shared
  bool truncates = false;       // takes of messages: what does not fit is lost
  bool never_restarts = false;  // a handled signal ends it, SA_RESTART or not

  bool operator==(const Call&) const = default;
};

inline constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

enum class Outcome : std::uint8_t {
  kReturned,
  kMaybe,    // its process was killed inside the call: done or not done, at most once
  kPending,  // still inside when the round ended
};

struct Operation {
  std::uint64_t invoked_ns = 0;
  std::uint64_t returned_ns = kNever;  // kMaybe: when the death was reported; kPending: kNever
  std::int64_t result = 0;             // meaningful when returned
  std::uint64_t argument = 0;
  std::uint64_t position = 0;      // puts: first byte's position in the writer's stream
  std::uint32_t requested = 0;     // bytes asked for
  std::uint32_t first_extent = 0;  // takes: History::extents[first_extent .. + extent_count)
  std::uint32_t extent_count = 0;
  std::uint16_t system_error = 0;  // errno, 0 when the call did not fail
  std::uint16_t worker = 0;
  std::uint16_t handle = 0;
  std::uint16_t pieces = 1;
  std::uint8_t call = 0;  // index in History::calls
  std::uint8_t object = 0;
  Outcome outcome = Outcome::kReturned;
  bool nonblocking = false;

  bool operator==(const Operation&) const = default;
  bool succeeded() const { return outcome == Outcome::kReturned && system_error == 0; }
  bool failed_with(int error) const {
    return outcome == Outcome::kReturned && system_error == error;
  }
};

enum class FaultKind : std::uint8_t {
  kKill,
  kStop,
  kContinue,
  kSignal,         // a signal with a handler, installed without SA_RESTART
  kSignalRestart,  // the same, installed with SA_RESTART
  kRespawn,        // stepped: another process takes the place of that killed worker; successors.h
};

// A kill has a start and an end, like a call: returned_ns is when wait() had reported the death.
struct Fault {
  FaultKind kind = FaultKind::kKill;
  std::uint16_t worker = 0;
  std::uint64_t invoked_ns = 0;
  std::uint64_t returned_ns = kNever;

  bool operator==(const Fault&) const = default;
};

enum class Topology : std::uint8_t { kRelated, kForked, kUnrelated };

// Logical time of a stepped round (mode "stepped").  Step 0 sets the round up; in step i > 0 the
// scheduler did one thing (began a call, delivered a signal, killed a worker) and then waited until
// every worker slept.  What step i began is stamped i * kStepNs, what returned in it
// i * kStepNs + kReturnNs: a call that did not return in step i was asleep when the step was over.
inline constexpr std::uint64_t kStepNs = 1000;
inline constexpr std::uint64_t kReturnNs = 500;
inline constexpr std::uint64_t kSetUpNs = 1;  // of all of step 0

constexpr std::uint64_t StepAt(std::uint64_t logical_ns) { return logical_ns / kStepNs; }

// The role of whoever made the object for the workers and, of messages, takes what they leave when
// all of them have been ended.
inline constexpr std::string_view kMakerRole = "maker";

// One process of the round.  A process that replaces a killed one is another worker.
struct WorkerInfo {
  std::string role;  // "writer"
  Topology topology = Topology::kRelated;
  bool creator = false;      // made the object
  bool interrupted = false;  // has a handled signal arriving while it works

  bool operator==(const WorkerInfo&) const = default;
};

// The watchdog's evidence that a worker slept in one call: sampled in sleep state inside the same
// system call with unchanged context-switch counters, from first to last sample.
struct Sighting {
  std::uint16_t worker = 0;
  std::uint64_t from_ns = 0;
  std::uint64_t until_ns = 0;
  std::uint32_t samples = 0;
  std::int32_t system_call = -1;           // number of the call it slept in
  std::uint64_t heartbeat_gap_ns_max = 0;  // the watchdog's own longest absence meanwhile
  bool steady =
      false;  // every sample asleep, same call, counters unchanged, no operation completed

  bool operator==(const Sighting&) const = default;
};

struct HistoryHeader {
  int version = 3;
  std::string facility;
  Family family = Family::kByteStream;
  std::string scenario;
  std::string token;  // replays the round; empty when another tool wrote the history
  std::uint64_t seed = 0;
  std::uint64_t round = 0;
  std::string mode = "free";
  std::string kernel;                 // "Linux 6.1.0 x86_64"
  std::string planted;                // name of the planted bug, empty when none
  std::uint64_t clock_slack_ns = 0;   // a precedes b iff a.returned + slack < b.invoked
  std::uint64_t atomic_bytes = 4096;  // PIPE_BUF, or what the facility promises as indivisible
  std::uint64_t default_capacity_bytes = 0;  // of a fresh object, 0 when unknown
  std::uint64_t capacity_bytes = 0;          // when the round began, 0 when unbounded or unknown
  std::uint64_t capacity_messages = 0;       // the same of messages
  std::uint64_t message_bytes = 0;           // of the largest message, 0 when unknown
  std::uint64_t class_min = 0;               // of messages
  std::uint64_t class_max = 0;               // the same, 0 when unknown
  bool complete = true;     // false: a log was full; nothing may be concluded from what is absent
  bool drained = false;     // every object was read to its end after the last put
  bool overwrites = false;  // writers overwrite their buffer after each call

  bool operator==(const HistoryHeader&) const = default;
};

struct History {
  HistoryHeader header;
  std::vector<Call> calls;
  std::vector<WorkerInfo> workers;    // index: Operation::worker
  std::vector<Operation> operations;  // per worker in program order; index: the operation's id
  std::vector<Extent> extents;
  std::vector<Fault> faults;
  std::vector<Sighting> sightings;
  std::vector<std::string> residue;  // what the round left behind, one line each

  bool operator==(const History&) const = default;
  Effect effect(const Operation& op) const { return calls[op.call].effect; }
  std::span<const Extent> received(const Operation& op) const {
    return std::span(extents).subspan(op.first_extent, op.extent_count);
  }
  bool precedes(const Operation& a, const Operation& b) const {
    return a.returned_ns != kNever && a.returned_ns + header.clock_slack_ns < b.invoked_ns;
  }
};

}  // namespace parley
