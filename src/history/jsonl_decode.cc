#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "src/history/json_members.h"
#include "src/history/jsonl.h"
#include "src/history/names.h"
#include "src/history/validate.h"

namespace parley {
namespace {

using nlohmann::json;
using Problem = std::optional<std::string>;

// A parsed line needs up to some twenty times its length in memory; no history that parley writes
// has a line nearly as long (a receive of 4 MiB in a hundred thousand pieces has 3 MiB).
constexpr std::size_t kLineBytesMax = std::size_t{128} << 20;

template <typename T>
constexpr std::uint64_t kMaxOf = static_cast<std::uint64_t>(std::numeric_limits<T>::max());

class Decoder {
 public:
  explicit Decoder(std::string_view path) : path_(path) {}

  Result<History> Run(std::string_view text);

 private:
  std::unexpected<Error> Fail(std::string_view problem) const {
    return InputError(fmt::format("{}:{}: {}", path_, line_number_, problem));
  }

  Problem Line(std::string_view line);
  Problem Heading(const json& line);
  void Header(JsonMembers& members);
  Problem Calls(const json& calls);
  Problem Workers(const json& workers);
  Problem OperationLine(const json& line);
  Problem Received(const json& extents);
  Problem FaultLine(const json& line);
  Problem SightingLine(const json& line);
  Problem ResidueLine(const json& line);
  Problem End(const json& line);

  std::string_view path_;
  std::size_t line_number_ = 0;
  bool ended_ = false;
  History history_;
  HistoryValidator validator_{history_};
  std::map<std::string, std::uint8_t, std::less<>> call_numbers_;
};

template <typename Enum, std::size_t n>
Enum EnumMember(JsonMembers& members, std::string_view key,
                const std::array<std::string_view, n>& names) {
  const std::string name = members.Text(key);
  const auto value = EnumOfName<Enum>(names, name);
  if (!value.has_value()) members.Fail(fmt::format("\"{}\" is \"{}\", unknown", key, name));
  return value.value_or(Enum{});
}

// An errno by its name, or by its number where it has none.
std::uint16_t ErrorMember(JsonMembers& members) {
  const json* const value = members.Any("error");
  if (value == nullptr) return 0;
  if (value->is_string()) {
    const auto& name = value->get_ref<const std::string&>();
    const auto number = ErrnoOfName(name);
    if (!number.has_value()) members.Fail(fmt::format("\"error\" is \"{}\", unknown", name));
    return number.value_or(0);
  }
  return static_cast<std::uint16_t>(members.Unsigned("error", kMaxOf<std::uint16_t>));
}

void Decoder::Header(JsonMembers& members) {
  HistoryHeader& header = history_.header;
  const auto number = [&](std::string_view key) { return members.Unsigned(key, kNever); };
  header.facility = members.Text("facility");
  header.family = EnumMember<Family>(members, "family", kFamilyNames);
  header.scenario = members.Text("scenario");
  header.token = members.Text("token");
  header.seed = number("seed");
  header.round = number("round");
  header.mode = members.Text("mode");
  header.kernel = members.Text("kernel");
  header.planted = members.Text("planted");
  header.clock_slack_ns = number("clock_slack_ns");
  header.atomic_bytes = number("atomic_bytes");
  header.default_capacity_bytes = number("default_capacity_bytes");
  header.capacity_bytes = number("capacity_bytes");
  header.capacity_messages = number("capacity_messages");
  header.message_bytes = number("message_bytes");
  header.class_min = number("class_min");
  header.class_max = number("class_max");
  header.complete = members.Flag("complete");
  header.drained = members.Flag("drained");
  header.overwrites = members.Flag("overwrites");
}

Problem Decoder::Heading(const json& line) {
  JsonMembers members(line);
  if (members.Text("parley") != "history") {
    return "not a parley history: the first line must begin with {\"parley\":\"history\"";
  }
  const std::uint64_t version = members.Unsigned("version", kMaxOf<int>);
  const int mine = HistoryHeader{}.version;
  if (members.Has("version") && version != static_cast<std::uint64_t>(mine)) {
    return fmt::format("history of version {}; this parley reads version {}", version, mine);
  }
  Header(members);
  if (Problem problem = Calls(members.Array("calls"))) return problem;
  if (Problem problem = Workers(members.Array("workers"))) return problem;
  if (Problem problem = members.Problem()) return problem;
  return validator_.Heading();
}

Problem Decoder::Calls(const json& calls) {
  for (const json& call : calls) {
    JsonMembers members(call);
    Call next{.name = members.Text("name")};
    const std::string effect = members.Text("effect");
    const auto known = EffectOfName(effect);
    if (!known.has_value()) members.Fail(fmt::format("effect \"{}\" is unknown", effect));
    next.effect = known.value_or(Effect::kOther);
    next.gathers = members.Flag("gathers", false);
    next.truncates = members.Flag("truncates", false);
    next.never_restarts = members.Flag("never_restarts", false);
    if (members.Has("deadline")) {
      next.deadline = EnumMember<Deadline>(members, "deadline", kDeadlineNames);
    }
    if (members.Has("lock")) next.lock = EnumMember<LockKind>(members, "lock", kLockNames);
    next.exclusive = members.Flag("exclusive", false);
    if (members.Has("select")) {
      next.select = EnumMember<Selector>(members, "select", kSelectNames);
    }
    if (const Problem problem = members.Problem()) return "calls: " + *problem;
    call_numbers_.emplace(next.name, static_cast<std::uint8_t>(history_.calls.size()));
    history_.calls.push_back(std::move(next));
  }
  return std::nullopt;
}

Problem Decoder::Workers(const json& workers) {
  for (const json& worker : workers) {
    JsonMembers members(worker);
    history_.workers.push_back(
        {.role = members.Text("role"),
         .topology = EnumMember<Topology>(members, "topology", kTopologyNames),
         .creator = members.Flag("creator", false),
         .interrupted = members.Flag("interrupted", false)});
    if (const Problem problem = members.Problem()) return "workers: " + *problem;
  }
  return std::nullopt;
}

Problem Decoder::OperationLine(const json& line) {
  JsonMembers members(line);
  const std::uint64_t id = members.Unsigned("op", kNever);
  if (id != history_.operations.size()) {
    return fmt::format("operation {} follows {} operations", id, history_.operations.size());
  }
  const std::string call = members.Text("call");
  const auto number = call_numbers_.find(call);
  if (number == call_numbers_.end()) {
    members.Fail(fmt::format("call \"{}\" is not among the heading's", call));
  }
  Operation op;
  op.worker = static_cast<std::uint16_t>(members.Unsigned("worker", kMaxOf<std::uint16_t>));
  op.call = number == call_numbers_.end() ? 0 : number->second;
  op.object = static_cast<std::uint8_t>(members.Unsigned("object", kMaxOf<std::uint8_t>, 0));
  op.handle = static_cast<std::uint16_t>(members.Unsigned("handle", kMaxOf<std::uint16_t>, 0));
  op.nonblocking = members.Flag("nonblocking", false);
  op.argument = members.Unsigned("argument", kNever, 0);
  op.requested =
      static_cast<std::uint32_t>(members.Unsigned("requested", kMaxOf<std::uint32_t>, 0));
  op.pieces = static_cast<std::uint16_t>(members.Unsigned("pieces", kMaxOf<std::uint16_t>, 1));
  op.position = members.Unsigned("position", kNever, 0);
  op.invoked_ns = members.Unsigned("invoked_ns", kNever);
  op.returned_ns = members.Unsigned("returned_ns", kNever, kNever);
  if (members.Has("outcome")) op.outcome = EnumMember<Outcome>(members, "outcome", kOutcomeNames);
  const bool returned = op.outcome == Outcome::kReturned;
  op.result = members.Signed("result", returned ? std::nullopt : std::optional<std::int64_t>(0));
  op.system_error = ErrorMember(members);
  const std::size_t first = history_.extents.size();
  if (const Problem problem = Received(members.Array("received"))) members.Fail(*problem);
  if (Problem problem = members.Problem()) return problem;
  if (history_.extents.size() > kMaxOf<std::uint32_t>) return "more than 2^32 extents";
  op.extent_count = static_cast<std::uint32_t>(history_.extents.size() - first);
  if (op.extent_count > 0) op.first_extent = static_cast<std::uint32_t>(first);
  history_.operations.push_back(op);
  return validator_.Next(op, std::span(history_.extents).subspan(first));
}

Problem Decoder::Received(const json& extents) {
  for (const json& extent : extents) {
    const bool shaped = extent.is_array() && (extent.size() == 3 || extent.size() == 4) &&
                        extent[0].is_number_unsigned() && extent[1].is_number_unsigned() &&
                        extent[2].is_number_unsigned();
    if (!shaped) return "an extent must be [writer, position, bytes], with a kind or without";
    const auto writer = extent[0].get<std::uint64_t>();
    const auto bytes = extent[2].get<std::uint64_t>();
    if (writer > kMaxOf<std::uint16_t>) return "an extent's writer is no worker";
    if (bytes > kMaxOf<std::uint32_t>) return "an extent has more than 2^32 bytes";
    ExtentKind kind = ExtentKind::kWritten;
    if (extent.size() == 4) {
      const std::string name = JsonText(extent[3]).value_or("");
      const auto known = EnumOfName<ExtentKind>(kExtentNames, name);
      if (!known.has_value()) return fmt::format("an extent's kind is \"{}\", unknown", name);
      kind = *known;
    }
    history_.extents.push_back({.position = extent[1].get<std::uint64_t>(),
                                .bytes = static_cast<std::uint32_t>(bytes),
                                .writer = static_cast<std::uint16_t>(writer),
                                .kind = static_cast<std::uint16_t>(kind)});
  }
  return std::nullopt;
}

Problem Decoder::FaultLine(const json& line) {
  JsonMembers members(line);
  Fault fault;
  fault.kind = EnumMember<FaultKind>(members, "fault", kFaultNames);
  fault.worker = static_cast<std::uint16_t>(members.Unsigned("worker", kMaxOf<std::uint16_t>));
  fault.invoked_ns = members.Unsigned("invoked_ns", kNever);
  fault.returned_ns = members.Unsigned("returned_ns", kNever, kNever);
  if (Problem problem = members.Problem()) return problem;
  history_.faults.push_back(fault);
  return validator_.Check(fault);
}

Problem Decoder::SightingLine(const json& line) {
  JsonMembers members(line);
  const std::uint64_t index = members.Unsigned("sighting", kNever);
  if (index != history_.sightings.size()) members.Fail("a sighting before it is missing");
  Sighting sighting;
  sighting.worker = static_cast<std::uint16_t>(members.Unsigned("worker", kMaxOf<std::uint16_t>));
  sighting.from_ns = members.Unsigned("from_ns", kNever);
  sighting.until_ns = members.Unsigned("until_ns", kNever, kNever);
  sighting.samples = static_cast<std::uint32_t>(members.Unsigned("samples", kMaxOf<std::uint32_t>));
  const std::int64_t system_call = members.Signed("system_call");
  sighting.system_call = static_cast<std::int32_t>(system_call);
  if (sighting.system_call != system_call) members.Fail("\"system_call\" is no number of 32 bits");
  sighting.heartbeat_gap_ns_max = members.Unsigned("heartbeat_gap_ns_max", kNever);
  sighting.steady = members.Flag("steady");
  if (Problem problem = members.Problem()) return problem;
  history_.sightings.push_back(sighting);
  return validator_.Check(sighting);
}

Problem Decoder::ResidueLine(const json& line) {
  JsonMembers members(line);
  history_.residue.push_back(members.Text("residue"));
  return members.Problem();
}

Problem Decoder::End(const json& line) {
  JsonMembers members(line);
  if (!members.Flag("end")) members.Fail("\"end\" must be true");
  const auto expect = [&](std::string_view key, std::size_t have) {
    const std::uint64_t said = members.Unsigned(key, kNever);
    if (said != have) {
      members.Fail(fmt::format("the end says {} {}; the file has {}", said, key, have));
    }
  };
  expect("operations", history_.operations.size());
  expect("extents", history_.extents.size());
  expect("faults", history_.faults.size());
  expect("sightings", history_.sightings.size());
  expect("residue", history_.residue.size());
  ended_ = true;
  return members.Problem();
}

// No line of a history nests deeper; the JSON library would spend memory on each level.
bool NestsTooDeep(std::string_view text) {
  constexpr int kDepthMax = 16;
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') ++i;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kDepthMax) return true;
  }
  return false;
}

Problem Decoder::Line(std::string_view text) {
  if (text.size() > kLineBytesMax) return fmt::format("line above {} bytes", kLineBytesMax);
  if (NestsTooDeep(text)) return "nested too deep for a history";
  json line;
  try {
    line = json::parse(text);
  } catch (const json::parse_error& error) {
    return fmt::format("no valid JSON at column {}", error.byte);
  } catch (const json::exception& error) {
    return fmt::format("no valid JSON: {}", error.what());
  }
  if (line_number_ == 1) return Heading(line);
  if (!line.is_object()) return "not a JSON object";
  if (line.contains("op")) return OperationLine(line);
  if (line.contains("end")) return End(line);
  if (line.contains("fault")) return FaultLine(line);
  if (line.contains("sighting")) return SightingLine(line);
  if (line.contains("residue")) return ResidueLine(line);
  return "neither an operation, a fault, a sighting, a residue nor the end";
}

Result<History> Decoder::Run(std::string_view text) {
  while (!text.empty()) {
    ++line_number_;
    if (ended_) return Fail("something follows the end");
    const std::size_t length = std::min(text.find('\n'), text.size());
    if (const Problem problem = Line(text.substr(0, length))) return Fail(*problem);
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  if (!ended_) return Fail("truncated: the line that ends the history is missing");
  return std::move(history_);
}

}  // namespace

Result<History> DecodeJsonLines(std::string_view text, std::string_view path) {
  return Decoder(path).Run(text);
}

}  // namespace parley
