#include "src/model/stream_model.h"

#include <algorithm>
#include <utility>

namespace parley::model {
namespace {

// Pieces that are run in all orders of one step together; 2^k orders of k sleepers woken at once.
constexpr std::size_t kPiecesMax = 1U << 14U;

using States = std::vector<StreamState>;

// Adds state unless it is there.
bool Keep(States& states, StreamState&& state) {
  if (std::ranges::find(states, state) != states.end()) return false;
  states.push_back(std::move(state));
  return true;
}

// Runs what is runnable in every order, until everybody sleeps.
class Search {
 public:
  // Appends to quiet the states in which the history is not contradicted.
  void Explore(StreamState&& from, States& quiet) {
    open_.push_back(std::move(from));
    while (!open_.empty() && pieces_ <= kPiecesMax) {
      StreamState state = std::move(open_.back());
      open_.pop_back();
      if (!RunObvious(state)) continue;
      if (state.runnable_count() == 0) {
        Keep(quiet, std::move(state));
      } else {
        Branch(state);
      }
    }
  }

  bool exhausted() const { return pieces_ > kPiecesMax; }

 private:
  bool RunObvious(StreamState& state) {
    while (const auto index = state.Obvious()) {
      if (++pieces_ > kPiecesMax || !state.Run(*index)) return false;
    }
    return true;
  }

  void Branch(StreamState& state) {
    for (std::size_t i = 0; i < state.in_flight_count(); ++i) {
      if (!state.runnable(i)) continue;
      StreamState next = state;
      ++pieces_;
      if (!next.Run(i)) continue;
      StreamState copy = next;
      if (Keep(branched_, std::move(copy))) open_.push_back(std::move(next));
    }
  }

  States open_;
  States branched_;  // states that a choice has led to
  std::size_t pieces_ = 0;
};

}  // namespace

StreamModel::StreamModel(const SteppedView& view) { states_.emplace_back(view); }

Explained StreamModel::Advance(const Step& step, Matching matching) {
  if (step.number == 0) {
    for (StreamState& state : states_) state.SetUp(step);
    return Explained::kYes;
  }
  Search search;
  for (StreamState& state : states_) state.BeginStep(step, matching, nullptr);
  for (const Cause& cause : step.causes) {
    States quiet;
    for (StreamState& state : states_) {
      if (state.Begin(cause)) search.Explore(std::move(state), quiet);
    }
    states_ = std::move(quiet);
    if (search.exhausted()) return Explained::kTooMany;
  }
  std::erase_if(states_, [](const StreamState& state) { return !state.Explains(); });
  return states_.empty() ? Explained::kNo : Explained::kYes;
}

std::vector<Expected> StreamModel::Predict(const Step& step) {
  std::vector<Expected> predictions;
  StreamState& state = states_.front();
  state.BeginStep(step, Matching::kPredict, &predictions);
  for (const Cause& cause : step.causes) {
    state.Begin(cause);
    for (std::size_t pieces = 0; state.runnable_count() > 0 && pieces < kPiecesMax; ++pieces) {
      std::size_t first = 0;
      while (!state.runnable(first)) ++first;
      state.Run(state.Obvious().value_or(first));
    }
  }
  return predictions;
}

ModelRun RunModel(const SteppedView& view) {
  ModelRun run;
  StreamModel model(view);
  run.shapes.reserve(view.steps().size());
  for (std::size_t i = 0; i < view.steps().size(); ++i) {
    run.why = model.Advance(view.steps()[i]);
    if (run.why != Explained::kYes) {
      run.unexplained = i;
      return run;
    }
    run.shapes.push_back(model.Shape());
  }
  return run;
}

namespace {

StreamModel Before(const SteppedView& view, std::size_t step) {
  StreamModel model(view);
  for (std::size_t i = 0; i < step; ++i) model.Advance(view.steps()[i]);
  return model;
}

}  // namespace

bool ExplainedButForContent(const SteppedView& view, std::size_t unexplained) {
  return Before(view, unexplained).Advance(view.steps()[unexplained], Matching::kCountsOnly) ==
         Explained::kYes;
}

std::vector<Expected> PredictStep(const SteppedView& view, std::size_t unexplained) {
  return Before(view, unexplained).Predict(view.steps()[unexplained]);
}

}  // namespace parley::model
