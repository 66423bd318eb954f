#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class WithholdLastPage final : public Bug {
 public:
  WithholdLastPage()
      : Bug({.name = "withhold-last-page",
             .says = "A large non-blocking write that would fill an empty pipe leaves a page of it "
                     "free.",
             .promise = "pipe.capacity",
             .on = On::kPipe,
             .every = 1}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const auto capacity = static_cast<std::size_t>(CapacityBytes(target.fd));
    const bool fills = capacity >= 2 * kAtomicBytes && message.bytes() >= capacity &&
                       message.bytes() % kAtomicBytes == 0 && !IsBlocking(target.fd) &&
                       HasReader(target.fd) && UnreadBytes(target.fd) == 0;
    if (!fills || !Tells(target.object)) return Bug::Write(target, message);
    return libc::write(target.fd, message.Flat(), capacity - kAtomicBytes);
  }
};

WithholdLastPage withhold_last_page;

}  // namespace
}  // namespace parley::planted
