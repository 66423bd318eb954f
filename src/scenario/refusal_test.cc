// How a scenario file is told what is wrong with it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "src/scenario/scenario.h"
#include "src/scenario/testing.h"

namespace parley {
namespace {

constexpr std::string_view kHead = R"(# Hard.
facilities = ["lane"]
promises = ["xfer.conservation"]
)";

constexpr std::string_view kWriter = R"([[workers]]
role = "writer"
ends = "write"
calls = { put = 1 }
operations = 10
message_bytes = 64
)";

constexpr std::string_view kScriptWriter = R"([[workers]]
role = "writer"
ends = "write"
)";

// The head has three lines: what follows begins in line 4.
std::string File(std::string_view a, std::string_view b = {}, std::string_view c = {}) {
  return fmt::format("{}{}{}{}", kHead, a, b, c);
}

// "line:column: what", or "" when the file is accepted.
std::string Refusal(std::string_view toml) {
  constexpr std::string_view kPath = "folder/x.toml";
  const auto scenario = ParseScenario(toml, kPath);
  if (scenario) return "";
  EXPECT_EQ(scenario.error().blame, Blame::kInput);
  EXPECT_TRUE(scenario.error().message.starts_with(kPath)) << scenario.error().message;
  return scenario.error().message.substr(kPath.size() + 1);
}

// A crew of which the writer has one more line, in line 4 + 6.
std::string Writing(std::string_view line) { return File(kWriter, line, ""); }

// A script of one step, in line 4 + 3 + 1.
std::string Stepping(std::string_view step) {
  return File(kScriptWriter, fmt::format("[[phases]]\nsteps = [{}]\n", step));
}

TEST(ParseScenario, RefusesWhatTomlRefuses) {
  EXPECT_TRUE(Refusal("# Hard.\nfacilities = [\n").starts_with("2:16: error while parsing array"))
      << Refusal("# Hard.\nfacilities = [\n");
}

TEST(ParseScenario, RefusesATableWhoseNameIsABracket) {
  EXPECT_TRUE(Refusal(File("[[[workers]]]\n")).starts_with("4:"));
}

TEST(ParseScenario, RefusesAFileWithoutSummary) {
  EXPECT_EQ(Refusal("facilities = [\"lane\"]\n"),
            "1:1: the first line must be a comment that says what is hard about the scenario");
}

TEST(ParseScenario, RefusesUnknownKeysAndNamesTheNearest) {
  EXPECT_EQ(Refusal(File("rouds = 3\n", kWriter)),
            "4:1: unknown key \"rouds\"; did you mean \"rounds\"?");
  EXPECT_EQ(Refusal(Writing("overwrite = true\n")),
            "10:1: unknown key \"worker.overwrite\"; did you mean \"overwrites\"?");
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"close\", delay_u = 3 }")),
            "8:44: unknown key \"step.delay_u\"; did you mean \"delay_us\"?");
  EXPECT_EQ(Refusal(Writing("interrupts = { interval_us = 100, restarts = true }\n")),
            "10:35: unknown key \"worker.interrupts.restarts\"; did you mean \"restart\"?");
}

TEST(ParseScenario, BlamesAMisspelledKeyRatherThanAMissingOne) {
  EXPECT_EQ(Refusal("# Hard.\nfacilitys = [\"lane\"]\npromises = [\"xfer.conservation\"]\n" +
                    std::string(kWriter)),
            "2:1: unknown key \"facilitys\"; did you mean \"facilities\"?");
}

TEST(ParseScenario, RefusesMissingKeys) {
  EXPECT_EQ(Refusal("# Hard.\nfacilities = [\"lane\"]\n" + std::string(kWriter)),
            "1:1: promises is missing");
  EXPECT_EQ(Refusal(File("[[workers]]\ncount = 2\n")), "4:1: worker.role is missing");
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { put = 1 }\noperations = 1\n")),
            "4:1: worker.message_bytes is missing");
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"put\" }")),
            "8:10: step.bytes is missing");
}

TEST(ParseScenario, RefusesWrongTypes) {
  EXPECT_EQ(Refusal(File("rounds = \"many\"\n", kWriter)),
            "4:10: rounds is a string; it must be a whole number, 0..1000000000");
  EXPECT_EQ(Refusal(Writing("count = 1.5\n")),
            "10:9: worker.count is a number with a fraction; it must be a whole number or a range "
            "[low, high] of two");
  EXPECT_EQ(Refusal(Writing("overwrites = 1\n")),
            "10:14: worker.overwrites is a whole number; it must be true or false");
  EXPECT_EQ(Refusal("# Hard.\nfacilities = \"lane\"\npromises = [\"xfer.conservation\"]\n" +
                    std::string(kWriter)),
            "2:14: facilities is a string; it must be a list");
  EXPECT_EQ(Refusal(Writing("jitter = 3\n")),
            "10:10: worker.jitter is a whole number; it must be a table");
  EXPECT_EQ(
      Refusal(Writing("count = [1, 2, 3]\n")),
      "10:9: worker.count is a list; it must be a whole number or a range [low, high] of two");
}

TEST(ParseScenario, RefusesCrewsOfNobodyAndOfTooMany) {
  EXPECT_EQ(Refusal(Writing("count = 0\n")), "10:9: worker.count is 0; it must be 1..64");
  EXPECT_EQ(Refusal(Writing("count = [1, 65]\n")), "10:13: worker.count is 65; it must be 1..64");
  EXPECT_EQ(Refusal(Writing("count = -1\n")), "10:9: worker.count is -1; it must be 1..64");
  EXPECT_EQ(Refusal(File("workers = []\n")), "4:11: workers is empty; add one");
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncount = 40\n[[workers]]\nrole = \"b\"\n"
                         "count = 40\n")),
            "4:1: roles other than writer and reader have up to 80 workers; they must have 0..64");
}

TEST(ParseScenario, RefusesARangeThatEndsBeforeItBegins) {
  EXPECT_EQ(Refusal(Writing("count = [3, 2]\n")),
            "10:9: worker.count is [3, 2]; the lower end comes first");
}

TEST(ParseScenario, RefusesSizesAboveTheLimit) {
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { put = 1 }\noperations = 1\n"
                         "message_bytes = 4194305\n")),
            "8:17: worker.message_bytes is 4194305; it must be 0..4194304");
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { take = 1 }\nbuffer_bytes = 0\n")),
            "7:16: worker.buffer_bytes is 0; it must be 1..4194304");
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"put\", bytes = 4194305 }")),
            "8:50: step.bytes is 4194305; it must be 0..4194304");
}

TEST(ParseScenario, RefusesFramedRecordsShorterThanTheirHeader) {
  constexpr std::string_view kWhy =
      " allows 1..23 bytes, less than a framed record's header of 24; raise it, or set encoding = "
      "\"self-identifying\"";

  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { put = 1 }\noperations = 1\n"
                         "message_bytes = [0, 64]\n")),
            fmt::format("8:17: worker.message_bytes{}", kWhy));
  EXPECT_EQ(Refusal(File("record_bytes = 13\n", kWriter)),
            fmt::format("4:16: record_bytes{}", kWhy));
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"put\", bytes = 23 }")),
            fmt::format("8:50: step.bytes{}", kWhy));
}

TEST(ParseScenario, AcceptsEmptyFramedRecordsAndShortSelfIdentifyingOnes) {
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"put\", bytes = { among = [0, 24] } }")),
            "");
  EXPECT_EQ(
      Refusal(File("encoding = \"self-identifying\"\n", kScriptWriter,
                   "[[phases]]\nsteps = [{ who = \"writer\", call = \"put\", bytes = 1 }]\n")),
      "");
}

TEST(ParseScenario, RefusesPacketsOfFramedRecords) {
  constexpr std::string_view kPacketWriter =
      "[[workers]]\nrole = \"a\"\ncalls = { packets = 1 }\noperations = 1\n";

  EXPECT_EQ(Refusal(File(kPacketWriter)),
            "6:21: worker.calls: what is left of framed records in packets cannot be told; set "
            "encoding = \"self-identifying\"");
  EXPECT_EQ(Refusal(File("encoding = \"self-identifying\"\n", kPacketWriter)), "");
}

TEST(ParseScenario, RefusesMoreSelfIdentifyingWritersThanCanBeToldApart) {
  EXPECT_EQ(Refusal(File("encoding = \"self-identifying\"\n", kWriter, "count = [1, 9]\n")),
            "1:1: self-identifying bytes tell 8 writers apart, but the crew may have 9; lower "
            "worker.count, or set encoding = \"framed\"");
  EXPECT_EQ(Refusal(File("encoding = \"self-identifying\"\n", kWriter, "count = [1, 8]\n")), "");
}

TEST(ParseScenario, RefusesLargeFramedRecordsThatOthersMayCut) {
  constexpr std::string_view kWhy =
      "1:1: framed records of a may be above 4096 bytes, and what others cut of them cannot be "
      "told; "
      "let them be at most 4096, or set encoding = \"self-identifying\"";
  const auto crew = [](std::string_view count, std::string_view bytes) {
    return Refusal(
        File(fmt::format("[[workers]]\nrole = \"a\"\ncount = {}\ncalls = {{ put = 1 }}\n"
                         "operations = 1\nmessage_bytes = {}\n",
                         count, bytes)));
  };

  EXPECT_EQ(crew("2", "[4000, 4097]"), kWhy);
  EXPECT_EQ(crew("2", "8215"), kWhy);
  EXPECT_EQ(crew("2", "[4120, 9000]"), kWhy);
  EXPECT_EQ(crew("[1, 2]", "4097"), kWhy);
  EXPECT_EQ(crew("1", "4097"), "");
  EXPECT_EQ(crew("2", "[24, 4096]"), "");
  EXPECT_EQ(crew("2", "{ among = [4120, 8192, 65560] }"), "");
}

TEST(ParseScenario, RefusesSelfIdentifyingBytesForSeveralReaders) {
  constexpr std::string_view kReader = R"([[workers]]
role = "reader"
count = 2
ends = "read"
calls = { take = 1 }
buffer_bytes = 100
)";
  EXPECT_EQ(
      Refusal(File("encoding = \"self-identifying\"\n", kWriter, kReader)),
      "1:1: self-identifying bytes are told in order, by one reader, but the crew may have 2; "
      "lower worker.count, or set encoding = \"framed\"");
}

TEST(ParseScenario, RefusesReadersThatWouldCutEachOthersRecords) {
  constexpr std::string_view kReaders = R"([[workers]]
role = "reader"
count = [1, 2]
ends = "read"
calls = { take = 1 }
buffer_bytes = )";
  constexpr std::string_view kRecords = R"([[workers]]
role = "writer"
ends = "write"
calls = { put = 1 }
operations = 10
message_bytes = "record"
)";
  constexpr std::string_view kWhy =
      "1:1: 2 readers must find whole records: set every message_bytes and buffer_bytes to "
      "\"record\", or to one number, of at most 4096";

  EXPECT_EQ(Refusal(File(kWriter, kReaders, "100\n")), kWhy);
  EXPECT_EQ(Refusal(File(kWriter, kReaders, "64\n")), "");
  EXPECT_EQ(Refusal(File("record_bytes = 64\n", kRecords, fmt::format("{}100\n", kReaders))), kWhy);
  EXPECT_EQ(
      Refusal(File("record_bytes = 4097\n", kRecords, fmt::format("{}\"record\"\n", kReaders))),
      kWhy);
  EXPECT_EQ(Refusal(File("record_bytes = 64\n", kRecords, fmt::format("{}\"record\"\n", kReaders))),
            "");
}

TEST(ParseScenario, RefusesARecordSizeThatNobodyGave) {
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"put\", bytes = \"record\" }")),
            "8:50: step.bytes is \"record\" but the scenario has no record_bytes");
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"put\", bytes = \"recrod\" }")),
            "8:50: step.bytes is \"recrod\"; it must be \"record\" or a number of bytes");
}

TEST(ParseScenario, RefusesUnknownFacilitiesPromisesAndCalls) {
  const std::string unknown_facility =
      Refusal("# Hard.\nfacilities = [\"lain\"]\npromises = [\"xfer.conservation\"]\n" +
              std::string(kWriter));
  const std::string unknown_promise =
      Refusal("# Hard.\nfacilities = [\"lane\"]\npromises = [\"xfer.conversation\"]\n" +
              std::string(kWriter));

  EXPECT_TRUE(unknown_facility.starts_with("2:15: ")) << unknown_facility;
  EXPECT_NE(unknown_facility.find("did you mean \"lane\""), std::string::npos) << unknown_facility;
  EXPECT_TRUE(unknown_promise.starts_with("3:13: ")) << unknown_promise;
  EXPECT_NE(unknown_promise.find("xfer.conservation"), std::string::npos) << unknown_promise;
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { putz = 1 }\n")),
            "6:11: worker.calls: lane has no call \"putz\"; did you mean \"put\"?");
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"clos\" }")),
            "8:35: step.call: lane has no call \"clos\"; did you mean \"close\"?");
}

TEST(ParseScenario, RefusesACallThatOneOfItsFacilitiesLacks) {
  EXPECT_EQ(Refusal("# Hard.\nfacilities = [\"lane\", \"street\"]\npromises = "
                    "[\"xfer.conservation\"]\n[[workers]]\nrole = \"a\"\ncalls = { probe = 1 }\n"
                    "operations = 1\n"),
            "6:11: worker.calls: street has no call \"probe\"; known are: take, put, puts, close, "
            "open, resize, packets");
}

TEST(ParseScenario, RefusesAnInstanceIdAmongThePromises) {
  EXPECT_EQ(Refusal("# Hard.\nfacilities = [\"lane\"]\npromises = [\"xfer.conservation@pipe\"]\n" +
                    std::string(kWriter)),
            "3:13: promises: write \"xfer.conservation@pipe\" without \"@facility\"");
}

TEST(ParseScenario, RefusesUnknownWords) {
  EXPECT_EQ(Refusal(Writing("topology = \"forkd\"\n")),
            "10:12: worker.topology is \"forkd\"; did you mean \"forked\"?");
  EXPECT_EQ(Refusal(Writing("bodies = [\"counter\", \"noise\"]\n")),
            "10:22: worker.bodies is \"noise\"; known are: counter, zeros, ones, newlines, magic");
  EXPECT_EQ(Refusal(Writing("bodies = []\n")), "10:10: worker.bodies is empty; list at least one");
}

TEST(ParseScenario, RefusesUnrelatedWorkersWithEndsOfANamelessObject) {
  EXPECT_EQ(
      Refusal(Writing("topology = [\"related\", \"unrelated\"]\n")),
      "4:1: role \"writer\" is unrelated and has ends, but a lane has no name to reach it by; "
      "set ends = \"none\" or another topology");
}

TEST(ParseScenario, RefusesSizesThatNoCallUses) {
  EXPECT_EQ(Refusal(Writing("buffer_bytes = 1\n")),
            "10:1: worker.buffer_bytes is given, but no call of role \"writer\" receives");
  EXPECT_EQ(Refusal(Writing("pieces = 3\n")),
            "10:1: worker.pieces is given, but no call takes several");
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\", call = \"close\", bytes = 3 }")),
            "8:44: step.bytes is given, but close moves none");
}

TEST(ParseScenario, RefusesARoleThatBothSendsAndReceives) {
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { put = 1, take = 1 }\n")),
            "4:1: role \"a\" mixes calls that send, receive or resize; make them two roles");
}

TEST(ParseScenario, RefusesSendingForEver) {
  EXPECT_EQ(Refusal(File("[[workers]]\nrole = \"a\"\ncalls = { put = 1 }\nmessage_bytes = 64\n"
                         "operations = 0\n")),
            "8:14: worker.operations is 0, until end-of-file, which only a role that receives may "
            "be; it must be 1 or more");
}

TEST(ParseScenario, RefusesRolesOfOneName) {
  EXPECT_EQ(Refusal(File(kWriter, kWriter)),
            "11:8: worker.role \"writer\" is taken; choose another");
}

TEST(ParseScenario, RefusesFaultsWithoutTargetOrNumber) {
  EXPECT_EQ(
      Refusal(File(kWriter, "[[faults]]\nkind = \"kill\"\ntarget = \"writter\"\ncount = 1\n")),
      "12:10: fault.target: no worker has role \"writter\"; did you mean \"writer\"?");
  EXPECT_EQ(Refusal(File(kWriter, "[[faults]]\nkind = \"kill\"\ntarget = \"writer\"\n")),
            "10:1: fault needs count or per_thousand_operations");
  EXPECT_EQ(
      Refusal(File(kWriter, "[[faults]]\nkind = \"kill\"\ntarget = \"writer.1\"\ncount = 1\n")),
      "12:10: fault.target is \"writer.1\", but that role may have only 1; the first is 0");
}

TEST(ParseScenario, RefusesStepsOfAWorkerThatDrawsItsCalls) {
  EXPECT_EQ(
      Refusal(File(kWriter, "[[phases]]\nsteps = [{ who = \"writer\", call = \"close\" }]\n")),
      "11:18: role \"writer\" draws its calls; it can have no steps");
}

TEST(ParseScenario, RefusesStepsThatAreNeitherCallNorFault) {
  EXPECT_EQ(Refusal(Stepping("{ who = \"writer\" }")), "8:10: a step has either a call or a fault");
  EXPECT_EQ(
      Refusal(Stepping("{ who = \"writer.x\", call = \"close\" }")),
      "8:18: step.who is \"writer.x\"; it must be \"writer\", \"writer.any\" or \"writer.0\"");
}

TEST(ParseScenario, RefusesAReleaseByAMakerThatHoldsNothing) {
  EXPECT_EQ(Refusal(Stepping("{ maker = \"release\" }")),
            "8:10: the maker has nothing to release; set maker_keeps = true");
}

TEST(ParseScenario, RefusesMoreStepsThanAWorkerCanHold) {
  EXPECT_EQ(
      Refusal(Stepping("{ who = \"writer\", call = \"probe\", argument = { each = [0, 64] } }")),
      "7:1: a worker of role \"writer\" may get 65 steps; it must be 0..64");
  EXPECT_EQ(
      Refusal(Stepping("{ who = \"writer\", call = \"probe\", argument = { each = [1, 64] } }")),
      "");
}

TEST(ParseScenario, RefusesACycleInTwoParts) {
  constexpr std::string_view kCycle =
      "[[phases]]\ncycle = true\nsteps = [{ who = \"writer\", call = \"close\" }]\n";
  constexpr std::string_view kOnce =
      "[[phases]]\nsteps = [{ who = \"writer\", call = \"close\" }]\n";

  const std::string phases = fmt::format("{}{}{}", kCycle, kOnce, kCycle);

  EXPECT_EQ(Refusal(File(kScriptWriter, phases)),
            "12:1: phases with cycle = true must follow each other");
}

TEST(ParseScenario, RefusesACrewThatDoesNothing) {
  EXPECT_EQ(Refusal(File(kScriptWriter)),
            "1:1: nobody does anything; give a worker calls, or add phases");
}

}  // namespace
}  // namespace parley
