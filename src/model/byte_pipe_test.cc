#include "src/model/byte_pipe.h"

#include <gtest/gtest.h>

namespace parley::model {
namespace {

constexpr std::uint32_t kPage = 4096;

ByteRun Bytes(std::uint16_t writer, std::uint64_t position, std::uint32_t bytes) {
  return {.position = position, .bytes = bytes, .writer = writer};
}

TEST(BytePipe, CountsRoomInPages) {
  BytePipe pipe(std::uint64_t{2} * kPage, kPage);

  pipe.PutPage(Bytes(1, 0, 1));
  EXPECT_FALSE(pipe.full());
  pipe.PutPage(Bytes(1, 1, 1));

  EXPECT_TRUE(pipe.full());
  EXPECT_EQ(pipe.unread_bytes(), 2U);
  EXPECT_EQ(pipe.capacity_bytes(), 8192U);
}

TEST(BytePipe, MergesIntoTheNewestPageBehindWhatWasWrittenThere) {
  BytePipe pipe(kPage, kPage);
  EXPECT_FALSE(pipe.Merge(Bytes(1, 0, 1)));
  pipe.PutPage(Bytes(1, 0, 4000));
  std::vector<ByteRun> taken;
  EXPECT_FALSE(pipe.Take(3999, taken));

  // What was read makes no room in the page.
  EXPECT_FALSE(pipe.Merge(Bytes(2, 0, 97)));
  EXPECT_TRUE(pipe.Merge(Bytes(2, 0, 96)));

  EXPECT_EQ(pipe.unread_bytes(), 97U);
}

TEST(BytePipe, GivesBytesInOrderAndTellsWhenAFullOneHasRoom) {
  BytePipe pipe(std::uint64_t{2} * kPage, kPage);
  pipe.PutPage(Bytes(1, 0, 10));
  pipe.PutPage(Bytes(2, 5, 10));
  std::vector<ByteRun> taken;

  EXPECT_FALSE(pipe.Take(4, taken));
  EXPECT_TRUE(pipe.Take(8, taken));
  EXPECT_FALSE(pipe.Take(99, taken));

  EXPECT_EQ(taken, (std::vector<ByteRun>{Bytes(1, 0, 10), Bytes(2, 5, 10)}));
  EXPECT_TRUE(pipe.empty());
}

TEST(BytePipe, ShrinksToWhatIsInUseAndNoFurther) {
  BytePipe pipe(std::uint64_t{4} * kPage, kPage);
  pipe.PutPage(Bytes(1, 0, 1));
  pipe.PutPage(Bytes(1, 1, 1));

  EXPECT_FALSE(pipe.Resize(1));
  EXPECT_TRUE(pipe.Resize(2));

  EXPECT_TRUE(pipe.full());
}

TEST(BytePipe, ShapesOfEmptyAndFullOnesDiffer) {
  BytePipe pipe(kPage, kPage);
  const std::uint64_t empty = pipe.Shape();

  pipe.PutPage(Bytes(1, 0, 1));

  EXPECT_NE(pipe.Shape(), empty);
}

TEST(BytePipe, EndsAReadWithAPacketAndDiscardsItsRest) {
  BytePipe pipe(std::uint64_t{8} * kPage, kPage);
  pipe.PutPage(Bytes(1, 0, 10));
  pipe.PutPage(Bytes(1, 10, 10), true);
  pipe.PutPage(Bytes(2, 0, 10), true);
  pipe.PutPage(Bytes(2, 10, 10), true);
  std::vector<ByteRun> taken;

  // What was written before is no packet: a read goes on behind it.
  EXPECT_FALSE(pipe.Take(14, taken));
  EXPECT_EQ(taken, (std::vector<ByteRun>{Bytes(1, 0, 14)}));
  EXPECT_EQ(pipe.unread_bytes(), 20U);

  taken.clear();
  EXPECT_FALSE(pipe.Take(99, taken));
  EXPECT_EQ(taken, (std::vector<ByteRun>{Bytes(2, 0, 10)}));
}

TEST(BytePipe, MergesNothingIntoAPacketButAPacketIntoWhatIsNone) {
  BytePipe pipe(std::uint64_t{2} * kPage, kPage);
  pipe.PutPage(Bytes(1, 0, 10));
  EXPECT_TRUE(pipe.Merge(Bytes(1, 10, 10)));
  pipe.PutPage(Bytes(1, 20, 10), true);

  EXPECT_FALSE(pipe.Merge(Bytes(1, 30, 10)));
}

TEST(BytePipe, HasRoomOnceAPacketIsReadInPart) {
  BytePipe pipe(kPage, kPage);
  pipe.PutPage(Bytes(1, 0, kPage), true);
  std::vector<ByteRun> taken;

  EXPECT_TRUE(pipe.Take(1, taken));

  EXPECT_TRUE(pipe.empty());
}

TEST(BytePipe, MovesSlotsPacketsOrNot) {
  BytePipe pipe(std::uint64_t{3} * kPage, kPage);
  pipe.PutPage(Bytes(1, 0, 10), true);
  pipe.PutPage(Bytes(1, 10, 10), true);
  pipe.PutPage(Bytes(1, 20, 10));
  std::vector<ByteRun> taken;

  EXPECT_EQ(pipe.Copy(15, 3), (std::vector<ByteRun>{Bytes(1, 0, 15)}));
  EXPECT_TRUE(pipe.Move(15, 3, taken));
  EXPECT_EQ(taken, (std::vector<ByteRun>{Bytes(1, 0, 15)}));
  EXPECT_EQ(pipe.unread_bytes(), 15U);

  taken.clear();
  EXPECT_TRUE(pipe.Move(99, 1, taken));
  EXPECT_EQ(taken, (std::vector<ByteRun>{Bytes(1, 15, 5)}));
  EXPECT_FALSE(pipe.Move(9, 1, taken));
  // What is left of a page takes merges as before.
  EXPECT_TRUE(pipe.Merge(Bytes(1, 30, 10)));
}

}  // namespace
}  // namespace parley::model
