#include <cerrno>

#include "src/planted/stream.h"

namespace parley::planted {
namespace {

constexpr std::uint64_t kLate = 2;  // times that the end of file is not there yet

class LateEndOfFile final : public Bug {
 public:
  LateEndOfFile()
      : Bug({.name = "late-end-of-file",
             .says = "A non-blocking read without writer fails with EAGAIN twice before it returns "
                     "0.",
             .promise = "xfer.death-before-wait",
             .on = On::kBoth,
             .every = 1}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const ssize_t result = Bug::Read(target, buffers);
    if (result != 0 || IsBlocking(target.fd)) return result;
    if (target.object.chances % (kLate + 1) == kLate) {
      ++target.object.chances;
      return result;
    }
    Tells(target.object);
    errno = EAGAIN;
    return -1;
  }
};

LateEndOfFile late_end_of_file;

}  // namespace
}  // namespace parley::planted
