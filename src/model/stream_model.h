// The exact level: what Linux does with a pipe or FIFO, step by step.
//
// A step is explained when some order of the runnable pieces of calls leads to exactly what the
// history saw: who returned what, and who slept.  When several explanations differ in what is
// hidden (the order of sleepers in a queue), all are kept.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "src/model/stepped_view.h"
#include "src/model/stream_state.h"

namespace parley::model {

enum class Explained : std::uint8_t {
  kYes,
  kNo,
  kTooMany,  // more orders than are tried
};

class StreamModel {
 public:
  // view: outlives the model.
  explicit StreamModel(const SteppedView& view);

  // The steps of the view one after the other, from the first.  After anything but kYes the model
  // is at its end.
  Explained Advance(const Step& step, Matching matching = Matching::kExact);

  // What would return in the step, in one order of what is possible; ends the model.
  std::vector<Expected> Predict(const Step& step);

  // A cheap hash of the state, for coverage: the same for states that behave alike in most
  // respects.
  std::uint64_t Shape() const { return states_.front().Shape(); }
  // What can be done next.
  Fill GetFill() const { return states_.front().GetFill(); }

 private:
  std::vector<StreamState> states_;
};

// What the model says of a whole history.
struct ModelRun {
  // The first step that it does not explain, as an index of the view's steps; nothing when it
  // explains all.
  std::optional<std::size_t> unexplained;
  Explained why = Explained::kYes;
  std::vector<std::uint64_t> shapes;  // after each step that it explains
};
ModelRun RunModel(const SteppedView& view);

// Of the first unexplained step: would it be explained if the bytes received were others?
bool ExplainedButForContent(const SteppedView& view, std::size_t unexplained);
// Of the same: what was to return.
std::vector<Expected> PredictStep(const SteppedView& view, std::size_t unexplained);

}  // namespace parley::model
