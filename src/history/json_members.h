// Takes the members of one JSON object apart, each with the type and the range that it must have.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley {

// Remembers the first problem; after one, what the getters return has no meaning.  A member that
// is absent gives the default where there is one, and is a problem where there is none.
class JsonMembers {
 public:
  // object: outlives this.
  explicit JsonMembers(const nlohmann::json& object);

  bool Has(std::string_view key) const { return object_.contains(key); }
  std::uint64_t Unsigned(std::string_view key, std::uint64_t max,
                         std::optional<std::uint64_t> usual = std::nullopt);
  std::int64_t Signed(std::string_view key, std::optional<std::int64_t> usual = std::nullopt);
  bool Flag(std::string_view key, std::optional<bool> usual = std::nullopt);
  std::string Text(std::string_view key);
  // The array of that name; empty when absent.
  const nlohmann::json& Array(std::string_view key);
  // Any member; null when absent.
  const nlohmann::json* Any(std::string_view key);

  void Fail(std::string problem);
  // The first problem; a member that nobody asked for is one.
  std::optional<std::string> Problem();

 private:
  const nlohmann::json* Take(std::string_view key, bool required);

  const nlohmann::json& object_;
  std::vector<std::string_view> asked_;
  std::optional<std::string> problem_;
};

// The string that value stands for: a JSON string, or {"bytes":"66ff"}.
std::optional<std::string> JsonText(const nlohmann::json& value);

}  // namespace parley
