// Typed access to a node tree.  A problem is reported where it stands; the first one wins, and
// readers go on with defaults, so that reading code needs no error paths.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"
#include "src/scenario/rules.h"
#include "src/scenario/toml_tree.h"

namespace parley {

class Problem {
 public:
  // path: of the file, for the message.
  explicit Problem(std::string_view path) : path_(path) {}

  void Report(Position at, std::string_view what);
  // The same for a key that nobody knows; it also replaces a missing key, which it is likely to be.
  void ReportUnknown(Position at, std::string_view what);
  void ReportMissing(Position at, std::string_view what);
  bool found() const { return message_.has_value(); }
  // The first problem reported, as an input error; only when found().
  std::unexpected<Error> error() const;

 private:
  std::string path_;
  std::optional<std::string> message_;
  bool missing_ = false;  // message_ is of a missing key
};

// What a whole number may be, ends included.
struct Limits {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// A word of the file and what it stands for.
template <typename T>
struct Word {
  std::string_view text;
  T value;
};

// ", did you mean \"write\"?", or "; known are: ..." when nothing is near.
std::string DidYouMean(std::string_view word, std::span<const std::string_view> known);

// name: how messages call the value, "worker.count".
std::uint64_t ReadInteger(const Node& node, std::string_view name, Limits limits, Problem& problem);
// A number, or [low, high].
Interval ReadInterval(const Node& node, std::string_view name, Limits limits, Problem& problem);
std::string ReadText(const Node& node, std::string_view name, Problem& problem);
bool ReadBoolean(const Node& node, std::string_view name, Problem& problem);
// An array; anything else is reported and empty.
std::span<const Node> ReadArray(const Node& node, std::string_view name, Problem& problem);
// One, [low, high], or { among = [...], range = [low, high] }; word: a string that stands for 0.
Sizes ReadSizes(const Node& node, std::string_view name, Limits limits, Problem& problem,
                std::string_view word = {});

// The index in known of the word that node holds; 0 after a problem.
std::size_t ReadWord(const Node& node, std::string_view name,
                     std::span<const std::string_view> known, Problem& problem);

// A table of which every key must be asked for.
class Table {
 public:
  // name: how messages call it, "worker"; empty for the document.
  Table(const Node& node, std::string_view name, Problem& problem);

  // The value of a key; null when the table has none.
  const Node* Find(std::string_view key);
  // The same; a missing one is reported.
  const Node* Require(std::string_view key);
  // "worker.count".
  std::string Name(std::string_view key) const;
  Position at() const { return node_.at; }
  Problem& problem() { return problem_; }

  std::uint64_t Integer(std::string_view key, Limits limits, std::uint64_t otherwise);
  Interval Numbers(std::string_view key, Limits limits, Interval otherwise);
  bool Boolean(std::string_view key, bool otherwise);

  template <typename T, std::size_t kWords>
  T Choice(std::string_view key, const Word<T> (&words)[kWords],
           std::type_identity_t<T> otherwise) {
    const Node* node = Find(key);
    return node != nullptr ? ChoiceAt(*node, key, words) : otherwise;
  }

  // One word, or a list of at least one.
  template <typename T, std::size_t kWords>
  std::vector<T> Choices(std::string_view key, const Word<T> (&words)[kWords],
                         std::type_identity_t<T> otherwise) {
    const Node* node = Find(key);
    if (node == nullptr) return {otherwise};
    if (node->kind != NodeKind::kArray) return {ChoiceAt(*node, key, words)};
    std::vector<T> chosen;
    for (const Node& item : node->items) chosen.push_back(ChoiceAt(item, key, words));
    if (chosen.empty()) {
      problem_.Report(node->at, Name(key) + " is empty; list at least one");
      chosen.push_back(otherwise);
    }
    return chosen;
  }

  // Refuses every key that nobody asked for.  Call it last.
  void RefuseOthers();

 private:
  template <typename T, std::size_t kWords>
  T ChoiceAt(const Node& node, std::string_view key, const Word<T> (&words)[kWords]) {
    std::string_view texts[kWords];
    for (std::size_t i = 0; i < kWords; ++i) texts[i] = words[i].text;
    return words[ReadWord(node, Name(key), texts, problem_)].value;
  }

  const Node& node_;
  std::string name_;
  Problem& problem_;
  std::vector<std::string_view> asked_;
};

}  // namespace parley
