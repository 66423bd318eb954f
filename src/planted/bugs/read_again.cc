#include <array>

#include "src/planted/read_track.h"

namespace parley::planted {
namespace {

constexpr std::size_t kLongest = std::size_t{1} << 16;

class ReadAgain final : public Bug {
 public:
  ReadAgain()
      : Bug({.name = "read-again",
             .says = "A read returns once more what the process's last read has returned.",
             .promise = "xfer.destructive-read",
             .on = On::kBoth,
             .every = 8,
             // Where it comes inside a message, that message seems torn or changed.
             .also =
                 "xfer.any-bytes xfer.conservation xfer.eintr-no-effect pipe.large-write-ordered "
                 "pipe.order fifo.order pipe.atomic-write pipe.atomic-writev "
                 "pipe.atomic-write-nonblock pipe.atomic-any-capacity fifo.atomic-write"}) {}

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const bool again = track_.IsLast(target) && last_bytes_ > 0 && buffers.bytes() >= last_bytes_;
    const bool whole = track_.AtBoundary(target) && track_.BeganAtBoundary(target);
    if (again && (whole || track_.MayCutAnyway()) && Tells(target.object)) {
      const std::size_t bytes = last_bytes_;
      last_bytes_ = 0;
      buffers.Fill(last_.data(), bytes);
      return static_cast<ssize_t>(bytes);
    }
    const ssize_t result = Bug::Read(target, buffers);
    const auto bytes = static_cast<std::size_t>(result > 0 ? result : 0);
    last_bytes_ = bytes <= kLongest ? bytes : 0;
    if (bytes > 0) track_.Note(target, buffers.bytes(), bytes);
    Keep(buffers);
    return result;
  }

  int Close(const Target& target) override {
    if (track_.IsLast(target)) AfterFork();
    return Bug::Close(target);
  }

  void AfterFork() override {
    track_.Forget();
    last_bytes_ = 0;
  }

 private:
  void Keep(const Pieces& buffers) {
    std::size_t at = 0;
    for (const iovec& piece : buffers.pieces) {
      const auto* from = static_cast<const char*>(piece.iov_base);
      for (std::size_t i = 0; i < piece.iov_len && at < last_bytes_; ++i) last_[at++] = from[i];
    }
  }

  ReadTrack track_;
  std::size_t last_bytes_ = 0;  // 0: nothing to give again
  std::array<char, kLongest> last_{};
};

ReadAgain read_again;

}  // namespace
}  // namespace parley::planted
