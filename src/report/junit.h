// A run's result for continuous integration: JUnit XML, a test case a promise.
#pragma once

#include <string>

#include "src/finding/finding.h"

namespace parley {

// Broken -> failure; inconclusive and unsupported -> skipped, with the reason; parley's own trouble
// -> an error in a test case named "parley".  Well-formed whatever the texts hold.
//
// Source: the schema that Jenkins and GitLab read (testsuites, testsuite, testcase).
std::string ResultJUnit(const RunResult& result);

}  // namespace parley
