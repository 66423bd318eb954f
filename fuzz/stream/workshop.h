// Where a fuzz target's objects live: in IPC and mount namespaces of its own when the system
// allows, so that its death removes everything; else in a directory of its own, which a process
// that waits for its death sweeps.
#pragma once

#include <string>

#include "src/base/error.h"
#include "src/facility/facility.h"

namespace parley::fuzz {

class Workshop {
 public:
  // Once, before anything else is made: this process moves.
  static Result<Workshop> Open(const Facility& facility);

  // Where names in the file system go.
  const std::string& directory() const { return directory_; }
  // Nothing of it can be seen from outside.
  bool own_namespaces() const { return own_namespaces_; }

 private:
  std::string directory_;
  bool own_namespaces_ = false;
};

}  // namespace parley::fuzz
