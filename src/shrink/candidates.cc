#include "src/shrink/candidates.h"

#include <algorithm>
#include <utility>

#include "src/base/check.h"
#include "src/program/check_program.h"
#include "src/shrink/decodable.h"

namespace parley {

Candidates::Candidates(Program from, Place place)
    : from_(std::move(from)),
      size_(SizeOf(from_)),
      decodable_(Decodable(from_)),
      place_(place),
      pass_(place.pass) {
  CHECK(from_.stepped.has_value());
}

// Lists the edits of pass after pass until there is one to come.
bool Candidates::FindEdit() {
  while (!listed_ || next_ == edits_.size()) {
    if (listed_) ++pass_;
    if (pass_ >= Passes().size()) return false;
    edits_ = Passes()[pass_].edits(from_);
    CHECK(std::ranges::is_sorted(edits_, {}, &Edit::rank));
    const std::uint64_t from_rank = pass_ == place_.pass ? place_.rank : 0;
    next_ = static_cast<std::size_t>(std::ranges::lower_bound(edits_, from_rank, {}, &Edit::rank) -
                                     edits_.begin());
    listed_ = true;
  }
  return true;
}

std::optional<Program> Candidates::Next() {
  while (FindEdit()) {
    const Edit& edit = edits_[next_++];
    Program candidate = from_;
    edit.apply(candidate);
    if (SizeOf(candidate) >= size_ || !CheckProgram(candidate)) continue;
    if (decodable_ && !Decodable(candidate)) continue;
    place_ = {.pass = pass_, .rank = edit.rank};
    return candidate;
  }
  return std::nullopt;
}

}  // namespace parley
