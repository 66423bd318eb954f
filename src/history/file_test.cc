#include "src/history/file.h"

#include <gtest/gtest.h>

#include <string>

#include "src/history/output_file.h"
#include "src/history/sample_history.h"

namespace parley {
namespace {

std::string InTestFolder(const std::string& name) { return testing::TempDir() + "/" + name; }

// The message with which text is refused, after the path; empty when it is accepted.
std::string Refusal(std::string_view text) {
  const Result<History> history = DecodeHistory(text, "h");
  if (history.has_value()) return "";
  EXPECT_EQ(history.error().blame, Blame::kInput);
  EXPECT_TRUE(history.error().message.starts_with("h:")) << history.error().message;
  return history.error().message;
}

std::string Replaced(std::string text, std::string_view what, std::string_view by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

class Forms : public testing::TestWithParam<HistoryForm> {
 protected:
  std::string Path() const {
    return InTestFolder(GetParam() == HistoryForm::kJsonLines ? "sample.jsonl" : "sample.history");
  }
  std::string Sample() const { return EncodeHistory(SampleHistory(), GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Both, Forms,
                         testing::Values(HistoryForm::kJsonLines, HistoryForm::kCompact));

TEST_P(Forms, GiveBackWhatWasWritten) {
  ASSERT_TRUE(WriteHistory(SampleHistory(), Path()).has_value());

  const Result<History> history = ReadHistory(Path());

  ASSERT_TRUE(history.has_value()) << history.error().message;
  EXPECT_EQ(*history, SampleHistory());
}

TEST_P(Forms, AreToldByContentNotByName) {
  const std::string path = InTestFolder("no_suffix");
  ASSERT_TRUE(WriteWholeFile(path, Sample()).has_value());

  const Result<History> history = ReadHistory(path);

  ASSERT_TRUE(history.has_value()) << history.error().message;
  EXPECT_EQ(*history, SampleHistory());
}

TEST_P(Forms, RefuseAFileThatIsCutAnywhere) {
  const std::string whole = Sample();
  // JSON Lines without the very last line end are whole.
  const std::size_t last = GetParam() == HistoryForm::kJsonLines ? whole.size() - 1 : whole.size();

  for (std::size_t length = 0; length < last; ++length) {
    EXPECT_NE(Refusal(whole.substr(0, length)), "") << length;
  }
}

TEST_P(Forms, RefuseWhatFollowsTheEnd) {
  EXPECT_NE(Refusal(Sample() + "{}\n").find("something follows the end"), std::string::npos);
}

TEST_P(Forms, KeepTheExtentsOfEachOperationWhereverTheyLie) {
  History history = SampleHistory();
  history.extents.insert(history.extents.begin(), {.position = 5, .bytes = 1});
  history.operations[3].first_extent = 1;

  const Result<History> back = DecodeHistory(EncodeHistory(history, GetParam()), "h");

  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(*back, SampleHistory());
}

TEST(CompactHistory, RefusesEveryChangedBit) {
  const std::string whole = EncodeHistory(SampleHistory(), HistoryForm::kCompact);

  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string garbled = whole;
    garbled[bit / 8] = static_cast<char>(garbled[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_NE(Refusal(garbled), "") << bit;
  }
}

TEST(JsonLinesHistory, IsReadOrRefusedButNoMoreWhateverBitChanges) {
  const std::string whole = EncodeHistory(SampleHistory(), HistoryForm::kJsonLines);

  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string garbled = whole;
    garbled[bit / 8] = static_cast<char>(garbled[bit / 8] ^ (1 << (bit % 8)));
    if (Refusal(garbled) != "") ++refused;
  }

  // What is left are other digits of numbers and other letters of free text.
  EXPECT_GT(refused, whole.size() * 5);
}

TEST(CompactHistory, SaysAtWhichByteItIsGarbled) {
  std::string text = EncodeHistory(SampleHistory(), HistoryForm::kCompact);
  text[30] = '!';

  EXPECT_EQ(Refusal(text), "h: byte 12: garbled: the checksum of section HEAD is wrong");
}

TEST(CompactHistory, SaysThatItIsOfAnotherVersion) {
  std::string text = EncodeHistory(SampleHistory(), HistoryForm::kCompact);
  text[8] = 4;

  EXPECT_EQ(Refusal(text), "h: byte 8: history of version 4; this parley reads version 3");
}

TEST(JsonLinesHistory, IsReadable) {
  const std::string text = EncodeHistory(SampleHistory(), HistoryForm::kJsonLines);

  EXPECT_EQ(
      text,
      R"({"parley":"history","version":3,"facility":"pipe","family":"byte stream",)"
      R"("scenario":"pipe_kill",)"
      R"("token":"1.pipe_kill.pipe.f.7.3","seed":7,"round":3,"mode":"free",)"
      R"("kernel":"Linux 6.1.0 x86_64","planted":"","clock_slack_ns":40,)"
      R"("atomic_bytes":4096,"default_capacity_bytes":65536,"capacity_bytes":65536,"capacity_messages":0,"message_bytes":0,"class_min":0,"class_max":0,)"
      R"("complete":true,"drained":true,"overwrites":false,)"
      R"("calls":[{"name":"write","effect":"put"},)"
      R"({"name":"readv","effect":"take","gathers":true}],)"
      R"("workers":[{"role":"maker","topology":"related","creator":true},)"
      R"({"role":"writer","topology":"forked","interrupted":true},)"
      R"({"role":"reader","topology":"unrelated"}]}
{"op":0,"worker":1,"call":"write","handle":2,"requested":64,"invoked_ns":100,"returned_ns":200,"result":64}
{"op":1,"worker":1,"call":"write","handle":2,"nonblocking":true,"requested":64,"position":64,"invoked_ns":300,"returned_ns":310,"result":-1,"error":"EAGAIN"}
{"op":2,"worker":1,"call":"write","handle":2,"requested":64,"position":64,"invoked_ns":400,"returned_ns":900,"outcome":"maybe"}
{"op":3,"worker":2,"call":"readv","handle":1,"requested":4096,"pieces":2,"invoked_ns":150,"returned_ns":260,"result":70,"received":[[1,0,64],[0,0,6,"unidentified"]]}
{"op":4,"worker":2,"call":"readv","handle":1,"requested":4096,"invoked_ns":500,"outcome":"pending"}
{"fault":"kill","worker":1,"invoked_ns":800,"returned_ns":900}
{"sighting":0,"worker":2,"from_ns":600,"until_ns":1000000600,"samples":21,"system_call":19,"heartbeat_gap_ns_max":51000000,"steady":true}
{"residue":"process 4711 (writer) is alive"}
{"end":true,"operations":5,"extents":2,"faults":1,"sightings":1,"residue":1}
)");
}

TEST(JsonLinesHistory, SaysInWhichLineWhatIsWrong) {
  const std::string text = EncodeHistory(SampleHistory(), HistoryForm::kJsonLines);

  EXPECT_EQ(Refusal(Replaced(text, "\"version\":3", "\"version\":4")),
            "h:1: history of version 4; this parley reads version 3");
  EXPECT_EQ(Refusal(Replaced(text, "\"op\":1", "\"op\":2")),
            "h:3: operation 2 follows 1 operations");
  EXPECT_EQ(Refusal(Replaced(text, "\"handle\":2", "\"handel\":2")),
            "h:2: \"handel\" is an unknown member");
  EXPECT_EQ(Refusal(Replaced(text, "\"handle\":2", "\"handle\":\"2\"")),
            "h:2: \"handle\" must be a whole number of 0..65535");
  EXPECT_EQ(Refusal(Replaced(text, "\"handle\":2", "\"handle\":65536")),
            "h:2: \"handle\" must be a whole number of 0..65535");
  EXPECT_EQ(Refusal(Replaced(text, "\"op\":0,\"worker\":1", "\"op\":0,\"worker\":3")),
            "h:2: worker 3 is not among the 3 workers");
  EXPECT_EQ(Refusal(Replaced(text, "\"call\":\"write\"", "\"call\":\"send\"")),
            "h:2: call \"send\" is not among the heading's");
  EXPECT_EQ(Refusal(Replaced(text, "\"invoked_ns\":300", "\"invoked_ns\":199")),
            "h:3: worker 1 begins it before its operation before has returned");
  EXPECT_EQ(Refusal(Replaced(text, "\"EAGAIN\"", "\"EWHAT\"")),
            "h:3: \"error\" is \"EWHAT\", unknown");
  EXPECT_EQ(Refusal(Replaced(text, "\"result\":64", "\"result\":64.0")),
            "h:2: \"result\" must be a whole number of 64 bits");
  EXPECT_EQ(Refusal(Replaced(text, ",\"result\":64", "")), "h:2: \"result\" is missing");
  EXPECT_EQ(Refusal(Replaced(text, "[1,0,64]", "[1,0,65]")),
            "h:5: its extents add up to 71 bytes; it returned 70");
  EXPECT_EQ(Refusal(Replaced(text, "[1,0,64]", "[1,0]")),
            "h:5: an extent must be [writer, position, bytes], with a kind or without");
  EXPECT_EQ(Refusal(Replaced(text, "\"extents\":2", "\"extents\":3")),
            "h:10: the end says 3 extents; the file has 2");
  EXPECT_EQ(Refusal(Replaced(text, "{\"fault\"", "{\"fautl\"")),
            "h:7: neither an operation, a fault, a sighting, a residue nor the end");
  EXPECT_EQ(Refusal(Replaced(text, "{\"fault\"", "{fault")), "h:7: no valid JSON at column 4");
  EXPECT_EQ(Refusal(text.substr(0, text.find("{\"fault\""))),
            "h:6: truncated: the line that ends the history is missing");
}

TEST(DecodeHistory, RefusesForeignFiles) {
  EXPECT_EQ(Refusal("{\"name\":\"x\"}\n"),
            "h:1: not a parley history: the first line must begin with {\"parley\":\"history\"");
  EXPECT_EQ(Refusal("\x7f"
                    "ELF"),
            "h: not a parley history: neither JSON Lines nor the compact form");
  EXPECT_EQ(Refusal(""), "h: the file is empty");
  EXPECT_EQ(Refusal("\x89par"), "h: byte 0: truncated: not even its first eight bytes are there");
  EXPECT_EQ(Refusal("{\"parley\":" + std::string(100'000, '[')),
            "h:1: nested too deep for a history");
}

TEST(ReadHistory, SaysWhatTheSystemRefused) {
  const Result<History> absent = ReadHistory(InTestFolder("absent.jsonl"));
  const Result<History> folder = ReadHistory(testing::TempDir());
  const Result<History> endless = ReadHistory("/dev/zero");

  ASSERT_FALSE(absent.has_value());
  EXPECT_EQ(absent.error().system_error, ENOENT);
  EXPECT_EQ(absent.error().blame, Blame::kInput);
  ASSERT_FALSE(folder.has_value());
  ASSERT_FALSE(endless.has_value());
  EXPECT_EQ(endless.error().message, "/dev/zero is not a regular file");
}

TEST(WriteHistory, RefusesANameOfNeitherForm) {
  const Result<void> written = WriteHistory(SampleHistory(), InTestFolder("h.json"));

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().blame, Blame::kInput);
}

TEST(WriteHistory, RefusesAHistoryThatItCouldNotRead) {
  History history = SampleHistory();
  history.operations[0].worker = 3;

  const Result<void> written = WriteHistory(history, InTestFolder("broken.jsonl"));

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().blame, Blame::kSystem);
  EXPECT_TRUE(
      written.error().message.ends_with("the history is inconsistent: operation 0: "
                                        "worker 3 is not among the 3 workers"))
      << written.error().message;
}

}  // namespace
}  // namespace parley
