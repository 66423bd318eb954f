#include "src/facility/fifo/fifo_object.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "src/facility/fifo/fifo_files.h"
#include "src/facility/refusal.h"
#include "src/facility/stream_limits.h"

namespace parley {

FifoNames::FifoNames(std::string fifo)
    : path(std::move(fifo)), moved(path + ".moved"), linked(path + ".link") {}

Result<std::unique_ptr<Object>> FifoObject::Make(const ObjectPlan& plan, std::string path) {
  if (plan.capacity_bytes != 0) {
    return UnsupportedError(
        "a fifo's capacity cannot be planned: it is lost when the last descriptor closes; let a "
        "worker call set_capacity");
  }
  FifoNames names(std::move(path));
  if (!plan.exists) {
    return std::unique_ptr<Object>(new FifoObject(std::move(names), DefaultPipeCapacityBytes()));
  }
  if (::mkfifo(names.path.c_str(), 0600) != 0) {
    return Refused(fmt::format("mkfifo(\"{}\", 0600)", names.path));
  }
  // From here on the object removes the name again, also when the open below is refused.
  std::unique_ptr<FifoObject> object(new FifoObject(std::move(names), 0));
  const char* const name = object->names_.path.c_str();
  // O_RDWR never waits for a partner (fifo(7)).
  const FileDescriptor fd(::open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return Refused(fmt::format("open(\"{}\", O_RDWR | O_NONBLOCK)", name));
  object->capacity_bytes_ = PipeCapacityBytes(fd.get());
  return object;
}

FifoObject::FifoObject(FifoNames names, std::uint64_t capacity_bytes)
    : names_(std::move(names)), capacity_bytes_(capacity_bytes) {
  access_.name = names_.path;
}

FifoObject::~FifoObject() {
  ::unlink(names_.path.c_str());
  ::unlink(names_.moved.c_str());
  ::unlink(names_.linked.c_str());
  RemoveFifoFiles(names_.path);
}

}  // namespace parley
