#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class WriteToNobody final : public Bug {
 public:
  WriteToNobody()
      : Bug({.name = "write-to-nobody",
             .says = "A write to a pipe without reader reports success, and raises no SIGPIPE.",
             .promise = "pipe.epipe-sigpipe",
             .on = On::kPipe,
             .every = 1,
             // Nobody receives what was reported written.
             .also = "xfer.conservation xfer.flow-control"}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    if (HasReader(target.fd) || !Tells(target.object)) return Bug::Write(target, message);
    return static_cast<ssize_t>(message.bytes());
  }
};

WriteToNobody write_to_nobody;

}  // namespace
}  // namespace parley::planted
