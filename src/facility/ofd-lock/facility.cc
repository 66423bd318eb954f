// ofd-lock: an open file description's locks on ranges of a file.
//
// Source: POSIX.1-2024 fcntl() F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK; fcntl(2) (Linux).
#include "src/facility/lock_facility.h"
#include "src/facility/lock_port.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kLocksOverlap, "ofd.exclusive"},
    {Clause::kSharedOverlap, "ofd.exclusive"},
    {Clause::kUpgradeBeside, "ofd.exclusive"},
    {Clause::kGoneAtUnlock, "ofd.exclusive"},
    {Clause::kSharedRefused, "ofd.exclusive"},
    {Clause::kLockRefused, "ofd.exclusive"},
    {Clause::kRemnantWrong, "ofd.exclusive"},
    {Clause::kTryUnchecked, "ofd.exclusive"},
    {Clause::kGoneAtFailure, "ofd.exclusive"},
    {Clause::kLockAsleepNonblocking, "ofd.exclusive"},
    {Clause::kLockAsleep, "ofd.exclusive"},
    {Clause::kQueryWrong, "ofd.lifetime"},
    {Clause::kGoneAtClose, "ofd.lifetime"},
    {Clause::kHeldAfterClose, "ofd.lifetime"},
    {Clause::kDeadOwnerAsleep, "ofd.lifetime"},
    {Clause::kHeldAfterDeath, "xfer.death-before-wait"},
    {Clause::kFalseDeadlock, "ofd.no-deadlock-detection"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
    {Clause::kUnreachableByName, "xfer.unrelated-by-name"},
    {Clause::kResidue, "harness.no-residue"},
};

// record_*: the locks of the process, which are in the way of those of descriptions.  What a child
// takes by its copy of a description stays when the child ends.
constexpr std::array<LockCall, 11> kLockCalls{{
    {.name = "setlk_write", .by = LockBy::kOfd, .exclusive = true},
    {.name = "setlk_read", .by = LockBy::kOfd},
    {.name = "setlkw_write", .by = LockBy::kOfd, .exclusive = true, .waits = true},
    {.name = "setlkw_read", .by = LockBy::kOfd, .waits = true},
    {.name = "unlock", .effect = Effect::kUnlock, .by = LockBy::kOfd},
    {.name = "getlk_write", .effect = Effect::kQueryLock, .by = LockBy::kOfd, .exclusive = true},
    {.name = "record_setlk_write", .exclusive = true},
    {.name = "record_setlkw_write", .exclusive = true, .waits = true},
    {.name = "record_unlock", .effect = Effect::kUnlock},
    {.name = "record_getlk_write", .effect = Effect::kQueryLock, .exclusive = true},
    {.name = "child_write", .effect = Effect::kLockInChild, .by = LockBy::kOfd, .exclusive = true},
}};
constexpr auto kCalls = WithLockFileCalls(kLockCalls);

class OfdLockFacility : public LockFacility {
 public:
  std::string_view Name() const override { return "ofd-lock"; }
  std::string_view Summary() const override {
    return "Locks on ranges of a file, each owned by an open file description.";
  }
  Family GetFamily() const override { return Family::kLocks; }
  std::span<const CallTraits> Calls() const override { return kCalls; }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<LockPort>(name, kLockCalls);
  }
};

const OfdLockFacility kOfdLock;
const FacilityRegistration kRegistration(kOfdLock);

}  // namespace
}  // namespace parley
