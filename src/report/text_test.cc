#include "src/report/text.h"

#include <gtest/gtest.h>

#include <string>

namespace parley {
namespace {

TEST(Printable, LeavesTextAsItIs) { EXPECT_EQ(Printable("a · é € 😀"), "a · é € 😀"); }

TEST(Printable, DisarmsWhatMovesTheCursor) {
  EXPECT_EQ(Printable("a\x1b[2J\n\r\t\x7f"), "a?[2J????");
  EXPECT_EQ(Printable("\xc2\x9b"), "?");
}

TEST(Printable, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Printable("a\xff"
                      "b"),
            "a?b");
  EXPECT_EQ(Printable("\xe2\x82"), "??");
  EXPECT_EQ(Printable("\xc0\x80"), "??");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "???");
  EXPECT_EQ(Printable("\xf4\x90\x80\x80"), "????");
  EXPECT_EQ(Printable("\xe0\x80\x80"), "???");
}

TEST(XmlAttribute, EscapesMarkupAndLineEnds) {
  EXPECT_EQ(XmlAttribute("<a b=\"c\" d='e'>&\n\t"),
            "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;&#10;&#9;");
}

TEST(XmlAttribute, HasNoCharacterThatXmlForbids) {
  EXPECT_EQ(XmlAttribute(std::string("a\0\x01\x1b", 4)), "a???");
  EXPECT_EQ(XmlAttribute("\xef\xbf\xbf\xff"), "??");
}

TEST(XmlContent, KeepsLineEnds) { EXPECT_EQ(XmlContent("a\n<b>"), "a\n&lt;b&gt;"); }

TEST(FirstSentence, EndsAtTheFirstFullStop) {
  EXPECT_EQ(FirstSentence("It is so. It is not. Instances: pipe."), "It is so");
  EXPECT_EQ(FirstSentence("It is so."), "It is so");
  EXPECT_EQ(FirstSentence("pipe.order is a promise"), "pipe.order is a promise");
  EXPECT_EQ(FirstSentence(""), "");
}

TEST(ColumnsOf, CountsCharacters) {
  EXPECT_EQ(ColumnsOf("a · b"), 5U);
  EXPECT_EQ(ColumnsOf(""), 0U);
}

}  // namespace
}  // namespace parley
