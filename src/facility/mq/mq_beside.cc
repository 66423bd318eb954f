#include "src/facility/mq/mq_beside.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "src/base/file_descriptor.h"
#include "src/facility/credentials.h"
#include "src/history/message_calls.h"

namespace parley {
namespace {

constexpr const char* kSlotSuffixes[kFileSlots] = {".0", ".1"};
constexpr const char* kLimitedSuffix = ".limited";
constexpr const char* kNoSlash = "parley-no-slash";
constexpr const char* kInnerSlash = "/parley/inner-slash";
constexpr long kBytes = 8;  // of a message of such a queue
constexpr std::size_t kLongName = 300;

Reply Returned(std::int64_t result) {
  return {.result = result, .system_error = result < 0 ? errno : 0};
}

Reply Failed(int system_error) { return {.result = -1, .system_error = system_error}; }

// What was made, as its descriptor tells it.
CreatedFile Made(mqd_t queue) {
  struct stat file;
  if (::fstat(queue, &file) != 0) return {};
  const Overrides rights = OverridesNow();
  return {.st_mode = static_cast<std::uint16_t>(file.st_mode),
          .owned_by_user = file.st_uid == ::geteuid(),
          .owned_by_group = file.st_gid == ::getegid(),
          .overrides = rights.all,
          .overrides_reading = rights.reading};
}

// -1 where the system does not tell.
long Most(const char* path) {
  const FileDescriptor fd(::open(path, O_RDONLY | O_CLOEXEC));
  char text[32] = {};
  if (!fd.valid() || ::read(fd.get(), text, sizeof text - 1) <= 0) return -1;
  return std::strtol(text, nullptr, 10);
}

long ValueOf(Limit limit, long most) {
  switch (limit) {
    case Limit::kOne:
      return 1;
    case Limit::kMost:
      return most;
    case Limit::kAbove:
      return most + 1;
    case Limit::kZero:
      return 0;
    case Limit::kNegative:
      return -1;
  }
  return 0;
}

}  // namespace

MqBeside::MqBeside(const std::string& queue) : limited_(queue + kLimitedSuffix) {
  for (std::size_t slot = 0; slot < kFileSlots; ++slot) names_[slot] = queue + kSlotSuffixes[slot];
}

Reply MqBeside::Create(std::uint64_t argument) const {
  const CreateFile call = CreateFile::Of(argument);
  std::array<char, kLongName> too_long;
  too_long.fill('x');
  too_long.front() = '/';
  too_long.back() = '\0';
  const char* name = names_[call.slot].c_str();
  if (call.queue_name() == QueueName::kNoSlash) name = kNoSlash;
  if (call.queue_name() == QueueName::kInnerSlash) name = kInnerSlash;
  if (call.queue_name() == QueueName::kTooLong) name = too_long.data();
  const Acting acting(call.as);
  if (acting.system_error() != 0) return Failed(acting.system_error());
  const Umask umask(call.umask);
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = kBytes;
  const mqd_t queue =
      ::mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode_t{call.mode}, &attributes);
  if (queue < 0) return Returned(-1);
  const CreatedFile made = Made(queue);
  ::mq_close(queue);
  return {.result = made.Result()};
}

Reply MqBeside::Open(std::uint64_t argument) {
  const OpenFileAs call = OpenFileAs::Of(argument);
  const int access = call.direction == Direction::kRead    ? O_RDONLY
                     : call.direction == Direction::kWrite ? O_WRONLY
                                                           : O_RDWR;
  mqd_t queue = -1;
  {
    const Acting acting(call.as);
    if (acting.system_error() != 0) return Failed(acting.system_error());
    queue = ::mq_open(names_[call.slot].c_str(), access | O_NONBLOCK | O_CLOEXEC);
  }
  if (queue < 0) return Returned(queue);
  Held& held = held_[call.slot];
  if (held.queue >= 0) ::mq_close(held.queue);
  held = {.queue = queue, .direction = call.direction};
  return {.result = 0};
}

Reply MqBeside::Use(std::uint64_t argument) {
  const Held& held = held_[UsedSlot(argument)];
  const bool reads = (held.direction == Direction::kWrite) == UsedAgainst(argument);
  char bytes[kBytes] = {'p'};
  return Returned(reads ? ::mq_receive(held.queue, bytes, sizeof bytes, nullptr)
                        : ::mq_send(held.queue, bytes, 1, 0));
}

Reply MqBeside::Remove(std::uint64_t argument) const {
  return Returned(::mq_unlink(names_[RemoveFile::Of(argument).slot].c_str()));
}

Reply MqBeside::MakeLimited(std::uint64_t argument) const {
  const LimitedQueue call = LimitedQueue::Of(argument);
  const long messages = Most("/proc/sys/fs/mqueue/msg_max");
  const long bytes = Most("/proc/sys/fs/mqueue/msgsize_max");
  if (messages < 0 || bytes < 0) return Failed(ENOTSUP);
  const bool before = MayExceedLimits();
  if (call.renounces) ExceedLimits(false);
  LimitAnswer answer{.privileged = MayExceedLimits()};
  mq_attr attributes{};
  attributes.mq_maxmsg = ValueOf(call.messages, messages);
  attributes.mq_msgsize = ValueOf(call.bytes, bytes);
  const mqd_t queue =
      ::mq_open(limited_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode_t{0600}, &attributes);
  answer.system_error = queue < 0 ? errno : 0;
  if (queue >= 0) {
    ::mq_close(queue);
    ::mq_unlink(limited_.c_str());
  }
  if (before) ExceedLimits(true);
  return {.result = answer.Result()};
}

void MqBeside::CloseAll() {
  for (Held& held : held_) {
    if (held.queue >= 0) ::mq_close(held.queue);
    held = {};
  }
}

void RemoveMqsBeside(const std::string& queue) {
  for (const char* suffix : kSlotSuffixes) ::mq_unlink((queue + suffix).c_str());
  ::mq_unlink((queue + kLimitedSuffix).c_str());
}

}  // namespace parley
