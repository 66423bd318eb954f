// The one interface through which the engine drives any facility.  A facility is one folder below
// this one; it registers itself (FacilityRegistration) and is found by name.
//
// Only this room calls the kernel's IPC, and it does so through libc's own functions, dynamically
// linked, so that a preloaded library can stand between.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/base/file_descriptor.h"
#include "src/history/history.h"
#include "src/promise/clause.h"

namespace parley {

// A call of the facility as scenarios name it.
struct CallTraits {
  std::string_view name;
  Effect effect = Effect::kOther;
  bool gathers = false;
  // Opens: the handle gets O_NONBLOCK; locks: it is only tried; others: the call does not wait.
  bool nonblocking = false;
  Selector select = Selector::kAny;
  Deadline deadline = Deadline::kNone;
  LockKind lock = LockKind::kNone;
  bool exclusive = false;       // of locks: else shared
  bool splices = false;         // moves or copies bytes by splice() or tee(), and never waits
  bool truncates = false;       // Call::truncates
  bool never_restarts = false;  // Call::never_restarts
};

// This clause, reported on this facility, breaks this promise.
struct Binding {
  Clause clause;
  std::string_view promise;  // catalogue id, without "@facility"
};

// How a fresh object shall be.
struct ObjectPlan {
  std::uint32_t capacity_bytes = 0;     // 0: the system's default
  std::uint32_t capacity_messages = 0;  // 0: the system's default
  std::uint32_t message_bytes = 0;      // of the largest message; 0: the system's default
  bool nonblocking = false;             // descriptors made with O_NONBLOCK
  bool exists = true;                   // false: only the name is reserved; a worker makes it
};

// What a worker needs to reach an object: descriptors to hand over, or a name to open.
struct ObjectAccess {
  int read_fd = -1;  // owned by the Object
  int write_fd = -1;
  std::string name;  // empty for unnamed objects
};

// An object under test, as its maker holds it.  Destroying it closes and removes all that is left.
class Object {
 public:
  virtual ~Object() = default;
  virtual const ObjectAccess& access() const = 0;
  virtual std::uint64_t capacity_bytes() const = 0;  // as the system reports it; 0 when unbounded
  // The same of messages; 0 when they are not what is counted.
  virtual std::uint64_t capacity_messages() const { return 0; }
  // Bytes of the longest message that it takes; 0 when unknown.
  virtual std::uint64_t message_bytes() const { return 0; }
  // Closes the maker's own descriptors, so that only the workers' count.
  virtual void ReleaseDescriptors() = 0;
};

// Bytes in front of each buffer that the call may use: System V messages have their type there.
inline constexpr std::size_t kHeadroomBytes = 16;

// One call to make.
struct Request {
  std::uint8_t call = 0;  // index in Facility::Calls()
  // Which of the port's handles to use; ignored by opens.  0: the newest live one whose end fits
  // the call (puts: writing, takes: reading, others: the newest of all).
  std::uint16_t handle = 0;
  std::uint64_t argument = 0;
  std::span<iovec> pieces;  // buffers of puts and takes; one unless the call gathers
};

// What it returned.
struct Reply {
  std::int64_t result = -1;
  int system_error = 0;
  // Opens and duplicates: the new handle, 1..; 0 when they failed.  Other calls: the handle that
  // was used, 0 when there was none.
  std::uint16_t handle = 0;
  bool nonblocking = false;      // the descriptor used had O_NONBLOCK, or a lock was only tried
  std::uint32_t told_class = 0;  // receives: of the message; message_calls.h
  // Calls that ask for locks, and of which the result is 1: who is in the way.
  struct Holder {
    pid_t pid = 0;  // -1: the system names none
    bool exclusive = false;
  } holder{};
};

// One worker's descriptors on one object.  Perform does exactly one call, hides nothing (EINTR
// included) and allocates nothing.
class Port {
 public:
  virtual ~Port() = default;
  virtual Reply Perform(const Request& request) = 0;
  // The handle that Perform(request) is going to use (of duplicates the source), 0 when none fits
  // or the call uses none.  Makes no call: so that a recorder knows the handle even of a call that
  // never returns.
  virtual std::uint16_t Resolve(const Request& request) const { return request.handle; }
  // Takes over descriptors that were handed to this worker; handles 1 (reading) and 2 (writing).
  virtual void Adopt(FileDescriptor read_fd, FileDescriptor write_fd, bool nonblocking) = 0;
  // Closes whatever is still open; not part of the history.
  virtual void CloseAll() = 0;
};

inline constexpr std::uint16_t kHandleRead = 1;
inline constexpr std::uint16_t kHandleWrite = 2;

class Facility {
 public:
  virtual ~Facility() = default;

  virtual std::string_view Name() const = 0;
  virtual std::string_view Summary() const = 0;  // one sentence
  virtual Family GetFamily() const = 0;
  virtual std::span<const CallTraits> Calls() const = 0;
  virtual std::span<const Binding> Bindings() const = 0;

  // Bytes that one put moves indivisibly (PIPE_BUF), probed from the system; directory as for Make.
  virtual std::uint64_t AtomicBytes(const std::string& directory) const = 0;
  // Capacity of a fresh object made with the default plan; 0 when unbounded or unknown.
  virtual std::uint64_t DefaultCapacityBytes() const = 0;

  // Messages: bytes of the largest one that an object made with the default plan takes; else 0.
  virtual std::uint64_t MessageBytes() const { return 0; }
  // Messages: the lowest and the highest priority or type that there is; else 0.
  virtual std::uint64_t ClassMin() const { return 0; }
  virtual std::uint64_t ClassMax() const { return 0; }

  // True when workers reach the object by a name and no descriptors are handed over.
  virtual bool named() const = 0;

  // Several sleepers that one call wakes race for what they were woken for, so that a stepped round
  // without real-time bands is another one each time.
  virtual bool races_without_bands() const { return false; }

  // Can it run here?  Probes; an unsupported error says what is missing.
  virtual Result<void> Probe(const std::string& directory) const = 0;

  // Makes a fresh object.  directory: where names in the file system go.  name: unique in the run.
  virtual Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                               const std::string& name) const = 0;

  // Removes what objects made with that directory have left outside of it, when their maker was
  // killed; the directory's own content is the caller's to remove.
  virtual void Sweep(const std::string& /*directory*/) const {}

  // A worker's side.  name: ObjectAccess::name.
  virtual std::unique_ptr<Port> Attach(const std::string& name) const = 0;
};

// All facilities linked into this program, sorted by name.
std::span<const Facility* const> Facilities();

// The facility of that name; null when there is none.
const Facility* FindFacility(std::string_view name);

// Like FindFacility; an unknown name is an input error that names the nearest known one.
Result<const Facility*> RequireFacility(std::string_view name);

// At namespace scope in a facility's folder: static const FacilityRegistration kIt(facility);
class FacilityRegistration {
 public:
  explicit FacilityRegistration(const Facility& facility);
};

}  // namespace parley
