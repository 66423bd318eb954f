// The error of a system call that refused while an object was made or probed.
#pragma once

#include <cerrno>
#include <string>

#include "src/base/error.h"

namespace parley {

// Unsupported when the answer means that this system, directory or user cannot have the facility
// (ENOSYS, EOPNOTSUPP, EPERM, EACCES, EROFS), a system error otherwise.
//
// attempt: the call with its arguments.  hint: what the answer depends on, may be empty.
// Returns: "ATTEMPT: EPERM (Operation not permitted); HINT".
std::unexpected<Error> Refused(std::string attempt, int system_error = errno,
                               const std::string& hint = "");

}  // namespace parley
