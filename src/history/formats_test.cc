// What docs/formats.md says of histories holds.
#include <gtest/gtest.h>

#include <string>

#include "src/history/binary.h"
#include "src/history/file.h"
#include "src/history/names.h"
#include "src/history/output_file.h"

namespace parley {
namespace {

std::string Document() { return ReadWholeFile("docs/formats.md").value_or(""); }

TEST(FormatsDocument, ShowsAHistoryThatCanBeRead) {
  const std::string document = Document();
  const std::size_t begin = document.find("{\"parley\":\"history\"");
  ASSERT_NE(begin, std::string::npos);

  const Result<History> history =
      DecodeHistory(document.substr(begin, document.find("```", begin) - begin), "formats.md");

  ASSERT_TRUE(history.has_value()) << history.error().message;
  EXPECT_EQ(history->operations.size(), 3U);
}

TEST(FormatsDocument, NamesEveryEffectInItsOrder) {
  std::string effects;
  for (std::size_t i = 0; i < kEffectCount; ++i) {
    effects += (i == 0 ? "`" : ", `") + std::string(EffectName(static_cast<Effect>(i))) + "`";
  }

  EXPECT_NE(Document().find("The effects: " + effects + "."), std::string::npos) << effects;
}

TEST(FormatsDocument, NamesEverySectionInItsOrder) {
  std::string sections;
  for (const std::string_view name : kSectionNames) {
    sections += (sections.empty() ? "`" : ", `") + std::string(name) + "`";
  }

  EXPECT_NE(Document().find("the sections " + sections + ","), std::string::npos) << sections;
}

}  // namespace
}  // namespace parley
