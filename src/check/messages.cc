#include "src/check/messages.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <tuple>

#include "src/check/removal.h"
#include "src/history/message_calls.h"

namespace parley {

Messages::Messages(const History& history, std::uint8_t object)
    : history_(history), object_(object) {
  std::uint32_t made = 0;
  bool removed = false;
  bool may_be_made_again = false;
  for (std::uint32_t id = 0; id < history.operations.size(); ++id) {
    const Operation& op = history.operations[id];
    if (op.object != object_) continue;
    if (op.system_error == 0) {
      made += history.effect(op) == Effect::kMakeName ? 1 : 0;
      removed = removed || history.effect(op) == Effect::kRemoveObject;
      may_be_made_again = may_be_made_again || MayCreate(history, op);
    }
    if (history.effect(op) == Effect::kPut) AddSend(id);
    if (history.effect(op) == Effect::kTake) AddReceive(id);
  }
  one_queue_ = made <= 1 && !(removed && may_be_made_again);
  Match();
}

void Messages::AddSend(std::uint32_t id) {
  const Operation& op = operation(id);
  if (op.failed_with(EAGAIN) || op.failed_with(ETIMEDOUT)) full_.push_back(id);
  // What failed otherwise was refused before anything happened, but for EINTR, which is judged.
  if (op.outcome == Outcome::kReturned && op.system_error != 0 && op.system_error != EINTR) return;
  messages_.push_back({.put_from = op.invoked_ns,
                       .put_until = op.succeeded() ? op.returned_ns : kNever,
                       .send = id,
                       .klass = UnpackClass(op.argument).asked,
                       .bytes = op.requested,
                       .accepted = op.succeeded(),
                       .told = op.requested >= kToldBytes});
}

void Messages::AddReceive(std::uint32_t id) {
  const Operation& op = operation(id);
  if (op.outcome == Outcome::kMaybe || CutBeyondRecognition(op)) {
    ++blind_receives_;
    blind_from_ns_ = std::min(blind_from_ns_, op.invoked_ns);
  }
  const bool none = op.failed_with(EAGAIN) || op.failed_with(ENOMSG) || op.failed_with(ETIMEDOUT);
  if (none) empty_.push_back(id);
  if (op.failed_with(EINTR)) interrupted_receives_.push_back(id);
  if (op.succeeded()) receipts_.push_back({.operation = id});
}

// What was left of it in a buffer that was too small does not tell which message it was.
bool Messages::CutBeyondRecognition(const Operation& receive) const {
  return receive.succeeded() && history_.calls[receive.call].truncates &&
         receive.result == receive.requested && receive.requested < kToldBytes;
}

std::uint32_t Messages::Find(const Extent& extent) const {
  const auto key = [&](const Message& message) {
    const Operation& op = operation(message.send);
    return std::tuple(op.worker, op.position);
  };
  const std::tuple wanted(extent.writer, extent.position);
  auto at = std::ranges::lower_bound(messages_, wanted, {}, key);
  // A send that failed with EINTR left its position to the next one; the last one counts.
  while (at != messages_.end() && at + 1 != messages_.end() && key(*(at + 1)) == wanted) ++at;
  if (at == messages_.end() || key(*at) != wanted || !at->told) return kNoMessage;
  return static_cast<std::uint32_t>(at - messages_.begin());
}

std::uint32_t Messages::Given(const Operation& receive) const {
  const auto received = history_.received(receive);
  const bool told =
      received.size() == 1 && received[0].kind == static_cast<std::uint16_t>(ExtentKind::kWritten);
  return told ? Find(received[0]) : kNoMessage;
}

void Messages::Match() {
  const auto key = [&](const Message& message) {
    const Operation& op = operation(message.send);
    return std::tuple(op.worker, op.position, message.send);
  };
  // They are, where operations stand worker by worker.
  if (!std::ranges::is_sorted(messages_, {}, key)) std::ranges::sort(messages_, {}, key);
  for (Receipt& receipt : receipts_) {
    const Operation& op = operation(receipt.operation);
    receipt.message = Given(op);
    if (receipt.message == kNoMessage) continue;
    Message& message = messages_[receipt.message];
    receipt.again = message.received();
    if (receipt.again) continue;
    message.receive = receipt.operation;
    message.taken_from = op.invoked_ns;
    message.taken_until = op.returned_ns;
  }
}

bool SelectsByClass(const History& history) {
  return std::ranges::none_of(history.calls, [](const Call& call) {
    return call.effect == Effect::kTake && call.select == Selector::kHighest;
  });
}

std::vector<std::uint32_t> OwnedClasses(const History& history) {
  std::map<std::uint32_t, std::set<std::uint16_t>> askers;   // by class
  std::map<std::uint16_t, std::set<std::uint32_t>> classes;  // by worker; 0: any
  for (const Operation& op : history.operations) {
    if (history.effect(op) != Effect::kTake) continue;
    const Selection wanted = SelectionOf(history, op);
    const std::uint32_t klass = wanted.select == Selector::kEqual ? wanted.klass : 0;
    classes[op.worker].insert(klass);
    if (klass != 0) askers[klass].insert(op.worker);
  }
  std::vector<std::uint32_t> owned;
  for (const auto& [klass, workers] : askers) {
    if (workers.size() == 1 && classes[*workers.begin()].size() == 1) owned.push_back(klass);
  }
  return owned;
}

std::vector<std::uint8_t> ObjectsOf(const History& history) {
  std::vector<std::uint8_t> objects;
  for (const Operation& op : history.operations) {
    const auto place = std::ranges::lower_bound(objects, op.object);
    if (place == objects.end() || *place != op.object) objects.insert(place, op.object);
  }
  return objects;
}

std::string MessageText(const Messages& view, const Message& message) {
  const Operation& op = view.operation(message.send);
  return fmt::format("the message of worker {} at {} ({} bytes of class {})", op.worker,
                     op.position, message.bytes, message.klass);
}

}  // namespace parley
