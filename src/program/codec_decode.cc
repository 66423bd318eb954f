#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "src/history/output_file.h"
#include "src/program/check_program.h"
#include "src/program/codec.h"
#include "src/program/codec_members.h"
#include "src/program/codec_words.h"
#include "src/promise/clause.h"

namespace parley {
namespace {

using codec::Members;
using codec::Problem;
using nlohmann::json;

constexpr int kDepthMax = 8;  // no part of a program nests deeper

std::vector<std::string_view> CallNames(const Facility& facility) {
  std::vector<std::string_view> names;
  for (const CallTraits& call : facility.Calls()) names.push_back(call.name);
  return names;
}

class Decoder {
 public:
  explicit Decoder(Problem& problem) : problem_(problem) {}

  ProgramFile Run(const json& document) {
    Members heading(document, "", problem_);
    ReadVersion(heading);
    if (problem_) return {};
    ReadOrigin(heading);
    ReadHeading(heading);
    ReadWorkers(heading);
    ReadPlan(heading);
    heading.RefuseOthers();
    return std::move(file_);
  }

 private:
  void ReadVersion(Members& heading);
  void ReadOrigin(Members& heading);
  void ReadHeading(Members& heading);
  void ReadWorkers(Members& heading);
  void ReadWorker(Members worker);
  void ReadBodies(Members& worker, WorkerPlan& plan);
  void ReadStep(Members step, WorkerPlan& plan);
  void ReadPlan(Members& heading);
  void ReadEntry(Members line);

  Program& program() { return file_.program; }

  Problem& problem_;
  ProgramFile file_;
  Encoding encoding_ = Encoding::kFramed;
  std::vector<std::string_view> calls_;
};

void Decoder::ReadVersion(Members& heading) {
  std::string what;
  heading.Text("parley", what);
  if (what != "program") heading.Report("parley", "must be \"program\": not a program of parley");
  heading.Require("version");
  std::uint64_t version = 0;
  heading.Number("version", version);
  if (!problem_ && version != kProgramVersion) {
    problem_ = fmt::format("program of version {}; this parley reads version {}", version,
                           kProgramVersion);
  }
}

void Decoder::ReadOrigin(Members& heading) {
  heading.Text("scenario", file_.scenario);
  heading.Number("seed", file_.seed);
  heading.Number("round", file_.round);
  heading.Text("token", file_.token);
  heading.Text("planted", file_.planted);
  heading.Text("promise", file_.promise);
  heading.Text("clause", file_.clause);
  std::vector<std::string_view> clauses;
  for (std::size_t i = 0; i < static_cast<std::size_t>(Clause::kCount); ++i) {
    clauses.push_back(ClauseName(static_cast<Clause>(i)));
  }
  if (!file_.clause.empty()) heading.PlaceOf(file_.clause, clauses, "clause");
}

void Decoder::ReadHeading(Members& heading) {
  heading.Require("facility");
  heading.Text("facility", program().facility);
  if (!problem_) {
    const auto facility = RequireFacility(program().facility);
    if (facility) calls_ = CallNames(**facility);
    if (!facility) heading.Report("facility", facility.error().message);
  }
  if (const json* object = heading.Find("object")) {
    Members members(*object, "/object", problem_);
    members.Number("capacity_bytes", program().object.capacity_bytes);
    members.Number("capacity_messages", program().object.capacity_messages);
    members.Number("message_bytes", program().object.message_bytes);
    members.Flag("nonblocking", program().object.nonblocking);
    members.Flag("exists", program().object.exists);
    members.RefuseOthers();
  }
  heading.Flag("maker_keeps", program().maker_keeps);
  heading.Word("encoding", kEncodingNames, encoding_);
  heading.Array("roles", kMaxRoles, [&](const json& role, const std::string& at) {
    if (role.is_string()) return program().roles.push_back(role.get<std::string>());
    problem_ = at + ": must be a string";
  });
}

void Decoder::ReadWorkers(Members& heading) {
  heading.Require("workers");
  heading.Array("workers", kMaxWorkers, [&](const json& worker, const std::string& at) {
    ReadWorker(Members(worker, at, problem_));
  });
}

void Decoder::ReadWorker(Members worker) {
  WorkerPlan plan{.encoding = encoding_};
  const std::vector<std::string_view> roles(program().roles.begin(), program().roles.end());
  worker.Require("role");
  worker.Word("role", roles, plan.role);
  worker.Word("topology", kTopologyNames, plan.topology);
  worker.Word("ends", kEndsNames, plan.ends);
  worker.Number("seed", plan.seed);
  ReadBodies(worker, plan);
  worker.Flag("creator", plan.creator);
  worker.Flag("fresh", plan.fresh);
  worker.Flag("overwrites", plan.overwrites);
  worker.Flag("ignores_broken_pipe", plan.ignores_broken_pipe);
  worker.Number("rank", plan.rank);
  worker.Number("identity", plan.identity);
  worker.Array("steps", kMaxSteps, [&](const json& step, const std::string& at) {
    ReadStep(Members(step, at, problem_), plan);
  });
  worker.RefuseOthers();
  program().workers.push_back(plan);
}

void Decoder::ReadBodies(Members& worker, WorkerPlan& plan) {
  if (worker.Has("bodies")) plan.bodies = 0;
  worker.Array("bodies", kBodyNames.size(), [&](const json& body, const std::string& at) {
    const std::string name = body.is_string() ? body.get<std::string>() : "";
    const auto place = worker.PlaceOf(name, kBodyNames, at.substr(worker.at().size() + 1));
    if (place) plan.bodies |= static_cast<std::uint8_t>(1U << *place);
  });
}

void Decoder::ReadStep(Members step, WorkerPlan& plan) {
  Step read;
  step.Require("call");
  step.Word("call", calls_, read.call);
  step.Number("handle", read.handle);
  step.Number("bytes", read.bytes);
  step.Number("argument", read.argument);
  step.Number("repeat", read.repeat);
  step.RefuseOthers();
  plan.steps[plan.step_count++] = read;
}

void Decoder::ReadPlan(Members& heading) {
  program().stepped.emplace();
  SteppedPlan& plan = *program().stepped;
  heading.Array("schedule", kMaxScheduleEntries, [&](const json& line, const std::string& at) {
    ReadEntry(Members(line, at, problem_));
  });
  if (const json* strategy = heading.Find("strategy")) {
    Members members(*strategy, "/strategy", problem_);
    members.Word("kind", kStrategyNames, plan.strategy.kind);
    members.Number("depth", plan.strategy.depth);
    members.Number("seed", plan.strategy.seed);
    members.RefuseOthers();
  }
  if (const json* chances = heading.Find("chances")) {
    Members members(*chances, "/chances", problem_);
    members.Number("signal", plan.signal, 0, kMaxChance);
    members.Number("signal-restart", plan.signal_restart, 0, kMaxChance);
    members.Number("kill", plan.kill, 0, kMaxChance);
    members.Number("respawn", plan.respawn, 0, kMaxChance);
    members.RefuseOthers();
  }
  heading.Number("rescues", plan.rescues);
}

// {"start":0,"times":3}: the key is what happens, the number to whom.
void Decoder::ReadEntry(Members line) {
  std::vector<ScheduleEntry>& schedule = program().stepped->schedule;
  std::size_t kinds = 0;
  ScheduleEntry entry;
  for (std::size_t i = 0; i < kScheduleNames.size(); ++i) {
    if (line.Has(kScheduleNames[i])) {
      ++kinds;
      entry.kind = static_cast<ScheduleKind>(i);
    }
    line.Number(kScheduleNames[i], entry.worker);
  }
  std::size_t times = 1;
  line.Number("times", times, 1, kMaxScheduleEntries);
  if (kinds != 1) {
    line.Report("", fmt::format("must say one of {}", fmt::join(kScheduleNames, ", ")));
  }
  line.RefuseOthers();
  if (schedule.size() + times > kMaxScheduleEntries) {
    line.Report("", fmt::format("more than {} entries", kMaxScheduleEntries));
  } else {
    schedule.insert(schedule.end(), times, entry);
  }
}

// "LINE:COLUMN: " of a byte counted from 1.
std::string LocatedAt(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto newlines = std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("{}:{}: ", newlines + 1, before.size() - line_start + 1);
}

// Watches the parser: nothing nests too deep, no key comes twice.
class Watch {
 public:
  explicit Watch(Problem& problem) : problem_(problem) {}

  bool operator()(int depth, json::parse_event_t event, const json& parsed) {
    if (depth > kDepthMax && !problem_) problem_ = "nested too deep for a program";
    if (event == json::parse_event_t::object_start) keys_.emplace_back();
    if (event == json::parse_event_t::object_end && !keys_.empty()) keys_.pop_back();
    if (event == json::parse_event_t::key && !keys_.empty()) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second && !problem_) {
        problem_ = fmt::format("key \"{}\" comes twice in one object", key);
      }
    }
    return !problem_;
  }

 private:
  Problem& problem_;
  std::vector<std::set<std::string>> keys_;  // of the objects that are open
};

}  // namespace

Result<ProgramFile> DecodeProgram(std::string_view text, std::string_view path) {
  const auto fail = [&](std::string_view what) {
    return InputError(fmt::format("{}: {}", path, what));
  };
  if (text.size() > kProgramFileBytesMax) {
    return fail(
        fmt::format("{} bytes; a program has at most {}", text.size(), kProgramFileBytesMax));
  }
  Problem problem;
  ProgramFile file;
  try {
    const json document = json::parse(text, Watch(problem));
    if (problem) return fail(*problem);
    file = Decoder(problem).Run(document);
  } catch (const json::parse_error& error) {
    return InputError(fmt::format("{}:{}no valid JSON", path, LocatedAt(text, error.byte)));
  } catch (const json::exception& error) {
    return fail(fmt::format("no valid JSON: {}", error.what()));
  }
  if (problem) return fail(*problem);
  if (auto checked = CheckProgram(file.program); !checked) return fail(checked.error().message);
  return file;
}

Result<ProgramFile> ReadProgram(const std::string& path) {
  const auto text = ReadWholeFile(path);
  if (!text) return std::unexpected(text.error());
  return DecodeProgram(*text, path);
}

}  // namespace parley
