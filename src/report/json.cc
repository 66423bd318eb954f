#include "src/report/json.h"

#include <nlohmann/json.hpp>

#include "src/base/error.h"
#include "src/promise/promise.h"

namespace parley {
namespace {

using Json = nlohmann::ordered_json;

Json EnvironmentJson(const RunEnvironment& environment) {
  return {{"kernel", environment.kernel},
          {"cpus", environment.cpus},
          {"containment", environment.containment},
          {"scheduler", environment.scheduler},
          {"clock_slack_ns", environment.clock_slack_ns},
          {"seed", environment.seed},
          {"duration_ns", environment.duration_ns}};
}

Json PromiseJson(const PromiseResult& result) {
  Json json = {{"id", result.id},
               {"verdict", VerdictName(result.verdict)},
               {"chances", result.chances},
               {"operations", result.operations},
               {"scenarios", result.scenarios},
               {"reason", result.reason}};
  if (const Promise* promise = FindPromise(result.id)) {
    json["statement"] = promise->statement;
    json["source"] = promise->source;
  }
  return json;
}

Json FindingJson(const Finding& finding) {
  return {{"promise", finding.promise},
          {"clause", ClauseName(finding.clause)},
          {"reason", finding.reason},
          {"witness", finding.witness},
          {"operations", finding.operations},
          {"scenario", finding.scenario},
          {"facility", finding.facility},
          {"seed", finding.seed},
          {"round", finding.round},
          {"planted", finding.planted},
          {"token", finding.token},
          {"scenario_path", finding.scenario_path},
          {"history", finding.history_path},
          {"program", finding.program_path},
          {"listing", finding.listing},
          {"stepped_rounds", finding.stepped_rounds},
          {"rounds_seen", finding.rounds_seen},
          {"rounds_run", finding.rounds_run}};
}

Json DeviationJson(const Deviation& deviation) {
  return {{"clause", ClauseName(deviation.clause)},
          {"facility", deviation.facility},
          {"scenario", deviation.scenario},
          {"reason", deviation.reason},
          {"rounds_seen", deviation.rounds_seen}};
}

Json PlantedJson(const PlantedResult& planted) {
  return {{"name", planted.name},
          {"promise", planted.promise},
          {"told", planted.told},
          {"caught", planted.caught},
          {"blamed", planted.blamed}};
}

std::string_view BlameName(Blame blame) {
  switch (blame) {
    case Blame::kInput:
      return "input";
    case Blame::kSystem:
      return "system";
    case Blame::kUnsupported:
      break;
  }
  return "unsupported";
}

Json ErrorJson(const Error& error) {
  return {{"blame", BlameName(error.blame)},
          {"message", error.message},
          {"errno", error.system_error == 0 ? "" : ErrnoName(error.system_error)}};
}

template <typename T, typename F>
Json ArrayOf(const std::vector<T>& items, F to_json) {
  Json json = Json::array();
  for (const T& item : items) json.push_back(to_json(item));
  return json;
}

}  // namespace

std::string ResultJson(const RunResult& result) {
  Json json = {{"parley", "run"},
               {"version", kRunResultVersion},
               {"exit_code", ExitCode(result)},
               {"environment", EnvironmentJson(result.environment)},
               {"rounds", result.rounds},
               {"operations", result.operations}};
  json["promises"] = ArrayOf(result.promises, PromiseJson);
  json["findings"] = ArrayOf(result.findings, FindingJson);
  json["deviations"] = ArrayOf(result.deviations, DeviationJson);
  json["planted"] = result.planted.has_value() ? PlantedJson(*result.planted) : Json(nullptr);
  json["interrupted"] = result.interrupted;
  json["error"] = result.error.has_value() ? ErrorJson(*result.error) : Json(nullptr);
  constexpr int kIndent = 2;
  return json.dump(kIndent, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace parley
