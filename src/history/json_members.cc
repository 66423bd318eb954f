#include "src/history/json_members.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace parley {

using nlohmann::json;

std::optional<std::string> JsonText(const json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>();
  if (!value.is_object() || value.size() != 1 || !value.contains("bytes")) return std::nullopt;
  const json& bytes = value["bytes"];
  if (!bytes.is_string()) return std::nullopt;
  const auto& hex = bytes.get_ref<const std::string&>();
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    std::uint8_t byte = 0;
    const char* const end = hex.data() + i + 2;
    if (const auto read = std::from_chars(hex.data() + i, end, byte, 16);
        read.ec != std::errc() || read.ptr != end) {
      return std::nullopt;
    }
    text += static_cast<char>(byte);
  }
  return text;
}

JsonMembers::JsonMembers(const json& object) : object_(object) {
  if (!object.is_object()) Fail("not a JSON object");
}

void JsonMembers::Fail(std::string problem) {
  if (!problem_.has_value()) problem_ = std::move(problem);
}

const json* JsonMembers::Take(std::string_view key, bool required) {
  asked_.push_back(key);
  const auto at = object_.find(key);
  if (at != object_.end()) return &*at;
  if (required) Fail(fmt::format("\"{}\" is missing", key));
  return nullptr;
}

const json* JsonMembers::Any(std::string_view key) { return Take(key, false); }

std::uint64_t JsonMembers::Unsigned(std::string_view key, std::uint64_t max,
                                    std::optional<std::uint64_t> usual) {
  const json* const value = Take(key, !usual.has_value());
  if (value == nullptr) return usual.value_or(0);
  if (value->is_number_unsigned()) {
    const auto number = value->get<std::uint64_t>();
    if (number <= max) return number;
  }
  Fail(fmt::format("\"{}\" must be a whole number of 0..{}", key, max));
  return 0;
}

std::int64_t JsonMembers::Signed(std::string_view key, std::optional<std::int64_t> usual) {
  const json* const value = Take(key, !usual.has_value());
  if (value == nullptr) return usual.value_or(0);
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (value->is_number_integer() &&
      (!value->is_number_unsigned() || value->get<std::uint64_t>() <= kMax)) {
    return value->get<std::int64_t>();
  }
  Fail(fmt::format("\"{}\" must be a whole number of 64 bits", key));
  return 0;
}

bool JsonMembers::Flag(std::string_view key, std::optional<bool> usual) {
  const json* const value = Take(key, !usual.has_value());
  if (value == nullptr) return usual.value_or(false);
  if (value->is_boolean()) return value->get<bool>();
  Fail(fmt::format("\"{}\" must be true or false", key));
  return false;
}

std::string JsonMembers::Text(std::string_view key) {
  const json* const value = Take(key, true);
  if (value == nullptr) return {};
  if (auto text = JsonText(*value)) return *std::move(text);
  Fail(fmt::format("\"{}\" must be a string", key));
  return {};
}

const json& JsonMembers::Array(std::string_view key) {
  static const json kEmpty = json::array();
  const json* const value = Take(key, false);
  if (value == nullptr) return kEmpty;
  if (value->is_array()) return *value;
  Fail(fmt::format("\"{}\" must be an array", key));
  return kEmpty;
}

std::optional<std::string> JsonMembers::Problem() {
  if (problem_.has_value() || !object_.is_object()) return problem_;
  for (const auto& item : object_.items()) {
    if (std::ranges::find(asked_, item.key()) == asked_.end()) {
      return fmt::format("\"{}\" is an unknown member", item.key());
    }
  }
  return std::nullopt;
}

}  // namespace parley
