// A crew as a property samples it: small enough to read and to shrink, and written down as a
// scenario that leaves nothing to chance but the seed, so that `parley replay` runs the same.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace parley {

// Workers that do the same.  Those with calls draw from them; the others follow the phases.
struct CrewRole {
  std::string name = "writer";
  std::uint32_t count = 1;
  std::string topology = "related";
  std::string ends = "write";
  bool creator = false;
  std::vector<std::string> calls;    // drawn with equal weight
  std::uint32_t operations = 0;      // of each worker, a count; 0: until end-of-file
  std::vector<std::uint32_t> bytes;  // drawn from: sizes of messages or buffers, or capacities
  std::uint32_t pieces = 1;          // at most, of calls that gather or scatter
  std::vector<std::string> bodies;   // empty: as the scenario's default
  std::uint32_t pauses = 0;          // chances in 1024 an operation
  std::uint32_t interrupt_us = 0;    // between two signals; 0: none
};

// A fault dealt to a worker that draws its calls.
struct CrewFault {
  std::string kind = "stop";
  std::string target = "writer";
  std::string where = "inside";
  std::uint32_t count = 1;
};

// One call of one worker, or of a role's all; or what is done to them.
struct CrewStep {
  std::string who;    // "writer.2", "reader"
  std::string call;   // empty: a fault
  std::string fault;  // "kill"
  std::uint32_t bytes = 0;
  std::uint32_t repeat = 1;
  std::uint32_t argument = 0;
  std::uint32_t delay_us = 0;
};

struct SampledCrew {
  std::string facility;
  std::vector<std::string> promises;          // catalogue ids that it is to exercise
  std::string encoding = "framed";            // or "self-identifying"
  std::uint32_t capacity_bytes = 0;           // 0: the system's default
  bool nonblocking = false;                   // descriptors made with O_NONBLOCK
  std::vector<CrewRole> roles;                // those of count 0 are left out
  std::vector<CrewFault> faults;              // those of count 0 are left out
  std::vector<std::vector<CrewStep>> phases;  // empty ones are left out
  std::uint64_t seed = 0;  // of what is still drawn: which call, which size, when
};

// The crew as a scenario file.  Every range in it is a single value.
std::string ScenarioText(const SampledCrew& crew);

// For rapidcheck's list of what was sampled.
void showValue(const CrewRole& role, std::ostream& os);
void showValue(const CrewFault& fault, std::ostream& os);
void showValue(const CrewStep& step, std::ostream& os);

}  // namespace parley
