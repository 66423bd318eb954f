#include "src/finding/finding.h"

#include <algorithm>

namespace parley {
namespace {

constexpr int kExitSignalBase = 128;

bool Any(const RunResult& result, Verdict verdict) {
  return std::ranges::find(result.promises, verdict, &PromiseResult::verdict) !=
         result.promises.end();
}

}  // namespace

void SettlePlanted(RunResult& result) {
  if (!result.planted.has_value()) return;
  std::set<std::string> blamed;
  for (const PromiseResult& promise : result.promises) {
    if (promise.verdict == Verdict::kBroken) {
      blamed.insert(promise.id.substr(0, promise.id.find('@')));
    }
  }
  result.planted->caught = blamed.contains(result.planted->promise);
  result.planted->blamed.assign(blamed.begin(), blamed.end());
}

int ExitCode(const Error& error) {
  switch (error.blame) {
    case Blame::kInput:
      return kExitUsage;
    case Blame::kSystem:
      return kExitTrouble;
    case Blame::kUnsupported:
      return kExitUnsupported;
  }
  return kExitTrouble;
}

int ExitCode(const RunResult& result) {
  if (Any(result, Verdict::kBroken)) return kExitBroken;
  if (result.interrupted != 0) return kExitSignalBase + result.interrupted;
  if (result.error.has_value()) return ExitCode(*result.error);
  if (Any(result, Verdict::kInconclusive)) return kExitInconclusive;
  return Any(result, Verdict::kKept) ? kExitKept : kExitUnsupported;
}

}  // namespace parley
