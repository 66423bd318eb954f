#include "src/check/lock_frontier.h"

#include <algorithm>
#include <cerrno>
#include <unordered_set>
#include <utility>

namespace parley {
namespace {

using model::LockAnswer;
using model::LockOwner;
using What = LockAction::What;

// Points in the middle of one step that are looked at, and tables that are gone on from.
constexpr std::size_t kNodesMax = 20'000;
constexpr std::size_t kStatesMax = 1'000;

void GiveBackAll(model::LockTable& table, LockOwner owner) {
  for (const LockKind kind : {LockKind::kDescription, LockKind::kWhole}) {
    owner.kind = kind;
    table.Unlock(owner, Bytes{});
  }
}

}  // namespace

std::size_t LockFrontier::Hash::operator()(const Node& node) const {
  return node.state.table.Hash() + 31 * node.state.orphans.size() + node.done;
}

LockFrontier::Result LockFrontier::Advance(std::uint64_t step, std::span<const LockAction> actions,
                                           std::span<const std::uint32_t> returned) {
  std::unordered_set<Node, Hash> seen;
  std::vector<Node> ahead;
  before_ = states_.front();
  for (State& state : states_) ahead.push_back({.state = std::move(state)});
  states_.clear();
  while (!ahead.empty()) {
    const Node node = std::move(ahead.back());
    ahead.pop_back();
    if (!seen.insert(node).second) continue;
    if (seen.size() > kNodesMax) return Result::kTooMany;
    const bool over = node.done == actions.size() && node.state.table.Woken().empty();
    const auto sleeps = [&](std::uint32_t id) { return node.state.table.Sleeps(id); };
    if (over && std::ranges::none_of(returned, sleeps)) states_.push_back(node.state);
    for (const Choice& choice : Choices(node, actions)) {
      Node next = node;
      next.done += choice.next ? 1 : 0;
      const LockAnswer answer = Apply(choice.action, next.state);
      if (Fits(step, choice.action, answer, next.state.table)) ahead.push_back(std::move(next));
    }
  }
  if (states_.size() > kStatesMax) return Result::kTooMany;
  return states_.empty() ? Result::kUnexplained : Result::kExplained;
}

// What may be next: of what happens the first that has not, whoever was woken, and any orphan's
// end.
std::vector<LockFrontier::Choice> LockFrontier::Choices(const Node& node,
                                                        std::span<const LockAction> actions) {
  std::vector<Choice> choices;
  for (const model::LockRequest& woken : node.state.table.Woken()) {
    choices.push_back({.action = {.what = What::kAsk, .request = woken}});
  }
  for (const LockOwner& orphan : node.state.orphans) {
    choices.push_back({.action = {.what = What::kOrphanEnds, .request = {.owner = orphan}}});
  }
  if (node.done < actions.size()) {
    choices.push_back({.action = actions[node.done], .next = true});
  }
  return choices;
}

LockAnswer LockFrontier::Apply(const LockAction& action, State& state) {
  const model::LockRequest& request = action.request;
  switch (action.what) {
    case What::kAsk:
      return state.table.Ask(request, /*tries=*/false);
    case What::kTry:
      return state.table.Ask(request, /*tries=*/true);
    case What::kVisit:
    case What::kQuery:
      return state.table.InTheWayOf(request) != nullptr ? LockAnswer::kRefused
                                                        : LockAnswer::kGranted;
    case What::kUnlock:
      state.table.Unlock(request.owner, request.bytes);
      break;
    case What::kLeave:
      state.table.Leave(request.operation);
      break;
    case What::kOrphan:
      state.orphans.push_back(request.owner);
      break;
    case What::kOrphanEnds:
      GiveBackAll(state.table, request.owner);
      std::erase(state.orphans, request.owner);
      break;
  }
  return LockAnswer::kGranted;
}

// The call may have come to that.
bool LockFrontier::Fits(std::uint64_t step, const LockAction& action, LockAnswer answer,
                        const model::LockTable& table) const {
  if (action.what > What::kQuery) return true;
  const Operation& op = history_.operations[action.request.operation];
  const bool returned = op.outcome == Outcome::kReturned && StepAt(op.returned_ns) == step;
  if (action.what == What::kQuery) return returned && IsTold(op, table.InTheWayOf(action.request));
  switch (answer) {
    case LockAnswer::kSleeps:
      return true;  // until somebody wakes it
    case LockAnswer::kGranted:
      return returned && op.system_error == 0;
    case LockAnswer::kRefused:
      return returned && op.system_error == EAGAIN;
    case LockAnswer::kDeadlock:
      return returned && op.system_error == EDEADLK;
  }
  return false;
}

// Whom the call names is the first in the way, or a process that has gone since.
bool LockFrontier::IsTold(const Operation& op, const model::LockRequest* in_the_way) {
  if (in_the_way == nullptr) return op.result == 0;
  LockHolder holder{.worker = std::nullopt, .exclusive = in_the_way->exclusive};
  const bool named = in_the_way->owner.kind == LockKind::kProcess;
  if (named) holder.worker = in_the_way->owner.worker;
  return op.result == PackHolder(holder) || (named && op.result == kGoneHolder);
}

std::map<std::uint32_t, LockAnswer> LockFrontier::Predict(
    std::span<const LockAction> actions) const {
  std::map<std::uint32_t, LockAnswer> answers;
  Node node{.state = before_};
  for (;;) {
    const std::vector<Choice> choices = Choices(node, actions);
    const auto choice = std::ranges::find_if(
        choices, [](const Choice& one) { return one.action.what != What::kOrphanEnds; });
    if (choice == choices.end()) return answers;
    node.done += choice->next ? 1 : 0;
    const LockAnswer answer = Apply(choice->action, node.state);
    if (choice->action.what <= What::kQuery) {
      answers[choice->action.request.operation] = answer;
    }
  }
}

}  // namespace parley
