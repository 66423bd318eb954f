// Lets rapidcheck shrink programs by the passes, in place of its own moves.
#pragma once

#include <rapidcheck.h>

#include <optional>
#include <utility>

#include "src/shrink/candidates.h"

namespace parley {

// What `gen` makes, shrunk by Candidates.  rapidcheck applies it again to whatever it accepts.
inline rc::Gen<Program> ShrunkByPasses(rc::Gen<Program> gen) {
  class Smaller {
   public:
    explicit Smaller(Program from) : candidates_(std::move(from)) {}
    rc::Maybe<Program> operator()() {
      std::optional<Program> next = candidates_.Next();
      return next ? rc::Maybe<Program>(*std::move(next)) : rc::Nothing;
    }

   private:
    Candidates candidates_;
  };
  return rc::gen::shrink(rc::gen::noShrink(std::move(gen)),
                         [](Program&& from) { return rc::makeSeq<Smaller>(std::move(from)); });
}

}  // namespace parley
