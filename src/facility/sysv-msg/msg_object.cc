#include "src/facility/sysv-msg/msg_object.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "src/base/seed.h"
#include "src/facility/refusal.h"

namespace parley {
namespace {

constexpr std::string_view kMarkerSuffix = ".sysv-msg";
constexpr int kMode = 0600;
// Keys of others are passed over; so many in a row are no accident.
constexpr std::uint64_t kKeysTried = 64;

// What /proc says, or the value of msgop(2) where there is none.
std::uint64_t SystemLimit(const char* path, std::uint64_t otherwise) {
  std::ifstream file(path);
  std::uint64_t value = 0;
  return file >> value && value > 0 ? value : otherwise;
}

// A key under which nobody has a queue, one and the same for a path as long as that is so.
Result<MsgKey> FreeKey(const std::string& directory, const std::string& name) {
  const std::string path = directory.empty() ? name : directory + "/" + name;
  std::error_code ignored;
  const std::string whole = std::filesystem::absolute(path, ignored).string();
  for (std::uint64_t attempt = 0; attempt < kKeysTried; ++attempt) {
    const auto key = static_cast<key_t>(Derive(0, whole, attempt) & 0x7fffffffU);
    if (key == IPC_PRIVATE) continue;
    const int found = ::msgget(key, 0);
    if (found < 0 && errno == ENOENT) return MsgKey{key, path + std::string(kMarkerSuffix)};
    if (found < 0 && errno != EACCES) return Refused(fmt::format("msgget({:#x}, 0)", key));
  }
  return SystemError("msgget: no free key", EEXIST);
}

Result<void> WriteMarker(const MsgKey& key) {
  const FileDescriptor fd(
      ::open(key.marker.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return Refused(fmt::format("open(\"{}\", O_CREAT | O_EXCL)", key.marker));
  const std::string text = key.Text();
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    return Refused(fmt::format("write(\"{}\")", key.marker));
  }
  return {};
}

void RemoveQueue(key_t key) {
  // A worker may have made another one under the key; nobody is left to do so now.
  // Its mode may let nobody in; no flags ask for no rights.
  for (int queue = ::msgget(key, 0); queue >= 0; queue = ::msgget(key, 0)) {
    if (::msgctl(queue, IPC_RMID, nullptr) != 0) return;
  }
}

}  // namespace

std::string MsgKey::Text() const { return fmt::format("{:#x}@{}", key, marker); }

MsgKey MsgKey::Parse(const std::string& text) {
  const std::size_t at = text.find('@');
  return {.key = static_cast<key_t>(std::strtoul(text.c_str(), nullptr, 0)),
          .marker = at == std::string::npos ? "" : text.substr(at + 1)};
}

Result<std::unique_ptr<Object>> MsgObject::Make(const ObjectPlan& plan,
                                                const std::string& directory,
                                                const std::string& name) {
  if (plan.capacity_messages != 0 || plan.message_bytes != 0) {
    return UnsupportedError("a System V message queue counts bytes: set capacity_bytes");
  }
  auto key = FreeKey(directory, name);
  if (!key) return std::unexpected(key.error());
  if (auto marked = WriteMarker(*key); !marked) return std::unexpected(marked.error());
  if (!plan.exists) return std::unique_ptr<Object>(new MsgObject(std::move(*key)));
  const int queue = ::msgget(key->key, IPC_CREAT | IPC_EXCL | kMode);
  if (queue < 0) {
    const int error = errno;
    ::unlink(key->marker.c_str());
    return Refused(fmt::format("msgget({:#x}, IPC_CREAT | IPC_EXCL)", key->key), error,
                   "kernel.msgmni bounds how many queues there may be (proc(5))");
  }
  // From here on its end removes the queue.
  std::unique_ptr<MsgObject> object(new MsgObject(std::move(*key)));
  msqid_ds status{};
  if (::msgctl(queue, IPC_STAT, &status) != 0) {
    return Refused(fmt::format("msgctl({}, IPC_STAT)", queue));
  }
  if (plan.capacity_bytes != 0) status.msg_qbytes = plan.capacity_bytes;
  if (plan.capacity_bytes != 0 && ::msgctl(queue, IPC_SET, &status) != 0) {
    return Refused(fmt::format("msgctl({}, IPC_SET, {} bytes)", queue, plan.capacity_bytes), errno,
                   "kernel.msgmnb bounds what a queue may hold (msgctl(2))");
  }
  object->capacity_bytes_ = status.msg_qbytes;
  return object;
}

MsgObject::MsgObject(MsgKey key) : key_(std::move(key)) {
  access_.name = key_.Text();
  (void)::link(key_.marker.c_str(), key_.Link().c_str());
}

MsgObject::~MsgObject() {
  RemoveQueue(key_.key);
  ::unlink(key_.Link().c_str());
  ::unlink(key_.marker.c_str());
}

std::uint64_t MsgObject::message_bytes() const { return MsgMaxBytes(); }

// A queue that was there before the marker is somebody else's, who came upon the key since.
void SweepMsgs(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    if (entry.path().extension() != kMarkerSuffix) continue;
    struct stat marker_status;
    if (::stat(entry.path().c_str(), &marker_status) != 0) continue;
    std::ifstream marker(entry.path());
    std::string text;
    std::getline(marker, text);
    const key_t key = MsgKey::Parse(text).key;
    if (key == IPC_PRIVATE) continue;
    const int queue = ::msgget(key, 0);
    msqid_ds status{};
    const bool known = queue >= 0 && ::msgctl(queue, IPC_STAT, &status) == 0;
    if (known && status.msg_ctime >= marker_status.st_mtime &&
        status.msg_perm.cuid == ::geteuid()) {
      ::msgctl(queue, IPC_RMID, nullptr);
    }
  }
}

std::uint64_t MsgMaxBytes() { return SystemLimit("/proc/sys/kernel/msgmax", 8192); }

std::uint64_t MsgQueueBytes() { return SystemLimit("/proc/sys/kernel/msgmnb", 16384); }

}  // namespace parley
