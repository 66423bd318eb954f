// Queues beside the one under test, which are made and opened as different users, under any umask,
// by names that are none, and with limits that may not be.
//
//   NAME.0, NAME.1    names of their own
//   NAME.limited      made and removed by one call
//
// Source: POSIX.1-2024 mq_open(), mq_unlink(), umask(); mq_overview(7), capabilities(7) (Linux).
#pragma once

#include <mqueue.h>

#include <array>
#include <cstdint>
#include <string>

#include "src/facility/facility.h"
#include "src/history/file_calls.h"

namespace parley {

// One worker's side.
//
// Each call makes one call of libc that is judged.  What stands around it prepares it (the umask,
// the effective IDs) or looks at what it made, and is undone before it returns.
class MqBeside {
 public:
  // queue: the name of the queue under test.
  explicit MqBeside(const std::string& queue);
  MqBeside(const MqBeside&) = delete;
  MqBeside& operator=(const MqBeside&) = delete;
  ~MqBeside() { CloseAll(); }

  // argument: as src/history/file_calls.h has it for the effect; of creations the place is one of
  //   those that are a name, or none (Place).
  // Result: creations, CreatedFile::Result(); others 0, of uses whatever they returned.
  // Errors: those of the call; of a change of IDs when they cannot be changed.
  Reply Create(std::uint64_t argument) const;
  Reply Open(std::uint64_t argument);
  Reply Use(std::uint64_t argument);
  Reply Remove(std::uint64_t argument) const;

  // mq_open(O_CREAT | O_EXCL) with the limits that the argument stands for, and when that succeeded
  // mq_close() and mq_unlink().
  //
  // argument: LimitedQueue.  Result: LimitAnswer, whatever the call returned.
  Reply MakeLimited(std::uint64_t argument) const;

  void CloseAll();

 private:
  struct Held {
    mqd_t queue = -1;
    Direction direction = Direction::kRead;
  };

  std::array<std::string, kFileSlots> names_;
  std::string limited_;
  std::array<Held, kFileSlots> held_;
};

// Removes all queues beside the one of that name.
void RemoveMqsBeside(const std::string& queue);

}  // namespace parley
