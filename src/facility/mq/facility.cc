// mq: a POSIX message queue.
//
// Source: POSIX.1-2024 mq_open(), mq_send(), mq_receive(), mq_unlink(); mq_overview(7) (Linux).
#include "src/facility/facility.h"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "src/facility/mq/mq_object.h"
#include "src/facility/mq/mq_port.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kContentChanged, "xfer.any-bytes"},
    {Clause::kContentOverwritten, "xfer.copy-semantics"},
    {Clause::kMessageCut, "mq.integrity"},
    {Clause::kClassChanged, "mq.integrity"},
    {Clause::kClassOrder, "mq.highest-priority-first"},
    {Clause::kRealTimeOrder, "mq.fifo-within-priority"},
    {Clause::kProgramOrder, "mq.fifo-within-priority"},
    {Clause::kDuplicate, "xfer.destructive-read"},
    {Clause::kLost, "xfer.conservation"},
    {Clause::kInvented, "xfer.conservation"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kKilledEffect, "xfer.kill-atomic"},
    {Clause::kOverfull, "mq.capacity"},
    {Clause::kUnavailable, "mq.capacity"},
    {Clause::kRefusedWithRoom, "mq.capacity"},
    {Clause::kUnreachableByName, "xfer.unrelated-by-name"},
    {Clause::kDiedWithCreator, "mq.persists-after-crash"},
    {Clause::kGoneWithSender, "xfer.async-decoupled"},
    {Clause::kGenerationsMixed, "mq.unlink-deferred"},
    {Clause::kCreatedTwice, "mq.open-rules"},
    {Clause::kResidue, "harness.no-residue"},
    {Clause::kReceiverAsleep, "xfer.wake-receiver"},
    {Clause::kSenderAsleep, "xfer.wake-sender"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
    {Clause::kSizeUnchecked, "mq.size-errors"},
    {Clause::kClassUnchecked, "mq.prio-range"},
    {Clause::kDeadlineWrong, "mq.timed"},
    {Clause::kNotifiedWrongly, "mq.notify-once"},
    {Clause::kRegisteredTwice, "mq.notify-exclusive"},
    {Clause::kCreatedWrongly, "mq.open-rules"},
    {Clause::kPermissionWrong, "mq.open-rules"},
    {Clause::kNameGone, "mq.persists-after-crash"},
    {Clause::kLimitsWrong, "mq.prio-range"},
    {Clause::kRegistrationStays, "mq.notify-removed"},
};

class MqFacility : public Facility {
 public:
  std::string_view Name() const override { return "mq"; }
  std::string_view Summary() const override {
    return "POSIX message queue: whole messages, the oldest of the highest priority first.";
  }
  Family GetFamily() const override { return Family::kMessages; }
  std::span<const CallTraits> Calls() const override { return MqPort::Calls(); }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::uint64_t AtomicBytes(const std::string&) const override { return DefaultMqMessageBytes(); }
  std::uint64_t DefaultCapacityBytes() const override { return 0; }
  std::uint64_t MessageBytes() const override { return DefaultMqMessageBytes(); }
  std::uint64_t ClassMax() const override {
    return static_cast<std::uint64_t>(::sysconf(_SC_MQ_PRIO_MAX)) - 1;
  }
  bool named() const override { return true; }

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
    return MqObject::Make(plan, directory, name);
  }

  void Sweep(const std::string& directory) const override { SweepMqs(directory); }

  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<MqPort>(name);
  }
};

const MqFacility kMq;
const FacilityRegistration kRegistration(kMq);

}  // namespace
}  // namespace parley
