// Lets rapidcheck shrink programs by the passes, in place of its own moves.
#pragma once

#include <rapidcheck.h>

#include <functional>
#include <optional>
#include <utility>

#include "src/shrink/candidates.h"

namespace parley {

// What `gen` makes, shrunk by Candidates.  rapidcheck applies it again to whatever it accepts.
//
// restate: the same program in words that the passes can take apart, such as one with the schedule
// that its round followed (schedule.h); tried before any smaller one.  Nothing for a program that
// needs none.  It is asked more than once about one program, so that its answer must depend on the
// program alone; what it has given must not be restated again.
inline rc::Gen<Program> ShrunkByPasses(
    rc::Gen<Program> gen, std::function<std::optional<Program>(const Program&)> restate = nullptr) {
  class Smaller {
   public:
    Smaller(Program from, std::optional<Program> restated)
        : candidates_(std::move(from)), restated_(std::move(restated)) {}
    rc::Maybe<Program> operator()() {
      std::optional<Program> next =
          restated_ ? std::exchange(restated_, std::nullopt) : candidates_.Next();
      return next ? rc::Maybe<Program>(*std::move(next)) : rc::Nothing;
    }

   private:
    Candidates candidates_;
    std::optional<Program> restated_;
  };
  return rc::gen::shrink(rc::gen::noShrink(std::move(gen)),
                         [restate = std::move(restate)](Program&& from) {
                           auto restated = restate ? restate(from) : std::nullopt;
                           return rc::makeSeq<Smaller>(std::move(from), std::move(restated));
                         });
}

}  // namespace parley
