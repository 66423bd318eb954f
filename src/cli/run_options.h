// From what the user wrote to what a campaign takes: every argument checked before anything starts.
#pragma once

#include <string>

#include "src/base/error.h"
#include "src/campaign/campaign.h"
#include "src/cli/commands.h"

namespace parley {

// `bazel run` starts programs in their runfiles; the user's paths are relative to elsewhere.
std::string FromUsersDirectory(const std::string& path);

// Errors: of input, each names its option.
Result<CampaignOptions> OptionsFrom(const RunArguments& run);

// Can the result's files be written?  Asked before a run, which may be long.
Result<void> CheckReportPaths(const RunArguments& run);

// Can histories be written below that folder, which need not be there yet?
Result<void> CheckFindingsDirectory(const std::string& path);

}  // namespace parley
