#include "src/facility/lock_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <utility>

#include "src/facility/refusal.h"

namespace parley {

Result<std::unique_ptr<Object>> LockFile::Make(const ObjectPlan& plan, const std::string& directory,
                                               const std::string& name) {
  if (plan.capacity_bytes != 0 || plan.capacity_messages != 0) {
    return UnsupportedError("a file of locks has no capacity; leave it out");
  }
  std::unique_ptr<LockFile> file(new LockFile(directory.empty() ? name : directory + "/" + name));
  if (!plan.exists) return file;
  const std::string& path = file->access_.name;
  const FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.valid()) return Refused(fmt::format("open(\"{}\", O_CREAT | O_EXCL)", path));
  return file;
}

LockFile::LockFile(std::string path) { access_.name = std::move(path); }

LockFile::~LockFile() { ::unlink(access_.name.c_str()); }

}  // namespace parley
