#include <csignal>

#include "src/planted/libc.h"
#include "src/planted/stream.h"

namespace parley::planted {
namespace {

// While it lives, the handler of a signal does not restart calls.
class WithoutRestart {
 public:
  WithoutRestart() {
    restarts_ = ::sigaction(SIGUSR2, nullptr, &before_) == 0 && before_.sa_handler != SIG_DFL &&
                before_.sa_handler != SIG_IGN && (before_.sa_flags & SA_RESTART) != 0;
    if (!restarts_) return;
    struct sigaction action = before_;
    action.sa_flags &= ~SA_RESTART;
    ::sigaction(SIGUSR2, &action, nullptr);
  }
  WithoutRestart(const WithoutRestart&) = delete;
  WithoutRestart& operator=(const WithoutRestart&) = delete;
  ~WithoutRestart() {
    const int before = errno;
    if (restarts_) ::sigaction(SIGUSR2, &before_, nullptr);
    errno = before;
  }

  bool restarts() const { return restarts_; }

 private:
  struct sigaction before_{};
  bool restarts_ = false;
};

class RestartForgotten final : public Bug {
 public:
  RestartForgotten()
      : Bug({.name = "restart-forgotten",
             .says = "A read, a write or an open of a FIFO that a handler of SIGUSR2 interrupts "
                     "fails with EINTR in spite of SA_RESTART.",
             .promise = "xfer.restart-matrix",
             .on = On::kBoth,
             .every = 1}) {}

  ssize_t Write(const Target& target, const Pieces& message) override {
    const WithoutRestart without;
    return Told(Bug::Write(target, message), without, target.object);
  }

  ssize_t Read(const Target& target, const Pieces& buffers) override {
    const WithoutRestart without;
    return Told(Bug::Read(target, buffers), without, target.object);
  }

  int Open(const OpenCall& call, Object& object) override {
    const WithoutRestart without;
    return static_cast<int>(Told(Bug::Open(call, object), without, object));
  }

 private:
  ssize_t Told(ssize_t result, const WithoutRestart& without, Object& object) const {
    if (result < 0 && errno == EINTR && without.restarts()) Tells(object);
    return result;
  }
};

RestartForgotten restart_forgotten;

}  // namespace
}  // namespace parley::planted
