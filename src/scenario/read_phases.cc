// Scripts: who makes which call in which phase.
#include <fmt/format.h>

#include <algorithm>

#include "src/scenario/reading.h"

namespace parley {
namespace {

constexpr std::uint64_t kMaxDelayUs = 100'000;
constexpr std::uint64_t kMaxRepeat = 65535;
constexpr std::uint64_t kMaxArgument = 1U << 30;
constexpr std::uint64_t kMaxCycles = 64;
constexpr std::uint64_t kMaxRangeBytes = 1U << 30;

constexpr Word<StepKind> kFaultSteps[] = {
    {"kill", StepKind::kKill}, {"stop", StepKind::kStop}, {"continue", StepKind::kContinue}};
constexpr Word<StepKind> kMakerSteps[] = {{"release", StepKind::kRelease}};

void ReadArgument(Table& table, StepRule& step) {
  const Node* node = table.Find("argument");
  if (node == nullptr) return;
  const std::string name = table.Name("argument");
  if (node->kind != NodeKind::kTable) {
    step.argument = ReadInterval(*node, name, {0, kMaxArgument}, table.problem());
    return;
  }
  Table each(*node, name, table.problem());
  each.Require("each");
  step.argument = each.Numbers("each", {0, kMaxArgument}, {0, 0});
  step.each_argument = true;
  each.RefuseOthers();
}

void ReadRange(Table& table, StepRule& step) {
  const Node* node = table.Find("range");
  if (node == nullptr) return;
  Table range(*node, table.Name("range"), table.problem());
  range.Require("start");
  range.Require("length");
  step.range = RangeRule{
      .start = range.Numbers("start", {0, kMaxRangeBytes}, {0, 0}),
      .length = range.Numbers("length", {0, kMaxRangeBytes}, {0, 0}),
      .backwards = range.Boolean("backwards", false),
      .stride = static_cast<std::uint32_t>(range.Integer("stride", {0, kMaxRangeBytes}, 0)),
      .wraps = range.Boolean("wraps", false)};
  if (step.range->wraps && step.range->stride == 0) {
    table.problem().Report(node->at, "range.wraps is given, but no range.stride");
  }
  range.RefuseOthers();
}

void ReadCallStep(Table& table, const Node& call, StepRule& step, Reading& reading) {
  step.call = ReadText(call, table.Name("call"), reading.problem);
  const auto traits = ReadCall(call, step.call, table.Name("call"), reading);
  const bool puts = traits && traits->effect == Effect::kPut;
  const bool takes = traits && (traits->effect == Effect::kTake || traits->effect == Effect::kPeek);
  const Node* bytes = puts || takes ? table.Require("bytes") : table.Find("bytes");
  if (bytes != nullptr) {
    const std::string name = table.Name("bytes");
    step.bytes =
        puts ? ReadMessageBytes(*bytes, name, reading) : ReadBufferBytes(*bytes, name, reading);
    if (!puts && !takes) {
      reading.problem.Report(bytes->key_at,
                             fmt::format("{} is given, but {} moves none", name, step.call));
    }
  }
  ReadArgument(table, step);
  ReadRange(table, step);
  if (step.range && (!traits || traits->lock == LockKind::kNone)) {
    reading.problem.Report(call.at, fmt::format("{} is given, but {} is not about a lock",
                                                table.Name("range"), step.call));
  }
  step.handle = static_cast<std::uint16_t>(table.Integer("handle", {0, 65535}, 0));
  step.repeat = table.Numbers("repeat", {1, kMaxRepeat}, {1, 1});
  if (const Node* per = table.Find("repeat_per")) {
    const std::string name = table.Name("repeat_per");
    step.repeat_per = ReadRole(*per, ReadText(*per, name, reading.problem), name, reading);
  }
}

StepRule ReadStep(const Node& node, Reading& reading) {
  Table table(node, "step", reading.problem);
  StepRule step;
  if (table.Find("maker") != nullptr) {
    step.kind = table.Choice("maker", kMakerSteps, StepKind::kRelease);
    if (!reading.rules.maker_keeps) {
      reading.problem.Report(node.at, "the maker has nothing to release; set maker_keeps = true");
    }
  } else if (const Node* who = table.Require("who")) {
    const Target target = ReadTarget(*who, table.Name("who"), reading);
    step.role = target.role;
    step.who = target.who;
    step.only = target.only;
    const Node* call = table.Find("call");
    const bool faults = table.Find("fault") != nullptr;
    if ((call != nullptr) == faults) {
      reading.problem.Report(node.at, "a step has either a call or a fault");
    } else if (faults) {
      step.kind = table.Choice("fault", kFaultSteps, StepKind::kKill);
    } else {
      ReadCallStep(table, *call, step, reading);
    }
    step.chance_percent =
        static_cast<std::uint32_t>(table.Integer("chance_percent", {1, 100}, 100));
    if (!reading.problem.found() && !reading.rules.roles[step.role].calls.empty()) {
      reading.problem.Report(who->at,
                             fmt::format("role \"{}\" draws its calls; it can have no steps",
                                         reading.rules.roles[step.role].name));
    }
  }
  step.delay_us = table.Numbers("delay_us", {0, kMaxDelayUs}, {0, 0});
  table.RefuseOthers();
  return step;
}

std::uint64_t StepsOf(const StepRule& step) {
  return step.each_argument ? step.argument.high - step.argument.low + 1 : 1;
}

// The most steps that one worker of a role can get: all that may fall on it, in all cycles.
std::uint64_t MostSteps(const Rules& rules, std::size_t role, std::uint32_t worker) {
  std::uint64_t most = 0;
  for (const PhaseRule& phase : rules.phases) {
    for (const StepRule& step : phase.steps) {
      const bool falls = step.kind == StepKind::kRelease ||
                         (step.role == role && (step.who != Who::kOnly || step.only == worker));
      if (falls) most += StepsOf(step) * (phase.cycle ? rules.cycles.high : 1);
    }
  }
  return most;
}

void CheckSteps(const Node& phases, Reading& reading) {
  const Rules& rules = reading.rules;
  for (std::size_t role = 0; role < rules.roles.size(); ++role) {
    for (std::uint32_t worker = 0; worker < kMaxRoleCount; ++worker) {
      const std::uint64_t most = MostSteps(rules, role, worker);
      if (most <= kMaxSteps) continue;
      reading.problem.Report(
          phases.at, fmt::format("a worker of role \"{}\" may get {} steps; it must be 0..{}",
                                 rules.roles[role].name, most, kMaxSteps));
      return;
    }
  }
}

// The phases marked cycle follow each other.
void CheckCycles(std::span<const Node> nodes, Reading& reading) {
  const auto& phases = reading.rules.phases;
  bool ended = false;
  for (std::size_t i = 0; i < phases.size(); ++i) {
    if (phases[i].cycle && ended) {
      reading.problem.Report(nodes[i].at, "phases with cycle = true must follow each other");
    }
    ended = ended || (i > 0 && phases[i - 1].cycle && !phases[i].cycle);
  }
}

}  // namespace

Target ReadTarget(const Node& node, std::string_view name, Reading& reading) {
  const std::string text = ReadText(node, name, reading.problem);
  const std::size_t dot = text.find('.');
  Target target;
  target.role = ReadRole(node, text.substr(0, dot), name, reading);
  if (dot == std::string::npos || reading.problem.found()) return target;
  const std::string which = text.substr(dot + 1);
  const std::uint64_t count = reading.rules.roles[target.role].count.low;
  if (which == "any") {
    target.who = Who::kAny;
  } else if (!which.empty() && which.size() <= 2 &&
             std::ranges::all_of(which, [](char c) { return c >= '0' && c <= '9'; })) {
    target.who = Who::kOnly;
    target.only = static_cast<std::uint32_t>(std::stoul(which));
    if (target.only >= count) {
      reading.problem.Report(
          node.at, fmt::format("{} is \"{}\", but that role may have only {}; the first is 0", name,
                               text, count));
    }
  } else {
    reading.problem.Report(
        node.at, fmt::format("{} is \"{}\"; it must be \"{}\", \"{}.any\" or \"{}.0\"", name, text,
                             text.substr(0, dot), text.substr(0, dot), text.substr(0, dot)));
  }
  return target;
}

void ReadPhases(Table& document, Reading& reading) {
  reading.rules.cycles = document.Numbers("cycles", {1, kMaxCycles}, {1, 1});
  const Node* node = document.Find("phases");
  if (node == nullptr) return;
  const auto items = ReadArray(*node, "phases", reading.problem);
  for (const Node& item : items) {
    Table table(item, "phase", reading.problem);
    PhaseRule phase;
    phase.cycle = table.Boolean("cycle", false);
    if (const Node* steps = table.Require("steps")) {
      for (const Node& step : ReadArray(*steps, table.Name("steps"), reading.problem)) {
        phase.steps.push_back(ReadStep(step, reading));
      }
      if (phase.steps.empty()) reading.problem.Report(steps->at, "phase.steps is empty");
    }
    table.RefuseOthers();
    reading.rules.phases.push_back(std::move(phase));
  }
  CheckCycles(items, reading);
  CheckSteps(*node, reading);
}

}  // namespace parley
