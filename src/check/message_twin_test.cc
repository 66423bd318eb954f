// The checker of order against a search for an order of all calls that explains the history, on
// random small histories: they agree exactly.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "src/base/seed.h"
#include "src/check/checking.h"
#include "src/check/message_builder.h"

namespace parley {
namespace {

constexpr int kHistories = 100000;

// A call of the sequential specification: receives give the oldest of the highest class, and fail
// only when there is none.
struct CallMade {
  std::uint16_t worker = 0;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  bool send = false;
  std::uint32_t klass = 0;
  int message = -1;  // sends: its number; receives: which one came, -1: none
};

using Calls = std::vector<CallMade>;

struct Queued {
  std::uint32_t klass;
  int message;
};

// Runs the next call on the queue; false when the specification gives another answer.
bool Apply(const CallMade& call, std::vector<Queued>& queue) {
  if (call.send) {
    queue.push_back({call.klass, call.message});
    return true;
  }
  // max_element gives the first of the greatest: the oldest.
  const auto first = std::ranges::max_element(queue, {}, &Queued::klass);
  if (call.message < 0) return first == queue.end();
  if (first == queue.end() || first->message != call.message) return false;
  queue.erase(first);
  return true;
}

bool Explained(const Calls& calls, std::uint32_t done, const std::vector<Queued>& queue) {
  if (done == (1U << calls.size()) - 1) return true;
  std::uint64_t first_return = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if ((done >> i & 1) == 0) first_return = std::min(first_return, calls[i].to);
  }
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if ((done >> i & 1) != 0 || calls[i].from > first_return) continue;
    std::vector<Queued> next = queue;
    if (Apply(calls[i], next) && Explained(calls, done | 1U << i, next)) return true;
  }
  return false;
}

// Calls of a queue that does what it has to, each taking effect between its beginning and its end.
Calls RandomCalls(Random& random) {
  const auto workers = static_cast<std::uint16_t>(random.Between(2, 4));
  const auto count = random.Between(3, 9);
  const auto classes = random.Between(1, 3);
  Calls calls;
  std::vector<std::optional<std::size_t>> inside(workers);
  std::vector<bool> done;
  std::vector<Queued> queue;
  std::uint64_t now = 0;
  int messages = 0;
  for (;;) {
    const auto worker = static_cast<std::uint16_t>(random.Below(workers));
    ++now;
    if (!inside[worker]) {
      if (calls.size() == count) {
        if (std::ranges::none_of(inside, [](const auto& one) { return one.has_value(); })) break;
        continue;
      }
      CallMade call{.worker = worker, .from = now, .send = random.Chance(1, 2)};
      if (call.send) {
        call.klass = static_cast<std::uint32_t>(random.Below(classes));
        call.message = messages++;
      }
      inside[worker] = calls.size();
      calls.push_back(call);
      done.push_back(false);
      continue;
    }
    CallMade& call = calls[*inside[worker]];
    if (done[*inside[worker]]) {
      call.to = now;
      inside[worker].reset();
      continue;
    }
    done[*inside[worker]] = true;
    if (!call.send) {
      const auto first = std::ranges::max_element(queue, {}, &Queued::klass);
      call.message = first == queue.end() ? -1 : first->message;
    }
    Apply(call, queue);
  }
  return calls;
}

// Gives one receive another answer, or two each other's.
void Corrupt(Calls& calls, Random& random) {
  std::vector<CallMade*> receives;
  for (CallMade& call : calls) {
    if (!call.send) receives.push_back(&call);
  }
  if (receives.empty()) return;
  CallMade& one = *receives[random.Below(receives.size())];
  CallMade& other = *receives[random.Below(receives.size())];
  if (random.Chance(1, 3)) {
    one.message = -1;
  } else {
    std::swap(one.message, other.message);
  }
}

History Written(const Calls& calls) {
  MessageBuilder built(4);
  std::vector<std::uint32_t> sends(calls.size());
  for (const CallMade& call : calls) {
    if (call.send) {
      sends[static_cast<std::size_t>(call.message)] =
          built.Send(call.worker, {.from = call.from, .to = call.to, .klass = call.klass});
    }
  }
  for (const CallMade& call : calls) {
    if (call.send) continue;
    const MessageBuilder::Spec spec{.from = call.from, .to = call.to};
    if (call.message < 0) {
      built.Receive(call.worker,
                    {.from = call.from, .to = call.to, .error = EAGAIN, .nonblocking = true});
    } else {
      built.Receive(call.worker, spec, sends[static_cast<std::size_t>(call.message)]);
    }
  }
  return built.history();
}

std::string Text(const Calls& calls) {
  std::string text;
  for (const CallMade& call : calls) {
    text += fmt::format("worker {} [{}, {}] {} {} of class {}\n", call.worker, call.from, call.to,
                        call.send ? "sends" : "receives", call.message, call.klass);
  }
  return text;
}

// What came before it was sent is another checker's affair.
bool ReceivedBeforeSent(const History& history) {
  return VerdictOf(Clause::kInvented, history) == "broken";
}

TEST(MessageOrder, AgreesWithASearchForAnOrderOfAllCalls) {
  Random random(20261121);
  int unexplained = 0;
  for (int i = 0; i < kHistories; ++i) {
    Calls calls = RandomCalls(random);
    if (i % 2 == 1) Corrupt(calls, random);
    const bool explained = Explained(calls, 0, {});
    const History history = Written(calls);
    const bool kept = Broken("message_order", history).empty() && !ReceivedBeforeSent(history);
    ASSERT_EQ(kept, explained) << "history " << i << "\n" << Text(calls);
    unexplained += explained ? 0 : 1;
    if (i % 2 == 0) {
      ASSERT_TRUE(explained) << Text(calls);
    }
  }
  EXPECT_GT(unexplained, kHistories / 10);
  RecordProperty("unexplained", unexplained);
}

}  // namespace
}  // namespace parley
