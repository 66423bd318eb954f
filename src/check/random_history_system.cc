#include "src/check/random_history_system.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <utility>

#include "src/base/seed.h"
#include "src/check/random_history_machine.h"

namespace parley {
namespace {

using namespace simulated;

constexpr std::uint32_t kPageBytes = 4096;
// Time for what is under way to come to rest.
constexpr std::uint64_t kRestTicks = 400;

constexpr Effect kEffects[] = {Effect::kPut,       Effect::kTake,      Effect::kOpenRead,
                               Effect::kOpenWrite, Effect::kOpenBoth,  Effect::kDuplicate,
                               Effect::kClose,     Effect::kMakeName,  Effect::kRemoveName,
                               Effect::kQueryName, Effect::kRenameName};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed) {
    for (const Effect effect : kEffects) {
      history_.calls.push_back({.name = std::string(EffectName(effect)), .effect = effect});
    }
    slots_ = 1 + random_.Below(4);
    renames_ = random_.Below(4) == 0;
    removes_ = random_.Below(2) == 0;
    history_.header.default_capacity_bytes = 65536;
    history_.header.capacity_bytes = slots_ * kPageBytes;
    history_.header.clock_slack_ns = random_.Below(3);
    processes_.resize(2 + random_.Below(4));
    for (Process& process : processes_) {
      process.skew_ns = random_.Below(history_.header.clock_slack_ns + 1);
      history_.workers.push_back(
          {.role = "worker",
           .topology = random_.Below(2) == 0 ? Topology::kUnrelated : Topology::kRelated,
           .creator = random_.Below(4) == 0,
           .interrupted = random_.Below(4) == 0});
    }
  }

  SimulatedRun Run() {
    for (now_ns_ = 1; now_ns_ < kSimulatedTicks + kRestTicks; ++now_ns_) {
      names_existed_.push_back(name_ >= 0);
      for (std::uint64_t turns = 2 * processes_.size(); turns > 0; --turns) {
        Step(random_.Below(processes_.size()));
      }
      if (now_ns_ < kSimulatedTicks) Disturb(random_.Below(processes_.size()));
    }
    Collect();
    return {.history = std::move(history_), .name_existed = std::move(names_existed_)};
  }

 private:
  bool over() const { return now_ns_ >= kSimulatedTicks; }
  Operation& Now(Process& process) { return process.operations.back(); }
  Effect EffectOf(const Operation& op) const { return kEffects[op.call]; }
  std::uint64_t Stamp(const Process& process) const { return now_ns_ + process.skew_ns; }
  bool Chance(std::uint64_t in) { return over() || random_.Below(in) == 0; }

  void Step(std::size_t index) {
    Process& process = processes_[index];
    // One transition a tick: what a process does takes time.
    if (process.dead || process.stopped || last_step_[index] == now_ns_) return;
    last_step_[index] = now_ns_;
    switch (process.phase) {
      case Phase::kIdle:
        if (!over() && random_.Below(3) == 0) Invoke(process, index);
        break;
      case Phase::kEntering:
        if (Chance(2)) Enter(process);
        break;
      case Phase::kInside:
        if (Chance(2)) Continue(process, index);
        break;
      case Phase::kLeaving:
        if (Chance(2)) {
          Now(process).returned_ns = Stamp(process);
          Now(process).outcome = Outcome::kReturned;
          process.extents.back() = process.received;
          process.phase = Phase::kIdle;
        }
        break;
    }
  }

  void Invoke(Process& process, std::size_t index) {
    Operation op{.invoked_ns = Stamp(process),
                 .worker = static_cast<std::uint16_t>(index),
                 .outcome = Outcome::kPending};
    op.call = static_cast<std::uint8_t>(random_.Below(std::size(kEffects)));
    if (random_.Below(3) == 0) op.call = static_cast<std::uint8_t>(random_.Below(2));
    if (EffectOf(op) == Effect::kRenameName && !renames_) return;
    if (EffectOf(op) == Effect::kRemoveName && !removes_) return;
    const bool needs = EffectOf(op) == Effect::kPut || EffectOf(op) == Effect::kTake ||
                       EffectOf(op) == Effect::kClose || EffectOf(op) == Effect::kDuplicate;
    if (needs) {
      if (process.descriptors.empty()) return;
      auto entry = process.descriptors.begin();
      std::advance(entry, random_.Below(process.descriptors.size()));
      if (EffectOf(op) == Effect::kPut && !entry->second.writes) return;
      if (EffectOf(op) == Effect::kTake && !entry->second.reads) return;
      if (EffectOf(op) == Effect::kDuplicate) {
        op.argument = entry->first;
      } else {
        op.handle = entry->first;
      }
    }
    constexpr std::uint32_t kSizes[] = {1, 100, 4095, 4096, 4097, 9000, 30000};
    op.requested = EffectOf(op) == Effect::kPut || EffectOf(op) == Effect::kTake
                       ? kSizes[random_.Below(std::size(kSizes))]
                       : 0;
    op.position = EffectOf(op) == Effect::kPut ? process.position : 0;
    process.received.clear();
    process.done_bytes = 0;
    process.operations.push_back(op);
    process.extents.emplace_back();
    process.phase = Phase::kEntering;
  }

  void Finish(Process& process, std::int64_t result, int error = 0) {
    Now(process).result = error != 0 ? -1 : result;
    Now(process).system_error = static_cast<std::uint16_t>(error);
    process.phase = Phase::kLeaving;
  }

  void Give(Process& process, Descriptor descriptor) {
    Now(process).handle = process.next_handle;
    process.descriptors[process.next_handle++] = descriptor;
    Now(process).nonblocking = descriptor.nonblocking;
    Finish(process, 0);
  }

  void Drop(const Descriptor& descriptor) {
    Inode& inode = inodes_[descriptor.inode];
    inode.readers -= descriptor.reads ? 1 : 0;
    inode.writers -= descriptor.writes ? 1 : 0;
    inode.Left();
  }

  void Enter(Process& process) {
    Operation& op = Now(process);
    process.phase = Phase::kInside;
    switch (EffectOf(op)) {
      case Effect::kOpenRead:
      case Effect::kOpenWrite:
      case Effect::kOpenBoth:
        Open(process, EffectOf(op));
        break;
      case Effect::kDuplicate: {
        const Descriptor source = process.descriptors.at(static_cast<std::uint16_t>(op.argument));
        inodes_[source.inode].readers += source.reads ? 1 : 0;
        inodes_[source.inode].writers += source.writes ? 1 : 0;
        Give(process, source);
        break;
      }
      case Effect::kClose:
        Drop(process.descriptors.at(op.handle));
        process.descriptors.erase(op.handle);
        Finish(process, 0);
        break;
      case Effect::kMakeName:
        if (name_ >= 0) {
          Finish(process, 0, EEXIST);
        } else {
          name_ = static_cast<int>(inodes_.size());
          inodes_.emplace_back();
          Finish(process, 0);
        }
        break;
      case Effect::kRemoveName:
        Finish(process, 0, name_ < 0 ? ENOENT : 0);
        name_ = -1;
        break;
      case Effect::kQueryName:
        Finish(process, 0, name_ < 0 ? ENOENT : 0);
        break;
      case Effect::kRenameName:
        if (name_ < 0) {
          Finish(process, 0, ENOENT);
        } else {
          moved_ = std::exchange(name_, -1);
        }
        break;
      default:
        Now(process).nonblocking = process.descriptors.at(op.handle).nonblocking;
        Transfer(process);
    }
  }

  void Open(Process& process, Effect effect) {
    const bool reads = effect != Effect::kOpenWrite;
    const bool writes = effect != Effect::kOpenRead;
    const bool nonblocking = effect != Effect::kOpenBoth && random_.Below(2) == 0;
    if (name_ < 0) return Finish(process, 0, ENOENT);
    Inode& inode = inodes_[name_];
    if (effect == Effect::kOpenWrite && nonblocking && inode.readers == 0) {
      return Finish(process, 0, ENXIO);
    }
    process.opening = {name_, reads, writes, nonblocking};
    process.seen_ever = reads ? inode.writers_ever : inode.readers_ever;
    inode.readers += reads ? 1 : 0;
    inode.writers += writes ? 1 : 0;
    inode.readers_ever += reads ? 1 : 0;
    inode.writers_ever += writes ? 1 : 0;
    const bool met = reads ? inode.writers > 0 : inode.readers > 0;
    if (nonblocking || met) Give(process, process.opening);
  }

  void Continue(Process& process, std::size_t index) {
    const Effect effect = EffectOf(Now(process));
    if (effect == Effect::kRenameName) {
      if (moved_ < 0) return Finish(process, 0, ENOENT);
      name_ = std::exchange(moved_, -1);
      return Finish(process, 0);
    }
    if (effect == Effect::kPut || effect == Effect::kTake) {
      Transfer(process);
    } else {
      const Inode& inode = inodes_[process.opening.inode];
      const int ever = process.opening.reads ? inode.writers_ever : inode.readers_ever;
      if (ever != process.seen_ever) Give(process, process.opening);
    }
    if (process.phase == Phase::kInside && history_.workers[index].interrupted && !over() &&
        random_.Below(6) == 0) {
      Interrupt(process, EINTR);
    }
  }

  // A signal ends a call that waits.
  void Interrupt(Process& process, int error) {
    const Effect effect = EffectOf(Now(process));
    if (effect == Effect::kPut && process.done_bytes > 0) {
      Accepted(process);
    } else if (error != 0 && effect != Effect::kRenameName) {
      if (effect != Effect::kPut && effect != Effect::kTake) Drop(process.opening);
      Finish(process, 0, error);
    }
  }

  void Accepted(Process& process) {
    process.position += process.done_bytes;
    Finish(process, process.done_bytes);
  }

  void Transfer(Process& process) {
    Operation& op = Now(process);
    const Descriptor& descriptor = process.descriptors.at(op.handle);
    Inode& inode = inodes_[descriptor.inode];
    EffectOf(op) == Effect::kPut ? Put(process, op, inode) : Take(process, op, inode);
  }

  void Put(Process& process, const Operation& op, Inode& inode) {
    if (inode.readers == 0) {
      return process.done_bytes > 0 ? Accepted(process) : Finish(process, 0, EPIPE);
    }
    while (inode.pages.size() < slots_ && process.done_bytes < op.requested) {
      const std::uint32_t bytes = std::min(kPageBytes, op.requested - process.done_bytes);
      inode.pages.push_back({.position = op.position + process.done_bytes,
                             .bytes = bytes,
                             .writer = op.worker,
                             .kind = 0});
      process.done_bytes += bytes;
    }
    if (process.done_bytes == op.requested || (op.nonblocking && process.done_bytes > 0)) {
      Accepted(process);
    } else if (op.nonblocking) {
      Finish(process, 0, EAGAIN);
    }
  }

  void Take(Process& process, const Operation& op, Inode& inode) {
    std::uint32_t left = op.requested;
    while (!inode.pages.empty() && left > 0) {
      Extent& page = inode.pages.front();
      Extent part = page;
      part.bytes = std::min(left, page.bytes);
      process.received.push_back(part);
      left -= part.bytes;
      page.position += part.bytes;
      page.bytes -= part.bytes;
      if (page.bytes == 0) inode.pages.pop_front();
    }
    if (left < op.requested || inode.writers == 0) {
      Finish(process, op.requested - left);
    } else if (op.nonblocking) {
      Finish(process, 0, EAGAIN);
    }
  }

  void Disturb(std::size_t index) {
    Process& process = processes_[index];
    if (process.killed_ns != 0) {
      EndKill(process, index);
    } else if (process.stopped) {
      history_.faults.push_back({FaultKind::kContinue, static_cast<std::uint16_t>(index), now_ns_,
                                 now_ns_ + random_.Below(2)});
      process.stopped = false;
    } else if (random_.Below(40) == 0) {
      process.killed_ns = now_ns_;
    } else if (random_.Below(20) == 0) {
      history_.faults.push_back(
          {FaultKind::kStop, static_cast<std::uint16_t>(index), now_ns_, now_ns_});
      process.stopped = true;
      if (process.phase == Phase::kInside) Interrupt(process, 0);
    }
  }

  // The process dies at some time after the kill was called, and then its death is reported.
  void EndKill(Process& process, std::size_t index) {
    if (!process.dead) {
      process.dead = true;
      if (process.phase == Phase::kInside) {
        const Effect effect = EffectOf(Now(process));
        if (Opens(effect)) Drop(process.opening);
      }
      for (const auto& [handle, descriptor] : process.descriptors) Drop(descriptor);
      process.descriptors.clear();
      return;
    }
    history_.faults.push_back({FaultKind::kKill, static_cast<std::uint16_t>(index),
                               process.killed_ns, now_ns_ + history_.header.clock_slack_ns});
    if (process.phase != Phase::kIdle) {
      Now(process).outcome = Outcome::kMaybe;
      Now(process).returned_ns = history_.faults.back().returned_ns;
      Now(process).handle = MakesHandle(EffectOf(Now(process))) ? 0 : Now(process).handle;
      Now(process).system_error = 0;
    }
    process.phase = Phase::kIdle;
    process.killed_ns = now_ns_;
    reported_[index] = true;
  }

  // Whoever is inside sleeps; everybody else is at rest.
  void Collect() {
    for (std::size_t index = 0; index < processes_.size(); ++index) {
      Process& process = processes_[index];
      if (process.killed_ns != 0 && !reported_[index]) {
        history_.faults.push_back(
            {FaultKind::kKill, static_cast<std::uint16_t>(index), process.killed_ns, kNever});
      }
      if (process.phase == Phase::kInside && !process.stopped && !process.dead) {
        history_.sightings.push_back({.worker = static_cast<std::uint16_t>(index),
                                      .from_ns = kSimulatedTicks + 1'000 + index,
                                      .until_ns = kSimulatedTicks + 1'000'000'000,
                                      .samples = 25,
                                      .steady = true});
      }
      for (std::size_t i = 0; i < process.operations.size(); ++i) {
        Operation op = process.operations[i];
        const bool returned = op.outcome == Outcome::kReturned;
        if (!returned) op.system_error = 0;
        if (!returned && MakesHandle(EffectOf(op))) op.handle = 0;
        if (!returned) op.nonblocking = false;
        op.first_extent = static_cast<std::uint32_t>(history_.extents.size());
        op.extent_count = returned ? static_cast<std::uint32_t>(process.extents[i].size()) : 0;
        if (returned) {
          history_.extents.insert(history_.extents.end(), process.extents[i].begin(),
                                  process.extents[i].end());
        }
        history_.operations.push_back(op);
      }
    }
  }

  Random random_;
  History history_;
  std::vector<Process> processes_;
  std::vector<Inode> inodes_;
  std::map<std::size_t, std::uint64_t> last_step_;
  std::map<std::size_t, bool> reported_;
  std::vector<bool> names_existed_;
  std::uint64_t now_ns_ = 0;
  std::uint64_t slots_ = 1;
  bool renames_ = false;
  bool removes_ = false;
  int name_ = -1;
  int moved_ = -1;
};

}  // namespace

SimulatedRun SimulateSystem(std::uint64_t seed) { return Simulation(seed).Run(); }

}  // namespace parley
