// The checkers of locks against a search for an order of all calls that explains the history, on
// random small histories: of calls that succeed and each only take or only give back they agree
// exactly; of others they never find a fault that is none, and it is counted how many they miss.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "src/base/seed.h"
#include "src/check/checking.h"
#include "src/check/lock_builder.h"

namespace parley {
namespace {

constexpr int kHistories = 200000;
constexpr std::uint32_t kBytes = 4;
constexpr std::size_t kWorkersMax = 4;

enum class Mode : std::uint8_t { kNone, kShared, kExclusive };

// A call of the sequential specification: a lock is given exactly when no other worker has one of
// the bytes that is in its way.
struct CallMade {
  std::uint16_t worker = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  Mode mode = Mode::kNone;  // none: an unlock
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool refused = false;
};

using Calls = std::vector<CallMade>;
using Table = std::array<std::array<Mode, kBytes>, kWorkersMax>;

bool InTheWay(const CallMade& call, const Table& table) {
  for (std::size_t other = 0; other < table.size(); ++other) {
    if (other == call.worker) continue;
    for (std::uint32_t byte = call.first; byte <= call.last; ++byte) {
      const Mode held = table[other][byte];
      if (held == Mode::kExclusive || (held == Mode::kShared && call.mode == Mode::kExclusive)) {
        return true;
      }
    }
  }
  return false;
}

// Runs the next call; false when the specification gives another answer.
bool Apply(const CallMade& call, Table& table) {
  const bool refused = call.mode != Mode::kNone && InTheWay(call, table);
  if (refused != call.refused) return false;
  if (refused) return true;
  for (std::uint32_t byte = call.first; byte <= call.last; ++byte) {
    table[call.worker][byte] = call.mode;
  }
  return true;
}

bool Explained(const Calls& calls, std::uint32_t done, const Table& table) {
  if (done == (1U << calls.size()) - 1) return true;
  std::uint64_t first_return = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if ((done >> i & 1) == 0) first_return = std::min(first_return, calls[i].to);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if ((done >> i & 1) != 0 || calls[i].from > first_return) continue;
    Table next = table;
    if (Apply(calls[i], next) && Explained(calls, done | 1U << i, next)) return true;
  }
  return false;
}

// Calls of a system that does what it has to, each taking effect between its beginning and its end.
// tries: a lock that cannot be had is refused; else its caller asks for it again and again.
Calls RandomCalls(Random& random, bool tries) {
  const auto workers = static_cast<std::uint16_t>(random.Between(2, kWorkersMax));
  const auto count = random.Between(3, 9);
  Calls calls;
  std::vector<std::optional<std::size_t>> inside(workers);
  std::vector<bool> done;
  Table table{};
  std::uint64_t now = 0;
  for (int patience = 200; patience > 0; --patience) {
    const auto worker = static_cast<std::uint16_t>(random.Below(workers));
    ++now;
    if (!inside[worker]) {
      if (calls.size() == count) continue;
      const auto first = static_cast<std::uint32_t>(random.Below(kBytes));
      calls.push_back({.worker = worker,
                       .from = now,
                       .mode = static_cast<Mode>(random.Below(3)),
                       .first = first,
                       .last = static_cast<std::uint32_t>(random.Between(first, kBytes - 1))});
      inside[worker] = calls.size() - 1;
      done.push_back(false);
      continue;
    }
    CallMade& call = calls[*inside[worker]];
    if (done[*inside[worker]]) {
      call.to = now;
      inside[worker].reset();
      continue;
    }
    call.refused = call.mode != Mode::kNone && InTheWay(call, table);
    if (call.refused && !tries) continue;
    done[*inside[worker]] = true;
    Apply(call, table);
  }
  // Who has not come to an end has not been there.
  std::erase_if(calls, [](const CallMade& call) { return call.to == 0; });
  return calls;
}

// Gives one call another range, mode or answer.
void Corrupt(Calls& calls, Random& random, bool tries) {
  if (calls.empty()) return;
  CallMade& call = calls[random.Below(calls.size())];
  if (tries && call.mode != Mode::kNone && random.Chance(1, 2)) {
    call.refused = !call.refused;
  } else if (random.Chance(1, 2)) {
    call.first = 0;
    call.last = kBytes - 1;
  } else {
    call.mode = static_cast<Mode>(random.Below(3));
    call.refused = call.refused && call.mode != Mode::kNone;
  }
}

// A request that makes a lock shared on some of its bytes and takes others takes effect at one
// instant, which holds that are looked at byte by byte do not know.
bool Mixes(const Calls& calls) {
  Table table{};
  for (const CallMade& call : calls) {
    if (call.refused) continue;
    auto& own = table[call.worker];
    const auto has = [&](Mode mode) {
      return std::find(own.begin() + call.first, own.begin() + call.last + 1, mode) !=
             own.begin() + call.last + 1;
    };
    if (call.mode == Mode::kShared && has(Mode::kExclusive) && has(Mode::kNone)) return true;
    std::fill(own.begin() + call.first, own.begin() + call.last + 1, call.mode);
  }
  return false;
}

LockBuilder Written(const Calls& calls) {
  LockBuilder built(kWorkersMax);
  for (const CallMade& call : calls) {
    const LockBuilder::Spec spec{.from = call.from,
                                 .to = call.to,
                                 .exclusive = call.mode == Mode::kExclusive,
                                 .tries = call.refused,
                                 .first = call.first,
                                 .last = call.last,
                                 .error = call.refused ? EAGAIN : 0};
    if (call.mode == Mode::kNone) {
      built.Unlock(call.worker, spec);
    } else {
      built.Lock(call.worker, spec);
    }
  }
  return built;
}

bool FoundBroken(LockBuilder& built) {
  return !Broken("lock_exclusion", built.history()).empty() ||
         !Broken("lock_tries", built.history()).empty();
}

std::string Text(const Calls& calls) {
  std::string text;
  for (const CallMade& call : calls) {
    text += fmt::format("worker {} [{}, {}] mode {} bytes {}..{}{}\n", call.worker, call.from,
                        call.to, static_cast<int>(call.mode), call.first, call.last,
                        call.refused ? " refused" : "");
  }
  return text;
}

TEST(LockTwin, AgreesOnCallsThatSucceed) {
  Random random(1);
  int broken = 0;
  for (int i = 0; i < kHistories / 2; ++i) {
    Calls calls = RandomCalls(random, /*tries=*/false);
    if (i % 2 == 1) Corrupt(calls, random, /*tries=*/false);
    if (Mixes(calls)) continue;
    const bool explained = Explained(calls, 0, {});
    LockBuilder built = Written(calls);
    ASSERT_EQ(FoundBroken(built), !explained) << Text(calls);
    broken += explained ? 0 : 1;
  }
  EXPECT_GT(broken, kHistories / 40);
}

TEST(LockTwin, NeverFindsAFaultInRefusalsThatIsNone) {
  Random random(2);
  int broken = 0;
  int missed = 0;
  for (int i = 0; i < kHistories / 2; ++i) {
    Calls calls = RandomCalls(random, /*tries=*/true);
    if (i % 2 == 1) Corrupt(calls, random, /*tries=*/true);
    const bool explained = Explained(calls, 0, {});
    LockBuilder built = Written(calls);
    const bool found = FoundBroken(built);
    ASSERT_FALSE(found && explained) << Text(calls);
    broken += explained ? 0 : 1;
    missed += explained || found ? 0 : 1;
  }
  std::cout << "of " << broken << " histories that no order explains " << missed
            << " were not found\n";
  EXPECT_GT(broken, kHistories / 40);
  EXPECT_LT(missed, broken / 4);
}

}  // namespace
}  // namespace parley
