#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "src/history/output_file.h"
#include "src/program/check_program.h"
#include "src/program/codec.h"
#include "src/program/codec_words.h"

namespace parley {
namespace {

using Json = nlohmann::ordered_json;

// Members that have their default are left out.
template <typename T>
void PutUnless(Json& object, const char* key, const T& value, const T& usual) {
  if (value != usual) object[key] = value;
}

template <typename Enum, std::size_t n>
void PutWordUnless(Json& object, const char* key, const std::array<std::string_view, n>& names,
                   Enum value, Enum usual) {
  if (value != usual) object[key] = NameOf(names, value);
}

Json BodiesOf(const WorkerPlan& worker) {
  Json bodies = Json::array();
  for (std::size_t i = 0; i < kBodyNames.size(); ++i) {
    if ((worker.bodies >> i & 1U) != 0) bodies.push_back(kBodyNames[i]);
  }
  return bodies;
}

Json HeadingOf(const ProgramFile& file) {
  const Program& program = file.program;
  Json heading{{"parley", "program"}, {"version", kProgramVersion}};
  PutUnless(heading, "scenario", file.scenario, {});
  PutUnless<std::uint64_t>(heading, "seed", file.seed, 0);
  PutUnless<std::uint64_t>(heading, "round", file.round, 0);
  PutUnless(heading, "token", file.token, {});
  PutUnless(heading, "planted", file.planted, {});
  PutUnless(heading, "promise", file.promise, {});
  PutUnless(heading, "clause", file.clause, {});
  heading["facility"] = program.facility;
  Json object = Json::object();
  PutUnless(object, "capacity_bytes", program.object.capacity_bytes, 0U);
  PutUnless(object, "capacity_messages", program.object.capacity_messages, 0U);
  PutUnless(object, "message_bytes", program.object.message_bytes, 0U);
  PutUnless(object, "nonblocking", program.object.nonblocking, false);
  PutUnless(object, "exists", program.object.exists, true);
  PutUnless(heading, "object", object, Json::object());
  PutUnless(heading, "maker_keeps", program.maker_keeps, false);
  PutWordUnless(heading, "encoding", kEncodingNames, program.workers.front().encoding,
                Encoding::kFramed);
  heading["roles"] = program.roles;
  return heading;
}

Json WorkerOf(const Program& program, const WorkerPlan& worker) {
  Json json{{"role", program.roles[worker.role]}};
  PutWordUnless(json, "topology", kTopologyNames, worker.topology, Topology::kRelated);
  PutWordUnless(json, "ends", kEndsNames, worker.ends, Ends::kNone);
  PutUnless<std::uint64_t>(json, "seed", worker.seed, 0);
  if (worker.bodies != WorkerPlan{}.bodies) json["bodies"] = BodiesOf(worker);
  PutUnless(json, "creator", worker.creator, false);
  PutUnless(json, "fresh", worker.fresh, false);
  PutUnless(json, "overwrites", worker.overwrites, false);
  PutUnless(json, "ignores_broken_pipe", worker.ignores_broken_pipe, true);
  PutUnless<std::uint8_t>(json, "rank", worker.rank, 0);
  PutUnless<std::uint8_t>(json, "identity", worker.identity, 0);
  return json;
}

Json StepOf(const Facility& facility, const Step& step) {
  Json json{{"call", facility.Calls()[step.call].name}};
  PutUnless<std::uint16_t>(json, "handle", step.handle, 0);
  PutUnless<std::uint32_t>(json, "bytes", step.bytes, 0);
  PutUnless<std::uint64_t>(json, "argument", step.argument, 0);
  PutUnless<std::uint16_t>(json, "repeat", step.repeat, 1);
  return json;
}

// The text of a JSON object, open for more members.
std::string Opened(const Json& object) {
  std::string text = object.dump();
  text.pop_back();
  return text;
}

// "KEY":[LINES].
std::string Lines(std::string_view key, const std::vector<std::string>& lines) {
  return fmt::format("\"{}\":[{}{}]", key, lines.empty() ? "" : "\n", fmt::join(lines, ",\n"));
}

std::string ScriptOf(const Facility& facility, const Program& program, const WorkerPlan& worker) {
  std::vector<std::string> steps;
  for (std::uint32_t i = 0; i < worker.step_count; ++i) {
    steps.push_back("  " + StepOf(facility, worker.steps[i]).dump());
  }
  return fmt::format(" {},{}}}", Opened(WorkerOf(program, worker)), Lines("steps", steps));
}

// Equal entries that follow each other are one line: {"start":0,"times":3}.
std::vector<std::string> ScheduleOf(const std::vector<ScheduleEntry>& schedule) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < schedule.size();) {
    std::size_t end = i;
    while (end < schedule.size() && schedule[end] == schedule[i]) ++end;
    Json line{{NameOf(kScheduleNames, schedule[i].kind), schedule[i].worker}};
    PutUnless<std::size_t>(line, "times", end - i, 1);
    lines.push_back(" " + line.dump());
    i = end;
  }
  return lines;
}

Json PlanOf(const SteppedPlan& plan) {
  Json json = Json::object();
  Json strategy{{"kind", NameOf(kStrategyNames, plan.strategy.kind)}};
  PutUnless<std::uint8_t>(strategy, "depth", plan.strategy.depth, 0);
  PutUnless<std::uint64_t>(strategy, "seed", plan.strategy.seed, 0);
  if (plan.strategy != StrategyPlan{}) json["strategy"] = strategy;
  Json chances = Json::object();
  PutUnless<std::uint16_t>(chances, "signal", plan.signal, 0);
  PutUnless<std::uint16_t>(chances, "signal-restart", plan.signal_restart, 0);
  PutUnless<std::uint16_t>(chances, "kill", plan.kill, 0);
  PutUnless<std::uint16_t>(chances, "respawn", plan.respawn, 0);
  PutUnless(json, "chances", chances, Json::object());
  PutUnless<std::uint16_t>(json, "rescues", plan.rescues, 0);
  return json;
}

std::string TextOf(const ProgramFile& file, const Facility& facility) {
  const Program& program = file.program;
  std::vector<std::string> workers;
  for (const WorkerPlan& worker : program.workers) {
    workers.push_back(ScriptOf(facility, program, worker));
  }
  std::string text = fmt::format("{},\n{},\n{}", Opened(HeadingOf(file)), Lines("workers", workers),
                                 Lines("schedule", ScheduleOf(program.stepped->schedule)));
  const Json plan = PlanOf(*program.stepped);
  if (!plan.empty()) text += ",\n" + plan.dump().substr(1, plan.dump().size() - 2);
  return text + "}\n";
}

}  // namespace

Result<std::string> EncodeProgram(const ProgramFile& file) {
  if (auto checked = CheckProgram(file.program); !checked) return std::unexpected(checked.error());
  try {
    return TextOf(file, *FindFacility(file.program.facility));
  } catch (const Json::exception& error) {
    return InputError(fmt::format("a program with a text that is no UTF-8: {}", error.what()));
  }
}

Result<void> WriteProgram(const std::string& path, const ProgramFile& file) {
  const auto text = EncodeProgram(file);
  if (!text) return std::unexpected(text.error());
  return WriteWholeFile(path, *text);
}

}  // namespace parley
