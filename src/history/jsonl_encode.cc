#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "src/history/jsonl.h"
#include "src/history/names.h"

namespace parley {
namespace {

using Json = nlohmann::ordered_json;

// A string as JSON has it.  JSON cannot hold bytes that are no UTF-8 (a residue may be any file's
// name): {"bytes":"66ff"} then.
std::string TextOf(std::string_view text) {
  try {
    return Json(text).dump();
  } catch (const Json::exception&) {
    std::string hex;
    for (const char c : text) {
      fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
    }
    return fmt::format("{{\"bytes\":\"{}\"}}", hex);
  }
}

// Writes the members of one line; members that have their default are left out.
class Line {
 public:
  explicit Line(std::string& out) : out_(out) { out_ += '{'; }
  ~Line() { out_ += "}"; }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  template <typename Integer>
  void Number(std::string_view key, Integer value) {
    Key(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  template <typename Integer>
  void NumberUnless(std::string_view key, Integer value, Integer usual) {
    if (value != usual) Number(key, value);
  }
  void Flag(std::string_view key, bool value) { Raw(key, value ? "true" : "false"); }
  void FlagIfSet(std::string_view key, bool value) {
    if (value) Flag(key, value);
  }
  void Text(std::string_view key, std::string_view value) { Raw(key, TextOf(value)); }
  // json: valid JSON.
  void Raw(std::string_view key, std::string_view json) {
    Key(key);
    out_ += json;
  }

 private:
  void Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    fmt::format_to(std::back_inserter(out_), "\"{}\":", key);
  }

  std::string& out_;
  bool first_ = true;
};

std::string CallsOf(const History& history) {
  std::string out = "[";
  for (const Call& call : history.calls) {
    if (out.size() > 1) out += ',';
    Line line(out);
    line.Text("name", call.name);
    line.Text("effect", EffectName(call.effect));
    line.FlagIfSet("gathers", call.gathers);
    line.FlagIfSet("truncates", call.truncates);
    line.FlagIfSet("never_restarts", call.never_restarts);
    if (call.deadline != Deadline::kNone) {
      line.Text("deadline", NameOf(kDeadlineNames, call.deadline));
    }
    if (call.lock != LockKind::kNone) line.Text("lock", NameOf(kLockNames, call.lock));
    line.FlagIfSet("exclusive", call.exclusive);
    if (call.select != Selector::kAny) line.Text("select", NameOf(kSelectNames, call.select));
  }
  return out + "]";
}

std::string WorkersOf(const History& history) {
  std::string out = "[";
  for (const WorkerInfo& worker : history.workers) {
    if (out.size() > 1) out += ',';
    Line line(out);
    line.Text("role", worker.role);
    line.Text("topology", NameOf(kTopologyNames, worker.topology));
    line.FlagIfSet("creator", worker.creator);
    line.FlagIfSet("interrupted", worker.interrupted);
  }
  return out + "]";
}

void EncodeHeading(const History& history, std::string& out) {
  const HistoryHeader& header = history.header;
  Line line(out);
  line.Text("parley", "history");
  line.Number("version", header.version);
  line.Text("facility", header.facility);
  line.Text("family", NameOf(kFamilyNames, header.family));
  line.Text("scenario", header.scenario);
  line.Text("token", header.token);
  line.Number("seed", header.seed);
  line.Number("round", header.round);
  line.Text("mode", header.mode);
  line.Text("kernel", header.kernel);
  line.Text("planted", header.planted);
  line.Number("clock_slack_ns", header.clock_slack_ns);
  line.Number("atomic_bytes", header.atomic_bytes);
  line.Number("default_capacity_bytes", header.default_capacity_bytes);
  line.Number("capacity_bytes", header.capacity_bytes);
  line.Number("capacity_messages", header.capacity_messages);
  line.Number("message_bytes", header.message_bytes);
  line.Number("class_min", header.class_min);
  line.Number("class_max", header.class_max);
  line.Flag("complete", header.complete);
  line.Flag("drained", header.drained);
  line.Flag("overwrites", header.overwrites);
  line.Raw("calls", CallsOf(history));
  line.Raw("workers", WorkersOf(history));
}

std::string ExtentsOf(std::span<const Extent> extents) {
  std::string out = "[";
  for (const Extent& extent : extents) {
    fmt::format_to(std::back_inserter(out), "{}[{},{},{}", out.size() > 1 ? "," : "", extent.writer,
                   extent.position, extent.bytes);
    const auto kind = static_cast<ExtentKind>(extent.kind);
    if (kind != ExtentKind::kWritten) {
      fmt::format_to(std::back_inserter(out), ",\"{}\"", NameOf(kExtentNames, kind));
    }
    out += ']';
  }
  return out + "]";
}

void EncodeOperation(const History& history, std::size_t id, std::span<const std::string> calls,
                     std::string& out) {
  const Operation& op = history.operations[id];
  Line line(out);
  line.Number("op", id);
  line.Number("worker", op.worker);
  line.Raw("call", calls[op.call]);
  line.NumberUnless<std::uint8_t>("object", op.object, 0);
  line.NumberUnless<std::uint16_t>("handle", op.handle, 0);
  line.FlagIfSet("nonblocking", op.nonblocking);
  line.NumberUnless<std::uint64_t>("argument", op.argument, 0);
  line.NumberUnless<std::uint32_t>("requested", op.requested, 0);
  line.NumberUnless<std::uint16_t>("pieces", op.pieces, 1);
  line.NumberUnless<std::uint64_t>("position", op.position, 0);
  line.Number("invoked_ns", op.invoked_ns);
  line.NumberUnless("returned_ns", op.returned_ns, kNever);
  const bool returned = op.outcome == Outcome::kReturned;
  if (!returned) line.Text("outcome", NameOf(kOutcomeNames, op.outcome));
  if (returned || op.result != 0) line.Number("result", op.result);
  if (const std::string name = ErrnoName(op.system_error); ErrnoOfName(name).has_value()) {
    line.Text("error", name);
  } else {
    line.NumberUnless<std::uint16_t>("error", op.system_error, 0);
  }
  if (op.extent_count > 0) line.Raw("received", ExtentsOf(history.received(op)));
}

void EncodeFault(const Fault& fault, std::string& out) {
  Line line(out);
  line.Text("fault", NameOf(kFaultNames, fault.kind));
  line.Number("worker", fault.worker);
  line.Number("invoked_ns", fault.invoked_ns);
  line.NumberUnless("returned_ns", fault.returned_ns, kNever);
}

void EncodeSighting(const Sighting& sighting, std::size_t index, std::string& out) {
  Line line(out);
  line.Number("sighting", index);
  line.Number("worker", sighting.worker);
  line.Number("from_ns", sighting.from_ns);
  line.NumberUnless("until_ns", sighting.until_ns, kNever);
  line.Number("samples", sighting.samples);
  line.Number("system_call", sighting.system_call);
  line.Number("heartbeat_gap_ns_max", sighting.heartbeat_gap_ns_max);
  line.Flag("steady", sighting.steady);
}

void EncodeEnd(const History& history, std::string& out) {
  std::uint64_t extents = 0;
  for (const Operation& op : history.operations) extents += op.extent_count;
  Line line(out);
  line.Flag("end", true);
  line.Number("operations", history.operations.size());
  line.Number("extents", extents);
  line.Number("faults", history.faults.size());
  line.Number("sightings", history.sightings.size());
  line.Number("residue", history.residue.size());
}

}  // namespace

void EncodeJsonLines(const History& history, const Sink& sink) {
  std::string out;
  const auto finish_line = [&] {
    out += '\n';
    sink(out);
    out.clear();
  };
  EncodeHeading(history, out);
  finish_line();
  std::vector<std::string> calls;
  for (const Call& call : history.calls) calls.push_back(TextOf(call.name));
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    EncodeOperation(history, i, calls, out);
    finish_line();
  }
  for (const Fault& fault : history.faults) {
    EncodeFault(fault, out);
    finish_line();
  }
  for (std::size_t i = 0; i < history.sightings.size(); ++i) {
    EncodeSighting(history.sightings[i], i, out);
    finish_line();
  }
  for (const std::string& residue : history.residue) {
    Line(out).Text("residue", residue);
    finish_line();
  }
  EncodeEnd(history, out);
  finish_line();
}

}  // namespace parley
