// The one file that knows toml++; its exceptions end here.
#include "src/scenario/toml_tree.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace parley {
namespace {

Position PositionOf(const toml::source_region& region) {
  return {.line = region.begin.line, .column = region.begin.column};
}

bool Before(const Position& a, const Position& b) {
  return std::tie(a.line, a.column) < std::tie(b.line, b.column);
}

// Deep nesting cannot exhaust the stack: toml++ refuses more than 256 levels.
Node Converted(const toml::node& from) {
  Node to;
  to.at = PositionOf(from.source());
  if (const auto* table = from.as_table()) {
    to.kind = NodeKind::kTable;
    for (const auto& [key, value] : *table) {
      Node item = Converted(value);
      item.key = std::string(key.str());
      item.key_at = PositionOf(key.source());
      to.items.push_back(std::move(item));
    }
    std::sort(to.items.begin(), to.items.end(),
              [](const Node& a, const Node& b) { return Before(a.key_at, b.key_at); });
  } else if (const auto* array = from.as_array()) {
    to.kind = NodeKind::kArray;
    for (const auto& value : *array) to.items.push_back(Converted(value));
  } else if (const auto* text = from.as_string()) {
    to.kind = NodeKind::kString;
    to.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.kind = NodeKind::kInteger;
    to.integer = integer->get();
  } else if (const auto* number = from.as_floating_point()) {
    to.kind = NodeKind::kNumber;
    to.number = number->get();
  } else if (const auto* boolean = from.as_boolean()) {
    to.kind = NodeKind::kBoolean;
    to.boolean = boolean->get();
  } else {
    to.kind = NodeKind::kOther;
  }
  return to;
}

}  // namespace

std::string_view KindText(NodeKind kind) {
  switch (kind) {
    case NodeKind::kTable:
      return "a table";
    case NodeKind::kArray:
      return "a list";
    case NodeKind::kString:
      return "a string";
    case NodeKind::kInteger:
      return "a whole number";
    case NodeKind::kNumber:
      return "a number with a fraction";
    case NodeKind::kBoolean:
      return "true or false";
    case NodeKind::kOther:
      break;
  }
  return "a date or time";
}

std::string Located(std::string_view path, Position at, std::string_view what) {
  return fmt::format("{}:{}:{}: {}", path, at.line, at.column, what);
}

Result<Node> ParseToml(std::string_view toml, std::string_view path) {
  try {
    return Converted(toml::parse(toml, path));
  } catch (const toml::parse_error& error) {
    std::string what(error.description());
    if (what.starts_with("Error while parsing")) what[0] = 'e';
    return InputError(Located(path, PositionOf(error.source()), what));
  }
}

}  // namespace parley
