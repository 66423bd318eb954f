#include "src/check/brute_force.h"

#include <algorithm>
#include <cerrno>

#include "src/check/brute_force_bytes.h"

namespace parley {
namespace {

class Naive {
 public:
  explicit Naive(const History& history) : history_(history), objects_(TakeApart(history)) {}

  std::map<Clause, Verdict> Judge() {
    for (const NaiveObject& object : objects_) {
      for (const std::size_t put : object.puts) {
        Torn(object, put);
        Short(put);
        Moved(object, put);
      }
      Runs(object);
      Parts(object);
      ProgramOrder(object);
      RealTime(object);
      Twice(object);
      Unsent(object);
      Missing(object);
      Overfull(object);
    }
    Interleaving();
    return verdicts_;
  }

 private:
  const Operation& op(std::size_t id) const { return history_.operations[id]; }
  bool atomic(std::size_t put) const { return op(put).requested <= history_.header.atomic_bytes; }
  bool returned(std::size_t put) const { return op(put).outcome == Outcome::kReturned; }
  void Set(Clause clause, Verdict verdict) {
    const auto [entry, added] = verdicts_.emplace(clause, verdict);
    entry->second = std::max(entry->second, verdict);
  }
  void Break(Clause clause) { Set(clause, Verdict::kBroken); }
  void Doubt(Clause clause) { Set(clause, Verdict::kInconclusive); }

  Clause TornClause(std::size_t put) const {
    bool resized = history_.header.capacity_bytes != 0 &&
                   history_.header.default_capacity_bytes != 0 &&
                   history_.header.capacity_bytes != history_.header.default_capacity_bytes;
    for (const Operation& o : history_.operations) {
      resized = resized || (history_.effect(o) == Effect::kResize && o.succeeded());
    }
    return resized                                ? Clause::kTornResized
           : history_.calls[op(put).call].gathers ? Clause::kTornGather
           : op(put).nonblocking                  ? Clause::kTornNonblocking
                                                  : Clause::kTorn;
  }

  // Another put's byte between two of this one's, in the stream or, with concurrent readers, in
  // one take.
  bool Separated(const NaiveObject& object, std::size_t put) const {
    const auto& bytes = object.bytes;
    const int own = static_cast<int>(put);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      for (std::size_t j = i + 1; j < bytes.size() && bytes[i].put == own; ++j) {
        for (std::size_t k = j + 1; k < bytes.size() && bytes[j].put != own; ++k) {
          const bool one_stream = object.serialised || (bytes[i].take == bytes[j].take &&
                                                        bytes[j].take == bytes[k].take);
          if (one_stream && bytes[j].put >= 0 && bytes[k].put == own) {
            return true;
          }
        }
      }
    }
    return false;
  }

  void Torn(const NaiveObject& object, std::size_t put) {
    if (!atomic(put) || DistinctReceived(object, put, history_) == 0) {
      return;
    }
    if (!AnyRepeated(object, put, history_) && Separated(object, put)) {
      Break(TornClause(put));
    }
    bool cut = false;
    for (const NaiveByte& a : object.bytes) {
      for (const NaiveByte& b : object.bytes) {
        cut = cut || (a.put == static_cast<int>(put) && b.put == a.put && a.take != b.take);
      }
    }
    if (!object.serialised && object.writers > 1 && (cut || object.blurred)) {
      Doubt(TornClause(put));
    }
  }

  void Short(std::size_t put) {
    if (op(put).nonblocking && returned(put) && atomic(put) && op(put).result < op(put).requested) {
      Break(Clause::kShortNonblocking);
    }
  }

  void Moved(const NaiveObject& object, std::size_t put) {
    if (atomic(put)) {
      return;
    }
    const bool repeated = AnyRepeated(object, put, history_);
    for (std::size_t i = 0; i < object.bytes.size(); ++i) {
      for (std::size_t j = i + 1; j < object.bytes.size(); ++j) {
        const NaiveByte& a = object.bytes[i];
        const NaiveByte& b = object.bytes[j];
        if (a.put != static_cast<int>(put) || b.put != a.put) {
          continue;
        }
        if (a.position > b.position && !repeated && (object.serialised || a.reader == b.reader)) {
          Break(Clause::kBytesMoved);
        }
        if (a.position == b.position && a.reader == b.reader &&
            op(put).outcome != Outcome::kMaybe &&
            !InInterruptedPut(history_, object.object, a.writer, a.position)) {
          Break(Clause::kBytesMoved);
        }
      }
    }
  }

  // Does another reader's stint come next to the byte, with no written byte of its own between?
  bool BesideTakeover(const NaiveObject& object, std::size_t byte, int direction) const {
    const int reader = object.bytes[byte].reader;
    const auto own = std::ranges::find(object.takes, object.bytes[byte].take);
    for (int i = static_cast<int>(byte); i >= 0 && i < static_cast<int>(object.bytes.size());
         i += direction) {
      const NaiveByte& other = object.bytes[static_cast<std::size_t>(i)];
      const auto place = std::ranges::find(object.takes, other.take);
      const auto [low, high] = std::minmax(own, place);
      const bool same_stint =
          std::all_of(low, high + 1, [&](std::size_t take) { return op(take).worker == reader; });
      if (!same_stint) {
        return true;
      }
      if (other.kind == ExtentKind::kWritten) {
        return false;
      }
    }
    for (auto i = own - object.takes.begin(); i >= 0 && i < std::ssize(object.takes);
         i += direction) {
      if (op(object.takes[static_cast<std::size_t>(i)]).worker != reader) {
        return true;
      }
    }
    return false;
  }

  // Bytes of nobody in a row, the byte itself included, in one stint of one reader.
  std::uint64_t RunBytes(const NaiveObject& object, std::size_t byte) const {
    std::uint64_t bytes = 1;
    for (const int direction : {-1, 1}) {
      for (int i = static_cast<int>(byte) + direction;
           i >= 0 && i < static_cast<int>(object.bytes.size()); i += direction) {
        const NaiveByte& other = object.bytes[static_cast<std::size_t>(i)];
        const auto own = std::ranges::find(object.takes, object.bytes[byte].take);
        const auto place = std::ranges::find(object.takes, other.take);
        const auto [low, high] = std::minmax(own, place);
        const bool same_stint = std::all_of(low, high + 1, [&](std::size_t take) {
          return op(take).worker == object.bytes[byte].reader;
        });
        if (other.kind == ExtentKind::kWritten || !same_stint) {
          break;
        }
        ++bytes;
      }
    }
    return bytes;
  }

  void Runs(const NaiveObject& object) {
    std::uint64_t requested_max = 0;
    for (const std::size_t put : object.puts) {
      requested_max = std::max<std::uint64_t>(requested_max, op(put).requested);
    }
    const bool taken_over = std::ranges::any_of(object.takes, [&](std::size_t take) {
      return op(take).worker != op(object.takes[0]).worker;
    });
    for (std::size_t i = 0; i < object.bytes.size(); ++i) {
      if (object.bytes[i].kind == ExtentKind::kWritten) {
        continue;
      }
      const Clause clause = object.bytes[i].kind == ExtentKind::kUnidentified
                                ? Clause::kContentChanged
                                : Clause::kContentOverwritten;
      if (!object.serialised) {
        Doubt(clause);
      } else if ((BesideTakeover(object, i, -1) || BesideTakeover(object, i, 1)) &&
                 RunBytes(object, i) < requested_max) {
        continue;
      } else if (taken_over && requested_max > history_.header.atomic_bytes) {
        Doubt(clause);
      } else {
        Break(clause);
      }
    }
  }

  void Parts(const NaiveObject& object) {
    std::uint64_t missing_bytes = 0;
    for (const std::size_t put : object.puts) {
      const std::uint64_t received = DistinctReceived(object, put, history_);
      if (returned(put) && received > 0) {
        missing_bytes += NaiveBytesOf(op(put)) - received;
      }
    }
    if (history_.header.drained && history_.header.complete &&
        missing_bytes > object.allowance_bytes) {
      object.serialised ? Break(Clause::kContentChanged) : Doubt(Clause::kContentChanged);
    }
  }

  void Interleaving() {
    bool overlap = false;
    bool seen = false;
    for (const NaiveObject& object : objects_) {
      bool here = false;
      for (const std::size_t a : object.puts) {
        for (const std::size_t b : object.puts) {
          here = here || (!atomic(a) && !atomic(b) && op(a).worker != op(b).worker &&
                          !history_.precedes(op(a), op(b)) && !history_.precedes(op(b), op(a)));
        }
      }
      if (!here || !object.serialised) {
        continue;
      }
      overlap = true;
      for (const std::size_t put : object.puts) {
        seen = seen || (!atomic(put) && Separated(object, put));
      }
    }
    if (overlap && !seen) {
      Doubt(Clause::kInterleaveUnseen);
    }
  }

  void ProgramOrder(const NaiveObject& object) {
    for (std::size_t i = 0; i < object.bytes.size(); ++i) {
      for (std::size_t j = i + 1; j < object.bytes.size(); ++j) {
        const NaiveByte& first = object.bytes[i];
        const NaiveByte& second = object.bytes[j];
        if (first.put < 0 || second.put < 0 || first.reader != second.reader ||
            first.writer != second.writer || second.position >= first.position) {
          continue;
        }
        const auto put = static_cast<std::size_t>(second.put);
        const bool one_large = first.put == second.put && !atomic(put);
        if (!one_large && !AnyRepeated(object, put, history_) &&
            !AnyRepeated(object, static_cast<std::size_t>(first.put), history_)) {
          Break(Clause::kProgramOrder);
        }
      }
    }
  }

  // Where the first byte of the put was received, if anywhere.
  const NaiveByte* FirstByte(const NaiveObject& object, std::size_t put) const {
    for (const NaiveByte& byte : object.bytes) {
      if (byte.put == static_cast<int>(put) && byte.position == op(put).position) {
        return &byte;
      }
    }
    return nullptr;
  }

  void RealTime(const NaiveObject& object) {
    const bool none_lost =
        history_.header.drained && history_.header.complete && object.allowance_bytes == 0;
    for (const std::size_t a : object.puts) {
      for (const std::size_t b : object.puts) {
        const NaiveByte* first = FirstByte(object, a);
        const NaiveByte* second = FirstByte(object, b);
        if (!history_.precedes(op(a), op(b)) || second == nullptr ||
            AnyRepeated(object, a, history_) || AnyRepeated(object, b, history_)) {
          continue;
        }
        if (first == nullptr) {
          if (none_lost && returned(a) && DistinctReceived(object, a, history_) == 0) {
            Break(Clause::kRealTimeOrder);
          }
        } else if (object.serialised || first->reader == second->reader
                       ? second < first
                       : history_.precedes(op(second->take), op(first->take))) {
          Break(Clause::kRealTimeOrder);
        }
      }
    }
  }

  void Twice(const NaiveObject& object) {
    for (std::size_t i = 0; i < object.bytes.size(); ++i) {
      for (std::size_t j = i + 1; j < object.bytes.size(); ++j) {
        const NaiveByte& a = object.bytes[i];
        const NaiveByte& b = object.bytes[j];
        if (a.put < 0 || a.put != b.put || a.position != b.position) {
          continue;
        }
        const auto put = static_cast<std::size_t>(a.put);
        if (InInterruptedPut(history_, object.object, a.writer, a.position)) {
          Break(Clause::kInterruptedEffect);
        } else if (op(put).outcome == Outcome::kMaybe) {
          Break(Clause::kKilledEffect);
        } else if (atomic(put) || a.reader != b.reader) {
          Break(Clause::kDuplicate);
        }
      }
    }
  }

  void Unsent(const NaiveObject& object) {
    for (const NaiveByte& byte : object.bytes) {
      if (byte.kind != ExtentKind::kWritten || byte.put >= 0) {
        continue;
      }
      if (!history_.header.complete) {
        Doubt(Clause::kInvented);
      } else if (InInterruptedPut(history_, object.object, byte.writer, byte.position)) {
        Break(Clause::kInterruptedEffect);
      } else {
        Break(Clause::kInvented);
      }
    }
  }

  void Missing(const NaiveObject& object) {
    if (!history_.header.drained) {
      return;
    }
    const Verdict verdict = history_.header.complete ? Verdict::kBroken : Verdict::kInconclusive;
    std::uint64_t all = 0;
    std::uint64_t unexplained = 0;
    for (const std::size_t put : object.puts) {
      const std::uint64_t missing = NaiveBytesOf(op(put)) - DistinctReceived(object, put, history_);
      if (!returned(put)) {
        if (op(put).outcome == Outcome::kMaybe && atomic(put) && missing < NaiveBytesOf(op(put)) &&
            missing > object.allowance_bytes) {
          Set(Clause::kKilledEffect, verdict);
        }
        continue;
      }
      all += missing;
      const bool explained = std::ranges::any_of(history_.operations, [&](const Operation& o) {
        return history_.effect(o) == Effect::kTake && o.object == object.object &&
               o.failed_with(EINTR) && o.requested > 0 && !history_.precedes(o, op(put));
      });
      unexplained += explained ? 0 : missing;
    }
    if (unexplained > object.allowance_bytes) {
      Set(Clause::kLost, verdict);
    } else if (all > object.allowance_bytes) {
      Set(Clause::kInterruptedEffect, verdict);
    }
  }

  void Overfull(const NaiveObject& object) {
    for (const std::size_t now : object.puts) {
      std::int64_t inside = 0;
      for (const std::size_t put : object.puts) {
        inside += returned(put) && op(put).returned_ns <= op(now).returned_ns ? op(put).result : 0;
      }
      for (const std::size_t take : object.takes) {
        if (returned(now) && !history_.precedes(op(now), op(take))) {
          inside -= op(take).outcome == Outcome::kReturned ? op(take).result : op(take).requested;
        }
      }
      if (returned(now) && history_.header.capacity_bytes > 0 &&
          inside > static_cast<std::int64_t>(history_.header.capacity_bytes)) {
        history_.header.complete ? Break(Clause::kOverfull) : Doubt(Clause::kOverfull);
      }
    }
  }

  const History& history_;
  std::vector<NaiveObject> objects_;
  std::map<Clause, Verdict> verdicts_;
};

}  // namespace

std::map<Clause, Verdict> JudgeNaively(const History& history) { return Naive(history).Judge(); }

}  // namespace parley
