// fcntl-lock: a process' locks on ranges of a file.
//
// Source: POSIX.1-2024 fcntl() F_SETLK, F_SETLKW, F_GETLK; lockf(); fcntl(2) (Linux).
#include "src/facility/lock_facility.h"
#include "src/facility/lock_port.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kLocksOverlap, "fcntl.exclusive"},
    {Clause::kSharedOverlap, "fcntl.shared"},
    {Clause::kUpgradeBeside, "fcntl.shared"},
    {Clause::kSharedRefused, "fcntl.shared"},
    {Clause::kLockRefused, "fcntl.disjoint"},
    {Clause::kRemnantWrong, "fcntl.split-merge"},
    {Clause::kQueryWrong, "fcntl.split-merge"},
    {Clause::kTryUnchecked, "fcntl.try-errors"},
    {Clause::kGoneAtFailure, "fcntl.try-errors"},
    {Clause::kLockAsleepNonblocking, "fcntl.try-errors"},
    {Clause::kDeadOwnerAsleep, "fcntl.release-on-death"},
    {Clause::kHeldAfterDeath, "xfer.death-before-wait"},
    {Clause::kHeldAfterClose, "fcntl.release-any-close"},
    {Clause::kInheritedLock, "fcntl.fork-exec"},
    {Clause::kDeadlockMissed, "fcntl.deadlock-detected"},
    {Clause::kRingMissed, "fcntl.deadlock-ring"},
    {Clause::kBeyondDepth, "fcntl.deadlock-depth-limit"},
    {Clause::kUpgradeMissed, "fcntl.deadlock-upgrade"},
    {Clause::kLateDeadlockMissed, "fcntl.deadlock-late"},
    {Clause::kVictimHarmed, "fcntl.deadlock-one-victim"},
    {Clause::kNotResolved, "fcntl.deadlock-resolves"},
    {Clause::kFalseDeadlock, "fcntl.no-false-deadlock"},
    {Clause::kLockAsleep, "fcntl.wakeup"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
    {Clause::kUnreachableByName, "xfer.unrelated-by-name"},
    {Clause::kResidue, "harness.no-residue"},
};

// What lockf() takes is F_SETLK's exclusive lock; setlkw_* wait.
constexpr std::array<LockCall, 11> kLockCalls{{
    {.name = "setlk_write", .exclusive = true},
    {.name = "setlk_read"},
    {.name = "setlkw_write", .exclusive = true, .waits = true},
    {.name = "setlkw_read", .waits = true},
    {.name = "unlock", .effect = Effect::kUnlock},
    {.name = "getlk_write", .effect = Effect::kQueryLock, .exclusive = true},
    {.name = "getlk_read", .effect = Effect::kQueryLock},
    {.name = "lockf_lock", .by = LockBy::kLockf, .exclusive = true, .waits = true},
    {.name = "lockf_tlock", .by = LockBy::kLockf, .exclusive = true},
    {.name = "lockf_ulock", .effect = Effect::kUnlock, .by = LockBy::kLockf},
    {.name = "child_write", .effect = Effect::kLockInChild, .exclusive = true},
}};
constexpr auto kCalls = WithLockFileCalls(kLockCalls);

class FcntlLockFacility : public LockFacility {
 public:
  std::string_view Name() const override { return "fcntl-lock"; }
  std::string_view Summary() const override {
    return "Locks on ranges of a file, each owned by a process, with detection of deadlocks.";
  }
  Family GetFamily() const override { return Family::kLocks; }
  std::span<const CallTraits> Calls() const override { return kCalls; }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<LockPort>(name, kLockCalls);
  }
};

const FcntlLockFacility kFcntlLock;
const FacilityRegistration kRegistration(kFcntlLock);

}  // namespace
}  // namespace parley
