#include "src/check/random_history.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "src/check/random_history_draft.h"

namespace parley {
namespace {

constexpr std::uint32_t kAtomicBytes = 4;
constexpr std::uint32_t kPutBytesMax = 9;
constexpr std::uint32_t kTakeBytesMax = 12;
constexpr std::size_t kOperations = 10;
constexpr std::size_t kWorkersMax = 6;

struct Byte {
  std::uint16_t writer;
  std::uint64_t position;
};

struct Actor {
  bool writes = false;
  bool alive = true;
  bool in_call = false;
  bool pending = false;  // sleeps for ever
  std::size_t draft = 0;
  std::deque<std::uint32_t> chunks;  // of the put, still to do
  std::uint32_t done_bytes = 0;
  bool effect_due = false;  // of the take
  bool fails = false;       // with EINTR or EAGAIN
};

// Plays calls against a queue of bytes, one step of one worker at a time.
class Simulation {
 public:
  Simulation(Random& random, const RandomHistoryPlan& plan) : random_(random), plan_(plan) {}

  DraftHistory Run() {
    history_.header.atomic_bytes = kAtomicBytes;
    history_.header.clock_slack_ns = random_.Chance(1, 4) ? 3 : 0;
    history_.header.complete = !random_.Chance(1, 12);
    history_.header.drained = random_.Chance(3, 4);
    object_count_ = random_.Chance(1, 5) ? 2 : 1;
    const std::uint64_t writers = random_.Between(1, 3);
    const std::uint64_t readers = random_.Between(1, writers == 3 ? 1 : 2);
    for (std::uint64_t i = 0; i < writers + readers; ++i) {
      AddActor(i < writers);
    }
    while (history_.drafts.size() < kOperations) {
      Step(static_cast<std::uint16_t>(random_.Below(actors_.size())));
    }
    End();
    if (history_.header.drained) {
      Drain();
    }
    Blur();
    history_.header.capacity_bytes = std::max<std::uint64_t>(unread_bytes_max_, 1);
    history_.header.default_capacity_bytes =
        random_.Chance(1, 8) ? 1U << 16 : history_.header.capacity_bytes;
    return std::move(history_);
  }

 private:
  void AddActor(bool writes) {
    actors_.push_back({.writes = writes, .chunks = {}});
    history_.workers.push_back({.role = writes ? "writer" : "reader"});
    offsets_.push_back(random_.Below(history_.header.clock_slack_ns + 1));
  }

  std::uint64_t Stamp(std::uint16_t worker) { return ++now_ns_ + offsets_[worker]; }

  bool Bug(std::uint32_t in) { return plan_.buggy && random_.Chance(1, in); }

  bool ReaderBusy() const {
    return std::ranges::any_of(actors_, [](const Actor& a) { return !a.writes && a.in_call; });
  }

  void Step(std::uint16_t worker) {
    Actor& actor = actors_[worker];
    if (!actor.alive) {
      return;
    }
    if (!actor.in_call) {
      if (actor.writes || plan_.concurrent_readers || !ReaderBusy()) {
        actor.writes ? InvokePut(worker) : InvokeTake(worker);
      }
    } else if (random_.Chance(1, 24) && actors_.size() < kWorkersMax) {
      Kill(worker);
    } else if (!actor.chunks.empty()) {
      PutChunk(worker);
    } else if (actor.effect_due) {
      Receive(worker);
    } else {
      Return(worker);
    }
  }

  Draft& Invoke(std::uint16_t worker, std::uint8_t call, std::uint64_t requested) {
    Actor& actor = actors_[worker];
    actor.in_call = true;
    actor.draft = history_.drafts.size();
    actor.done_bytes = 0;
    Operation op{.invoked_ns = Stamp(worker),
                 .requested = static_cast<std::uint32_t>(requested),
                 .worker = worker,
                 .call = call,
                 .object = static_cast<std::uint8_t>(random_.Below(object_count_))};
    op.nonblocking = random_.Chance(1, 4);
    history_.drafts.push_back({.op = op, .extents = {}});
    return history_.drafts.back();
  }

  void InvokePut(std::uint16_t worker) {
    Actor& actor = actors_[worker];
    const std::uint64_t bytes =
        random_.Between(1, random_.Chance(2, 3) ? kAtomicBytes : kPutBytesMax);
    Draft& draft = Invoke(worker, random_.Chance(1, 6) ? kGatherCall : kWriteCall, bytes);
    draft.op.position = positions_[{worker, draft.op.object}];
    actor.fails = random_.Chance(1, 10);
    const bool whole = bytes <= kAtomicBytes && !Bug(4);
    std::uint32_t left = draft.op.requested;
    while (left > 0 && (!actor.fails || Bug(3))) {
      const std::uint32_t chunk =
          whole ? left : static_cast<std::uint32_t>(random_.Between(1, left));
      actor.chunks.push_back(chunk);
      left -= chunk;
      if (draft.op.nonblocking && (bytes > kAtomicBytes || Bug(4)) && random_.Chance(1, 3)) {
        break;
      }
    }
  }

  void PutChunk(std::uint16_t worker) {
    Actor& actor = actors_[worker];
    const Operation& op = history_.drafts[actor.draft].op;
    std::deque<Byte>& queue = queues_[op.object];
    const std::uint64_t position = op.position + actor.done_bytes;
    for (int times = Bug(12) ? 2 : 1; times > 0; --times) {
      for (std::uint32_t i = 0; i < actor.chunks.front(); ++i) {
        queue.push_back({worker, position + i});
      }
    }
    actor.done_bytes += actor.chunks.front();
    actor.chunks.pop_front();
    unread_bytes_max_ = std::max<std::uint64_t>(unread_bytes_max_, queue.size());
  }

  void InvokeTake(std::uint16_t worker) {
    Invoke(worker, kReadCall, random_.Between(1, kTakeBytesMax));
    actors_[worker].fails = random_.Chance(1, 10);
    actors_[worker].effect_due = !actors_[worker].fails || Bug(3);
  }

  std::vector<Extent> Pop(std::uint8_t object, std::uint64_t bytes) {
    std::deque<Byte>& queue = queues_[object];
    std::vector<Extent> extents;
    for (; bytes > 0 && !queue.empty(); --bytes) {
      const std::size_t place = Bug(40) ? random_.Below(queue.size()) : 0;
      const Byte byte = queue[place];
      queue.erase(queue.begin() + static_cast<std::ptrdiff_t>(place));
      if (!extents.empty() && extents.back().writer == byte.writer &&
          extents.back().position + extents.back().bytes == byte.position) {
        ++extents.back().bytes;
      } else {
        extents.push_back({.position = byte.position, .bytes = 1, .writer = byte.writer});
      }
    }
    return extents;
  }

  void Receive(std::uint16_t worker) {
    Actor& actor = actors_[worker];
    Draft& draft = history_.drafts[actor.draft];
    actor.effect_due = false;
    draft.extents = Pop(draft.op.object, random_.Between(1, draft.op.requested));
    for (const Extent& extent : draft.extents) {
      actor.done_bytes += extent.bytes;
    }
  }

  void Return(std::uint16_t worker) {
    Actor& actor = actors_[worker];
    Draft& draft = history_.drafts[actor.draft];
    actor.in_call = false;
    draft.op.returned_ns = Stamp(worker);
    if (actor.fails || (actor.done_bytes == 0 && draft.op.nonblocking)) {
      draft.op.result = -1;
      draft.op.system_error = actor.fails && !draft.op.nonblocking ? EINTR : EAGAIN;
      draft.extents.clear();
      return;
    }
    draft.op.result = actor.done_bytes;
    if (actor.writes) {
      positions_[{worker, draft.op.object}] += actor.done_bytes;
    }
  }

  // A put is done or not done, if indivisible; a take may have swallowed something.
  void Kill(std::uint16_t worker) {
    Actor& actor = actors_[worker];
    Draft& draft = history_.drafts[actor.draft];
    const bool part_done = actor.done_bytes > 0;
    const bool atomic = draft.op.requested <= kAtomicBytes;
    while (!actor.chunks.empty() && (atomic ? part_done && !Bug(2) : random_.Chance(1, 2))) {
      PutChunk(worker);
    }
    if (actor.effect_due && random_.Chance(1, 2)) {
      Pop(draft.op.object, random_.Between(1, draft.op.requested));
    }
    actor.alive = false;
    actor.in_call = false;
    draft.op.outcome = Outcome::kMaybe;
    draft.op.returned_ns = Stamp(worker);
    // What a call had received when its process was killed, nobody knows.
    if (actor.done_bytes > 0 && !actor.writes) {
      draft.extents.clear();
    }
    AddActor(actors_[worker].writes);
  }

  // Everybody comes back, or sleeps for ever before the next effect.
  void End() {
    for (std::uint16_t worker = 0; worker < static_cast<std::uint16_t>(actors_.size()); ++worker) {
      Actor& actor = actors_[worker];
      if (!actor.in_call) {
        continue;
      }
      const Operation& op = history_.drafts[actor.draft].op;
      const bool begun = actor.done_bytes > 0;
      const bool may_sleep = actor.writes ? !begun || op.requested > kAtomicBytes : !begun;
      if (may_sleep && random_.Chance(1, 3)) {
        history_.drafts[actor.draft].op.outcome = Outcome::kPending;
        actor.alive = false;
        actor.in_call = false;
        continue;
      }
      while (actor.in_call) {
        actor.effect_due ? Receive(worker)
                         : (actor.chunks.empty() ? Return(worker) : PutChunk(worker));
      }
    }
  }

  void Drain() {
    std::uint16_t reader = 0;
    while (reader < actors_.size() && (actors_[reader].writes || !actors_[reader].alive)) {
      ++reader;
    }
    now_ns_ += history_.header.clock_slack_ns;
    if (reader == actors_.size()) {
      AddActor(false);
    }
    for (std::uint8_t object = 0; object < static_cast<std::uint8_t>(object_count_); ++object) {
      while (!queues_[object].empty()) {
        Draft& draft = Invoke(reader, kReadCall, random_.Between(1, kTakeBytesMax));
        draft.op.object = object;
        actors_[reader].fails = false;
        Receive(reader);
        Return(reader);
      }
    }
  }

  // A reader that takes over in the middle of a put cannot tell what the rest of it is.
  void Blur() {
    if (plan_.concurrent_readers || history_.header.clock_slack_ns > 0 || random_.Chance(1, 2)) {
      return;
    }
    std::set<std::tuple<std::uint8_t, std::uint16_t, std::uint64_t>> starts;
    for (const Draft& draft : history_.drafts) {
      if (draft.op.call != kReadCall) {
        starts.insert({draft.op.object, draft.op.worker, draft.op.position});
      }
    }
    for (std::uint8_t object = 0; object < static_cast<std::uint8_t>(object_count_); ++object) {
      std::map<std::uint16_t, std::uint64_t> begun;  // by writer: from where on it is known
      std::uint32_t last_reader = 0xffffffffU;
      for (Draft& draft : history_.drafts) {
        const Operation& op = draft.op;
        const bool relevant =
            op.call == kReadCall && op.object == object &&
            (op.outcome == Outcome::kMaybe || (op.outcome == Outcome::kReturned && op.result > 0));
        if (!relevant) {
          continue;
        }
        if (last_reader != 0xffffffffU && last_reader != op.worker) {
          begun.clear();
          taken_over_ = true;
        }
        if (last_reader == 0xffffffffU) {
          taken_over_ = false;
        }
        last_reader = op.worker;
        BlurTake(draft, starts, begun);
      }
    }
  }

  void BlurTake(Draft& draft,
                const std::set<std::tuple<std::uint8_t, std::uint16_t, std::uint64_t>>& starts,
                std::map<std::uint16_t, std::uint64_t>& begun) {
    if (!taken_over_) {
      return;
    }
    std::vector<Extent> told;
    for (const Extent& extent : draft.extents) {
      for (std::uint32_t i = 0; i < extent.bytes; ++i) {
        const std::uint64_t position = extent.position + i;
        if (starts.contains({draft.op.object, extent.writer, position})) {
          begun.emplace(extent.writer, position);
        }
        const bool known = begun.contains(extent.writer);
        told.push_back({.position = known ? position : 0,
                        .bytes = 1,
                        .writer = known ? extent.writer : std::uint16_t{0},
                        .kind = static_cast<std::uint16_t>(known ? ExtentKind::kWritten
                                                                 : ExtentKind::kUnidentified)});
      }
    }
    if (!told.empty() && random_.Chance(1, 10)) {
      told.pop_back();  // not decided when the reader ended
    }
    draft.extents = std::move(told);
  }

  Random& random_;
  RandomHistoryPlan plan_;
  DraftHistory history_;
  std::vector<Actor> actors_;
  std::vector<std::uint64_t> offsets_;  // of the workers' clocks, at most the slack
  std::map<std::pair<std::uint16_t, std::uint8_t>, std::uint64_t> positions_;
  std::map<std::uint8_t, std::deque<Byte>> queues_;
  std::uint64_t unread_bytes_max_ = 0;
  std::uint64_t now_ns_ = 1;
  std::size_t object_count_ = 1;
  bool taken_over_ = false;
};

History Flatten(DraftHistory draft_history, bool by_worker) {
  History history;
  history.header = std::move(draft_history.header);
  history.workers = std::move(draft_history.workers);
  history.calls = {{.name = "write", .effect = Effect::kPut},
                   {.name = "read", .effect = Effect::kTake},
                   {.name = "writev", .effect = Effect::kPut, .gathers = true}};
  const auto add = [&](Draft& draft) {
    draft.op.first_extent = static_cast<std::uint32_t>(history.extents.size());
    draft.op.extent_count = static_cast<std::uint32_t>(draft.extents.size());
    history.extents.insert(history.extents.end(), draft.extents.begin(), draft.extents.end());
    history.operations.push_back(draft.op);
  };
  const auto rounds = static_cast<std::uint16_t>(by_worker ? history.workers.size() : 1);
  for (std::uint16_t worker = 0; worker < rounds; ++worker) {
    for (Draft& draft : draft_history.drafts) {
      if (!by_worker || draft.op.worker == worker) {
        add(draft);
      }
    }
  }
  return history;
}

}  // namespace

History RandomHistory(Random& random, const RandomHistoryPlan& plan) {
  DraftHistory history = Simulation(random, plan).Run();
  for (std::uint32_t i = 0; i < plan.corruptions; ++i) {
    Corrupt(history, random);
  }
  return Flatten(std::move(history), random.Chance(1, 2));
}

}  // namespace parley
