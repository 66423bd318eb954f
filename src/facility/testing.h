// What the tests of facilities share: calls by name, and a look at the process's descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/facility/facility.h"

namespace parley {

// Handle and argument of a request.
struct With {
  std::uint16_t handle = 0;
  std::uint64_t argument = 0;
};

// Performs a facility's calls by their names.
class Caller {
 public:
  Caller(const Facility& facility, Port& port) : facility_(facility), port_(port) {}

  // The request for a call; the name must be one of the facility's.
  Request Ask(std::string_view call, With with = {}) const;

  Reply Do(std::string_view call, With with = {}) const { return port_.Perform(Ask(call, with)); }

  // A put of all pieces.
  Reply Put(std::string_view call, const std::vector<std::string>& pieces, With with = {}) const;

  // A take into pieces of those sizes; received gets what came, when given.
  Reply Take(std::string_view call, const std::vector<std::size_t>& pieces,
             std::string* received = nullptr, With with = {}) const;

 private:
  const Facility& facility_;
  Port& port_;
};

// This process's descriptors, less the one that looks.
std::vector<int> OpenDescriptors();

// Those of them that an exec would hand on.
std::vector<int> DescriptorsKeptOverExec();

}  // namespace parley
