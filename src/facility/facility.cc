// The registry: facilities enter it while the program starts, before main().
#include "src/facility/facility.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/check.h"
#include "src/base/units.h"

namespace parley {
namespace {

// A function's own static: registrations in other files run in no particular order.
std::vector<const Facility*>& Registry() {
  static std::vector<const Facility*> registry;
  return registry;
}

}  // namespace

FacilityRegistration::FacilityRegistration(const Facility& facility) {
  std::vector<const Facility*>& registry = Registry();
  const auto at = std::ranges::lower_bound(registry, facility.Name(), {}, &Facility::Name);
  CHECK(at == registry.end() || (*at)->Name() != facility.Name());
  registry.insert(at, &facility);
}

std::span<const Facility* const> Facilities() { return Registry(); }

const Facility* FindFacility(std::string_view name) {
  const auto all = Facilities();
  const auto at = std::ranges::lower_bound(all, name, {}, &Facility::Name);
  return at != all.end() && (*at)->Name() == name ? *at : nullptr;
}

Result<const Facility*> RequireFacility(std::string_view name) {
  if (const Facility* facility = FindFacility(name)) return facility;
  std::vector<std::string_view> names;
  for (const Facility* facility : Facilities()) names.push_back(facility->Name());
  const std::string_view nearest = Nearest(name, names);
  if (!nearest.empty()) {
    return InputError(
        fmt::format("facility \"{}\" is unknown; did you mean \"{}\"?", name, nearest));
  }
  return InputError(fmt::format("facility \"{}\" is unknown; it must be one of {}", name,
                                fmt::join(names, ", ")));
}

}  // namespace parley
