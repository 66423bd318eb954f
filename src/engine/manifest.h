// What a run that is not contained in namespaces is going to leave if it is killed: written down
// before it is made, so that the next run or `parley sweep` can remove it, and nothing else.
//
// A manifest is a file of its own, locked (flock) by the living run.  An unlocked one belongs to a
// dead run.
#pragma once

#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/file_descriptor.h"

namespace parley {

class Manifest {
 public:
  // Creates and locks a manifest, in PARLEY_STATE_DIR or in a folder of this user's in the
  // directory for temporary files.
  static Result<Manifest> Create();

  // Names a folder that this run is about to make in parent; returns its path.  The folder itself
  // is made by this call, after its name is on record.
  Result<std::string> MakeDirectory(const std::string& parent);

  // Removes what is on record, and the manifest.
  void Finish();

  Manifest(Manifest&&) = default;
  Manifest& operator=(Manifest&&) = default;
  ~Manifest() { Finish(); }

 private:
  Manifest(std::string path, FileDescriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  FileDescriptor fd_;
  std::vector<std::string> directories_;
};

struct Swept {
  int runs = 0;                      // dead runs whose manifests were found
  std::vector<std::string> removed;  // paths that were there and are gone
  std::vector<std::string> kept;     // paths that could not be removed, with the reason
};

// Removes what dead runs of this user left.
Result<Swept> Sweep();

}  // namespace parley
