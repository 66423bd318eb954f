#include <gtest/gtest.h>

#include <algorithm>

#include "src/facility/facility.h"

namespace parley {
namespace {

TEST(Registry, ListsWhatIsLinkedSortedByName) {
  const auto all = Facilities();

  EXPECT_GE(all.size(), 2u);
  EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Facility::Name));
}

TEST(Registry, FindsEachFacilityByItsName) {
  for (const Facility* facility : Facilities()) {
    EXPECT_EQ(FindFacility(facility->Name()), facility);
  }
}

TEST(Registry, FindsNothingUnderAnotherName) {
  EXPECT_EQ(FindFacility(""), nullptr);
  EXPECT_EQ(FindFacility("pip"), nullptr);
  EXPECT_EQ(FindFacility("zzz"), nullptr);
}

TEST(Registry, NamesTheNearestFacilityWhenOneIsUnknown) {
  const auto found = RequireFacility("pip");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().blame, Blame::kInput);
  EXPECT_EQ(found.error().message, "facility \"pip\" is unknown; did you mean \"pipe\"?");
}

TEST(Registry, NamesThemAllWhenNoneIsNear) {
  const auto found = RequireFacility("carrier-pigeon");

  ASSERT_FALSE(found);
  EXPECT_NE(found.error().message.find("must be one of"), std::string::npos);
  EXPECT_NE(found.error().message.find("fifo"), std::string::npos);
}

TEST(Registry, GivesWhatIsRequired) {
  const auto found = RequireFacility("fifo");

  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->Name(), "fifo");
}

}  // namespace
}  // namespace parley
