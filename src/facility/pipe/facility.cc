// pipe: an unnamed byte stream between related processes.
//
// Source: POSIX.1-2024 pipe(), read(), write(); pipe(2), pipe(7), fcntl(2) (Linux).
#include "src/facility/facility.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>

#include "src/facility/pipe/pipe_port.h"
#include "src/facility/refusal.h"
#include "src/facility/stream_limits.h"

namespace parley {
namespace {

constexpr Binding kBindings[] = {
    {Clause::kTorn, "pipe.atomic-write"},
    {Clause::kTornNonblocking, "pipe.atomic-write-nonblock"},
    {Clause::kShortNonblocking, "pipe.atomic-write-nonblock"},
    {Clause::kTornGather, "pipe.atomic-writev"},
    {Clause::kTornResized, "pipe.atomic-any-capacity"},
    {Clause::kBytesMoved, "pipe.large-write-ordered"},
    {Clause::kContentChanged, "xfer.any-bytes"},
    {Clause::kContentOverwritten, "xfer.copy-semantics"},
    {Clause::kInterleaveUnseen, "pipe.interleave-observable"},
    {Clause::kProgramOrder, "pipe.order"},
    {Clause::kRealTimeOrder, "pipe.order"},
    {Clause::kDuplicate, "xfer.destructive-read"},
    {Clause::kLost, "xfer.conservation"},
    {Clause::kInvented, "xfer.conservation"},
    {Clause::kInterruptedEffect, "xfer.eintr-no-effect"},
    {Clause::kKilledEffect, "xfer.kill-atomic"},
    {Clause::kOverfull, "xfer.flow-control"},
    {Clause::kWriteWithoutReader, "pipe.epipe-sigpipe"},
    {Clause::kBrokenPipeEarly, "pipe.epipe-sigpipe"},
    {Clause::kSendAsleepWithoutReader, "pipe.epipe-sigpipe"},
    {Clause::kEndOfFileEarly, "pipe.eof-exact"},
    {Clause::kEndOfFileMissing, "xfer.death-before-wait"},
    {Clause::kShortBlocking, "pipe.blocking-full-count"},
    {Clause::kUnavailable, "pipe.read-available"},
    {Clause::kReceiverAsleepWithData, "pipe.read-available"},
    {Clause::kReachableUninherited, "xfer.related-only"},
    {Clause::kDiedWithCreator, "pipe.lifetime"},
    {Clause::kResidue, "pipe.lifetime"},
    {Clause::kReceiverAsleep, "xfer.wake-receiver"},
    {Clause::kSenderAsleep, "xfer.wake-sender"},
    {Clause::kEndOfFileAsleep, "pipe.eof-delivered"},
    {Clause::kWrongEnd, "pipe.unidirectional"},
    {Clause::kTaxonomy, "taxonomy.matrix"},
    {Clause::kRolesSwapped, "pipe.fd-roles"},
    {Clause::kNonblockingLarge, "pipe.nonblock-large"},
    {Clause::kPollIncoherent, "pipe.poll-coherent"},
    {Clause::kCapacityWrong, "pipe.capacity"},
    {Clause::kResizeUnsafe, "pipe.resize-safe"},
    {Clause::kPacketsMixed, "pipe.packet-mode"},
    {Clause::kCopyDiffers, "pipe.splice-tee"},
    {Clause::kSpliceMisplaced, "pipe.splice-tee"},
    {Clause::kRestartedWrongly, "xfer.restart-matrix"},
    {Clause::kReceiverAsleepNonblocking, "pipe.read-available"},
    {Clause::kSenderAsleepNonblocking, "pipe.atomic-write-nonblock"},
};

class PipeObject : public Object {
 public:
  PipeObject(FileDescriptor read_fd, FileDescriptor write_fd)
      : read_fd_(std::move(read_fd)),
        write_fd_(std::move(write_fd)),
        capacity_bytes_(PipeCapacityBytes(write_fd_.get())) {
    access_.read_fd = read_fd_.get();
    access_.write_fd = write_fd_.get();
  }

  const ObjectAccess& access() const override { return access_; }
  // When it was made.
  std::uint64_t capacity_bytes() const override { return capacity_bytes_; }
  void ReleaseDescriptors() override {
    access_ = {};
    read_fd_.Reset();
    write_fd_.Reset();
  }

 private:
  FileDescriptor read_fd_;
  FileDescriptor write_fd_;
  std::uint64_t capacity_bytes_;
  ObjectAccess access_;
};

class PipeFacility : public Facility {
 public:
  std::string_view Name() const override { return "pipe"; }
  std::string_view Summary() const override {
    return "Unnamed byte stream with two ends, reached by inheriting a descriptor.";
  }
  Family GetFamily() const override { return Family::kByteStream; }
  std::span<const CallTraits> Calls() const override { return PipePort::Calls(); }
  std::span<const Binding> Bindings() const override { return kBindings; }
  std::uint64_t DefaultCapacityBytes() const override { return DefaultPipeCapacityBytes(); }
  bool named() const override { return false; }

  std::uint64_t AtomicBytes(const std::string& directory) const override {
    const auto object = Make({}, directory, "");
    return object ? AtomicWriteBytes((*object)->access().write_fd) : AtomicWriteBytes(directory);
  }

  Result<void> Probe(const std::string& directory) const override {
    const auto object = Make({}, directory, "");
    if (!object) return std::unexpected(object.error());
    char byte = 'p';
    if (::write((*object)->access().write_fd, &byte, 1) != 1) return Refused("write(pipe, 1)");
    if (::read((*object)->access().read_fd, &byte, 1) != 1) return Refused("read(pipe, 1)");
    return {};
  }

  // A pipe has no name: directory and name are not used.
  Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string&,
                                       const std::string&) const override {
    if (!plan.exists) {
      return InputError(
          "a pipe has no name that could be reserved; it must exist when workers start");
    }
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC | (plan.nonblocking ? O_NONBLOCK : 0)) != 0) {
      return Refused(plan.nonblocking ? "pipe2(O_CLOEXEC | O_NONBLOCK)" : "pipe2(O_CLOEXEC)");
    }
    FileDescriptor read_fd(fds[0]);
    FileDescriptor write_fd(fds[1]);
    const unsigned long capacity_bytes = plan.capacity_bytes;
    if (capacity_bytes != 0 && ::fcntl(write_fd.get(), F_SETPIPE_SZ, capacity_bytes) < 0) {
      return Refused(fmt::format("fcntl(pipe, F_SETPIPE_SZ, {})", capacity_bytes), errno,
                     "fs.pipe-max-size and fs.pipe-user-pages-soft limit it");
    }
    return std::make_unique<PipeObject>(std::move(read_fd), std::move(write_fd));
  }

  std::unique_ptr<Port> Attach(const std::string&) const override {
    return std::make_unique<PipePort>();
  }
};

const PipeFacility kPipe;
const FacilityRegistration kRegistration(kPipe);

}  // namespace
}  // namespace parley
