// A TOML document as a tree of nodes that know where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace parley {

// Counted from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

enum class NodeKind : std::uint8_t {
  kTable,
  kArray,
  kString,
  kInteger,
  kNumber,
  kBoolean,
  kOther,  // dates and times
};

// "a table", "a string".
std::string_view KindText(NodeKind kind);

struct Node {
  NodeKind kind = NodeKind::kTable;
  Position at;
  std::string key;           // in a table: the key that leads here
  Position key_at;           // where that key stands
  std::string text;          // of a string
  std::int64_t integer = 0;  // of an integer
  double number = 0;         // of a number with a fraction or an exponent
  bool boolean = false;
  std::vector<Node> items;  // of a table, in the order of the file, or of an array
};

// "path:line:column: what".
std::string Located(std::string_view path, Position at, std::string_view what);

// Reads a document.
//
// path: for messages.
// Errors: input errors, located: whatever TOML 1.0 refuses.
Result<Node> ParseToml(std::string_view toml, std::string_view path);

}  // namespace parley
