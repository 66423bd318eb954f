// Reads the table, which is part of the binary, once.
#include "src/promise/taxonomy.h"

#include <algorithm>
#include <string>
#include <vector>

#include "src/base/check.h"
#include "src/promise/csv.h"

namespace parley {
namespace {

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"  // #embed is C23's and C++26's
constexpr char kTableText[] = {
#embed "src/promise/taxonomy.csv"
};
#pragma clang diagnostic pop

struct Table {
  std::vector<std::vector<std::string>> cells;
  std::vector<Taxonomy> rows;
};

// Never destroyed, so that views stay good while the program ends.
const Table* ReadTable() {
  auto* table = new Table;
  table->cells = ParseCsv({kTableText, sizeof kTableText});
  constexpr std::size_t kColumns = 11;
  for (const std::vector<std::string>& row : table->cells) {
    CHECK(row.size() == kColumns);
    CHECK(std::ranges::none_of(row, &std::string::empty));
    table->rows.push_back({.facility = row[0],
                           .timing = row[1],
                           .direction = row[2],
                           .processes = row[3],
                           .network = row[4],
                           .delimited = row[5],
                           .destructive = row[6],
                           .identified_by = row[7],
                           .access_control = row[8],
                           .persistence = row[9],
                           .flow_control = row[10]});
  }
  return table;
}

}  // namespace

const Taxonomy* FindTaxonomy(std::string_view facility) {
  static const Table* const table = ReadTable();
  // The first row is the heading.
  const auto row =
      std::ranges::find(table->rows.begin() + 1, table->rows.end(), facility, &Taxonomy::facility);
  return row == table->rows.end() ? nullptr : &*row;
}

}  // namespace parley
