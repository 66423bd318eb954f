#include "src/base/error.h"

#include <string.h>

#include <utility>

namespace parley {

std::string ErrnoName(int system_error) {
  const char* name = strerrorname_np(system_error);
  return name != nullptr ? name : "errno " + std::to_string(system_error);
}

std::string ErrnoText(int system_error) {
  const char* text = strerrordesc_np(system_error);
  return ErrnoName(system_error) + " (" + (text != nullptr ? text : "unknown error") + ")";
}

std::unexpected<Error> SystemError(std::string attempt, int system_error) {
  return std::unexpected(Error{.blame = Blame::kSystem,
                               .message = std::move(attempt) + ": " + ErrnoText(system_error),
                               .system_error = system_error});
}

std::unexpected<Error> InputError(std::string message) {
  return std::unexpected(Error{.blame = Blame::kInput, .message = std::move(message)});
}

std::unexpected<Error> UnsupportedError(std::string message) {
  return std::unexpected(Error{.blame = Blame::kUnsupported, .message = std::move(message)});
}

}  // namespace parley
