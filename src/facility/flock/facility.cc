// flock: an open file description's lock on a whole file.
//
// Source: flock(2) (Linux, BSD).
#include "src/facility/lock_facility.h"
#include "src/facility/lock_port.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kLocksOverlap, "flock.exclusive"},
    {Clause::kSharedOverlap, "flock.shared"},
    {Clause::kSharedRefused, "flock.shared"},
    {Clause::kLockRefused, "flock.nonblock"},
    {Clause::kTryUnchecked, "flock.nonblock"},
    {Clause::kHeldAfterFailure, "flock.nonblock"},
    {Clause::kLockAsleepNonblocking, "flock.nonblock"},
    {Clause::kGoneAtUnlock, "flock.owner-description"},
    {Clause::kGoneAtClose, "flock.release-on-death"},
    {Clause::kUpgradeBeside, "flock.nonblock"},
    {Clause::kHeldAfterClose, "flock.release-on-death"},
    {Clause::kDeadOwnerAsleep, "flock.release-on-death"},
    {Clause::kHeldAfterDeath, "xfer.death-before-wait"},
    {Clause::kOtherKindRefused, "flock.independent"},
    {Clause::kFalseDeadlock, "flock.no-deadlock-detection"},
    {Clause::kLockAsleep, "flock.no-deadlock-detection"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
    {Clause::kUnreachableByName, "xfer.unrelated-by-name"},
    {Clause::kResidue, "harness.no-residue"},
};

// record_*: the locks of the process on a range, which have nothing to do with these.  What a child
// takes by its copy of a description stays when the child ends.
constexpr std::array<LockCall, 8> kLockCalls{{
    {.name = "lock_exclusive", .by = LockBy::kFlock, .exclusive = true, .waits = true},
    {.name = "lock_shared", .by = LockBy::kFlock, .waits = true},
    {.name = "try_exclusive", .by = LockBy::kFlock, .exclusive = true},
    {.name = "try_shared", .by = LockBy::kFlock},
    {.name = "unlock", .effect = Effect::kUnlock, .by = LockBy::kFlock},
    {.name = "record_setlk_write", .exclusive = true},
    {.name = "record_unlock", .effect = Effect::kUnlock},
    {.name = "child_exclusive",
     .effect = Effect::kLockInChild,
     .by = LockBy::kFlock,
     .exclusive = true},
}};
constexpr auto kCalls = WithLockFileCalls(kLockCalls);

class FlockFacility : public LockFacility {
 public:
  std::string_view Name() const override { return "flock"; }
  std::string_view Summary() const override {
    return "Locks on whole files, each owned by an open file description.";
  }
  Family GetFamily() const override { return Family::kLocks; }
  std::span<const CallTraits> Calls() const override { return kCalls; }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<LockPort>(name, kLockCalls);
  }
};

const FlockFacility kFlock;
const FacilityRegistration kRegistration(kFlock);

}  // namespace
}  // namespace parley
