// What the model has gone through, as coverage: libFuzzer keeps an input that sets a counter which
// no other one has set, so that inputs are kept which bring the object into a new state.
#pragma once

#include <cstdint>

namespace parley::fuzz {

// One operation has brought the system there.
struct Feature {
  std::uint8_t call = 0;
  std::uint8_t call_before = 0;
  int system_error = 0;
  bool nothing = false;     // it returned 0
  std::uint8_t times = 0;   // that call has succeeded on this object
  std::uint64_t shape = 0;  // of the model
};

// No effect after IgnoreModelStates().
void CountFeature(const Feature& feature);

// For measuring what they are good for.
void IgnoreModelStates();

// That a write to a counter can be seen where libFuzzer looks: an optimiser may delete writes to an
// array that nobody reads.  False also where this program is linked with no such section.
bool CountersAreSeen();

}  // namespace parley::fuzz
