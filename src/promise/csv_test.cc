#include "src/promise/csv.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace parley {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(ParseCsv, SplitsAtCommasAndLineEnds) {
  EXPECT_EQ(ParseCsv("a,b\nc,d\n"), (Rows{{"a", "b"}, {"c", "d"}}));
  EXPECT_EQ(ParseCsv("a,b\r\nc,d"), (Rows{{"a", "b"}, {"c", "d"}}));
}

TEST(ParseCsv, KeepsWhatStandsInQuotes) {
  EXPECT_EQ(ParseCsv("\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\n"),
            (Rows{{"a,b", "say \"no\"", "two\nlines"}}));
}

TEST(ParseCsv, KeepsEmptyFields) {
  EXPECT_EQ(ParseCsv(",\"\",\n"), (Rows{{"", "", ""}}));
  EXPECT_EQ(ParseCsv("a,"), (Rows{{"a", ""}}));
  EXPECT_EQ(ParseCsv(""), Rows{});
}

TEST(ParseCsv, EndsAnOpenQuoteWithTheText) { EXPECT_EQ(ParseCsv("\"a,b"), (Rows{{"a,b"}})); }

}  // namespace
}  // namespace parley
