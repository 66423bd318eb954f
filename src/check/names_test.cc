// Files beside a FIFO: what makes a creation, an open or a use wrong, and what does not.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>
#include <vector>

#include "src/check/checking.h"
#include "src/history/file_calls.h"
#include "src/model/recorder.h"

namespace parley {
namespace {

using Clauses = std::vector<std::string_view>;

// The crew is an ordinary user, unless it is said to override permission bits.
class Files {
 public:
  explicit Files(bool overrides = false) : overrides_(overrides), recorder_("fifo", 2, 65536) {
    recorder_.Did(0, "make", 0, 0, 0);
  }

  Files& Does(const char* call, std::uint64_t argument, std::int64_t result, int error = 0,
              std::uint16_t worker = 0) {
    recorder_.NextStep();
    recorder_.at(recorder_.Did(worker, call, 0, result, error)).argument = argument;
    return *this;
  }
  // It is killed in the call.
  Files& DiesIn(const char* call, std::uint64_t argument, std::uint16_t worker) {
    recorder_.NextStep();
    recorder_.at(recorder_.Begin(worker, call)).argument = argument;
    recorder_.Fault(FaultKind::kKill, worker);
    return *this;
  }

  // A creation that does what it must.
  Files& Makes(CreateFile call) { return Makes(call, call.mode & ~call.umask); }
  Files& Makes(CreateFile call, unsigned mode) {
    CreatedFile made = Fifo(mode);
    made.overrides = made.overrides_reading = overrides_ && call.as == ActAs::kSelf;
    return Does("create", call.Argument(), made.Result());
  }
  Files& Refuses(CreateFile call, int error) { return Does("create", call.Argument(), -1, error); }
  Files& MakesAt(CreateFileAt call) {
    CreatedFile made = Fifo(kCreateAtMode);
    made.overrides = made.overrides_reading = overrides_;
    return Does("create_at", call.Argument(), made.Result());
  }
  Files& RefusesAt(CreateFileAt call, int error) {
    return Does("create_at", call.Argument(), -1, error);
  }
  Files& Opens(OpenFileAs call) { return Does("open_as", call.Argument(), 0); }
  Files& Refuses(OpenFileAs call, int error) { return Does("open_as", call.Argument(), -1, error); }
  Files& ChangesMode(std::uint16_t mode) {
    return Does("change_mode", ChangeMode{.mode = mode}.Argument(), 0);
  }
  Files& Removes(RemoveFile call, int error = 0) {
    return Does("remove", call.Argument(), error == 0 ? 0 : -1, error);
  }

  static CreatedFile Fifo(unsigned mode) {
    return {.st_mode = static_cast<std::uint16_t>(S_IFIFO | mode),
            .owned_by_user = true,
            .owned_by_group = true};
  }
  History Build() const { return recorder_.history(); }

 private:
  bool overrides_;
  model::Recorder recorder_;
};

Clauses Broken(const Files& files) { return Broken("names", files.Build()); }

const Clauses kNothing{};
const Clauses kCreation{"created-wrongly"};
const Clauses kResolution{"resolved-wrongly"};
const Clauses kPermission{"permission-wrong"};

// An open by that user of a FIFO of that mode that the crew itself has made, once granted and once
// refused.
void ExpectGranted(unsigned mode, OpenFileAs call) {
  const auto fifo = [&] { return Files().Makes({.mode = static_cast<std::uint16_t>(mode)}); };
  EXPECT_EQ(Broken(fifo().Opens(call)), kNothing);
  EXPECT_EQ(Broken(fifo().Refuses(call, EACCES)), kPermission);
}
void ExpectRefused(unsigned mode, OpenFileAs call) {
  const auto fifo = [&] { return Files().Makes({.mode = static_cast<std::uint16_t>(mode)}); };
  EXPECT_EQ(Broken(fifo().Refuses(call, EACCES)), kNothing);
  EXPECT_EQ(Broken(fifo().Opens(call)), kPermission);
}

TEST(CheckNames, KeepsACreationWithTheModeLessTheUmask) {
  const Files files = Files().Makes({.mode = 0666, .umask = 022});

  EXPECT_EQ(Broken(files), kNothing);
  EXPECT_EQ(JudgementOf(Clause::kCreatedWrongly, files.Build())->chances, 1U);
}

TEST(CheckNames, RefusesAModeWithoutTheUmask) {
  EXPECT_EQ(Broken(Files().Makes({.mode = 0666, .umask = 022}, 0666)), kCreation);
}

TEST(CheckNames, RefusesAnotherTypeOrOwner) {
  const std::uint64_t argument = CreateFile{.mode = 0600}.Argument();
  CreatedFile regular = Files::Fifo(0600);
  regular.st_mode = S_IFREG | 0600;
  CreatedFile of_another = Files::Fifo(0600);
  of_another.owned_by_user = false;
  CreatedFile of_no_group = Files::Fifo(0600);
  of_no_group.owned_by_group = false;

  EXPECT_EQ(Broken(Files().Does("create", argument, regular.Result())), kCreation);
  EXPECT_EQ(Broken(Files().Does("create", argument, of_another.Result())), kCreation);
  EXPECT_EQ(Broken(Files().Does("create", argument, of_no_group.Result())), kCreation);
  of_no_group.owned_like_folder = true;
  EXPECT_EQ(Broken(Files().Does("create", argument, of_no_group.Result())), kNothing);
}

TEST(CheckNames, KnowsWhichNamesAreTaken) {
  const CreateFile call{.mode = 0600};

  EXPECT_EQ(Broken(Files().Makes(call).Refuses(call, EEXIST)), kNothing);
  EXPECT_EQ(Broken(Files().Makes(call).Makes(call)), kCreation);
  EXPECT_EQ(Broken(Files().Refuses(call, EEXIST)), kCreation);
  EXPECT_EQ(Broken(Files().Makes(call).Removes({}).Makes(call)), kNothing);
  EXPECT_EQ(Broken(Files().Makes(call).Removes({.folder = Folder::kGiven}, ENOENT)), kNothing);
}

TEST(CheckNames, MissesANameThatNobodyRemoved) {
  EXPECT_EQ(Broken(Files().Makes({.mode = 0600}).Removes({}, ENOENT)), Clauses{"name-gone"});
}

TEST(CheckNames, WantsTheErrorOfThePlace) {
  const CreateFile link{.mode = 0600, .place = Place::kSymbolicLink};
  const CreateFile missing{.mode = 0600, .place = Place::kMissingParent};

  EXPECT_EQ(Broken(Files().Refuses(link, EEXIST).Refuses(missing, ENOENT)), kNothing);
  EXPECT_EQ(Broken(Files().Makes(link)), kCreation);
  EXPECT_EQ(Broken(Files().Refuses(missing, ENOTDIR)), kCreation);
}

TEST(CheckNames, WantsWritePermissionOfTheDirectory) {
  const CreateFile name{.mode = 0600};
  CreateFile locked{.mode = 0600, .place = Place::kLocked};

  EXPECT_EQ(Broken(Files().Makes(name).Refuses(locked, EACCES)), kNothing);
  EXPECT_EQ(Broken(Files().Makes(name).Makes(locked)), kCreation);
  EXPECT_EQ(Broken(Files(true).Makes(locked).Refuses(locked, EEXIST)), kNothing);
  EXPECT_EQ(Broken(Files(true).Makes(name).Refuses(locked, EACCES)), kCreation);
  locked.as = ActAs::kSelfWithoutRights;
  EXPECT_EQ(Broken(Files(true).Makes(name).Refuses(locked, EACCES)), kNothing);
}

TEST(CheckNames, DoesNotKnowTheCrewsRightsUntilAFileTellsThem) {
  const CreateFile locked{.mode = 0600, .place = Place::kLocked};

  EXPECT_EQ(Broken(Files().Refuses(locked, EACCES)), kNothing);
}

TEST(CheckNames, LooksWhereMkfifoatHasMadeTheName) {
  const CreateFileAt given{};
  const CreateFileAt current{.base = Base::kCurrentDirectory};

  EXPECT_EQ(Broken(Files().MakesAt(given).MakesAt(current)), kNothing);
  EXPECT_EQ(Broken(Files().Does("create_at", given.Argument(), 0)), kResolution);
  EXPECT_EQ(Broken(Files().MakesAt(current).RefusesAt(given, EEXIST)), kResolution);
  EXPECT_EQ(Broken(Files().MakesAt(given).RefusesAt(given, EEXIST)), kNothing);
  EXPECT_EQ(Broken(Files().MakesAt(given).MakesAt(given)), kResolution);
}

TEST(CheckNames, IgnoresTheDescriptorOfAnAbsolutePathAlone) {
  EXPECT_EQ(Broken(Files().MakesAt({.base = Base::kAbsoluteInvalid})), kNothing);
  EXPECT_EQ(Broken(Files().RefusesAt({.base = Base::kAbsoluteInvalid}, EBADF)), kResolution);
  EXPECT_EQ(Broken(Files().RefusesAt({.base = Base::kAbsoluteNonDirectory}, ENOTDIR)), kResolution);
  EXPECT_EQ(Broken(Files().RefusesAt({.base = Base::kInvalid}, EBADF)), kNothing);
  EXPECT_EQ(Broken(Files().MakesAt({.base = Base::kInvalid})), kResolution);
  EXPECT_EQ(Broken(Files().RefusesAt({.base = Base::kNonDirectory}, ENOTDIR)), kNothing);
  EXPECT_EQ(Broken(Files().RefusesAt({.base = Base::kNonDirectory}, EBADF)), kResolution);
}

TEST(CheckNames, GoesByTheBitsOfTheOpenersClass) {
  ExpectGranted(0400, {});
  ExpectRefused(0277, {});
  ExpectRefused(0400, {.direction = Direction::kBoth});
  ExpectGranted(0040, {.as = ActAs::kOtherUser});
  ExpectRefused(0707, {.as = ActAs::kOtherUser});
  ExpectGranted(0002, {.direction = Direction::kWrite, .as = ActAs::kOtherUserAndGroup});
  ExpectRefused(0770, {.as = ActAs::kOtherUserAndGroup});
}

TEST(CheckNames, GoesByTheOwnerThatTheMakerWas) {
  const CreateFile by_other{.mode = 0400, .as = ActAs::kOtherUserAndGroup};

  EXPECT_EQ(Broken(Files().Makes(by_other).Opens({.as = ActAs::kOtherUser})), kNothing);
  EXPECT_EQ(Broken(Files().Makes(by_other).Refuses(OpenFileAs{.as = ActAs::kOtherUser}, EACCES)),
            kPermission);
}

TEST(CheckNames, LetsWhoOverridesThemOpen) {
  const CreateFile none{.mode = 0};

  EXPECT_EQ(Broken(Files(true).Makes(none).Opens({})), kNothing);
  EXPECT_EQ(Broken(Files(true).Makes(none).Refuses(OpenFileAs{}, EACCES)), kPermission);
  EXPECT_EQ(Broken(Files(true).Makes(none).Opens({.as = ActAs::kSelfWithoutRights})), kPermission);
}

TEST(CheckNames, TakesAMissingReaderForAGrant) {
  const OpenFileAs writing{.direction = Direction::kWrite};

  EXPECT_EQ(Broken(Files().Makes({.mode = 0200}).Refuses(writing, ENXIO)), kNothing);
  EXPECT_EQ(Broken(Files().Makes({.mode = 0400}).Refuses(writing, ENXIO)), kPermission);
  EXPECT_EQ(Broken(Files().Makes({.mode = 0400}).Refuses(OpenFileAs{}, ENXIO)), kPermission);
}

TEST(CheckNames, GoesByTheLatestMode) {
  EXPECT_EQ(Broken(Files().Makes({.mode = 0}).ChangesMode(0400).Opens({})), kNothing);
  EXPECT_EQ(Broken(Files().Makes({.mode = 0400}).ChangesMode(0).Opens({})), kPermission);
}

TEST(CheckNames, LetsWhoHasItOpenGoOn) {
  const auto opened = [] { return Files().Makes({.mode = 0400}).Opens({}).ChangesMode(0); };

  EXPECT_EQ(Broken(opened().Does("use_open", 0, 0)), kNothing);
  EXPECT_EQ(Broken(opened().Does("use_open", 0, -1, EAGAIN)), kNothing);
  EXPECT_EQ(Broken(opened().Does("use_open", 0, -1, EACCES)), kPermission);
  EXPECT_EQ(Broken(opened().Does("use_open", 0, -1, EBADF, 1)), kNothing);
}

TEST(CheckNames, AllowsThatNobodyElseCanBePlayed) {
  const Files files = Files()
                          .Makes({.mode = 0})
                          .Refuses(OpenFileAs{.as = ActAs::kOtherUser}, EPERM)
                          .Refuses(CreateFile{.slot = 1, .as = ActAs::kOtherUser}, EINVAL);

  EXPECT_EQ(Broken(files), kNothing);
  EXPECT_FALSE(JudgementOf(Clause::kPermissionWrong, files.Build()));
}

TEST(CheckNames, KnowsNothingAfterACallThatNeverReturned) {
  const CreateFile call{.mode = 0600};
  const auto unknown = [&] { return Files().DiesIn("create", call.Argument(), 1); };

  EXPECT_EQ(Broken(unknown().Makes(call)), kNothing);
  EXPECT_EQ(Broken(unknown().Refuses(call, EEXIST)), kNothing);
  EXPECT_EQ(Broken(unknown().Refuses(OpenFileAs{}, EACCES)), kNothing);
  EXPECT_EQ(Broken(unknown().Opens({})), kNothing);
}

TEST(CheckNames, IsInDoubtWhenALogWasFull) {
  History history = Files().Makes({.mode = 0666, .umask = 022}, 0666).Build();
  history.header.complete = false;

  EXPECT_EQ(VerdictOf(Clause::kCreatedWrongly, history), "inconclusive");
}

TEST(CheckNames, SaysNothingOfFreeMode) {
  History history = Files().Makes({.mode = 0666, .umask = 022}, 0666).Build();
  history.header.mode = "free";

  EXPECT_EQ(VerdictOf(Clause::kCreatedWrongly, history), "none");
}

}  // namespace
}  // namespace parley
