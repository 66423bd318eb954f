#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class EndOfFileSleeps final : public Bug {
 public:
  EndOfFileSleeps()
      : Bug({.name = "end-of-file-sleeps",
             .says = "A blocking read from a pipe that has lost its last writer sleeps for ever.",
             .promise = "pipe.eof-delivered",
             .on = On::kPipe,
             .every = 1}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const ssize_t result = Bug::Read(target, buffers);
    const bool sleeps = result == 0 && IsBlocking(target.fd) && AlarmsHere() == Alarms::kNone;
    if (!sleeps || !Tells(target.object)) return result;
    return SleepInRead(buffers.vectored);
  }
};

EndOfFileSleeps end_of_file_sleeps;

}  // namespace
}  // namespace parley::planted
