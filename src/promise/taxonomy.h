// The taxonomy of the field: what kind of thing each facility is, in a word or phrase a cell.  It
// is what taxonomy.matrix expects, and what `parley list facilities` prints.
#pragma once

#include <string_view>

namespace parley {

// One row.  Views into the table's text, which lives as long as the program.
struct Taxonomy {
  std::string_view facility;   // its name: "fifo"
  std::string_view timing;     // sync: the parties meet; buffered: only who finds no room waits
  std::string_view direction;  // one-way, both
  std::string_view processes;  // which can use one object: related, any
  std::string_view network;
  std::string_view delimited;      // does a message end where its sender ended it
  std::string_view destructive;    // does reading remove
  std::string_view identified_by;  // name -> handle
  std::string_view access_control;
  std::string_view persistence;  // whose end is the object's
  std::string_view flow_control;
};

// The row of a facility, whether parley has it yet or not; null when the table knows none.
const Taxonomy* FindTaxonomy(std::string_view facility);

}  // namespace parley
