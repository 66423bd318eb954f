#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

class ZeroCopyWrite final : public Bug {
 public:
  ZeroCopyWrite()
      : Bug({.name = "zero-copy-write",
             .says = "What a reader gets of a small write is what the writer's buffer holds at the "
                     "writer's next call.",
             .promise = "xfer.copy-semantics",
             .on = On::kBoth,
             .every = 8,
             // A reader that copies at that very moment gets some of both.
             .also = "xfer.any-bytes"}) {}

  // The pipe is given a page of this library's, and the page can still be changed.
  ssize_t Write(const Target& target, const Pieces& message) override {
    const std::size_t bytes = message.bytes();
    const bool fits = !message.vectored && bytes > 1 && bytes <= kAtomicBytes &&
                      IsBlocking(target.fd) && HasReader(target.fd);
    if (!fits || ++target.object.chances % Every() != 0) return Bug::Write(target, message);
    void* page =
        ::mmap(nullptr, kAtomicBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return Bug::Write(target, message);
    std::memcpy(page, message.Flat(), bytes);
    const iovec piece{.iov_base = page, .iov_len = bytes};
    const ssize_t result = ::vmsplice(target.fd, &piece, 1, 0);
    if (result != static_cast<ssize_t>(bytes)) {
      const int system_error = errno;
      ::munmap(page, kAtomicBytes);
      errno = system_error;
      return result;
    }
    page_ = static_cast<char*>(page);
    bytes_ = bytes;
    caller_ = message.pieces[0].iov_base;
    return result;
  }

  void BeforeAnyCall() override {
    if (page_ == nullptr) return;
    std::array<char, kAtomicBytes> now;
    if (WasOverwritten(now)) {
      std::memcpy(page_, now.data(), bytes_);
      CountTold();
    }
    AfterFork();
  }

  void AfterFork() override {
    if (page_ != nullptr) ::munmap(page_, kAtomicBytes);
    page_ = nullptr;
  }

 private:
  // Filled with one byte, that is.  Of a caller who has already put his next message there, a
  // reader would get that message twice, and another promise would seem to be broken.
  bool WasOverwritten(std::array<char, kAtomicBytes>& now) const {
    // The caller may have freed it; the system looks without a fault.
    const iovec to{.iov_base = now.data(), .iov_len = bytes_};
    const iovec from{.iov_base = caller_, .iov_len = bytes_};
    if (::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) != static_cast<ssize_t>(bytes_)) {
      return false;
    }
    const auto end = now.begin() + static_cast<std::ptrdiff_t>(bytes_);
    return std::all_of(now.begin(), end, [&](char byte) { return byte == now[0]; }) &&
           std::memcmp(now.data(), page_, bytes_) != 0;
  }

  char* page_ = nullptr;
  std::size_t bytes_ = 0;
  void* caller_ = nullptr;
};

ZeroCopyWrite zero_copy_write;

}  // namespace
}  // namespace parley::planted
