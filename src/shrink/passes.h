// The passes of structured delta debugging on a program: each lists edits that may make it smaller.
//
// Source: Zeller, Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE TSE 2002
// (ddmin: ever smaller chunks are taken away).
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "src/program/program.h"

namespace parley {

struct Edit {
  // Its place in the pass.  After an edit was accepted, the pass goes on at the same rank of the
  // smaller program: what follows has moved up there.
  std::uint64_t rank = 0;
  std::function<void(Program&)> apply;  // to the program that it was listed for
};

struct Pass {
  std::string_view name;
  // In ascending order of ranks.  program: stepped.
  std::vector<Edit> (*edits)(const Program& program);
};

// In the order in which they are run.
std::span<const Pass> Passes();

// Calls use(rank, first, count) for chunks of `total` things: all of them, then halves, quarters
// and so on to single ones.
template <typename Use>
void ForChunks(std::size_t total, Use use) {
  std::size_t size = 1;
  while (size < total) size *= 2;
  for (std::uint64_t level = 0; size > 0 && total > 0; ++level, size /= 2) {
    for (std::size_t first = 0; first < total; first += size) {
      use(level << 32 | first, first, std::min(size, total - first));
    }
  }
}

// The parts of Passes().
std::vector<Edit> CutSchedule(const Program& program);       // what follows the violation
std::vector<Edit> DropWorkers(const Program& program);       // whole ones
std::vector<Edit> DropWindows(const Program& program);       // calls that follow each other in time
std::vector<Edit> DropSteps(const Program& program);         // of one script after the other
std::vector<Edit> JoinSteps(const Program& program);         // of one script into one call
std::vector<Edit> JoinOpens(const Program& program);         // with the call that sets O_NONBLOCK
std::vector<Edit> DropFaults(const Program& program);        // signals and kills
std::vector<Edit> DropSegments(const Program& program);      // runs of one worker
std::vector<Edit> MergeSegments(const Program& program);     // of one worker, by moving one
std::vector<Edit> ReorderToDefault(const Program& program);  // what a schedule ends with
std::vector<Edit> DropEntries(const Program& program);       // single ones
std::vector<Edit> SimplifyProgram(const Program& program);   // object, strategy, encoding
std::vector<Edit> JoinEnds(const Program& program);          // two opens into one of both ends
std::vector<Edit> FillAsMade(const Program& program);        // a large write instead of resizes
std::vector<Edit> ResizeAtStart(const Program& program);     // no call that changes the capacity
std::vector<Edit> SimplifyWorkers(const Program& program);   // ranks, topology and the like
std::vector<Edit> SimplifySizes(const Program& program);     // all at once
std::vector<Edit> SimplifySteps(const Program& program);     // repeats, sizes, arguments
std::vector<Edit> MergeCrew(const Program& program);         // two workers into one
std::vector<Edit> DropPairs(const Program& program);  // two steps at once: a put and its take

}  // namespace parley
