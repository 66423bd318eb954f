#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "src/history/file.h"
#include "src/history/sample_history.h"
#include "src/history/validate.h"

namespace parley {
namespace {

History AnyHistory() {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  return RandomHistory(seed, *rc::gen::inRange<std::size_t>(0, 40));
}

HistoryForm AnyForm() { return *rc::gen::element(HistoryForm::kJsonLines, HistoryForm::kCompact); }

RC_GTEST_PROP(HistoryForms, GiveBackAnyHistory, ()) {
  const History history = AnyHistory();
  RC_ASSERT(ValidateHistory(history).has_value());

  const Result<History> back = DecodeHistory(EncodeHistory(history, AnyForm()), "h");

  if (!back.has_value()) RC_FAIL(back.error().message);
  RC_ASSERT(*back == history);
}

RC_GTEST_PROP(HistoryForms, RefuseAnyHistoryThatIsCut, ()) {
  const std::string whole = EncodeHistory(AnyHistory(), AnyForm());
  const auto length = *rc::gen::inRange<std::size_t>(0, whole.size() - 1);

  RC_ASSERT(!DecodeHistory(whole.substr(0, length), "h").has_value());
}

// What the decoder accepts is consistent, and the encoder gives it back.
RC_GTEST_PROP(HistoryForms, SurviveAnyChange, ()) {
  const HistoryForm form = AnyForm();
  std::string garbled = EncodeHistory(AnyHistory(), form);
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, garbled.size());
    garbled[at] = *rc::gen::arbitrary<char>();
  }

  const Result<History> history = DecodeHistory(garbled, "h");

  if (!history.has_value()) return;
  RC_ASSERT(ValidateHistory(*history).has_value());
  const Result<History> again = DecodeHistory(EncodeHistory(*history, form), "h");
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == *history);
}

}  // namespace
}  // namespace parley
