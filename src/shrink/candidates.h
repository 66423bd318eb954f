// The smaller programs that one program offers, made one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "src/program/program.h"
#include "src/shrink/passes.h"
#include "src/shrink/size.h"

namespace parley {

class Candidates {
 public:
  // Where among the passes a candidate stands.
  struct Place {
    std::size_t pass = 0;
    std::uint64_t rank = 0;
  };

  // from: stepped.  place: where to begin; what stands before it is left out.
  Candidates(Program from, Place place);
  explicit Candidates(Program from) : Candidates(std::move(from), Place{}) {}

  // The next program that is strictly smaller than `from`, can be run (CheckProgram), and whose
  // payload can be told apart when that of `from` can (decodable.h); nothing when there is none
  // left.  The order depends on `from` alone; one program may come twice.
  std::optional<Program> Next();

  // Of the candidate that Next() gave last.
  Place place() const { return place_; }

 private:
  bool FindEdit();

  Program from_;
  ProgramSize size_;
  bool decodable_;
  Place place_;
  std::vector<Edit> edits_;  // of the pass at pass_
  std::size_t pass_;
  std::size_t next_ = 0;
  bool listed_ = false;
};

}  // namespace parley
