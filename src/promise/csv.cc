#include "src/promise/csv.h"

#include <utility>

namespace parley {
namespace {

// Takes the field at the beginning of text off it, up to its comma or line end.
std::string TakeField(std::string_view& text) {
  std::string field;
  bool quoted = false;
  while (!text.empty()) {
    const char c = text.front();
    if (!quoted && (c == ',' || c == '\n')) break;
    text.remove_prefix(1);
    if (c != '"') {
      field += c;
    } else if (quoted && text.starts_with('"')) {
      text.remove_prefix(1);
      field += '"';
    } else {
      quoted = !quoted;
    }
  }
  return field;
}

}  // namespace

std::vector<std::vector<std::string>> ParseCsv(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  while (!text.empty()) {
    row.push_back(TakeField(text));
    const bool more = text.starts_with(',');
    if (!text.empty()) text.remove_prefix(1);
    if (more) {
      if (text.empty()) row.emplace_back();
      continue;
    }
    if (row.back().ends_with('\r')) row.back().pop_back();
    rows.push_back(std::exchange(row, {}));
  }
  if (!row.empty()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace parley
