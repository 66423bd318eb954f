#include "src/facility/lock_facility.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>

#include "src/facility/refusal.h"
#include "src/history/lock_calls.h"

namespace parley {

Result<void> LockFacility::Probe(const std::string& directory) const {
  // Several processes may probe one directory at a time, and one process several times.
  static std::atomic<std::uint32_t> probes{0};
  const auto object = Make({}, directory, fmt::format("parley-probe.{}.{}", ::getpid(), ++probes));
  if (!object) return std::unexpected(object.error());
  const std::string& path = (*object)->access().name;
  const auto port = Attach(path);
  for (const Effect effect : {Effect::kOpenBoth, Effect::kLock, Effect::kUnlock}) {
    const auto call = std::ranges::find(Calls(), effect, &CallTraits::effect);
    const auto index = static_cast<std::uint8_t>(call - Calls().begin());
    const Reply reply = port->Perform(
        {.call = index, .argument = PackRange({.start = 0, .length = 1}), .pieces = {}});
    if (reply.system_error != 0) {
      return Refused(fmt::format("{} on \"{}\"", call->name, path), reply.system_error);
    }
  }
  return {};
}

}  // namespace parley
