#include "src/program/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <filesystem>

#include "src/base/seed.h"
#include "src/facility/facility.h"
#include "src/program/check_program.h"
#include "src/program/random_program.h"

namespace parley {
namespace {

std::uint8_t CallOf(std::string_view name, std::string_view facility = "pipe") {
  const auto calls = FindFacility(facility)->Calls();
  const auto at = std::ranges::find(calls, name, &CallTraits::name);
  return static_cast<std::uint8_t>(at - calls.begin());
}

ProgramFile Small() {
  ProgramFile file{.scenario = "stepped_pipe",
                   .seed = 7,
                   .round = 3,
                   .token = "1.stepped_pipe.pipe.s.7.3",
                   .planted = "lost-wakeup",
                   .promise = "xfer.wake-receiver@pipe",
                   .clause = "receiver-asleep"};
  Program& program = file.program;
  program.facility = "pipe";
  program.object.capacity_bytes = 4096;
  program.roles = {"writer", "reader"};
  WorkerPlan writer{.seed = 12, .ends = Ends::kWrite, .rank = 3, .step_count = 2};
  writer.steps[0] = {.call = CallOf("write"), .repeat = 2, .bytes = 64};
  writer.steps[1] = {.call = CallOf("close")};
  WorkerPlan reader{.ends = Ends::kRead, .role = 1, .ignores_broken_pipe = false, .step_count = 1};
  reader.steps[0] = {.call = CallOf("read"), .bytes = 4096};
  program.workers = {writer, reader};
  program.stepped = SteppedPlan{
      .schedule = {{.worker = 1},
                   {.worker = 0},
                   {.worker = 0},
                   {.kind = ScheduleKind::kSignalRestart, .worker = 1}},
      .strategy = {.kind = StrategyKind::kPct, .depth = 3, .seed = 18446744073709551615U}};
  return file;
}

constexpr std::string_view kSmall =
    R"({"parley":"program","version":1,"scenario":"stepped_pipe","seed":7,"round":3,"token":"1.stepped_pipe.pipe.s.7.3","planted":"lost-wakeup","promise":"xfer.wake-receiver@pipe","clause":"receiver-asleep","facility":"pipe","object":{"capacity_bytes":4096},"roles":["writer","reader"],
"workers":[
 {"role":"writer","ends":"write","seed":12,"rank":3,"steps":[
  {"call":"write","bytes":64,"repeat":2},
  {"call":"close"}]},
 {"role":"reader","ends":"read","ignores_broken_pipe":false,"steps":[
  {"call":"read","bytes":4096}]}],
"schedule":[
 {"start":1},
 {"start":0,"times":2},
 {"signal-restart":1}],
"strategy":{"kind":"pct","depth":3,"seed":18446744073709551615}}
)";

bool Same(const Program& a, const Program& b) {
  return a.facility == b.facility && a.object.capacity_bytes == b.object.capacity_bytes &&
         a.object.capacity_messages == b.object.capacity_messages &&
         a.object.message_bytes == b.object.message_bytes &&
         a.object.nonblocking == b.object.nonblocking && a.object.exists == b.object.exists &&
         a.roles == b.roles && a.workers == b.workers && a.faults == b.faults &&
         a.phases == b.phases && a.maker_keeps == b.maker_keeps && a.stepped == b.stepped;
}

bool Same(const ProgramFile& a, const ProgramFile& b) {
  return a.scenario == b.scenario && a.seed == b.seed && a.round == b.round && a.token == b.token &&
         a.planted == b.planted && a.promise == b.promise && a.clause == b.clause &&
         Same(a.program, b.program);
}

// What the reader says about the small program after a replacement.
std::string Refusal(std::string_view old_text, std::string_view new_text) {
  std::string text(kSmall);
  const std::size_t at = text.find(old_text);
  if (at == std::string::npos) return "no such text";
  text.replace(at, old_text.size(), new_text);
  const auto decoded = DecodeProgram(text, "p.json");
  if (decoded) return "accepted";
  EXPECT_EQ(decoded.error().blame, Blame::kInput);
  return decoded.error().message;
}

TEST(ReadersFindWholeRecords, WhenAllSizesAreOneOrOneWorkerReceives) {
  Program program = Small().program;
  EXPECT_TRUE(ReadersFindWholeRecords(program));  // 64 bytes a write, 4096 a read, by one

  program.workers.push_back(program.workers[1]);
  EXPECT_FALSE(ReadersFindWholeRecords(program));

  program.workers[1].steps[0].bytes = program.workers[2].steps[0].bytes = 64;
  EXPECT_TRUE(ReadersFindWholeRecords(program));

  for (WorkerPlan& worker : program.workers) worker.encoding = Encoding::kSelfIdentifying;
  EXPECT_FALSE(ReadersFindWholeRecords(program));
}

TEST(EncodeProgram, WritesOneStepALine) {
  const auto text = EncodeProgram(Small());

  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, kSmall);
}

TEST(DecodeProgram, ReadsWhatWasWritten) {
  const auto file = DecodeProgram(kSmall, "p.json");

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(Same(*file, Small()));
}

TEST(DecodeProgram, TakesDefaultsForWhatIsLeftOut) {
  const auto file = DecodeProgram(R"({"parley":"program","version":1,"facility":"pipe",
      "roles":["writer"],"workers":[{"role":"writer"}]})",
                                  "p.json");

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->program.workers, std::vector<WorkerPlan>(1));
  EXPECT_EQ(file->program.stepped, SteppedPlan{});
}

RC_GTEST_PROP(Codec, GivesBackEveryProgram, ()) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  const std::string name = *rc::gen::element<std::string>("pipe", "fifo");
  const RandomProgramSize size{.workers = *rc::gen::inRange<std::size_t>(1, 12),
                               .steps = *rc::gen::inRange<std::size_t>(0, kMaxSteps + 1),
                               .entries = *rc::gen::inRange<std::size_t>(0, 300)};
  ProgramFile file{.scenario = *rc::gen::element<std::string>("", "a", "caf\u00e9 \"\\\n"),
                   .seed = seed,
                   .round = *rc::gen::arbitrary<std::uint64_t>(),
                   .clause = *rc::gen::element<std::string>("", "torn"),
                   .program = RandomProgram(seed, *FindFacility(name), size)};

  const auto text = EncodeProgram(file);
  RC_ASSERT(text.has_value());
  const auto decoded = DecodeProgram(*text, "p.json");

  RC_ASSERT(decoded.has_value());
  RC_ASSERT(Same(*decoded, file));
}

TEST(Codec, HoldsAProgramAtEveryLimit) {
  ProgramFile file{
      .program = RandomProgram(
          1, *FindFacility("fifo"),
          {.workers = kMaxWorkers, .steps = kMaxSteps, .entries = kMaxScheduleEntries})};

  const auto text = EncodeProgram(file);

  ASSERT_TRUE(text) << text.error().message;
  EXPECT_LT(text->size(), kProgramFileBytesMax);
  EXPECT_TRUE(DecodeProgram(*text, "p.json"));
}

TEST(DecodeProgram, SaysWhatIsWrongAndWhere) {
  const std::string p = "p.json: ";
  EXPECT_EQ(Refusal("\"bytes\":64", "\"byte\":64"),
            p + "/workers/0/steps/0/byte: unknown key; did you mean \"bytes\"?");
  EXPECT_EQ(Refusal("\"object\"", "\"objekt\""),
            p + "/objekt: unknown key; did you mean \"object\"?");
  EXPECT_EQ(Refusal("\"call\":\"close\"", "\"call\":\"clode\""),
            p + "/workers/0/steps/1/call: \"clode\" is unknown; did you mean \"close\"?");
  EXPECT_EQ(Refusal("\"role\":\"reader\"", "\"role\":\"raeder\""),
            p + "/workers/1/role: \"raeder\" is unknown; did you mean \"reader\"?");
  EXPECT_EQ(Refusal("\"role\":\"reader\"", "\"rolle\":\"reader\""),
            p + "/workers/1/rolle: unknown key; did you mean \"role\"?");
  EXPECT_EQ(Refusal("\"role\":\"reader\",", ""), p + "/workers/1/role: is missing");
  EXPECT_EQ(Refusal("\"clause\":\"receiver-asleep\"", "\"clause\":\"reciever-asleep\""),
            p + "/clause: \"reciever-asleep\" is unknown; did you mean \"receiver-asleep\"?");
  EXPECT_EQ(Refusal("\"facility\":\"pipe\"", "\"facility\":\"pip\""),
            p + "/facility: facility \"pip\" is unknown; did you mean \"pipe\"?");
  EXPECT_EQ(Refusal("\"rank\":3", "\"rank\":-3"),
            p + "/workers/0/rank: must be a whole number of 0..255");
  EXPECT_EQ(Refusal("\"rank\":3", "\"rank\":64"), p + "/workers/0: rank 64 is above 63");
  EXPECT_EQ(Refusal("\"seed\":7", "\"seed\":7.5"),
            p + "/seed: must be a whole number of 0..18446744073709551615");
  EXPECT_EQ(Refusal("\"bytes\":64", "\"bytes\":4194305"),
            p + "/workers/0/steps/0: bytes is 4194305; it must be 0..4194304");
  EXPECT_EQ(Refusal("\"bytes\":64", "\"bytes\":23"),
            p + "/workers/0/steps/0: bytes is 23, less than a framed record's header of 24; raise "
                "it, or set encoding to \"self-identifying\"");
  EXPECT_EQ(Refusal("\"call\":\"close\"", "\"call\":\"set_packet\""),
            p + "/workers/0/steps/1: what is left of framed records in packets cannot be told; set "
                "encoding to \"self-identifying\"");
  EXPECT_EQ(Refusal("\"ends\":\"write\"", "\"ends\":\"write\",\"topology\":\"unrelated\""),
            p + "/workers/0: is unrelated and has ends, but a pipe has no name to find it by");
  EXPECT_EQ(Refusal("{\"start\":1}", "{\"start\":2}"), p + "/schedule: there is no worker 2");
  EXPECT_EQ(Refusal("{\"start\":1}", "{\"start\":1,\"kill\":1}"),
            p + "/schedule/0: must say one of start, signal, signal-restart, kill, respawn");
  EXPECT_EQ(Refusal("\"times\":2", "\"times\":4096"), p + "/schedule/1: more than 4096 entries");
  EXPECT_EQ(Refusal("\"rank\":3", "\"rank\":3,\"rank\":4"),
            p + "key \"rank\" comes twice in one object");
  EXPECT_EQ(Refusal("\"rank\":3", "\"bodies\":[\"zeroes\"]"),
            p + "/workers/0/bodies/0: \"zeroes\" is unknown; did you mean \"zeros\"?");
  EXPECT_EQ(Refusal("\"rank\":3", "\"bodies\":[]"),
            p + "/workers/0: bodies must be a set of at least one");
  EXPECT_EQ(Refusal("[\"writer\",\"reader\"]", "[\"writer\",\"reader\",\"writer\"]"),
            p + "/roles/2: \"writer\" is there twice");
  EXPECT_EQ(Refusal("\"version\":1", "\"version\":2"),
            p + "program of version 2; this parley reads version 1");
  EXPECT_EQ(Refusal("\"program\"", "\"history\""),
            p + "/parley: must be \"program\": not a program of parley");
  EXPECT_EQ(Refusal("{\"call\":\"close\"}", "{\"call\":\"close\""), "p.json:5:18: no valid JSON");
}

TEST(DecodeProgram, RefusesWritersThatCannotBeToldApart) {
  ProgramFile file = Small();
  for (WorkerPlan& worker : file.program.workers) worker.encoding = Encoding::kSelfIdentifying;
  file.program.workers[1].steps[0].call = CallOf("write");

  EXPECT_EQ(EncodeProgram(file).error().message,
            "/workers/1: identity 0 is another writer's already");
  file.program.workers[1].identity = 8;
  EXPECT_EQ(EncodeProgram(file).error().message, "/workers/1: identity 8 is above 7");
  file.program.workers[1].identity = 7;
  EXPECT_TRUE(EncodeProgram(file));
}

TEST(EncodeProgram, RefusesWhatBelongsToTheFreeMode) {
  ProgramFile stream = Small();
  stream.program.workers[1].stream.call_count = 1;
  ProgramFile stop = Small();
  stop.program.workers[0].steps[1].kind = StepKind::kStop;
  ProgramFile fault = Small();
  fault.program.faults.emplace_back();
  ProgramFile free = Small();
  free.program.stepped.reset();

  EXPECT_EQ(EncodeProgram(stream).error().message, "/workers/1: draws its calls; free mode only");
  EXPECT_EQ(EncodeProgram(stop).error().message, "/workers/0/steps/1: no call; free mode only");
  EXPECT_FALSE(EncodeProgram(fault));
  EXPECT_FALSE(EncodeProgram(free));
}

TEST(EncodeProgram, RefusesTextThatIsNoUtf8) {
  ProgramFile file = Small();
  file.scenario = "\xff";

  EXPECT_FALSE(EncodeProgram(file));
}

TEST(DecodeProgram, RefusesEveryTruncation) {
  for (std::size_t length = 0; length + 2 < kSmall.size(); ++length) {
    EXPECT_FALSE(DecodeProgram(kSmall.substr(0, length), "p.json")) << length;
  }
}

TEST(DecodeProgram, RefusesWhatNestsTooDeep) {
  const std::string deep =
      R"({"parley":"program","version":1,"object":)" + std::string(1'000'000, '[');

  EXPECT_FALSE(DecodeProgram(deep, "p.json"));
  EXPECT_FALSE(DecodeProgram(deep + std::string(1'000'000, ']') + "}", "p.json"));
  EXPECT_FALSE(DecodeProgram(std::string(kProgramFileBytesMax + 1, ' '), "p.json"));
}

// Whatever is accepted can be written and read again; nothing crashes.
RC_GTEST_PROP(DecodeProgram, SurvivesGarbage, ()) {
  std::string text(kSmall);
  Random random(*rc::gen::arbitrary<std::uint64_t>());
  for (std::uint64_t n = random.Between(1, 4); n > 0; --n) {
    const std::size_t at = random.Below(text.size());
    switch (random.Below(4)) {
      case 0:
        text[at] = static_cast<char>(random.Below(256));
        break;
      case 1:
        text.erase(at, random.Below(20));
        break;
      case 2:
        text.insert(at, std::string(kSmall.substr(random.Below(kSmall.size()), random.Below(30))));
        break;
      default:
        text.insert(at, std::to_string(random.Next() >> random.Below(64)));
    }
  }

  const auto decoded = DecodeProgram(text, "p.json");

  if (!decoded) return;
  const auto again = EncodeProgram(*decoded);
  RC_ASSERT(again.has_value());
  const auto same = DecodeProgram(*again, "p.json");
  RC_ASSERT(same.has_value());
  RC_ASSERT(Same(*same, *decoded));
}

TEST(ProgramFile, IsThereAfterItWasWritten) {
  const std::string path = testing::TempDir() + "/small.program.json";

  ASSERT_TRUE(WriteProgram(path, Small()));
  const auto file = ReadProgram(path);

  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(Same(*file, Small()));
  std::filesystem::remove(path);
  EXPECT_FALSE(ReadProgram(path));
}

}  // namespace
}  // namespace parley
