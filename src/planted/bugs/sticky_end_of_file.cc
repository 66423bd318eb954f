#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class StickyEndOfFile final : public Bug {
 public:
  StickyEndOfFile()
      : Bug({.name = "sticky-end-of-file",
             .says = "A descriptor of a FIFO that has read 0 once reads 0 for ever.",
             .promise = "fifo.eof-reopen",
             .on = On::kFifo,
             .every = 1,
             .also = "fifo.order xfer.conservation"}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const auto place = static_cast<std::size_t>(target.fd);
    if (place >= kDescriptors) return Bug::Read(target, buffers);
    const bool wrong = HasWriter(target.fd) || UnreadBytes(target.fd) > 0;
    if (ended_.test(place) && wrong && Tells(target.object)) return 0;
    const ssize_t result = Bug::Read(target, buffers);
    if (result == 0) ended_.set(place);
    return result;
  }

  int Close(const Target& target) override {
    if (static_cast<std::size_t>(target.fd) < kDescriptors) {
      ended_.reset(static_cast<std::size_t>(target.fd));
    }
    return Bug::Close(target);
  }

  void AfterFork() override { ended_.reset(); }

 private:
  std::bitset<kDescriptors> ended_;
};

StickyEndOfFile sticky_end_of_file;

}  // namespace
}  // namespace parley::planted
