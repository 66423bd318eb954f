// Invariants of parley's own code.  A broken one is a bug of parley: it prints and aborts, in
// every build.  Never used for what the system under test does.
#pragma once

#include <unistd.h>

#include <cstdlib>

namespace parley {

[[noreturn]] inline void CheckFailed(const char* text, unsigned long length) {
  [[maybe_unused]] const long written = ::write(2, text, length);
  std::abort();
}

}  // namespace parley

#define PARLEY_TEXT_(x) #x
#define PARLEY_TEXT(x) PARLEY_TEXT_(x)

// Async-signal-safe, so that it may stand between fork and exec as well.
#define CHECK(condition)                                                                          \
  do {                                                                                            \
    if (!(condition)) [[unlikely]] {                                                              \
      static constexpr char kText[] =                                                             \
          "parley: broken invariant at " __FILE__ ":" PARLEY_TEXT(__LINE__) ": " #condition "\n"; \
      ::parley::CheckFailed(kText, sizeof kText - 1);                                             \
    }                                                                                             \
  } while (false)
