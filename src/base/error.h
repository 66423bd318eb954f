// Errors as values: what was attempted, on what, what the system answered.
#pragma once

#include <cerrno>
#include <expected>
#include <string>

namespace parley {

// Who has to act on an error; decides the exit code (docs/formats.md).
enum class Blame {
  kInput,        // the user's input: exit code 2
  kSystem,       // the machine refused something parley needs: exit code 3
  kUnsupported,  // the machine lacks a facility: skipped, with the reason
};

struct Error {
  Blame blame = Blame::kSystem;
  std::string message;   // lower case, no full stop; names the call with its arguments
  int system_error = 0;  // errno, 0 when no system call was refused
};

template <typename T>
using Result = std::expected<T, Error>;

// The error of a refused system call.
//
// attempt: the call with its arguments, e.g. "mkfifo(\"/tmp/x\", 0600)".
// Returns: "ATTEMPT: EACCES (Permission denied)".
std::unexpected<Error> SystemError(std::string attempt, int system_error = errno);

// The error of bad input: a message that says what to change.
std::unexpected<Error> InputError(std::string message);

// The error of a facility or a right that this machine does not have.
std::unexpected<Error> UnsupportedError(std::string message);

// "EAGAIN (Resource temporarily unavailable)".
std::string ErrnoText(int system_error);

// "EAGAIN", or "errno 4711" for a number without a name.
std::string ErrnoName(int system_error);

}  // namespace parley
