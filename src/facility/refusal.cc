#include "src/facility/refusal.h"

#include <utility>

namespace parley {

std::unexpected<Error> Refused(std::string attempt, int system_error, const std::string& hint) {
  std::unexpected<Error> refused = SystemError(std::move(attempt), system_error);
  if (!hint.empty()) refused.error().message += "; " + hint;
  switch (system_error) {
    case ENOSYS:
    case EOPNOTSUPP:
    case EPERM:
    case EACCES:
    case EROFS:
      refused.error().blame = Blame::kUnsupported;
      break;
    default:
      break;
  }
  return refused;
}

}  // namespace parley
