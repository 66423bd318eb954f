#include "src/check/hang_partners.h"

namespace parley {
namespace {

// What the sleeper's own side looked like without the sleeper.
Cover OthersOf(const Ends& ends, std::uint32_t channel, Side side, std::uint32_t sleeper) {
  Cover others(Bounds::kInclusive);
  for (const Hold& hold : ends.holds()) {
    const auto [first, last] = ends.ChannelsOf(hold);
    if (hold.id != sleeper && hold.has(side) && first <= channel && channel < last) {
      others.Add(0, hold.possible_from_ns, hold.possible_until_ns);
    }
  }
  others.Finish(1);
  return others;
}

}  // namespace

Partner FindPartner(const History& history, const Ends& ends, std::uint32_t sleeper,
                    std::uint64_t instant_ns) {
  const Operation& op = history.operations[sleeper];
  const std::uint32_t channel = ends.ChannelOfName(op.object, op.invoked_ns, instant_ns);
  if (channel == kNoChannel) {
    return {};
  }
  const bool reads = history.effect(op) == Effect::kOpenRead;
  const Side own = reads ? Side::kReading : Side::kWriting;
  const Side other = reads ? Side::kWriting : Side::kReading;
  if (const auto holder = ends.Holder(channel, other, instant_ns, instant_ns)) {
    return {.id = holder, .certain = true};
  }
  const std::uint64_t slack_ns = history.header.clock_slack_ns;
  const Cover others = OthersOf(ends, channel, own, sleeper);
  Partner doubtful;
  for (const Hold& hold : ends.holds()) {
    const Operation& partner = history.operations[hold.id];
    const auto [first, last] = ends.ChannelsOf(hold);
    if (!partner.succeeded() || !hold.has(other) || first != channel || last != channel + 1 ||
        PlusNs(partner.returned_ns, slack_ns) >= instant_ns ||
        partner.returned_ns <= PlusNs(op.invoked_ns, slack_ns)) {
      continue;
    }
    // A blocking open waits for the sleeper's side, a non-blocking one for writing needs it.
    const Effect effect = history.effect(partner);
    const bool dependent = effect == (reads ? Effect::kOpenWrite : Effect::kOpenRead) &&
                           (reads || !partner.nonblocking);
    if (dependent && !others.Sometime(0, partner.invoked_ns, partner.returned_ns)) {
      return {.id = hold.id, .certain = true};
    }
    if (!doubtful.id && partner.invoked_ns > PlusNs(op.invoked_ns, slack_ns)) {
      doubtful.id = hold.id;
    }
  }
  return doubtful;
}

}  // namespace parley
