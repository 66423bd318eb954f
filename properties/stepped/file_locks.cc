// Processes lock, cut and give back ranges of a small file, wait for each other, are interrupted,
// killed and replaced there.
#include <gtest/gtest.h>

#include "properties/script/script_gen.h"
#include "properties/script/script_law.h"

namespace parley {
namespace {

const std::vector<Topology> kAnybody{Topology::kRelated, Topology::kForked};
const std::vector<LockRange> kRanges{{.start = 0, .length = 1},  {.start = 1, .length = 1},
                                     {.start = 0, .length = 2},  {.start = 0, .length = 0},
                                     {.start = 2, .length = -1}, {.start = 1, .length = 2}};

ScriptShape Shape(const std::string& facility, ScriptRole role) {
  role.ends = Ends::kNone;
  role.count_low = 2;
  role.count_high = 4;
  role.topologies = kAnybody;
  role.calls_high = 12;
  role.ranges = kRanges;
  role.leaves = false;
  return {.facility = facility,
          .roles = {role},
          .signal = 64,
          .signal_restart = 64,
          .kill = 32,
          .respawn = 128};
}

TEST(FileLocks, OfProcessesKeepTheOthersOutAndNobodyWaitsInACircle) {
  ScriptLaw law("fcntl-lock",
                {"fcntl.exclusive", "fcntl.shared", "fcntl.disjoint", "fcntl.split-merge",
                 "fcntl.try-errors", "fcntl.release-any-close", "fcntl.fork-exec",
                 "fcntl.release-on-death", "fcntl.deadlock-detected", "fcntl.deadlock-upgrade",
                 "fcntl.deadlock-one-victim", "fcntl.deadlock-resolves", "fcntl.no-false-deadlock",
                 "fcntl.wakeup", "xfer.restart-matrix", "xfer.death-before-wait"});
  law.HoldsFor(Scripts(
      Shape("fcntl-lock",
            {.first = {"open_both", "open_both", "open_both", "open_read"},
             .calls = {"setlkw_write", "setlkw_write", "setlkw_read", "setlk_write", "setlk_read",
                       "unlock", "unlock", "getlk_write", "open_both", "close", "child_write"}})));
}

TEST(FileLocks, OfDescriptionsGoWithTheirLastCopy) {
  ScriptLaw law("ofd-lock", {"ofd.exclusive", "ofd.lifetime", "ofd.no-deadlock-detection",
                             "xfer.restart-matrix"});
  law.HoldsFor(
      Scripts(Shape("ofd-lock", {.first = {"open_both"},
                                 .calls = {"setlkw_write", "setlkw_read", "setlk_write",
                                           "setlk_read", "unlock", "getlk_write", "open_both",
                                           "dup", "close", "record_setlk_write", "child_write"}})));
}

TEST(FileLocks, OfWholeFilesAreInTheWayOfTheirLikeAlone) {
  ScriptLaw law("flock", {"flock.exclusive", "flock.shared", "flock.nonblock",
                          "flock.owner-description", "flock.release-on-death", "flock.independent",
                          "flock.no-deadlock-detection", "xfer.restart-matrix"});
  law.HoldsFor(Scripts(Shape(
      "flock", {.first = {"open_both", "open_read"},
                .calls = {"lock_exclusive", "lock_shared", "try_exclusive", "try_shared", "unlock",
                          "open_both", "dup", "close", "record_setlk_write", "child_exclusive"}})));
}

}  // namespace
}  // namespace parley
