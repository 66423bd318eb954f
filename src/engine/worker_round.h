// One round of one worker: its stream or its script, drawn and performed.
#pragma once

#include <memory>

#include "src/base/file_descriptor.h"
#include "src/engine/arena.h"
#include "src/facility/facility.h"

namespace parley {

// Descriptors that reach a worker from outside: by inheritance or over its socket.
struct Inheritance {
  FileDescriptor read_fd;
  FileDescriptor write_fd;
};

class WorkerRound {
 public:
  // Does what the seat's plan says, on the object that the arena names.
  static std::unique_ptr<WorkerRound> Make(Arena& arena, Seat& seat, const Facility& facility);

  virtual ~WorkerRound() = default;

  // Before the common start: takes over the ends and writes down that it holds them.
  virtual void Prepare(Inheritance ends) = 0;
  // From the common start to the worker's end.
  virtual void Run() = 0;
  // Closes what is still open; not part of the history.
  virtual void CloseAll() = 0;
};

}  // namespace parley
