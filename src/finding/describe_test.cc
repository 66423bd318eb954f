#include "src/finding/describe.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "src/history/names.h"
#include "src/history/sample_history.h"

namespace parley {
namespace {

TEST(DescribeOperation, TellsWhoDidWhatAndWhatCameOfIt) {
  const History history = SampleHistory();

  EXPECT_EQ(DescribeOperation(history, 0), "#0 writer 1 writes 64 bytes -> 64");
  EXPECT_EQ(DescribeOperation(history, 1),
            "#1 writer 1 writes 64 bytes without blocking -> EAGAIN");
  EXPECT_EQ(DescribeOperation(history, 2), "#2 writer 1 writes 64 bytes, killed inside");
  EXPECT_EQ(DescribeOperation(history, 3),
            "#3 reader 2 reads up to 4096 bytes in 2 pieces -> 70 (writer 1 at 0, 6 bytes of "
            "nobody)");
  EXPECT_EQ(DescribeOperation(history, 4), "#4 reader 2 reads up to 4096 bytes, still inside");
}

TEST(DescribeOperation, CountsExtentsBeyondTheThird) {
  History history = SampleHistory();
  history.extents.assign(5, {.position = 8, .bytes = 1, .writer = 1});
  history.extents[1].kind = static_cast<std::uint16_t>(ExtentKind::kOverwritten);
  history.operations[3].extent_count = 5;

  EXPECT_EQ(DescribeOperation(history, 3),
            "#3 reader 2 reads up to 4096 bytes in 2 pieces -> 70 (writer 1 at 8, 1 byte "
            "overwritten after the call, writer 1 at 8 and 2 more)");
}

TEST(DescribeOperation, NamesTheNewHandleOfAnOpen) {
  History history = SampleHistory();
  history.calls[0] = {.name = "open_write", .effect = Effect::kOpenWrite};

  EXPECT_EQ(DescribeOperation(history, 0), "#0 writer 1 opens it for writing -> handle 2");
}

TEST(DescribeOperation, HasWordsForEveryEffect) {
  History history = SampleHistory();
  for (std::size_t i = 0; i < kEffectCount; ++i) {
    history.calls[0] = {.name = "CALL", .effect = static_cast<Effect>(i)};

    const std::string text = DescribeOperation(history, 0);

    EXPECT_EQ(text.find("CALL") != std::string::npos, static_cast<Effect>(i) == Effect::kOther)
        << text;
  }
}

}  // namespace
}  // namespace parley
