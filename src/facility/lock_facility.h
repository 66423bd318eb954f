// What the facilities of locks on files have in common on their maker's side.
#pragma once

#include <memory>
#include <string>

#include "src/facility/facility.h"
#include "src/facility/lock_file.h"

namespace parley {

class LockFacility : public Facility {
 public:
  std::uint64_t AtomicBytes(const std::string&) const override { return 0; }
  std::uint64_t DefaultCapacityBytes() const override { return 0; }
  bool named() const override { return true; }
  // Whoever waits for a part of the range that was given back is woken, and asks again.
  bool races_without_bands() const override { return true; }

  // Makes a file, takes a lock on it with the facility's own call and gives it back.
  Result<void> Probe(const std::string& directory) const override;

  Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                       const std::string& name) const override {
    return LockFile::Make(plan, directory, name);
  }
};

}  // namespace parley
