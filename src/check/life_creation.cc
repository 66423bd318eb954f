#include "src/check/life_creation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <span>
#include <tuple>

#include "src/check/ends_generations.h"
#include "src/check/ends_judging.h"

namespace parley {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

// A window of time begins or ends with a creation: the more creations succeeded within it than
// removals can have touched it, the better.
struct Border {
  enum Kind : std::uint8_t {  // in the order in which they count at one instant
    kRemovalOver,             // no window that begins later is touched
    kCreationBegins,
    kRemovalBegins,  // windows that end here or later may be touched
    kCreationOver,
  };
  std::uint64_t instant_ns = 0;
  Kind kind = kRemovalOver;
  std::uint32_t id = 0;
};

std::vector<Border> Borders(const History& history, std::span<const std::uint32_t> calls) {
  const std::uint64_t slack_ns = history.header.clock_slack_ns;
  std::vector<Border> borders;
  for (const std::uint32_t id : calls) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    if (effect == Effect::kMakeName && op.succeeded()) {
      borders.push_back({op.invoked_ns, Border::kCreationBegins, id});
      borders.push_back({op.returned_ns, Border::kCreationOver, id});
    } else if (effect == Effect::kRenameName ||
               (effect == Effect::kRemoveName && MayHaveHappened(op))) {
      borders.push_back({MinusNs(op.invoked_ns, slack_ns), Border::kRemovalBegins, id});
      // It counts as over for windows that begin after it.
      borders.push_back({PlusNs(PlusNs(op.returned_ns, slack_ns), 1), Border::kRemovalOver, id});
    }
  }
  std::ranges::sort(borders, {}, [](const Border& border) {
    return std::tuple(border.instant_ns, border.kind, border.id);
  });
  return borders;
}

// More creations succeeded within some window than removals touched it, and one more.  A window is
// judged by what ended up to its end less what began, or was over, before its beginning; that only
// errs by leaving out creations around the whole window.
void JudgeSuccesses(const History& history, std::span<const std::uint32_t> calls, Tally& twice) {
  std::int64_t begun = 0;  // creations less removals over: before a window
  std::int64_t ended = 0;  // creations less removals begun: up to a window's end
  std::int64_t begun_min = 0;
  std::uint32_t first = kNone;
  std::uint32_t ended_last = kNone;
  for (const Border& border : Borders(history, calls)) {
    switch (border.kind) {
      case Border::kRemovalOver:
        --begun;
        break;
      case Border::kCreationBegins:
        if (first == kNone || begun < begun_min) {
          begun_min = begun;
          first = border.id;
        }
        ++begun;
        break;
      case Border::kRemovalBegins:
        --ended;
        break;
      case Border::kCreationOver:
        ++ended;
        if (ended - begun_min > 1) {
          const std::uint32_t other = border.id == first ? ended_last : border.id;
          BreakIfComplete(history, twice,
                          "two exclusive creations of one name succeeded without a removal between "
                          "them",
                          Witness(history, {first, other}));
          return;
        }
        ended_last = border.id;
        break;
    }
  }
}

// Creations that have another one beside them.
std::uint64_t CountRacers(const History& history, std::span<const std::uint32_t> calls) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> makings;
  for (const std::uint32_t id : calls) {
    const Operation& op = history.operations[id];
    if (history.effect(op) == Effect::kMakeName) {
      makings.emplace_back(op.invoked_ns, op.returned_ns);
    }
  }
  std::ranges::sort(makings);
  std::uint64_t racers = 0;
  std::uint64_t latest_ns = 0;
  for (std::size_t i = 0; i < makings.size(); ++i) {
    const bool before = i > 0 && latest_ns >= makings[i].first;
    const bool after = i + 1 < makings.size() && makings[i + 1].first <= makings[i].second;
    racers += before || after ? 1 : 0;
    latest_ns = std::max(latest_ns, makings[i].second);
  }
  return racers;
}

// Creations that were refused: where calls do not overlap, each could have succeeded a second time.
std::uint64_t CountRefused(const History& history, std::span<const std::uint32_t> calls) {
  return static_cast<std::uint64_t>(std::ranges::count_if(calls, [&](std::uint32_t id) {
    const Operation& op = history.operations[id];
    return history.effect(op) == Effect::kMakeName && op.failed_with(EEXIST);
  }));
}

}  // namespace

void JudgeCreations(const History& history, const std::vector<NameLife>& names, Tally& twice) {
  std::vector<std::vector<std::uint32_t>> calls(names.size());  // on the name, by object
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    const Effect effect = history.effect(op);
    if (effect == Effect::kMakeName || effect == Effect::kRemoveName ||
        effect == Effect::kRenameName) {
      calls[op.object].push_back(id);
    }
    if (effect == Effect::kMakeName && op.failed_with(EEXIST) && !twice.broken() &&
        names[op.object].AbsentThroughout(op.invoked_ns, op.returned_ns)) {
      BreakIfComplete(history, twice,
                      "an exclusive creation failed with EEXIST although nobody had made the name",
                      {id});
    }
  }
  for (const std::vector<std::uint32_t>& of_object : calls) {
    twice.AddChances(history.header.mode == "stepped" ? CountRefused(history, of_object)
                                                      : CountRacers(history, of_object));
    JudgeSuccesses(history, of_object, twice);
  }
}

}  // namespace parley
