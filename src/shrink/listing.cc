#include "src/shrink/listing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "src/base/check.h"
#include "src/finding/describe.h"
#include "src/history/successors.h"

namespace parley {
namespace {

// What began in one step, and what it set free.
struct StepEvents {
  std::vector<std::uint32_t> begun;  // operations
  std::vector<std::uint32_t> woken;  // operations of earlier steps that returned in this one
  std::vector<const Fault*> faults;
  bool witnessed = false;  // an operation of the witness began
};

// A reason that begins with "step 9: " says in which step it was seen (O-MODEL); that is where it
// is put, without saying so again.
std::optional<std::uint64_t> TakeStep(std::string_view& reason) {
  static constexpr std::string_view kStep = "step ";
  if (!reason.starts_with(kStep)) return std::nullopt;
  std::uint64_t step = 0;
  const char* const end = reason.data() + reason.size();
  const auto read = std::from_chars(reason.data() + kStep.size(), end, step);
  const std::string_view rest(read.ptr, static_cast<std::size_t>(end - read.ptr));
  if (read.ec != std::errc() || !rest.starts_with(": ")) return std::nullopt;
  reason = rest.substr(2);
  return step;
}

class Listing {
 public:
  Listing(const History& history, const Judgement* broken)
      : history_(history), broken_(broken), scratch_(history) {
    Collect();
  }

  std::string Text() {
    SetUp();
    for (const auto& [step, events] : steps_) {
      if (step > 0) Step(step, events);
      if (broken_ != nullptr && step == broken_step_) Reason();
    }
    return std::move(text_);
  }

 private:
  void Collect() {
    for (std::uint32_t id = 0; id < history_.operations.size(); ++id) {
      const Operation& op = history_.operations[id];
      const std::uint64_t begun = StepAt(op.invoked_ns);
      steps_[begun].begun.push_back(id);
      if (Returned(op) && StepAt(op.returned_ns) != begun) {
        steps_[StepAt(op.returned_ns)].woken.push_back(id);
      }
    }
    for (const Fault& fault : history_.faults) {
      steps_[StepAt(fault.invoked_ns)].faults.push_back(&fault);
    }
    steps_.try_emplace(0);
    if (broken_ == nullptr) return;
    for (const std::uint32_t id : broken_->witness) {
      const Operation& op = history_.operations[id];
      steps_[StepAt(op.invoked_ns)].witnessed = true;
      broken_step_ = std::max(broken_step_, StepAt(Returned(op) ? op.returned_ns : op.invoked_ns));
    }
    const std::uint64_t last = steps_.rbegin()->first;
    reason_ = broken_->reason;
    if (const auto step = TakeStep(reason_)) broken_step_ = std::min(*step, last);
    if (broken_->witness.empty() && broken_step_ == 0) broken_step_ = last;
    steps_.try_emplace(broken_step_);
  }

  static bool Returned(const Operation& op) { return op.outcome == Outcome::kReturned; }

  std::string Who(std::uint16_t worker) const {
    return fmt::format("{} {}", history_.workers[worker].role, worker);
  }

  void Line(std::uint64_t step, const StepEvents& events, std::string_view what) {
    fmt::format_to(std::back_inserter(text_), "step {:<{}} {} {}\n", step, Width(),
                   events.witnessed ? '*' : ' ', what);
  }

  std::size_t Width() const { return std::to_string(steps_.rbegin()->first).size(); }

  void Reason() {
    fmt::format_to(std::back_inserter(text_), "{:{}}broken: {}\n", "", Width() + 8, reason_);
  }

  // Step 0 in one line: which ends were handed out and kept.
  void SetUp() {
    std::map<std::uint16_t, std::map<std::uint16_t, Effect>> held;  // worker, handle
    for (const std::uint32_t id : steps_[0].begun) {
      const Operation& op = history_.operations[id];
      const Effect effect = history_.effect(op);
      if (!op.succeeded()) continue;
      if (effect == Effect::kClose) held[op.worker].erase(op.handle);
      if (Opens(effect)) held[op.worker][op.handle] = effect;
    }
    std::vector<std::string> holders;
    for (const auto& [worker, handles] : held) {
      const auto holds = [&](Effect effect) {
        return std::ranges::any_of(handles, [&](const auto& handle) {
          return handle.second == effect || handle.second == Effect::kOpenBoth;
        });
      };
      const bool reads = holds(Effect::kOpenRead);
      const bool writes = holds(Effect::kOpenWrite);
      if (!reads && !writes) continue;
      holders.push_back(fmt::format("{} holds {}", Who(worker),
                                    reads && writes ? "both ends"
                                    : reads         ? "the reading end"
                                                    : "the writing end"));
    }
    std::string what = history_.header.facility;
    if (history_.header.capacity_bytes > 0) {
      what += fmt::format(" of {} bytes", history_.header.capacity_bytes);
    }
    if (!holders.empty()) what += fmt::format(": {}", fmt::join(holders, ", "));
    Line(0, steps_[0], what);
  }

  void Step(std::uint64_t step, const StepEvents& events) {
    for (const Fault* fault : events.faults) {
      Line(step, events, Told(*fault) + Wakes(events, fault->worker));
    }
    for (const std::uint32_t id : events.begun) {
      const std::uint16_t worker = history_.operations[id].worker;
      Line(step, events, Story(id) + Wakes(events, worker));
    }
  }

  // Whom the step woke beside the one to whom it happened.
  std::string Wakes(const StepEvents& events, std::uint16_t self) const {
    std::vector<std::string> others;
    for (const std::uint32_t id : events.woken) {
      const std::uint16_t worker = history_.operations[id].worker;
      if (worker != self) others.push_back(Who(worker));
    }
    return others.empty() ? "" : fmt::format("; wakes {}", fmt::join(others, ", "));
  }

  std::string Told(const Fault& fault) const {
    switch (fault.kind) {
      case FaultKind::kKill:
        return Who(fault.worker) + " is killed";
      case FaultKind::kSignal:
        return Who(fault.worker) + " gets a signal";
      case FaultKind::kSignalRestart:
        return Who(fault.worker) + " gets a signal with SA_RESTART";
      case FaultKind::kStop:
        return Who(fault.worker) + " is stopped";
      case FaultKind::kContinue:
        return Who(fault.worker) + " is continued";
      case FaultKind::kRespawn:
        return fmt::format("{} takes the place of {}", Successor(fault), Who(fault.worker));
    }
    return "";
  }

  std::string Successor(const Fault& fault) const {
    for (const Replacement& one : ReplacementsOf(history_)) {
      if (one.gone == fault.worker && one.successor < history_.workers.size()) {
        return Who(one.successor);
      }
    }
    return "nobody";
  }

  // "reader 1 reads up to 10 bytes: sleeps; woken in step 5 -> 3".
  std::string Story(std::uint32_t id) {
    const Operation& op = history_.operations[id];
    const std::string deed = Deed(id);
    if (op.outcome == Outcome::kPending) return deed + ": sleeps";
    if (op.outcome == Outcome::kMaybe) return deed + ": sleeps; killed inside";
    const std::string outcome =
        DescribeOperation(history_, id).substr(Number(id).size() + deed.size());
    const std::uint64_t returned = StepAt(op.returned_ns);
    if (returned == StepAt(op.invoked_ns)) return deed + outcome;
    return fmt::format("{}: sleeps; woken in step {}{}", deed, returned, outcome);
  }

  static std::string Number(std::uint32_t id) { return fmt::format("#{} ", id); }

  // An operation's description without number and outcome: that of one still inside ends alike.
  std::string Deed(std::uint32_t id) {
    static constexpr std::string_view kStillInside = ", still inside";
    scratch_.operations[id].outcome = Outcome::kPending;
    const std::string text = DescribeOperation(scratch_, id);
    CHECK(text.ends_with(kStillInside));
    const std::size_t from = Number(id).size();
    return text.substr(from, text.size() - from - kStillInside.size());
  }

  const History& history_;
  const Judgement* broken_;
  History scratch_;
  std::map<std::uint64_t, StepEvents> steps_;
  std::string_view reason_;
  std::uint64_t broken_step_ = 0;
  std::string text_;
};

}  // namespace

std::string StepListing(const History& history, const Judgement* broken) {
  return Listing(history, broken).Text();
}

}  // namespace parley
