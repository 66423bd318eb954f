// sysv-msg: a System V message queue.
//
// Source: POSIX.1-2024 msgget(), msgsnd(), msgrcv(), msgctl(), XSH 2.7 (XSI IPC); msgop(2),
// sysvipc(7) (Linux).
#include "src/facility/facility.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "src/facility/sysv-msg/msg_object.h"
#include "src/facility/sysv-msg/msg_port.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kContentChanged, "xfer.any-bytes"},
    {Clause::kContentOverwritten, "xfer.copy-semantics"},
    {Clause::kMessageCut, "sysvmsg.integrity"},
    {Clause::kClassChanged, "sysvmsg.integrity"},
    {Clause::kClassOrder, "sysvmsg.lowest-type"},
    {Clause::kRealTimeOrder, "sysvmsg.fifo-type0"},
    {Clause::kProgramOrder, "sysvmsg.fifo-type0"},
    {Clause::kOrderWithinClass, "sysvmsg.fifo-within-type"},
    {Clause::kWrongAddressee, "sysvmsg.client-server"},
    {Clause::kOrderOfOthers, "sysvmsg.linux-flags"},
    {Clause::kWrongCopy, "sysvmsg.linux-flags"},
    {Clause::kTruncatedWrongly, "sysvmsg.too-big"},
    {Clause::kDuplicate, "xfer.destructive-read"},
    {Clause::kLost, "xfer.conservation"},
    {Clause::kInvented, "xfer.conservation"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kKilledEffect, "xfer.kill-atomic"},
    {Clause::kOverfull, "sysvmsg.empty-full"},
    {Clause::kUnavailable, "sysvmsg.empty-full"},
    {Clause::kRefusedWithRoom, "sysvmsg.empty-full"},
    {Clause::kSizeUnchecked, "sysvmsg.size-rules"},
    {Clause::kClassUnchecked, "sysvmsg.size-rules"},
    {Clause::kLimitUnchecked, "sysvmsg.qbytes"},
    {Clause::kUnreachableByName, "xfer.unrelated-by-name"},
    {Clause::kNameGone, "sysvmsg.persists-after-crash"},
    {Clause::kDiedWithCreator, "sysvmsg.persists-after-crash"},
    {Clause::kGoneWithSender, "xfer.async-decoupled"},
    {Clause::kUsedAfterRemoval, "sysvmsg.rmid-final"},
    {Clause::kStaleHandle, "svipc.stale-id"},
    {Clause::kCreatedTwice, "svipc.key-exclusive"},
    {Clause::kKeyMisled, "svipc.key-same-object"},
    {Clause::kToolDiffers, "ipctool.ipcs"},
    {Clause::kToolRemovedWrongly, "ipctool.ipcrm"},
    {Clause::kPermissionWrong, "svipc.permission"},
    {Clause::kStatusWrong, "svipc.stat-truth"},
    {Clause::kKeyUnstable, "ftok.stable"},
    {Clause::kResidue, "harness.no-residue"},
    {Clause::kReceiverAsleep, "xfer.wake-receiver"},
    {Clause::kMatchingAsleep, "sysvmsg.match-wakes"},
    {Clause::kSenderAsleep, "xfer.wake-sender"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
};

class MsgFacility : public Facility {
 public:
  std::string_view Name() const override { return "sysv-msg"; }
  std::string_view Summary() const override {
    return "System V message queue: whole messages, selected by their type.";
  }
  Family GetFamily() const override { return Family::kMessages; }
  std::span<const CallTraits> Calls() const override { return MsgPort::Calls(); }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::uint64_t AtomicBytes(const std::string&) const override { return MsgMaxBytes(); }
  std::uint64_t DefaultCapacityBytes() const override { return MsgQueueBytes(); }
  std::uint64_t MessageBytes() const override { return MsgMaxBytes(); }
  std::uint64_t ClassMin() const override { return 1; }
  std::uint64_t ClassMax() const override { return kClassMax; }
  bool named() const override { return true; }
  // Every sender whose message fits is woken by a receive.
  bool races_without_bands() const override { return true; }

  Result<void> Probe(const std::string& directory) const override {
    // Several processes may probe one directory at a time, and one process several times.
    static std::atomic<std::uint32_t> probes{0};
    const auto object =
        Make({}, directory, fmt::format("parley-probe.{}.{}", ::getpid(), ++probes));
    if (!object) return std::unexpected(object.error());
    return {};
  }

  Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                       const std::string& name) const override {
    return MsgObject::Make(plan, directory, name);
  }

  void Sweep(const std::string& directory) const override { SweepMsgs(directory); }

  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<MsgPort>(name);
  }
};

const MsgFacility kSysvMsg;
const FacilityRegistration kRegistration(kSysvMsg);

}  // namespace
}  // namespace parley
