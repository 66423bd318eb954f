// libFuzzer's side of a stream target.
//
// PARLEY_FUZZ_BLIND=1 ignores what the model goes through, for measuring what that is good for.
#include <dirent.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <unordered_map>

#include "fuzz/stream/coverage.h"
#include "fuzz/stream/execution.h"
#include "fuzz/stream/mutator.h"
#include "src/base/check.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max);

namespace {

using namespace parley;        // NOLINT(google-build-using-namespace): a program's own file
using namespace parley::fuzz;  // NOLINT(google-build-using-namespace): the same

constexpr std::uint64_t kLookEvery = 64;  // inputs, at descriptors
constexpr std::uint64_t kAskEvery = 256;  // inputs, the checkers
constexpr std::size_t kRememberedMax = 1U << 14U;
constexpr std::uint64_t kRawPercent = 30;  // of mutations, that know nothing of operations

struct Session {
  Execution execution;
  Mutator mutator;
  // What could be done before each operation, of streams that were run.
  std::unordered_map<std::string, std::vector<Situation>> remembered;
  std::uint64_t runs = 0;
  std::uint64_t raw = 0;
  std::uint64_t crossed = 0;
};

Session* g_session = nullptr;

std::ptrdiff_t CountDescriptors() {
  DIR* const folder = ::opendir("/proc/self/fd");
  CHECK(folder != nullptr);
  std::ptrdiff_t count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

void PrintCounts() {
  const auto counts = g_session->mutator.counts();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    fmt::print(stderr, "fuzz: mutation {} {}\n", MutationName(static_cast<Mutation>(i)), counts[i]);
  }
  fmt::print(stderr, "fuzz: mutation raw {}\nfuzz: mutation crossover {}\n", g_session->raw,
             g_session->crossed);
}

[[noreturn]] void Fail(const std::string& text) {
  fmt::print(stderr, "{}\n", text);
  std::abort();
}

MutationRules RulesOf(const StreamTarget& target, const Execution& execution) {
  MutationRules rules{.bounds = execution.bounds(),
                      .calls = {},
                      .lengths = target.lengths,
                      .arguments = target.arguments};
  for (std::size_t call = 0; call < target.calls.size(); ++call) {
    rules.calls.push_back(execution.traits({.call = static_cast<std::uint8_t>(call)}));
  }
  return rules;
}

std::string Key(const Stream& stream) {
  const auto bytes = Encode(stream);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  // Whoever reads the other end may be gone.
  ::signal(SIGPIPE, SIG_IGN);
  if (!CountersAreSeen()) Fail("writes to the counters of model states are not seen");
  if (std::getenv("PARLEY_FUZZ_BLIND") != nullptr) IgnoreModelStates();
  const Facility* const facility = FindFacility(ThisTarget().facility);
  CHECK(facility != nullptr);
  auto workshop = Workshop::Open(*facility);
  if (!workshop) Fail(workshop.error().message);
  fmt::print(stderr, "fuzz: {} {}\n", facility->Name(),
             workshop->own_namespaces() ? "in namespaces of its own" : "swept when it ends");
  Execution execution(ThisTarget(), std::move(*workshop));
  Mutator mutator(RulesOf(ThisTarget(), execution));
  g_session = new Session{
      .execution = std::move(execution), .mutator = std::move(mutator), .remembered = {}};
  std::atexit(PrintCounts);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session& session = *g_session;
  const Stream stream = Decode({data, size}, session.execution.bounds());
  // Others open descriptors, too: a sanitizer those of its symbolizer.
  const bool looks = session.runs % kLookEvery == 1;
  const std::ptrdiff_t before = looks ? CountDescriptors() : 0;
  if (const auto finding = session.execution.Run(stream)) Fail(*finding);
  if (looks && CountDescriptors() != before) Fail("descriptors are left open");
  if (++session.runs % kAskEvery == 0) {
    if (const auto alarm = session.execution.AskCheckers()) Fail(*alarm);
  }
  if (session.remembered.size() >= kRememberedMax) session.remembered.clear();
  session.remembered[Key(stream)] = session.execution.situations();
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max, unsigned seed) {
  Session& session = *g_session;
  if (Mix(seed) % 100 < kRawPercent) {
    ++session.raw;
    return LLVMFuzzerMutate(data, size, max);
  }
  Stream stream = Decode({data, size}, session.execution.bounds());
  const auto known = session.remembered.find(Key(stream));
  const auto situations =
      known != session.remembered.end() ? known->second : std::vector<Situation>{};
  session.mutator.Mutate(stream, situations, seed, std::min(kOperationsMax, max / kCellBytes));
  return Encode(stream, {data, max});
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* data1, std::size_t size1,
                                                 const std::uint8_t* data2, std::size_t size2,
                                                 std::uint8_t* out, std::size_t max,
                                                 unsigned seed) {
  Session& session = *g_session;
  const Bounds bounds = session.execution.bounds();
  ++session.crossed;
  const Stream both =
      Mutator::Cross(Decode({data1, size1}, bounds), Decode({data2, size2}, bounds), seed);
  return Encode(both, {out, max});
}
