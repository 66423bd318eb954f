#include "src/scenario/reading.h"

#include <fmt/format.h>

#include <algorithm>

namespace parley {
namespace {

constexpr std::uint64_t kMaxCapacityBytes = 1U << 30;
constexpr std::uint64_t kMaxCapacityMessages = 1U << 16;

bool MayBe(const Sizes& sizes, std::uint32_t low, std::uint32_t high) {
  return std::any_of(
      sizes.choices.begin(), sizes.choices.begin() + sizes.count,
      [&](const Sizes::Choice& choice) { return choice.low <= high && choice.high >= low; });
}

// A framed record is empty or has a whole header.
void CheckFrames(const Sizes& sizes, Position at, std::string_view name, Reading& reading) {
  if (CarryMessages(reading)) return;
  if (reading.rules.encoding != Encoding::kFramed || !MayBe(sizes, 1, kHeaderBytes - 1)) return;
  reading.problem.Report(
      at, fmt::format("{} allows 1..{} bytes, less than a framed record's header of {}; raise it, "
                      "or set encoding = \"self-identifying\"",
                      name, kHeaderBytes - 1, kHeaderBytes));
}

SizeRule ReadSizeRule(const Node& node, std::string_view name, Limits limits, Reading& reading) {
  if (node.kind == NodeKind::kString && node.text == "record") {
    if (reading.rules.record_bytes.count == 0) {
      reading.problem.Report(
          node.at, fmt::format("{} is \"record\" but the scenario has no record_bytes", name));
    }
    return {.sizes = reading.rules.record_bytes, .record = true};
  }
  if (node.kind == NodeKind::kString) {
    reading.problem.Report(
        node.at,
        fmt::format("{} is \"{}\"; it must be \"record\" or a number of bytes", name, node.text));
  }
  return {.sizes = ReadSizes(node, name, limits, reading.problem)};
}

ObjectRule ReadObjectRule(Table& table, ObjectRule rule) {
  if (const Node* capacity = table.Find("capacity_bytes")) {
    rule.capacity_bytes = ReadSizes(*capacity, table.Name("capacity_bytes"), {1, kMaxCapacityBytes},
                                    table.problem(), "default");
  }
  if (const Node* capacity = table.Find("capacity_messages")) {
    rule.capacity_messages = ReadSizes(*capacity, table.Name("capacity_messages"),
                                       {1, kMaxCapacityMessages}, table.problem(), "default");
  }
  if (const Node* bytes = table.Find("message_bytes")) {
    rule.message_bytes = ReadSizes(*bytes, table.Name("message_bytes"), {1, kMaxMessageBytes},
                                   table.problem(), "default");
  }
  rule.nonblocking = table.Boolean("nonblocking", rule.nonblocking);
  rule.exists = table.Boolean("exists", rule.exists);
  return rule;
}

}  // namespace

std::optional<CallTraits> ReadCall(const Node& node, std::string_view call, std::string_view name,
                                   Reading& reading) {
  std::optional<CallTraits> traits;
  for (const Facility* facility : reading.facilities) {
    const auto calls = facility->Calls();
    const auto found = std::ranges::find(calls, call, &CallTraits::name);
    if (found != calls.end()) {
      if (!traits) traits = *found;
      continue;
    }
    std::vector<std::string_view> known;
    for (const CallTraits& each : calls) known.push_back(each.name);
    const Position at = node.key == call ? node.key_at : node.at;
    reading.problem.Report(at, fmt::format("{}: {} has no call \"{}\"{}", name, facility->Name(),
                                           call, DidYouMean(call, known)));
    return std::nullopt;
  }
  const std::string_view why =
      traits && !CarryMessages(reading) ? WhyNotFramed(traits->effect) : "";
  if (!why.empty() && reading.rules.encoding == Encoding::kFramed) {
    reading.problem.Report(node.at,
                           fmt::format("{}: {}; set encoding = \"self-identifying\"", name, why));
  }
  return traits;
}

bool CarryMessages(const Reading& reading) {
  return std::ranges::any_of(reading.facilities, [](const Facility* facility) {
    return facility->GetFamily() == Family::kMessages;
  });
}

bool PutsBytes(std::string_view call, std::span<const Facility* const> facilities) {
  for (const Facility* facility : facilities) {
    const auto calls = facility->Calls();
    const auto found = std::ranges::find(calls, call, &CallTraits::name);
    if (found != calls.end()) return found->effect == Effect::kPut;
  }
  return false;
}

SizeRule ReadMessageBytes(const Node& node, std::string_view name, Reading& reading) {
  const SizeRule rule = ReadSizeRule(node, name, {0, kMaxMessageBytes}, reading);
  CheckFrames(rule.sizes, node.at, name, reading);
  return rule;
}

SizeRule ReadBufferBytes(const Node& node, std::string_view name, Reading& reading) {
  return ReadSizeRule(node, name, {1, kMaxMessageBytes}, reading);
}

std::size_t ReadRole(const Node& node, std::string_view role, std::string_view name,
                     Reading& reading) {
  const auto found = std::ranges::find(reading.rules.roles, role, &RoleRule::name);
  if (found != reading.rules.roles.end()) {
    return static_cast<std::size_t>(found - reading.rules.roles.begin());
  }
  std::vector<std::string_view> known;
  for (const RoleRule& each : reading.rules.roles) known.push_back(each.name);
  reading.problem.Report(
      node.at, fmt::format("{}: no worker has role \"{}\"{}", name, role, DidYouMean(role, known)));
  return 0;
}

void ReadObject(Table& document, Reading& reading) {
  static constexpr Word<Encoding> kEncodings[] = {{"framed", Encoding::kFramed},
                                                  {"self-identifying", Encoding::kSelfIdentifying}};
  Rules& rules = reading.rules;
  if (const Node* node = document.Find("object")) {
    Table table(*node, "object", reading.problem);
    rules.object = ReadObjectRule(table, rules.object);
    for (const Facility* facility : reading.facilities) {
      const std::string name(facility->Name());
      const Node* own = table.Find(facility->Name());
      if (own == nullptr) continue;
      Table own_table(*own, table.Name(name), reading.problem);
      rules.facility_objects[name] = ReadObjectRule(own_table, rules.object);
      own_table.RefuseOthers();
    }
    table.RefuseOthers();
  }
  rules.encoding = document.Choice("encoding", kEncodings, Encoding::kFramed);
  if (const Node* node = document.Find("record_bytes")) {
    rules.record_bytes = ReadSizes(*node, "record_bytes", {1, kMaxMessageBytes}, reading.problem);
    CheckFrames(rules.record_bytes, node->at, "record_bytes", reading);
  }
  rules.maker_keeps = document.Boolean("maker_keeps", false);
}

}  // namespace parley
