// Every planted bug, one by one: the library is preloaded into this program, run again as a probe.
#include <dlfcn.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "src/planted/planted_list.h"
#include "src/planted/probes/calm_probes.h"
#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

std::string LibraryPath() {
  const char* sources = std::getenv("TEST_SRCDIR");
  const char* workspace = std::getenv("TEST_WORKSPACE");
  return std::string(sources != nullptr ? sources : ".") + "/" +
         (workspace != nullptr ? workspace : "") + "/src/planted/libparley_planted.so";
}

// A file for the library to count in.
class Count {
 public:
  Count() {
    path_ = testing::TempDir() + "/told.XXXXXX";
    const int fd = ::mkstemp(path_.data());
    EXPECT_EQ(::ftruncate(fd, 4096), 0);
    mapped_ = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd, 0);
    EXPECT_NE(mapped_, MAP_FAILED);
    ::close(fd);
  }
  Count(const Count&) = delete;
  Count& operator=(const Count&) = delete;
  ~Count() {
    ::munmap(mapped_, 4096);
    ::unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }
  std::uint64_t told() const {
    std::uint64_t told = 0;
    std::memcpy(&told, mapped_, sizeof told);
    return told;
  }

 private:
  std::string path_;
  void* mapped_ = nullptr;
};

constexpr int kKept = 0;
constexpr int kBroken = 1;

// Runs a probe with the library preloaded.  Its standard input and output are the ends of a pipe.
int RunProbe(const std::string& probe, const std::map<std::string, std::string>& environment) {
  int fds[2];
  EXPECT_EQ(::pipe2(fds, O_CLOEXEC), 0);
  const std::string library = LibraryPath();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(fds[0], STDIN_FILENO);
    ::dup2(fds[1], STDOUT_FILENO);
    ::unsetenv("PARLEY_PLANTED");
    ::unsetenv("PARLEY_PLANTED_LOG");
    ::setenv("LD_PRELOAD", library.c_str(), 1);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::execl("/proc/self/exe", "planted_test", "probe", probe.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(fds[0]);
  ::close(fds[1]);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int RunProbe(const std::string& probe, const std::string& bug, const Count& count) {
  return RunProbe(probe, {{"PARLEY_PLANTED", bug}, {"PARLEY_PLANTED_LOG", count.path()}});
}

// The library, opened as the command line opens it.
class Listing {
 public:
  Listing() {
    library_ = ::dlopen(LibraryPath().c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) return;
    const auto count = reinterpret_cast<decltype(&parley_planted_count)>(
        ::dlsym(library_, "parley_planted_count"));
    const auto get =
        reinterpret_cast<decltype(&parley_planted_get)>(::dlsym(library_, "parley_planted_get"));
    parley_planted_bug bug;
    for (std::size_t i = 0; get(i, &bug) == 1; ++i) bugs_.push_back(bug);
    complete_ = count() == bugs_.size();
  }
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;
  ~Listing() {
    if (library_ != nullptr) ::dlclose(library_);
  }

  bool complete() const { return complete_; }
  const std::vector<parley_planted_bug>& bugs() const { return bugs_; }
  const parley_planted_bug& Find(const std::string& name) const {
    return *std::ranges::find(bugs_, name, [](const auto& bug) { return std::string(bug.name); });
  }

 private:
  void* library_ = nullptr;
  bool complete_ = false;
  std::vector<parley_planted_bug> bugs_;
};

class EachBug : public testing::TestWithParam<const Probe*> {};

TEST_P(EachBug, BreaksItsPromiseAndSaysSo) {
  const Count count;

  const int outcome = RunProbe(GetParam()->bug, GetParam()->bug, count);

  EXPECT_EQ(outcome, kBroken);
  EXPECT_GT(count.told(), 0u);
}

TEST_P(EachBug, IsSilentUntilItIsNamed) {
  const Count count;

  const int outcome = RunProbe(GetParam()->bug, {{"PARLEY_PLANTED_LOG", count.path()}});

  EXPECT_EQ(outcome, kKept);
  EXPECT_EQ(count.told(), 0u);
}

TEST_P(EachBug, LeavesBystandersAlone) {
  const Count count;

  const int outcome = RunProbe("bystanders", GetParam()->bug, count);

  EXPECT_EQ(outcome, kKept);
  EXPECT_EQ(count.told(), 0u);
}

TEST_P(EachBug, KeepsToItsFacilities) {
  const Listing listing;
  const std::string facilities = listing.Find(GetParam()->bug).facilities;
  const Count count;

  for (const std::string facility : {"fifo", "mq", "pipe", "sysv-msg"}) {
    if (facilities.find(facility) != std::string::npos) continue;
    EXPECT_EQ(RunProbe(facility, GetParam()->bug, count), kKept);
  }

  EXPECT_EQ(count.told(), 0u);
}

TEST_P(EachBug, IsListedWithItsPromise) {
  const Listing listing;

  const parley_planted_bug& bug = listing.Find(GetParam()->bug);

  EXPECT_STREQ(bug.promise, GetParam()->promise);
  EXPECT_TRUE(std::string(bug.says).ends_with('.')) << bug.says;
  EXPECT_GT(bug.every, 0u);
}

TEST_P(EachBug, StandsBesideOtherPromisesByTheirWholeIds) {
  const Listing listing;
  const parley_planted_bug& bug = listing.Find(GetParam()->bug);

  std::istringstream ids(bug.also);
  for (std::string id; ids >> id;) {
    EXPECT_EQ(std::ranges::count(id, '.'), 1) << id;
    EXPECT_NE(id, bug.promise);
  }
}

std::vector<const Probe*> AllProbes() {
  std::vector<const Probe*> all;
  for (const Probe* it = FirstProbe(); it != nullptr; it = NextProbe(it)) all.push_back(it);
  return all;
}

std::string NameOf(const testing::TestParamInfo<const Probe*>& info) {
  std::string name = info.param->bug;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Planted, EachBug, testing::ValuesIn(AllProbes()), NameOf);

TEST(PlantedList, NamesEachBugOnceInOrder) {
  const Listing listing;

  EXPECT_TRUE(listing.complete());
  for (std::size_t i = 1; i < listing.bugs().size(); ++i) {
    EXPECT_LT(std::string(listing.bugs()[i - 1].name), listing.bugs()[i].name);
  }
}

TEST(PlantedList, HasAProbeForEachBugAndNoMore) {
  const Listing listing;

  for (const auto& bug : listing.bugs()) EXPECT_NE(FindProbe(bug.name), nullptr) << bug.name;
  EXPECT_EQ(listing.bugs().size(), AllProbes().size());
}

TEST(PlantedList, ChangesNothingWhenOpened) {
  const Listing listing;

  EXPECT_EQ(ExitCodeOf(Child(UsePipes)), kKept);
  EXPECT_EQ(ExitCodeOf(Child(UseFifos)), kKept);
  EXPECT_EQ(ExitCodeOf(Child(UseQueues)), kKept);
  EXPECT_EQ(ExitCodeOf(Child(UseTypedQueues)), kKept);
}

TEST(PlantedLibrary, DoesNothingForANameItDoesNotKnow) {
  const Count count;

  EXPECT_EQ(RunProbe("drop-message", "no-such-bug", count), kKept);
  EXPECT_EQ(count.told(), 0u);
}

TEST(PlantedLibrary, TellsTheBugWithoutAPlaceToCount) {
  EXPECT_EQ(RunProbe("drop-message", {{"PARLEY_PLANTED", "drop-message"}}), kBroken);
  EXPECT_EQ(RunProbe("drop-message",
                     {{"PARLEY_PLANTED", "drop-message"}, {"PARLEY_PLANTED_LOG", "/nowhere"}}),
            kBroken);
}

TEST(PlantedLibrary, CountsTheChancesOfEachProcessAnew) {
  const Count count;

  EXPECT_EQ(RunProbe("chances-of-a-child", "drop-message", count), kKept);
  EXPECT_EQ(count.told(), 2u);
}

TEST(PlantedLibrary, CountsTheChancesAnewAfterTheLastClose) {
  const Count count;

  EXPECT_EQ(RunProbe("chances-after-close", "drop-message", count), kKept);
  EXPECT_EQ(count.told(), 1u);
}

TEST(PlantedLibrary, CountsTheChancesOfEachObjectAlone) {
  const Count count;

  EXPECT_EQ(RunProbe("chances-of-two", "drop-message", count), kKept);
  EXPECT_EQ(count.told(), 0u);
}

// Under drop-message, told at every 16th write.
int ChancesOfAChild() {
  const Pipe pipe = MakePipe();
  for (int i = 0; i < 15; ++i) Put(pipe.write_fd, "x");
  const int code = ExitCodeOf(Child([&] {
    for (int i = 0; i < 15; ++i) Put(pipe.write_fd, "x");
    Must(Unread(pipe.read_fd) == 30);
    Put(pipe.write_fd, "x");
    return Unread(pipe.read_fd) == 30 ? 0 : 2;
  }));
  Put(pipe.write_fd, "x");
  return code == 0 && Unread(pipe.read_fd) == 30 ? kKept : kBroken;
}

int ChancesAfterClose() {
  const std::string path = FreshFifo();
  for (int generation = 0; generation < 2; ++generation) {
    const int reading = OpenReading(path);
    const int writing = OpenWriting(path);
    for (int i = 0; i < 15; ++i) Put(writing, "x");
    Must(Unread(reading) == 15);
    if (generation == 1) Put(writing, "x");
    Must(Unread(reading) == 15);
    ::close(reading);
    ::close(writing);
  }
  return kKept;
}

int ChancesOfTwo() {
  const Pipe pipes[2] = {MakePipe(), MakePipe()};
  for (int i = 0; i < 30; ++i) Put(pipes[i % 2].write_fd, "x");
  return Unread(pipes[0].read_fd) == 15 && Unread(pipes[1].read_fd) == 15 ? kKept : kBroken;
}

// What this program does when it is run as a probe.
int RunAsProbe(const std::string& name) {
  const std::map<std::string, std::function<int()>> others{
      {"bystanders", UseBystanders},
      {"pipe", UsePipes},
      {"fifo", UseFifos},
      {"mq", UseQueues},
      {"sysv-msg", UseTypedQueues},
      {"chances-of-a-child", ChancesOfAChild},
      {"chances-after-close", ChancesAfterClose},
      {"chances-of-two", ChancesOfTwo},
  };
  if (const auto it = others.find(name); it != others.end()) return it->second();
  const Probe* probe = FindProbe(name);
  Must(probe != nullptr);
  return probe->broken() ? kBroken : kKept;
}

}  // namespace
}  // namespace parley::planted

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "probe") == 0) {
    std::exit(parley::planted::RunAsProbe(argv[2]));
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
