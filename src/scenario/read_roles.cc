// Who is in the crew, what they do, and what is done to them.
#include <fmt/format.h>

#include <algorithm>

#include "src/history/message_calls.h"
#include "src/scenario/reading.h"

namespace parley {
namespace {

constexpr std::uint64_t kMaxOperations = 1'000'000'000;
constexpr std::uint64_t kMaxWeight = 1'000'000;
constexpr std::uint64_t kMaxChances = 1024;
constexpr std::uint64_t kMaxPauseUs = 1'000'000;
constexpr std::uint64_t kMaxResizeBytes = 1U << 30;
constexpr std::uint64_t kMaxFaults = 256;
constexpr std::uint64_t kMaxClass = kClassMax;
constexpr std::uint64_t kMaxRangeBytes = 1U << 30;
constexpr std::uint64_t kMaxHeld = 64;

constexpr Word<Topology> kTopologies[] = {{"related", Topology::kRelated},
                                          {"forked", Topology::kForked},
                                          {"unrelated", Topology::kUnrelated}};
constexpr Word<Ends> kEnds[] = {
    {"none", Ends::kNone}, {"read", Ends::kRead}, {"write", Ends::kWrite}, {"both", Ends::kBoth}};
constexpr Word<bool> kBrokenPipe[] = {{"ignored", true}, {"caught", false}};
constexpr Word<Body> kBodies[] = {{"counter", Body::kCounter},
                                  {"zeros", Body::kZeros},
                                  {"ones", Body::kOnes},
                                  {"newlines", Body::kNewlines},
                                  {"magic", Body::kMagic}};
constexpr Word<FaultKind> kFaultKinds[] = {{"kill", FaultKind::kKill}, {"stop", FaultKind::kStop}};
constexpr Word<FaultPlace> kFaultPlaces[] = {{"inside", FaultPlace::kInside},
                                             {"between", FaultPlace::kBetween},
                                             {"either", FaultPlace::kEither}};

void ReadDisturbance(Table& table, RoleRule& role) {
  if (const Node* node = table.Find("interrupts")) {
    Table interrupts(*node, table.Name("interrupts"), table.problem());
    interrupts.Require("interval_us");
    role.interrupt_us = interrupts.Numbers("interval_us", {50, kMaxPauseUs}, {0, 0});
    role.restart = interrupts.Boolean("restart", false);
    interrupts.RefuseOthers();
  }
  if (const Node* node = table.Find("jitter")) {
    Table jitter(*node, table.Name("jitter"), table.problem());
    const auto chances = [&](std::string_view key) {
      return jitter.Numbers(key, {0, kMaxChances}, {0, 0});
    };
    role.jitter = {.yield = chances("yield"),
                   .spin = chances("spin"),
                   .sleep = chances("sleep"),
                   .move = chances("move"),
                   .pause_us = jitter.Numbers("pause_us", {1, kMaxPauseUs}, {1000, 1000})};
    jitter.RefuseOthers();
  }
}

void ReadIdentity(Table& table, RoleRule& role, Reading& reading) {
  if (const Node* node = table.Require("role")) {
    role.name = ReadText(*node, table.Name("role"), reading.problem);
    const bool taken = std::ranges::find(reading.rules.roles, role.name, &RoleRule::name) !=
                       reading.rules.roles.end();
    if (taken || role.name == kMakerRole) {
      reading.problem.Report(node->at,
                             fmt::format("worker.role \"{}\" is taken; choose another", role.name));
    }
    if (role.name.empty() || role.name.find('.') != std::string::npos) {
      reading.problem.Report(node->at, fmt::format("worker.role is \"{}\"; it must be a name "
                                                   "without '.'",
                                                   role.name));
    }
  }
  role.count = table.Numbers("count", {1, kMaxRoleCount}, {1, 1});
  role.topologies = table.Choices("topology", kTopologies, Topology::kRelated);
  role.ends = table.Choice("ends", kEnds, Ends::kNone);
  role.creator = table.Boolean("creator", false);
  role.fresh = table.Boolean("fresh", false);
  const bool unrelated =
      std::ranges::find(role.topologies, Topology::kUnrelated) != role.topologies.end();
  for (const Facility* facility : reading.facilities) {
    if (!unrelated || role.ends == Ends::kNone || facility->named()) continue;
    reading.problem.Report(
        table.at(), fmt::format("role \"{}\" is unrelated and has ends, but a {} has no name to "
                                "reach it by; set ends = \"none\" or another topology",
                                role.name, facility->Name()));
  }
}

// How sizes are called depends on what the calls do with them.
void ReadStreamSizes(Table& table, RoleRule& role, Reading& reading, bool resizes) {
  const Node* message = table.Find("message_bytes");
  const Node* buffer = table.Find("buffer_bytes");
  const Node* capacity = table.Find("capacity_bytes");
  const auto refuse = [&](const Node* node, std::string_view key, std::string_view what) {
    reading.problem.Report(node->key_at, fmt::format("{} is given, but no call of role \"{}\" {}",
                                                     table.Name(key), role.name, what));
  };
  if (int{role.puts} + int{role.takes} + int{resizes} > 1) {
    reading.problem.Report(
        table.at(), fmt::format("role \"{}\" mixes calls that send, receive or resize; make them "
                                "two roles",
                                role.name));
  }
  if (message != nullptr) {
    if (!role.puts) refuse(message, "message_bytes", "sends");
    role.sizes = ReadMessageBytes(*message, table.Name("message_bytes"), reading);
  } else if (role.puts) {
    table.Require("message_bytes");
  }
  if (buffer != nullptr) {
    if (!role.takes) refuse(buffer, "buffer_bytes", "receives");
    role.sizes = ReadBufferBytes(*buffer, table.Name("buffer_bytes"), reading);
  } else if (role.takes) {
    table.Require("buffer_bytes");
  }
  if (capacity != nullptr) {
    if (!resizes) refuse(capacity, "capacity_bytes", "resizes");
    role.sizes.sizes =
        ReadSizes(*capacity, table.Name("capacity_bytes"), {1, kMaxResizeBytes}, reading.problem);
  } else if (resizes) {
    table.Require("capacity_bytes");
  }
}

// The ranges that a role's calls on locks draw from.
void ReadRanges(Table& table, RoleRule& role, Reading& reading) {
  const Node* starts = role.locks ? table.Require("range_start") : table.Find("range_start");
  const Node* lengths = role.locks ? table.Require("range_length") : table.Find("range_length");
  const Node* held = table.Find("held");
  const Node* ascending = table.Find("ascending");
  if (starts != nullptr) {
    role.starts =
        ReadSizes(*starts, table.Name("range_start"), {0, kMaxRangeBytes}, reading.problem);
  }
  if (lengths != nullptr) {
    role.sizes.sizes =
        ReadSizes(*lengths, table.Name("range_length"), {0, kMaxRangeBytes}, reading.problem);
  }
  if (held != nullptr) {
    role.held = ReadSizes(*held, table.Name("held"), {1, kMaxHeld}, reading.problem);
  }
  role.ascending = table.Boolean("ascending", false);
  for (const Node* node : {starts, lengths, held, ascending}) {
    if (node == nullptr || role.locks) continue;
    reading.problem.Report(node->key_at, fmt::format("{} is given, but no call of role \"{}\" asks "
                                                     "for a lock",
                                                     table.Name(node->key), role.name));
  }
}

void ReadCalls(Table& table, RoleRule& role, Reading& reading) {
  const Node* node = table.Find("calls");
  const std::string name = table.Name("calls");
  bool resizes = false;
  bool gathers = false;
  if (node != nullptr) {
    if (node->kind != NodeKind::kTable || node->items.empty()) {
      reading.problem.Report(
          node->at, fmt::format("{} must be a table of calls and weights, {{ write = 8 }}", name));
    }
    if (node->items.size() > kMaxCallChoices) {
      reading.problem.Report(node->at,
                             fmt::format("{} has more than {} calls", name, kMaxCallChoices));
    }
    for (const Node& item : node->items) {
      const auto traits = ReadCall(item, item.key, name, reading);
      if (!traits) continue;
      role.puts = role.puts || traits->effect == Effect::kPut;
      role.takes = role.takes || traits->effect == Effect::kTake || traits->effect == Effect::kPeek;
      role.locks = role.locks || traits->effect == Effect::kLock;
      resizes = resizes || traits->effect == Effect::kResize;
      gathers = gathers || traits->gathers;
      const std::uint64_t weight =
          ReadInteger(item, fmt::format("{}.{}", name, item.key), {1, kMaxWeight}, reading.problem);
      role.calls.push_back({.call = item.key, .weight = static_cast<std::uint32_t>(weight)});
    }
  }
  ReadStreamSizes(table, role, reading, resizes);
  ReadRanges(table, role, reading);
  if (const Node* operations = table.Find("operations")) {
    role.operations =
        ReadInterval(*operations, table.Name("operations"), {0, kMaxOperations}, reading.problem);
    if (role.calls.empty()) {
      reading.problem.Report(operations->key_at, "worker.operations is given, but no worker.calls");
    } else if (role.operations.low == 0 && (!role.takes || role.operations.high != 0)) {
      reading.problem.Report(operations->at,
                             "worker.operations is 0, until end-of-file, which only a role that "
                             "receives may be; it must be 1 or more");
    }
  } else if (!role.calls.empty() && !role.takes) {
    table.Require("operations");
  }
  if (const Node* pieces = table.Find("pieces")) {
    role.pieces = ReadSizes(*pieces, table.Name("pieces"), {1, kMaxPieces}, reading.problem);
    if (!gathers) {
      reading.problem.Report(pieces->key_at, "worker.pieces is given, but no call takes several");
    }
  }
  if (const Node* classes = table.Find("classes")) {
    role.classes = ReadSizes(*classes, table.Name("classes"), {0, kMaxClass}, reading.problem);
    if (!CarryMessages(reading)) {
      reading.problem.Report(classes->key_at,
                             "worker.classes is given, but the facilities carry no messages");
    }
  }
}

RoleRule ReadRoleRule(const Node& node, Reading& reading) {
  Table table(node, "worker", reading.problem);
  RoleRule role;
  ReadIdentity(table, role, reading);
  ReadCalls(table, role, reading);
  role.bodies = 0;
  for (const Body body : table.Choices("bodies", kBodies, Body::kCounter)) {
    role.bodies |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(body));
  }
  role.overwrites = table.Boolean("overwrites", false);
  role.ignores_broken_pipe = table.Choices("broken_pipe", kBrokenPipe, true);
  ReadDisturbance(table, role);
  table.RefuseOthers();
  return role;
}

void CheckCrew(const Node& workers, Reading& reading) {
  std::uint64_t others = 0;
  for (const RoleRule& role : reading.rules.roles) {
    if (role.name != "writer" && role.name != "reader") others += role.count.high;
  }
  if (others > kMaxOtherWorkers) {
    reading.problem.Report(
        workers.at, fmt::format("roles other than writer and reader have up to {} workers; they "
                                "must have 0..{}",
                                others, kMaxOtherWorkers));
  }
}

}  // namespace

void ReadRoles(Table& document, Reading& reading) {
  const Node* node = document.Require("workers");
  if (node == nullptr) return;
  for (const Node& item : ReadArray(*node, "workers", reading.problem)) {
    reading.rules.roles.push_back(ReadRoleRule(item, reading));
  }
  if (reading.rules.roles.empty()) reading.problem.Report(node->at, "workers is empty; add one");
  CheckCrew(*node, reading);
}

void ReadFaults(Table& document, Reading& reading) {
  const Node* node = document.Find("faults");
  if (node == nullptr) return;
  for (const Node& item : ReadArray(*node, "faults", reading.problem)) {
    Table table(item, "fault", reading.problem);
    FaultRule fault;
    table.Require("kind");
    fault.kind = table.Choice("kind", kFaultKinds, FaultKind::kKill);
    if (const Node* target = table.Require("target")) {
      fault.only.reset();
      const Target read = ReadTarget(*target, table.Name("target"), reading);
      fault.role = read.role;
      if (read.who == Who::kOnly) fault.only = read.only;
      if (!reading.problem.found() && reading.rules.roles[fault.role].calls.empty()) {
        reading.problem.Report(target->at,
                               "fault.target draws no calls; in a script, faults are "
                               "steps of phases");
      }
    }
    fault.where = table.Choice("where", kFaultPlaces, FaultPlace::kInside);
    fault.count = table.Numbers("count", {0, kMaxFaults}, {0, 0});
    if (const Node* rate = table.Find("per_thousand_operations")) {
      fault.per_thousand_operations =
          rate->kind == NodeKind::kNumber
              ? rate->number
              : static_cast<double>(ReadInteger(*rate, table.Name("per_thousand_operations"),
                                                {0, 1000}, reading.problem));
      if (!(fault.per_thousand_operations >= 0 && fault.per_thousand_operations <= 1000)) {
        reading.problem.Report(rate->at, "fault.per_thousand_operations must be 0..1000");
      }
    } else if (table.Find("count") == nullptr) {
      reading.problem.Report(item.at, "fault needs count or per_thousand_operations");
    }
    fault.respawn = table.Boolean("respawn", true);
    fault.duration_us = table.Numbers("duration_us", {1, kMaxPauseUs}, {2000, 2000});
    table.RefuseOthers();
    reading.rules.faults.push_back(fault);
  }
}

}  // namespace parley
