#include "src/campaign/witness.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "src/base/clock.h"
#include "src/base/units.h"
#include "src/campaign/promotion.h"
#include "src/program/codec.h"
#include "src/shrink/listing.h"
#include "src/shrink/schedule.h"

namespace parley {
namespace {

// For making one finding smaller.
constexpr std::uint64_t kReductionNs = 10 * kNsPerS;
// For seeing a free one in stepped mode.
constexpr std::uint64_t kPromotionNs = 2 * kNsPerS;
// For all findings of a run.
constexpr std::uint64_t kSearchesNs = 30 * kNsPerS;

}  // namespace

std::uint64_t WitnessSearch::LeftNs() const {
  return kSearchesNs - std::min(kSearchesNs, spent_ns_);
}

Result<void> WitnessSearch::Improve(const Choice& choice, const Program& program,
                                    const History& history, std::span<const std::uint32_t> witness,
                                    Finding& finding) {
  if (LeftNs() == 0) return {};
  const std::uint64_t begin_ns = NowNs();
  const auto reduction = Search(choice, program, history, witness, finding);
  spent_ns_ += NowNs() - begin_ns;
  if (!reduction) return {};
  finding.listing = StepListing(reduction->history, &reduction->judgement);
  finding.calls = ScheduleOf(reduction->history).size();
  return Write(*reduction, finding);
}

std::optional<Reduction> WitnessSearch::Search(const Choice& choice, const Program& program,
                                               const History& history,
                                               std::span<const std::uint32_t> witness,
                                               Finding& finding) {
  if (program.stepped) {
    return Reduce(engine_, program, history, finding.clause, std::min(kReductionNs, LeftNs()),
                  interrupted_);
  }
  const Promoted promoted = Promote(engine_,
                                    {.scenario = choice.scenario,
                                     .facility = *choice.facility,
                                     .program = program,
                                     .history = history,
                                     .clause = finding.clause,
                                     .witness = witness,
                                     .crew = options_.crew},
                                    std::min(kPromotionNs, LeftNs()), interrupted_);
  finding.stepped_rounds = promoted.tried;
  if (!promoted.round) return std::nullopt;
  return Reduce(engine_, promoted.round->program, promoted.round->history, finding.clause,
                std::min(kReductionNs, LeftNs()), interrupted_);
}

Result<void> WitnessSearch::Write(const Reduction& reduction, Finding& finding) const {
  const std::string path = fmt::format("{}/{}.{}.program.json", options_.findings_directory,
                                       finding.token, ClauseName(finding.clause));
  std::error_code error;
  std::filesystem::create_directories(options_.findings_directory, error);
  auto written = WriteProgram(path, {.scenario = finding.scenario,
                                     .seed = finding.seed,
                                     .round = finding.round,
                                     .token = finding.token,
                                     .planted = finding.planted,
                                     .promise = finding.promise,
                                     .clause = std::string(ClauseName(reduction.judgement.clause)),
                                     .program = reduction.program});
  if (written) finding.program_path = path;
  return written;
}

}  // namespace parley
