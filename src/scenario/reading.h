// The parts of the reader, in the order in which they run; each relies on what those before it
// read.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/facility/facility.h"
#include "src/scenario/fields.h"
#include "src/scenario/scenario.h"

namespace parley {

// What the parts share.
struct Reading {
  Problem& problem;
  std::vector<const Facility*> facilities;
  Rules rules;
};

// [object] with a table per facility, encoding, record_bytes, maker_keeps.
void ReadObject(Table& document, Reading& reading);
// [[workers]].
void ReadRoles(Table& document, Reading& reading);
// [[faults]]: of crews that draw their calls.
void ReadFaults(Table& document, Reading& reading);
// [[phases]], cycles: of crews that follow a script.
void ReadPhases(Table& document, Reading& reading);

// The traits of the call that node names, which every facility of the scenario must have; the first
// facility's, for the effect does not differ.
std::optional<CallTraits> ReadCall(const Node& node, std::string_view call, std::string_view name,
                                   Reading& reading);

// The facilities carry messages, whose priority or type is a class.
bool CarryMessages(const Reading& reading);

// Whether that call offers bytes.
bool PutsBytes(std::string_view call, std::span<const Facility* const> facilities);

// Sizes of messages (what puts offer) or of buffers (what takes ask for), or "record".
SizeRule ReadMessageBytes(const Node& node, std::string_view name, Reading& reading);
SizeRule ReadBufferBytes(const Node& node, std::string_view name, Reading& reading);

// "writer": each worker of that role; "writer.any": one, drawn; "writer.0": that one.
struct Target {
  std::size_t role = 0;
  Who who = Who::kEach;
  std::uint32_t only = 0;
};
Target ReadTarget(const Node& node, std::string_view name, Reading& reading);

// A role by name; 0 after a problem.
std::size_t ReadRole(const Node& node, std::string_view role, std::string_view name,
                     Reading& reading);

}  // namespace parley
