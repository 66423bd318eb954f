#include "src/strategy/toy_bugs.h"

#include <cstdint>

#include "src/base/seed.h"
#include "src/strategy/toy.h"

namespace parley::toy {
namespace {

// Calls that have nothing to do with the bug work on one of so many objects, at random.
constexpr std::uint8_t kOthers = 7;

struct Place {
  std::uint16_t worker = 0;
  std::uint32_t call = 0;
};

// Calls of the bug work on their own object, one a group.
std::vector<Accesses> Scripts(std::span<const std::size_t> calls,
                              const std::vector<std::vector<Place>>& groups) {
  Random random(Derive(0, "toy bugs"));
  std::vector<Accesses> scripts = SameObject(calls);
  for (Accesses& script : scripts) {
    for (Access& access : script) access.object = static_cast<std::uint8_t>(random.Below(kOthers));
  }
  std::uint8_t object = kOthers;
  for (const std::vector<Place>& group : groups) {
    for (const Place& place : group) scripts[place.worker][place.call].object = object;
    ++object;
  }
  return scripts;
}

// True when those calls were begun in that order.
bool InOrder(std::span<const Candidate> order, std::initializer_list<Place> places) {
  std::size_t from = 0;
  for (const Place& place : places) {
    const std::size_t when = When(order, place.worker, place.call);
    if (when < from || when == order.size()) return false;
    from = when;
  }
  return true;
}

Bug AtomicityWindow() {
  const std::vector<std::size_t> calls(4, 30);
  return {.name = "atomicity window, 4 x 30",
          .scripts = Scripts(calls, {{{0, 14}, {0, 15}, {1, 19}}}),
          .shows = [](auto order) { return InOrder(order, {{0, 14}, {1, 19}, {0, 15}}); }};
}

Bug ShortAfterLong() {
  const std::vector<std::size_t> calls{60, 4, 4, 4};
  return {.name = "first of a short after last of a long, 60/4/4/4",
          .scripts = Scripts(calls, {{{0, 59}, {1, 0}}}),
          .shows = [](auto order) { return InOrder(order, {{0, 59}, {1, 0}}); }};
}

Bug CrossedOrders() {
  const std::vector<std::size_t> calls(4, 20);
  return {.name = "two long-distance orders and one across, 4 x 20",
          .scripts = Scripts(calls, {{{0, 15}, {1, 4}}, {{2, 15}, {3, 4}}, {{1, 10}, {3, 10}}}),
          .shows = [](auto order) {
            return InOrder(order, {{0, 15}, {1, 4}}) && InOrder(order, {{2, 15}, {3, 4}}) &&
                   InOrder(order, {{1, 10}, {3, 10}});
          }};
}

Bug TwoWindows() {
  const std::vector<std::size_t> calls(4, 20);
  return {.name = "two atomicity windows at once, 4 x 20",
          .scripts = Scripts(calls, {{{0, 9}, {0, 10}, {1, 12}}, {{2, 9}, {2, 10}, {3, 12}}}),
          .shows = [](auto order) {
            return InOrder(order, {{0, 9}, {1, 12}, {0, 10}}) &&
                   InOrder(order, {{2, 9}, {3, 12}, {2, 10}});
          }};
}

Bug LateMeetsEarly() {
  const std::vector<std::size_t> calls(8, 16);
  return {.name = "late meets early, 8 x 16",
          .scripts = Scripts(calls, {{{0, 15}, {1, 0}}}),
          .shows = [](auto order) { return InOrder(order, {{0, 15}, {1, 0}}); }};
}

Bug OnOneObject(Bug bug, std::string_view name) {
  bug.name = name;
  for (Accesses& script : bug.scripts) {
    for (Access& access : script) access.object = 0;
  }
  return bug;
}

}  // namespace

std::vector<Bug> Bugs() {
  return {
      AtomicityWindow(),
      ShortAfterLong(),
      CrossedOrders(),
      TwoWindows(),
      LateMeetsEarly(),
      OnOneObject(AtomicityWindow(), "atomicity window, one object"),
      OnOneObject(LateMeetsEarly(), "late meets early, one object"),
  };
}

}  // namespace parley::toy
