#include "src/check/tally.h"

#include <fmt/format.h>

#include <algorithm>

namespace parley {

void Tally::Break(std::string reason, std::vector<std::uint32_t> witness) {
  if (verdict_ == Verdict::kBroken) {
    return;
  }
  verdict_ = Verdict::kBroken;
  reason_ = std::move(reason);
  witness_ = std::move(witness);
}

void Tally::Doubt(std::string reason, std::vector<std::uint32_t> witness) {
  if (verdict_ != Verdict::kKept) {
    return;
  }
  verdict_ = Verdict::kInconclusive;
  reason_ = std::move(reason);
  witness_ = std::move(witness);
}

void Tally::Report(std::vector<Judgement>& judgements) const {
  if (verdict_ == Verdict::kKept && chances_ == 0) {
    return;
  }
  judgements.push_back({.clause = clause_,
                        .verdict = verdict_,
                        .reason = reason_,
                        .witness = witness_,
                        .chances = chances_});
}

std::vector<std::uint32_t> Witness(const History& history,
                                   std::initializer_list<std::uint32_t> operations) {
  std::vector<std::uint32_t> witness(operations);
  std::ranges::sort(witness, {}, [&](std::uint32_t id) {
    return std::pair(history.operations[id].invoked_ns, id);
  });
  const auto rest = std::ranges::unique(witness);
  witness.erase(rest.begin(), rest.end());
  return witness;
}

std::string BytesText(std::uint16_t writer, std::uint64_t position, std::uint64_t bytes) {
  return fmt::format("bytes {}..{} of worker {}", position, position + bytes - 1, writer);
}

std::string PutText(const Put& put) { return BytesText(put.writer, put.position, put.bytes); }

Coverage InterruptedCoverage(const StreamView& stream, std::uint64_t position,
                             std::uint64_t bytes) {
  Coverage coverage;
  const std::uint64_t end = position + bytes;
  while (position < end) {
    if (const InterruptedPut* put = stream.InterruptedAt(position)) {
      coverage.inside = coverage.inside == nullptr ? put : coverage.inside;
      position = put->position + put->requested;
      continue;
    }
    coverage.outside = true;
    const auto next =
        std::ranges::upper_bound(stream.interrupted, position, {}, &InterruptedPut::position);
    position = next == stream.interrupted.end() ? end : next->position;
  }
  return coverage;
}

TakesByReader GroupByReader(const ByteStreams& streams, const ObjectView& object) {
  TakesByReader grouped;
  const auto takes = streams.takes(object);
  if (object.reader_count < 2) {
    for (std::uint32_t take = object.takes.begin; take < object.takes.end; ++take) {
      grouped.takes.push_back(take);
    }
    grouped.borders = {0, object.takes.size()};
    return grouped;
  }
  std::vector<std::uint32_t> places;  // by worker: how many takes, then where its next one goes
  for (const TakeView& take : takes) {
    const std::uint16_t reader = streams.operation(take.id).worker;
    places.resize(std::max<std::size_t>(places.size(), reader + 1U));
    ++places[reader];
  }
  std::uint32_t begin = 0;
  for (std::uint32_t& place : places) {
    if (place > 0) {
      grouped.borders.push_back(begin);
    }
    begin += std::exchange(place, begin);
  }
  grouped.borders.push_back(begin);
  grouped.takes.resize(begin);
  for (std::uint32_t i = 0; i < takes.size(); ++i) {
    grouped.takes[places[streams.operation(takes[i].id).worker]++] = object.takes.begin + i;
  }
  return grouped;
}

}  // namespace parley
