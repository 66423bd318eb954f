// What every facility promises to the rooms above, whichever it is.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "src/facility/facility.h"
#include "src/promise/promise.h"
#include "src/promise/taxonomy.h"

namespace parley {
namespace {

class Contract : public testing::TestWithParam<const Facility*> {
 protected:
  const Facility& facility() const { return *GetParam(); }
};

TEST_P(Contract, BindsNoClauseTwice) {
  std::set<Clause> bound;

  for (const Binding& binding : facility().Bindings()) {
    EXPECT_TRUE(bound.insert(binding.clause).second) << ClauseName(binding.clause);
  }

  EXPECT_FALSE(bound.empty());
}

TEST_P(Contract, BindsClausesToPromisesOfTheCatalogueOnly) {
  for (const Binding& binding : facility().Bindings()) {
    const Promise* promise = FindPromise(binding.promise);
    ASSERT_NE(promise, nullptr) << binding.promise;
    EXPECT_EQ(promise->id, binding.promise);  // no instance id
  }
}

TEST_P(Contract, NamesItsCallsEachDifferently) {
  std::set<std::string_view> names;

  for (const CallTraits& call : facility().Calls()) {
    EXPECT_TRUE(names.insert(call.name).second) << call.name;
  }

  EXPECT_FALSE(names.empty());
  EXPECT_FALSE(names.contains(""));
  EXPECT_LE(names.size(), 256u);  // Request::call
}

TEST_P(Contract, IsInTheTaxonomy) { EXPECT_NE(FindTaxonomy(facility().Name()), nullptr); }

TEST_P(Contract, SaysWhatItIsInOneSentence) {
  const std::string_view summary = facility().Summary();

  EXPECT_TRUE(summary.ends_with('.')) << summary;
  EXPECT_EQ(summary.find(". "), std::string_view::npos) << summary;
}

TEST_P(Contract, RefusesACallThatItDoesNotHave) {
  const auto port = facility().Attach(testing::TempDir() + "/contract");

  const Reply reply =
      port->Perform({.call = static_cast<std::uint8_t>(facility().Calls().size()), .pieces = {}});

  EXPECT_EQ(reply.result, -1);
  EXPECT_EQ(reply.system_error, ENOTSUP);
}

INSTANTIATE_TEST_SUITE_P(Every, Contract,
                         testing::ValuesIn(Facilities().begin(), Facilities().end()),
                         [](const auto& instance) {
                           std::string name(instance.param->Name());
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace parley
