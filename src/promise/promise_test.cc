#include "src/promise/promise.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace parley {
namespace {

TEST(Catalogue, HoldsEveryRow) {
  const std::span<const Promise> catalogue = Catalogue();

  EXPECT_EQ(catalogue.size(), 228U);
  EXPECT_EQ(catalogue.front().id, "xfer.any-bytes");
}

TEST(Catalogue, FillsEveryColumnWithWordsThatAreKnown) {
  const std::set<std::string_view> priorities = {"P0", "P1", "P2"};
  const std::set<std::string_view> kinds = {"safety",     "liveness",   "persistence",
                                            "permission", "error-code", "limit"};
  const std::set<std::string_view> modes = {"both", "stepped", "free"};

  for (const Promise& promise : Catalogue()) {
    EXPECT_TRUE(priorities.contains(promise.priority)) << promise.id;
    EXPECT_TRUE(kinds.contains(promise.kind)) << promise.id;
    EXPECT_TRUE(modes.contains(promise.mode)) << promise.id;
    EXPECT_FALSE(promise.statement.empty()) << promise.id;
    EXPECT_FALSE(promise.source.empty()) << promise.id;
    EXPECT_FALSE(promise.oracle.empty()) << promise.id;
    EXPECT_FALSE(promise.mutant.empty()) << promise.id;
  }
}

TEST(Catalogue, NamesEachPromiseOnceInLowerCase) {
  std::set<std::string_view> seen;

  for (const Promise& promise : Catalogue()) {
    EXPECT_TRUE(seen.insert(promise.id).second) << promise.id;
    EXPECT_EQ(promise.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-"),
              std::string_view::npos)
        << promise.id;
    EXPECT_NE(promise.id.find('.'), std::string_view::npos) << promise.id;
  }
}

TEST(FindPromise, KnowsARowWithItsText) {
  const Promise* promise = FindPromise("xfer.destructive-read");

  ASSERT_NE(promise, nullptr);
  EXPECT_EQ(promise->facility, "Cross-facility");
  EXPECT_EQ(promise->priority, "P0");
  EXPECT_EQ(promise->source, "POSIX read(), recv(), msgrcv(), mq_receive() [req]");
  EXPECT_EQ(promise->mode, "both");
  EXPECT_EQ(promise->oracle, "O-EXO");
}

TEST(FindPromise, FindsWhatAnInstanceInstantiates) {
  EXPECT_EQ(FindPromise("xfer.conservation@pipe"), FindPromise("xfer.conservation"));
  EXPECT_EQ(FindPromise("psem.count@posix-sem-named"), FindPromise("psem.count"));
  EXPECT_NE(FindPromise("psem.count"), nullptr);
}

TEST(FindPromise, KnowsNoInstanceOfAFacilitysOwnRow) {
  EXPECT_NE(FindPromise("pipe.atomic-write"), nullptr);
  EXPECT_EQ(FindPromise("pipe.atomic-write@pipe"), nullptr);
}

TEST(FindPromise, KnowsNoOther) {
  EXPECT_EQ(FindPromise(""), nullptr);
  EXPECT_EQ(FindPromise("@pipe"), nullptr);
  EXPECT_EQ(FindPromise("xfer.conservatio"), nullptr);
  EXPECT_EQ(FindPromise("xfer.conservations"), nullptr);
}

TEST(RequirePromise, AsksWhetherTheNearestWasMeant) {
  const Result<const Promise*> promise = RequirePromise("xfer.conservaton@pipe");

  ASSERT_FALSE(promise.has_value());
  EXPECT_EQ(promise.error().blame, Blame::kInput);
  EXPECT_EQ(promise.error().message,
            "promise \"xfer.conservaton@pipe\" is unknown; did you mean \"xfer.conservation\"?");
}

TEST(RequirePromise, SaysWhereTheListIsWhenNothingIsNear) {
  const Result<const Promise*> promise = RequirePromise("?");

  ASSERT_FALSE(promise.has_value());
  EXPECT_EQ(promise.error().message,
            "promise \"?\" is unknown; \"parley list promises\" prints them all");
}

TEST(RequirePromise, SaysThatAnOwnRowHasNoInstances) {
  const Result<const Promise*> promise = RequirePromise("pipe.atomic-write@fifo");

  ASSERT_FALSE(promise.has_value());
  EXPECT_NE(promise.error().message.find("is written without \"@\""), std::string::npos);
}

TEST(InstanceId, AppendsTheFacilityToRowsThatAreSharedAlone) {
  EXPECT_EQ(InstanceId("xfer.conservation", "pipe"), "xfer.conservation@pipe");
  EXPECT_EQ(InstanceId("shmem.atomics", "posix-shm"), "shmem.atomics@posix-shm");
  EXPECT_EQ(InstanceId("taxonomy.matrix", "fifo"), "taxonomy.matrix@fifo");
  EXPECT_EQ(InstanceId("ustream.order", "unix-stream"), "ustream.order@unix-stream");
  EXPECT_EQ(InstanceId("pipe.atomic-write", "pipe"), "pipe.atomic-write");
  EXPECT_EQ(InstanceId("harness.isolation", "pipe"), "harness.isolation");
}

TEST(InstanceId, LeavesAnInstanceAsItIs) {
  EXPECT_EQ(InstanceId("xfer.conservation@pipe", "pipe"), "xfer.conservation@pipe");
}

TEST(InstanceId, TellsInstancesByTheFirstWordOfTheId) {
  const std::set<std::string_view> own = {"Pipe", "FIFO", "Product", "flock", "OFD locks", "popen"};
  for (const Promise& promise : Catalogue()) {
    if (promise.facility == "Cross-facility") {
      EXPECT_TRUE(IsShared(promise.id)) << promise.id;
    }
    if (own.contains(promise.facility)) {
      EXPECT_FALSE(IsShared(promise.id)) << promise.id;
    }
  }
}

}  // namespace
}  // namespace parley
