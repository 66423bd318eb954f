#include "src/check/brute_force_bytes.h"

#include <algorithm>
#include <cerrno>
#include <set>

namespace parley {

bool NaiveIsPut(const History& history, const Operation& op) {
  if (history.effect(op) != Effect::kPut) {
    return false;
  }
  return op.outcome == Outcome::kReturned ? op.system_error == 0 && op.result > 0
                                          : op.requested > 0;
}

std::uint64_t NaiveBytesOf(const Operation& put) {
  return put.outcome == Outcome::kReturned ? static_cast<std::uint64_t>(put.result) : put.requested;
}

namespace {

bool Received(const History& history, const Operation& op) {
  return history.effect(op) == Effect::kTake && op.succeeded() && op.result > 0;
}

bool MayHaveSwallowed(const History& history, const Operation& op) {
  return history.effect(op) == Effect::kTake && op.outcome == Outcome::kMaybe && op.requested > 0;
}

bool OrderedTakes(const History& history, std::size_t a, std::size_t b) {
  const Operation& first = history.operations[a];
  const Operation& second = history.operations[b];
  return first.worker == second.worker ? a < b : history.precedes(first, second);
}

void FindTakes(const History& history, NaiveObject& object) {
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.object == object.object && (Received(history, op) || MayHaveSwallowed(history, op))) {
      object.takes.push_back(i);
    }
  }
  for (const std::size_t a : object.takes) {
    for (const std::size_t b : object.takes) {
      object.serialised = object.serialised &&
                          (a == b || OrderedTakes(history, a, b) || OrderedTakes(history, b, a));
    }
  }
  if (object.serialised) {
    for (std::size_t i = 0; i < object.takes.size(); ++i) {
      for (std::size_t j = i + 1; j < object.takes.size(); ++j) {
        if (OrderedTakes(history, object.takes[j], object.takes[i])) {
          std::swap(object.takes[i], object.takes[j]);
        }
      }
    }
  }
}

void AddBytes(const History& history, std::size_t take, NaiveObject& object) {
  const Operation& op = history.operations[take];
  if (op.outcome == Outcome::kMaybe) {
    object.allowance_bytes += op.requested;
    return;
  }
  std::int64_t unknown = op.result;
  for (const Extent& extent : history.received(op)) {
    for (std::uint32_t i = 0; i < extent.bytes; ++i, --unknown) {
      NaiveByte byte{.take = take,
                     .reader = op.worker,
                     .kind = static_cast<ExtentKind>(extent.kind),
                     .writer = extent.writer,
                     .position = extent.position + i};
      if (byte.kind != ExtentKind::kWritten) {
        ++object.allowance_bytes;
        object.blurred = true;
      }
      for (const std::size_t put : object.puts) {
        const Operation& p = history.operations[put];
        if (byte.kind == ExtentKind::kWritten && p.worker == byte.writer &&
            byte.position >= p.position && byte.position < p.position + NaiveBytesOf(p)) {
          byte.put = static_cast<int>(put);
        }
      }
      object.bytes.push_back(byte);
    }
  }
  object.allowance_bytes += unknown > 0 ? static_cast<std::uint64_t>(unknown) : 0;
}

}  // namespace

std::vector<NaiveObject> TakeApart(const History& history) {
  std::vector<NaiveObject> objects;
  for (int number = 0; number < 256; ++number) {
    NaiveObject object{.object = number, .puts = {}, .takes = {}, .bytes = {}};
    std::set<int> writers;
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      if (history.operations[i].object == number && NaiveIsPut(history, history.operations[i])) {
        object.puts.push_back(i);
        writers.insert(history.operations[i].worker);
      }
    }
    object.writers = writers.size();
    FindTakes(history, object);
    for (const std::size_t take : object.takes) {
      AddBytes(history, take, object);
    }
    if (!object.puts.empty() || !object.takes.empty()) {
      objects.push_back(std::move(object));
    }
  }
  return objects;
}

std::size_t TimesReceived(const NaiveObject& object, std::size_t put, const History& history,
                          std::uint64_t offset) {
  std::size_t times = 0;
  for (const NaiveByte& byte : object.bytes) {
    times += byte.put == static_cast<int>(put) &&
             byte.position == history.operations[put].position + offset;
  }
  return times;
}

std::uint64_t DistinctReceived(const NaiveObject& object, std::size_t put, const History& history) {
  std::uint64_t distinct = 0;
  for (std::uint64_t offset = 0; offset < NaiveBytesOf(history.operations[put]); ++offset) {
    distinct += TimesReceived(object, put, history, offset) > 0;
  }
  return distinct;
}

bool AnyRepeated(const NaiveObject& object, std::size_t put, const History& history) {
  for (std::uint64_t offset = 0; offset < NaiveBytesOf(history.operations[put]); ++offset) {
    if (TimesReceived(object, put, history, offset) > 1) {
      return true;
    }
  }
  return false;
}

bool InInterruptedPut(const History& history, int object, int writer, std::uint64_t position) {
  for (const Operation& op : history.operations) {
    if (op.object == object && op.worker == writer && history.effect(op) == Effect::kPut &&
        op.failed_with(EINTR) && position >= op.position && position < op.position + op.requested) {
      return true;
    }
  }
  return false;
}

}  // namespace parley
