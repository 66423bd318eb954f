// The catalogue: every promise that parley knows, with its source.  The one list; everything else
// refers to a promise by id.  Ids are stable and never reused.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "src/base/error.h"

namespace parley {

// Views into the catalogue's text, which lives as long as the program.
struct Promise {
  std::string_view id;         // "mq.fifo-within-priority"
  std::string_view facility;   // the group that the catalogue lists it under: "Pipe"
  std::string_view priority;   // "P0", "P1", "P2"
  std::string_view kind;       // safety, liveness, persistence, permission, error-code, limit
  std::string_view statement;  // one sentence
  std::string_view source;     // where it is promised
  std::string_view mode;       // stepped, free, both
  std::string_view oracle;     // what decides
  std::string_view mutant;     // a bug that its check must catch
};

// All promises in the order of the catalogue.
std::span<const Promise> Catalogue();

// The promise of that id; null when the catalogue has none.  An instance id
// ("xfer.conservation@pipe") finds the promise that it instantiates.
const Promise* FindPromise(std::string_view id);

// Like FindPromise; an unknown id is an input error that names the nearest known one.
Result<const Promise*> RequirePromise(std::string_view id);

// True when the promise of that id is stated for several facilities, each of which reports it as an
// instance of its own.
bool IsShared(std::string_view id);

// The id under which a facility reports a promise: rows stated for several facilities get
// "@facility" appended, a facility's own rows stay as they are.
std::string InstanceId(std::string_view id, std::string_view facility);

}  // namespace parley
