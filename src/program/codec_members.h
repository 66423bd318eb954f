// Takes the members of one JSON object apart; every problem has the JSON pointer to its place.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/units.h"

namespace parley::codec {

using Names = std::span<const std::string_view>;

// The first problem found; readers go on with defaults, so that reading code needs no error paths.
using Problem = std::optional<std::string>;

inline std::string DidYouMean(std::string_view word, Names known) {
  const std::string_view nearest = Nearest(word, known);
  if (!nearest.empty()) return fmt::format("; did you mean \"{}\"?", nearest);
  return fmt::format("; known are: {}", fmt::join(known, ", "));
}

// The members of one object, each asked for by name.
class Members {
 public:
  // at: JSON pointer to the object.
  Members(const nlohmann::json& object, std::string at, Problem& problem)
      : object_(object), at_(std::move(at)), problem_(problem) {
    if (!object.is_object()) Report("", "not an object");
  }

  const nlohmann::json* Find(std::string_view key) {
    asked_.push_back(key);
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found != object_.end() ? &*found : nullptr;
  }

  template <typename T>
  void Number(std::string_view key, T& value, std::uint64_t low = 0,
              std::uint64_t high = std::numeric_limits<T>::max()) {
    const nlohmann::json* const found = Find(key);
    if (found == nullptr) return;
    const bool whole = found->is_number_unsigned();
    const std::uint64_t number = whole ? found->get<std::uint64_t>() : 0;
    if (whole && number >= low && number <= high) {
      value = static_cast<T>(number);
    } else {
      Report(key, fmt::format("must be a whole number of {}..{}", low, high));
    }
  }

  void Flag(std::string_view key, bool& value) {
    const nlohmann::json* const found = Find(key);
    if (found == nullptr) return;
    if (!found->is_boolean()) return Report(key, "must be true or false");
    value = found->get<bool>();
  }

  void Text(std::string_view key, std::string& value) {
    const nlohmann::json* const found = Find(key);
    if (found == nullptr) return;
    if (!found->is_string()) return Report(key, "must be a string");
    value = found->get<std::string>();
  }

  // One of the names; value gets its place.
  template <typename T>
  void Word(std::string_view key, Names names, T& value) {
    std::string text;
    Text(key, text);
    if (problem_ || !Has(key)) return;
    if (const auto place = PlaceOf(text, names, key)) value = static_cast<T>(*place);
  }

  // The items of an array, with the pointer to each; at most so many.
  template <typename Use>
  void Array(std::string_view key, std::size_t items_max, Use use) {
    const nlohmann::json* const found = Find(key);
    if (found == nullptr) return;
    if (!found->is_array()) return Report(key, "must be an array");
    if (found->size() > items_max) {
      return Report(key, fmt::format("has {} items; at most {}", found->size(), items_max));
    }
    for (std::size_t i = 0; i < found->size() && !problem_; ++i) {
      use((*found)[i], fmt::format("{}/{}/{}", at_, key, i));
    }
  }

  // The place of a word among names; a problem when it has none.
  std::optional<std::size_t> PlaceOf(std::string_view word, Names names, std::string_view key) {
    const auto found = std::ranges::find(names, word);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    Report(key, fmt::format("\"{}\" is unknown{}", word, DidYouMean(word, names)));
    return std::nullopt;
  }

  bool Has(std::string_view key) const { return object_.is_object() && object_.contains(key); }

  void Require(std::string_view key) {
    if (!object_.is_object() || object_.contains(key)) return;
    missing_ = missing_ || !problem_;
    Report(key, "is missing");
  }

  void Report(std::string_view key, std::string_view what) {
    if (!problem_) problem_ = fmt::format("{}{}{}: {}", at_, key.empty() ? "" : "/", key, what);
  }

  // A key that nobody asked for.  It replaces a missing one, which it is likely to be.
  void RefuseOthers() {
    if (!object_.is_object()) return;
    for (const auto& item : object_.items()) {
      if (std::ranges::find(asked_, item.key()) != asked_.end()) continue;
      if (missing_) problem_.reset();
      return Report(item.key(), fmt::format("unknown key{}", DidYouMean(item.key(), asked_)));
    }
  }

  const std::string& at() const { return at_; }

 private:
  const nlohmann::json& object_;
  std::string at_;
  Problem& problem_;
  bool missing_ = false;  // problem_ is of a key missing here
  std::vector<std::string_view> asked_;
};

}  // namespace parley::codec
