// fifo: a byte stream with a name in the file system.
//
// Source: POSIX.1-2024 mkfifo(), open(), read(), write(), unlink(); fifo(7), pipe(7) (Linux).
#include "src/facility/facility.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>

#include "src/facility/fifo/fifo_object.h"
#include "src/facility/fifo/fifo_port.h"
#include "src/facility/refusal.h"
#include "src/facility/stream_limits.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kTorn, "fifo.atomic-write"},
    {Clause::kTornNonblocking, "fifo.atomic-write"},
    {Clause::kTornGather, "fifo.atomic-write"},
    {Clause::kTornResized, "fifo.atomic-write"},
    {Clause::kShortNonblocking, "fifo.atomic-write"},
    {Clause::kBytesMoved, "fifo.order"},
    {Clause::kProgramOrder, "fifo.order"},
    {Clause::kRealTimeOrder, "fifo.order"},
    {Clause::kWriteWithoutReader, "fifo.order"},
    {Clause::kBrokenPipeEarly, "fifo.order"},
    {Clause::kShortBlocking, "fifo.order"},
    {Clause::kUnavailable, "fifo.order"},
    {Clause::kReceiverAsleepWithData, "fifo.order"},
    {Clause::kSendAsleepWithoutReader, "fifo.order"},
    {Clause::kContentChanged, "xfer.any-bytes"},
    {Clause::kContentOverwritten, "xfer.copy-semantics"},
    {Clause::kDuplicate, "xfer.destructive-read"},
    {Clause::kLost, "xfer.conservation"},
    {Clause::kInvented, "xfer.conservation"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kKilledEffect, "xfer.kill-atomic"},
    {Clause::kOverfull, "xfer.flow-control"},
    {Clause::kEndOfFileEarly, "fifo.eof-reopen"},
    {Clause::kDiedWithCreator, "fifo.eof-reopen"},
    {Clause::kEndOfFileAsleep, "fifo.eof-reopen"},
    {Clause::kEndOfFileMissing, "xfer.death-before-wait"},
    {Clause::kOpenEarly, "fifo.open-rendezvous"},
    {Clause::kOpenAsleep, "fifo.open-rendezvous"},
    {Clause::kOpenRefused, "fifo.open-nonblock"},
    {Clause::kOpenGhost, "fifo.open-nonblock"},
    {Clause::kUnreachableByName, "xfer.unrelated-by-name"},
    {Clause::kNameGone, "fifo.name-persists"},
    {Clause::kDataSurvived, "fifo.data-vanishes"},
    {Clause::kGenerationsMixed, "fifo.unlink-open"},
    {Clause::kCreatedTwice, "fifo.create-exclusive"},
    {Clause::kResidue, "harness.no-residue"},
    {Clause::kCreatedWrongly, "fifo.create"},
    {Clause::kResolvedWrongly, "fifo.mkfifoat"},
    {Clause::kPermissionWrong, "fifo.permission"},
    {Clause::kReceiverAsleep, "xfer.wake-receiver"},
    {Clause::kSenderAsleep, "xfer.wake-sender"},
    // The rows of pipes that speak of FIFOs too.
    {Clause::kWrongEnd, "pipe.unidirectional"},
    {Clause::kTaxonomy, "taxonomy.matrix"},
    {Clause::kPollIncoherent, "pipe.poll-coherent"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
    {Clause::kReceiverAsleepNonblocking, "fifo.order"},
    {Clause::kSenderAsleepNonblocking, "fifo.atomic-write"},
    {Clause::kOpenAsleepNonblocking, "fifo.open-nonblock"},
};

std::string PathIn(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

class FifoFacility : public Facility {
 public:
  std::string_view Name() const override { return "fifo"; }
  std::string_view Summary() const override {
    return "Byte stream with a name in the file system, reached by opening it.";
  }
  Family GetFamily() const override { return Family::kByteStream; }
  std::span<const CallTraits> Calls() const override { return FifoPort::Calls(); }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::uint64_t AtomicBytes(const std::string& directory) const override {
    return AtomicWriteBytes(directory.empty() ? "." : directory);
  }
  std::uint64_t DefaultCapacityBytes() const override { return DefaultPipeCapacityBytes(); }
  bool named() const override { return true; }

  Result<void> Probe(const std::string& directory) const override {
    // Several processes may probe one directory at a time, and one process several times.
    static std::atomic<std::uint32_t> probes{0};
    const auto object =
        Make({}, directory, fmt::format("parley-probe.{}.{}", ::getpid(), ++probes));
    if (!object) return std::unexpected(object.error());
    const std::string& path = (*object)->access().name;
    const FileDescriptor fd(::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (!fd.valid()) return Refused(fmt::format("open(\"{}\", O_RDWR | O_NONBLOCK)", path));
    char byte = 'p';
    if (::write(fd.get(), &byte, 1) != 1) return Refused(fmt::format("write(\"{}\", 1)", path));
    if (::read(fd.get(), &byte, 1) != 1) return Refused(fmt::format("read(\"{}\", 1)", path));
    return {};
  }

  Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                       const std::string& name) const override {
    return FifoObject::Make(plan, PathIn(directory, name));
  }

  std::unique_ptr<Port> Attach(const std::string& name) const override {
    return std::make_unique<FifoPort>(name);
  }
};

const FifoFacility kFifo;
const FacilityRegistration kRegistration(kFifo);

}  // namespace
}  // namespace parley
