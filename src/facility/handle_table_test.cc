#include "src/facility/handle_table.h"

#include <gtest/gtest.h>

#include <memory>

namespace parley {
namespace {

TEST(HandleTable, NumbersFromTheFirstUp) {
  HandleTable table(3);

  table.Add(table.Next(), 10, End::kReading, false);
  table.Add(table.Next(), 11, End::kReading, false);

  EXPECT_EQ(table.Find(3)->fd, 10);
  EXPECT_EQ(table.Find(4)->fd, 11);
}

TEST(HandleTable, FindsNeitherUnusedNorEndedHandles) {
  HandleTable table;
  table.Add(1, 10, End::kReading, false);
  table.Add(2, 11, End::kReading, false);

  table.Remove(1);

  EXPECT_EQ(table.Find(0), nullptr);
  EXPECT_EQ(table.Find(1), nullptr);
  EXPECT_EQ(table.Find(3), nullptr);
  EXPECT_EQ(table.Find(2 + HandleTable::kLiveMax), nullptr);  // the slot of handle 2
}

TEST(HandleTable, NeverGivesANumberTwice) {
  HandleTable table;

  for (std::uint32_t expected = 1; expected <= HandleTable::kHandleMax; ++expected) {
    const std::uint16_t handle = table.Next();
    ASSERT_EQ(handle, expected);
    table.Add(handle, 10, End::kBoth, false);
    table.Remove(handle);
  }

  EXPECT_EQ(table.Next(), 0);
}

TEST(HandleTable, PassesOverTheSlotOfAHandleThatLivesLong) {
  HandleTable table;
  table.Add(1, 10, End::kBoth, false);
  for (std::uint32_t lap = 2; lap <= HandleTable::kLiveMax; ++lap) {
    const std::uint16_t handle = table.Next();
    table.Add(handle, 11, End::kBoth, false);
    table.Remove(handle);
  }

  const std::uint16_t handle = table.Next();

  EXPECT_EQ(handle, HandleTable::kLiveMax + 2);
  EXPECT_EQ(table.Find(1)->fd, 10);
}

TEST(HandleTable, HoldsAsManyAsItPromisesAndNoMore) {
  const auto table = std::make_unique<HandleTable>();
  for (std::size_t live = 0; live < HandleTable::kLiveMax; ++live) {
    const std::uint16_t handle = table->Next();
    ASSERT_NE(handle, 0);
    table->Add(handle, 10, End::kBoth, false);
  }

  EXPECT_EQ(table->Next(), 0);
}

TEST(HandleTable, NamesTheNewestHandleOfEachEnd) {
  HandleTable table;
  table.Add(1, 10, End::kReading, false);
  table.Add(2, 11, End::kWriting, false);
  table.Add(3, 12, End::kReading, false);

  EXPECT_EQ(table.Newest()->handle, 3);
  EXPECT_EQ(table.Newest(End::kReading)->handle, 3);
  EXPECT_EQ(table.Newest(End::kWriting)->handle, 2);
}

TEST(HandleTable, NamesTheNextNewestWhenHandlesEndInTheMiddleAndAtTheEnd) {
  HandleTable table;
  for (std::uint16_t handle = 1; handle <= 4; ++handle) {
    table.Add(handle, 10 + handle, End::kBoth, false);
  }

  table.Remove(3);
  table.Remove(4);
  EXPECT_EQ(table.Newest()->handle, 2);
  table.Remove(1);
  EXPECT_EQ(table.Newest(End::kReading)->handle, 2);
  table.Remove(2);

  EXPECT_EQ(table.Newest(), nullptr);
  EXPECT_EQ(table.Newest(End::kWriting), nullptr);
}

TEST(HandleTable, SharesNonblockingAmongDuplicatesOnly) {
  HandleTable table;
  table.Add(1, 10, End::kReading, false);
  table.Add(2, 11, End::kReading, false);
  table.AddDuplicate(3, 12, *table.Find(1));
  table.AddDuplicate(4, 13, *table.Find(3));

  table.SetNonblocking(3, true);

  EXPECT_TRUE(table.Find(1)->nonblocking);
  EXPECT_TRUE(table.Find(4)->nonblocking);
  EXPECT_FALSE(table.Find(2)->nonblocking);
}

TEST(HandleTable, BeginsAnewWhenCleared) {
  HandleTable table(3);
  table.Add(1, 10, End::kReading, false);
  table.Add(3, 11, End::kReading, false);

  table.Clear();

  EXPECT_EQ(table.Newest(), nullptr);
  EXPECT_EQ(table.Next(), 3);
}

}  // namespace
}  // namespace parley
