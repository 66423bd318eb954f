// The life of the crew leader as the controller holds it: the process, its socket, the arena.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "src/base/error.h"
#include "src/base/file_descriptor.h"
#include "src/engine/arena.h"
#include "src/engine/engine.h"
#include "src/engine/leader.h"

namespace parley {

class LeaderProcess {
 public:
  LeaderProcess() = default;
  ~LeaderProcess() { End(); }
  LeaderProcess(const LeaderProcess&) = delete;
  LeaderProcess& operator=(const LeaderProcess&) = delete;

  // A new process with an arena of its own, in namespaces or not; returns when it is ready.
  Result<void> Start(const EngineOptions& options, bool namespaces);
  bool running() const { return pid_ > 0; }

  Result<void> Tell(Order order);
  // Errors: it died (which says how), it did not answer in time, the wait was interrupted.
  Result<void> AwaitAnswer(std::uint64_t limit_ns, const Interrupted& interrupted, Order& answer);

  // Ends it, and with it every process of the crew.
  void End();

  // Of the latest start.
  Arena& arena() { return *arena_; }
  // How often the planted bug was told by all crews so far.
  std::uint64_t PlantedTold() const;

 private:
  std::optional<Arena> arena_;
  FileDescriptor socket_;
  pid_t pid_ = 0;
  std::uint64_t told_before_ = 0;  // by crews that are gone
};

}  // namespace parley
