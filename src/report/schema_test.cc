// docs/run-result.schema.json and what ResultJson() writes name the same members.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "src/report/json.h"
#include "src/report/sample_result.h"

namespace parley {
namespace {

using nlohmann::json;

json Schema() {
  std::ifstream file("docs/run-result.schema.json");
  return json::parse(file, nullptr, false);
}

std::set<std::string> KeysOf(const json& object) {
  std::set<std::string> keys;
  for (const auto& item : object.items()) keys.insert(item.key());
  return keys;
}

// Every member that the schema knows is written, and no other.
void ExpectSameMembers(const json& schema, const json& object) {
  EXPECT_EQ(KeysOf(schema.at("properties")), KeysOf(object));
  for (const json& required : schema.at("required")) EXPECT_TRUE(object.contains(required));
  EXPECT_EQ(schema.at("additionalProperties"), false);
}

TEST(RunResultSchema, NamesTheMembersThatAreWritten) {
  const json schema = Schema();
  ASSERT_TRUE(schema.is_object());
  RunResult result = SampleResult();
  result.planted.emplace();
  result.error = Error{.message = "m"};
  const json written = json::parse(ResultJson(result));

  const json& members = schema.at("properties");
  const json& parts = schema.at("$defs");
  ExpectSameMembers(schema, written);
  ExpectSameMembers(members.at("environment"), written.at("environment"));
  ExpectSameMembers(members.at("planted").at("oneOf").at(1), written.at("planted"));
  ExpectSameMembers(members.at("error").at("oneOf").at(1), written.at("error"));
  ExpectSameMembers(parts.at("promise"), written.at("promises").at(0));
  ExpectSameMembers(parts.at("finding"), written.at("findings").at(0));
  ExpectSameMembers(parts.at("deviation"), written.at("deviations").at(0));
}

TEST(RunResultSchema, IsOfTheVersionThatIsWritten) {
  EXPECT_EQ(Schema().at("properties").at("version").at("const"), kRunResultVersion);
}

TEST(RunResultSchema, KnowsEveryVerdict) {
  std::set<std::string> names;
  for (const Verdict verdict :
       {Verdict::kKept, Verdict::kUnsupported, Verdict::kInconclusive, Verdict::kBroken}) {
    names.emplace(VerdictName(verdict));
  }

  const json verdict = Schema().at("$defs").at("promise").at("properties").at("verdict");

  EXPECT_EQ(verdict.at("enum").get<std::set<std::string>>(), names);
}

}  // namespace
}  // namespace parley
