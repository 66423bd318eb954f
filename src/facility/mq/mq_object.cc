#include "src/facility/mq/mq_object.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "src/facility/mq/mq_beside.h"
#include "src/facility/refusal.h"

namespace parley {
namespace {

constexpr std::string_view kMarkerSuffix = ".mq";

// What the system gives a queue whose maker asks for nothing; the values of mq_overview(7) where
// /proc does not say.
std::uint64_t SystemDefault(const char* path, std::uint64_t otherwise) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value && value > 0 ? value : otherwise;
}

Result<void> WriteMarker(const MqName& names) {
  const FileDescriptor fd(
      ::open(names.marker.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return Refused(fmt::format("open(\"{}\", O_CREAT | O_EXCL)", names.marker));
  const auto bytes = static_cast<ssize_t>(names.queue.size());
  if (::write(fd.get(), names.queue.data(), names.queue.size()) != bytes) {
    return Refused(fmt::format("write(\"{}\")", names.marker));
  }
  return {};
}

}  // namespace

MqName::MqName(const std::string& directory, const std::string& name)
    : queue(name), marker((directory.empty() ? name : directory + "/" + name)) {
  std::error_code ignored;
  const std::string whole = std::filesystem::absolute(marker, ignored).string();
  queue = whole;
  std::ranges::replace(queue, '/', '.');
  queue = "/" + queue.substr(queue.find_first_not_of('.'));
  // NAME_MAX bytes (mq_overview(7)), less what names beside it add; what tells queues apart is at
  // the end.
  constexpr std::size_t kNameMax = 240;
  if (queue.size() > kNameMax) queue = "/" + queue.substr(queue.size() - kNameMax + 1);
  marker += kMarkerSuffix;
}

Result<std::unique_ptr<Object>> MqObject::Make(const ObjectPlan& plan, const std::string& directory,
                                               const std::string& name) {
  if (plan.capacity_bytes != 0) {
    return UnsupportedError("an mq counts messages: set capacity_messages and message_bytes");
  }
  std::unique_ptr<MqObject> object(new MqObject(MqName(directory, name)));
  if (auto marked = WriteMarker(object->names_); !marked) return std::unexpected(marked.error());
  if (!plan.exists) return object;
  mq_attr attributes{};
  attributes.mq_maxmsg =
      plan.capacity_messages != 0 ? plan.capacity_messages : static_cast<long>(DefaultMqMessages());
  attributes.mq_msgsize =
      plan.message_bytes != 0 ? plan.message_bytes : static_cast<long>(DefaultMqMessageBytes());
  const mqd_t queue = ::mq_open(object->names_.queue.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC,
                                mode_t{0600}, &attributes);
  if (queue < 0) {
    const int error = errno;
    return Refused(fmt::format("mq_open(\"{}\", O_CREAT | O_EXCL, {} messages of {} bytes)",
                               object->names_.queue, attributes.mq_maxmsg, attributes.mq_msgsize),
                   error,
                   "fs.mqueue.* and RLIMIT_MSGQUEUE bound how many queues, messages and bytes a "
                   "user may have (mq_overview(7))");
  }
  ::mq_close(queue);
  object->capacity_messages_ = static_cast<std::uint64_t>(attributes.mq_maxmsg);
  object->message_bytes_ = static_cast<std::uint64_t>(attributes.mq_msgsize);
  return object;
}

MqObject::MqObject(MqName names) : names_(std::move(names)) { access_.name = names_.queue; }

MqObject::~MqObject() {
  ::mq_unlink(names_.queue.c_str());
  RemoveMqsBeside(names_.queue);
  ::unlink(names_.marker.c_str());
}

void SweepMqs(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() != kMarkerSuffix) continue;
    std::ifstream marker(entry.path());
    std::string queue;
    if (!std::getline(marker, queue)) continue;
    ::mq_unlink(queue.c_str());
    RemoveMqsBeside(queue);
  }
}

std::uint64_t DefaultMqMessageBytes() {
  static const std::uint64_t bytes = SystemDefault("/proc/sys/fs/mqueue/msgsize_default", 8192);
  return bytes;
}

std::uint64_t DefaultMqMessages() {
  static const std::uint64_t messages = SystemDefault("/proc/sys/fs/mqueue/msg_default", 10);
  return messages;
}

}  // namespace parley
