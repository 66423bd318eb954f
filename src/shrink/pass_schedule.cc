// Passes that make the schedule shorter, or simpler to follow.
#include <algorithm>
#include <bit>

#include "src/shrink/editing.h"
#include "src/shrink/passes.h"

namespace parley {
namespace {

using Schedule = std::vector<ScheduleEntry>;

void EraseEntries(Schedule& schedule, std::size_t first, std::size_t count) {
  const auto begin = schedule.begin() + static_cast<std::ptrdiff_t>(first);
  schedule.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
}

// Moves the entries of segment `from` to where segment `to` begins.
void MoveSegment(Schedule& schedule, const Segment& from, std::size_t to) {
  const auto at = [&](std::size_t i) { return schedule.begin() + static_cast<std::ptrdiff_t>(i); };
  if (to < from.first) {
    std::rotate(at(to), at(from.first), at(from.first + from.count));
  } else {
    std::rotate(at(from.first), at(from.first + from.count), at(to));
  }
}

bool IsFault(const ScheduleEntry& entry) { return entry.kind != ScheduleKind::kStart; }

// The workers in the order in which the schedule begins with them from that entry on; then others.
std::vector<std::uint16_t> OrderFrom(const Program& program, std::size_t first) {
  std::vector<std::uint16_t> order;
  const auto add = [&](std::uint16_t worker) {
    if (worker >= program.workers.size()) return;
    if (std::ranges::find(order, worker) == order.end()) order.push_back(worker);
  };
  for (const ScheduleEntry& entry : std::span(program.stepped->schedule).subspan(first)) {
    add(entry.worker);
  }
  for (const std::uint16_t worker : WorkersOf(program)) add(worker);
  return order;
}

}  // namespace

std::vector<Edit> CutSchedule(const Program& program) {
  std::vector<Edit> edits;
  const std::size_t total = program.stepped->schedule.size();
  for (std::size_t cut = std::bit_ceil(total); cut > 0 && total > 0; cut /= 2) {
    const std::size_t kept = total - std::min(cut, total);
    edits.push_back({64 - static_cast<std::uint64_t>(std::bit_width(cut)),
                     [=](Program& smaller) { smaller.stepped->schedule.resize(kept); }});
  }
  return edits;
}

std::vector<Edit> DropFaults(const Program& program) {
  const auto& schedule = program.stepped->schedule;
  std::vector<Edit> edits;
  const auto total = static_cast<std::size_t>(std::ranges::count_if(schedule, IsFault));
  ForChunks(total, [&](std::uint64_t rank, std::size_t first, std::size_t count) {
    edits.push_back({rank, [=](Program& smaller) {
                       std::size_t number = 0;
                       std::erase_if(smaller.stepped->schedule, [&](const ScheduleEntry& entry) {
                         if (!IsFault(entry)) return false;
                         const std::size_t mine = number++;
                         return mine >= first && mine < first + count;
                       });
                     }});
  });
  return edits;
}

std::vector<Edit> DropSegments(const Program& program) {
  std::vector<Edit> edits;
  const auto segments = SegmentsOf(program.stepped->schedule);
  ForChunks(segments.size(), [&](std::uint64_t rank, std::size_t first, std::size_t count) {
    const std::size_t begin = segments[first].first;
    const Segment& last = segments[first + count - 1];
    const std::size_t entries = last.first + last.count - begin;
    edits.push_back(
        {rank, [=](Program& smaller) { EraseEntries(smaller.stepped->schedule, begin, entries); }});
  });
  return edits;
}

std::vector<Edit> MergeSegments(const Program& program) {
  std::vector<Edit> edits;
  const auto segments = SegmentsOf(program.stepped->schedule);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const auto next =
        std::find_if(segments.begin() + static_cast<std::ptrdiff_t>(i) + 1, segments.end(),
                     [&](const Segment& segment) { return segment.entry == segments[i].entry; });
    if (next == segments.end()) continue;
    const Segment mine = segments[i];
    const Segment other = *next;
    edits.push_back({i << 1, [=](Program& smaller) {
                       MoveSegment(smaller.stepped->schedule, other, mine.first + mine.count);
                     }});
    edits.push_back({i << 1 | 1, [=](Program& smaller) {
                       MoveSegment(smaller.stepped->schedule, mine, other.first);
                     }});
  }
  return edits;
}

std::vector<Edit> ReorderToDefault(const Program& program) {
  const Schedule& schedule = program.stepped->schedule;
  std::vector<Edit> edits;
  for (const Segment& segment : SegmentsOf(schedule)) {
    edits.push_back({segment.first, [kept = segment.first](Program& smaller) {
                       ReorderWorkers(smaller, OrderFrom(smaller, kept));
                       smaller.stepped->schedule.resize(kept);
                     }});
  }
  return edits;
}

std::vector<Edit> DropEntries(const Program& program) {
  std::vector<Edit> edits;
  ForChunks(program.stepped->schedule.size(), [&](std::uint64_t rank, std::size_t first,
                                                  std::size_t count) {
    edits.push_back(
        {rank, [=](Program& smaller) { EraseEntries(smaller.stepped->schedule, first, count); }});
  });
  return edits;
}

}  // namespace parley
