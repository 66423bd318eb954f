#include "src/report/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "src/base/clock.h"
#include "src/report/terminal.h"
#include "src/report/text.h"

namespace parley {
namespace {

std::string Attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, XmlAttribute(value));
}

std::string Attribute(std::string_view name, std::uint64_t value) {
  return Attribute(name, std::to_string(value));
}

std::uint64_t CountOf(const RunResult& result, Verdict verdict) {
  return static_cast<std::uint64_t>(
      std::ranges::count(result.promises, verdict, &PromiseResult::verdict));
}

// The attributes that testsuites and testsuite share.
std::string Totals(const RunResult& result) {
  const std::uint64_t errors = result.error.has_value() ? 1 : 0;
  return Attribute("name", "parley") + Attribute("tests", result.promises.size() + errors) +
         Attribute("failures", CountOf(result, Verdict::kBroken)) + Attribute("errors", errors) +
         Attribute("skipped", CountOf(result, Verdict::kInconclusive) +
                                  CountOf(result, Verdict::kUnsupported)) +
         Attribute("time",
                   fmt::format("{:.3f}", static_cast<double>(result.environment.duration_ns) /
                                             static_cast<double>(kNsPerS)));
}

std::string Property(std::string_view name, std::string_view value) {
  return fmt::format("      <property{}{}/>\n", Attribute("name", name), Attribute("value", value));
}

std::string Properties(const RunResult& result) {
  const RunEnvironment& environment = result.environment;
  std::string text = "    <properties>\n";
  text += Property("seed", std::to_string(environment.seed));
  text += Property("kernel", environment.kernel);
  text += Property("cpus", std::to_string(environment.cpus));
  text += Property("containment", environment.containment);
  if (!environment.scheduler.empty()) text += Property("scheduler", environment.scheduler);
  text += Property("clock_slack_ns", std::to_string(environment.clock_slack_ns));
  text += Property("rounds", std::to_string(result.rounds));
  text += Property("operations", std::to_string(result.operations));
  if (result.planted.has_value()) text += Property("planted", result.planted->name);
  return text + "    </properties>\n";
}

// All findings of the promise, as the terminal shows them.
std::string FailureText(const RunResult& result, const PromiseResult& promise) {
  std::string text;
  for (const Finding& finding : result.findings) {
    if (finding.promise == promise.id) text += FindingText(finding, {});
  }
  return text;
}

std::string TestCase(const RunResult& result, const PromiseResult& promise) {
  const std::string classname = "parley." + promise.id.substr(0, promise.id.find('.'));
  const std::string open = fmt::format("    <testcase{}{}", Attribute("classname", classname),
                                       Attribute("name", promise.id));
  switch (promise.verdict) {
    case Verdict::kKept:
      return open + "/>\n";
    case Verdict::kBroken:
      return fmt::format("{}>\n      <failure{}{}>{}</failure>\n    </testcase>\n", open,
                         Attribute("type", "broken"), Attribute("message", promise.reason),
                         XmlContent(FailureText(result, promise)));
    case Verdict::kInconclusive:
    case Verdict::kUnsupported:
      break;
  }
  const std::string message = fmt::format("{}: {}", VerdictName(promise.verdict), promise.reason);
  return fmt::format("{}>\n      <skipped{}/>\n    </testcase>\n", open,
                     Attribute("message", message));
}

std::string ErrorCase(const Error& error) {
  return fmt::format("    <testcase{}{}>\n      <error{}{}/>\n    </testcase>\n",
                     Attribute("classname", "parley"), Attribute("name", "parley"),
                     Attribute("type", "trouble"), Attribute("message", error.message));
}

}  // namespace

std::string ResultJUnit(const RunResult& result) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  text += fmt::format("<testsuites{}>\n", Totals(result));
  text += fmt::format("  <testsuite{}>\n", Totals(result));
  text += Properties(result);
  for (const PromiseResult& promise : result.promises) text += TestCase(result, promise);
  if (result.error.has_value()) text += ErrorCase(*result.error);
  return text + "  </testsuite>\n</testsuites>\n";
}

}  // namespace parley
