#include "fuzz/stream/execution.h"

#include <fcntl.h>

#include <algorithm>

#include "src/base/check.h"

namespace parley::fuzz {
namespace {

constexpr std::uint32_t kTag = 0x70617266;  // of all payload; objects are never shared
constexpr std::uint16_t kMaker = kWorkers;
constexpr const char* kName = "stream";

}  // namespace

Execution::Execution(const StreamTarget& target, Workshop workshop)
    : target_(target),
      facility_(*FindFacility(target.facility)),
      workshop_(std::move(workshop)),
      messages_(facility_.GetFamily() == Family::kMessages),
      atomic_bytes_(facility_.AtomicBytes(workshop_.directory())) {
  for (const std::string_view name : target.calls) calls_.push_back(CallNamed(name));
  const auto largest = std::ranges::max(target.arguments);
  bounds_ = {.calls = static_cast<std::uint8_t>(calls_.size()),
             .bytes_max = target.bytes_max,
             .argument_max = largest + 1};
  for (auto& buffer : buffers_) buffer.resize(kHeadroomBytes + target.bytes_max);
}

std::uint8_t Execution::CallNamed(std::string_view name) const {
  const auto calls = facility_.Calls();
  const auto found = std::ranges::find(calls, name, &CallTraits::name);
  CHECK(found != calls.end());
  return static_cast<std::uint8_t>(found - calls.begin());
}

std::optional<std::string> Execution::Run(const Stream& stream) {
  auto object = facility_.Make(target_.plan, workshop_.directory(), kName);
  if (!object) return "no object can be made: " + object.error().message;
  BeginHistory(**object);
  HandOver(**object);
  follower_ = Follow(history_);
  const bool gaps = facility_.named() || std::ranges::any_of(stream, [&](const auto& operation) {
                      const Effect does = traits(operation).effect;
                      return does == Effect::kPeek || does == Effect::kSetPackets;
                    });
  decoder_.emplace(Encoding::kSelfIdentifying, kTag, std::vector<std::uint16_t>{0, 1},
                   gaps ? Decoder::Gaps::kExpected : Decoder::Gaps::kNone);
  auto finding = RunAll(stream);
  for (Worker& worker : workers_) {
    if (worker.port != nullptr) worker.port->CloseAll();
  }
  return finding;
}

void Execution::BeginHistory(const Object& object) {
  history_ = {};
  HistoryHeader& header = history_.header;
  header.facility = facility_.Name();
  header.family = facility_.GetFamily();
  header.scenario = "fuzz";
  header.mode = "stepped";
  header.atomic_bytes = atomic_bytes_;
  header.default_capacity_bytes = facility_.DefaultCapacityBytes();
  header.capacity_bytes = object.capacity_bytes();
  header.capacity_messages = object.capacity_messages();
  header.message_bytes = object.message_bytes();
  header.class_min = facility_.ClassMin();
  header.class_max = facility_.ClassMax();
  header.overwrites = true;
  for (const CallTraits& call : facility_.Calls()) {
    history_.calls.push_back({.name = std::string(call.name),
                              .effect = call.effect,
                              .gathers = call.gathers,
                              .select = call.select,
                              .deadline = call.deadline,
                              .lock = call.lock,
                              .exclusive = call.exclusive,
                              .truncates = call.truncates,
                              .never_restarts = call.never_restarts});
  }
  for (std::uint8_t i = 0; i < kWorkers; ++i) history_.workers.push_back({.role = "worker"});
  history_.workers.push_back({.role = std::string(kMakerRole), .creator = true});
  step_ = 0;
  call_before_ = 0;
  times_ = {};
  situations_.clear();
  performed_.clear();
}

void Execution::RecordSetUp(std::uint8_t call, std::uint16_t worker, const Reply& reply) {
  history_.operations.push_back({.invoked_ns = kSetUpNs,
                                 .returned_ns = kSetUpNs,
                                 .result = reply.result,
                                 .system_error = static_cast<std::uint16_t>(reply.system_error),
                                 .worker = worker,
                                 .handle = reply.handle,
                                 .call = call,
                                 .nonblocking = reply.nonblocking});
}

// Step 0: the maker makes a name, or each worker is handed both ends.
void Execution::HandOver(Object& object) {
  const ObjectAccess& access = object.access();
  if (attached_to_ != access.name || workers_[0].port == nullptr) {
    for (Worker& worker : workers_) worker.port = facility_.Attach(access.name);
    attached_to_ = access.name;
  }
  for (Worker& worker : workers_) worker.position = 0;
  if (facility_.named()) return RecordSetUp(CallNamed("make"), kMaker, {.result = 0});
  for (std::uint16_t i = 0; i < kWorkers; ++i) {
    Port& port = *workers_[i].port;
    const auto copy = [](int fd) { return FileDescriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 0)); };
    port.Adopt(copy(access.read_fd), copy(access.write_fd), target_.plan.nonblocking);
    for (const char* const hold : {"hold_read", "hold_write"}) {
      const std::uint8_t call = CallNamed(hold);
      RecordSetUp(call, i, port.Perform({.call = call}));
    }
  }
  object.ReleaseDescriptors();
}

}  // namespace parley::fuzz
