// The file on which locks are held, as its maker has it: a name in a directory, no descriptor.
#pragma once

#include <memory>
#include <string>

#include "src/facility/facility.h"

namespace parley {

// Destroying it removes the name.
class LockFile : public Object {
 public:
  // Makes an empty file (mode 0600, less the umask), or with plan.exists false only reserves its
  // name.
  //
  // Errors: unsupported when a capacity is planned; system or unsupported when open() refuses.
  static Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                              const std::string& name);
  ~LockFile() override;

  const ObjectAccess& access() const override { return access_; }
  std::uint64_t capacity_bytes() const override { return 0; }
  void ReleaseDescriptors() override {}

 private:
  explicit LockFile(std::string path);

  ObjectAccess access_;
};

}  // namespace parley
