#include <algorithm>
#include <cerrno>

#include "src/check/random_history_draft.h"

namespace parley {
namespace {

void Settle(Draft& draft) {
  draft.op.result = 0;
  for (const Extent& extent : draft.extents) {
    draft.op.result += extent.bytes;
  }
}

// A random draft that received something; null when there is none.
Draft* SomeReception(DraftHistory& history, Random& random) {
  std::vector<Draft*> receptions;
  for (Draft& draft : history.drafts) {
    if (!draft.extents.empty()) {
      receptions.push_back(&draft);
    }
  }
  return receptions.empty() ? nullptr : receptions[random.Below(receptions.size())];
}

void SwapResults(DraftHistory& history, Random& random) {
  Draft* a = SomeReception(history, random);
  Draft* b = SomeReception(history, random);
  if (a != nullptr) {
    std::swap(a->extents, b->extents);
    Settle(*a);
    Settle(*b);
  }
}

void ChangeExtent(DraftHistory& history, Random& random, std::uint64_t how) {
  Draft* draft = SomeReception(history, random);
  if (draft == nullptr) {
    return;
  }
  const std::size_t place = random.Below(draft->extents.size());
  Extent& extent = draft->extents[place];
  switch (how) {
    case 0:  // drop
      draft->extents.erase(draft->extents.begin() + static_cast<std::ptrdiff_t>(place));
      break;
    case 1: {  // repeat
      Draft& other = *SomeReception(history, random);
      const Extent copy = extent;
      other.extents.insert(
          other.extents.begin() + static_cast<std::ptrdiff_t>(random.Below(other.extents.size())),
          copy);
      Settle(other);
      break;
    }
    case 2:  // cut
      extent.bytes -= static_cast<std::uint32_t>(random.Below(extent.bytes));
      break;
    case 3:  // extend
      extent.bytes += static_cast<std::uint32_t>(random.Between(1, 3));
      break;
    case 4:  // change
      extent.kind = static_cast<std::uint16_t>(random.Between(1, 2));
      break;
    case 5:  // exchange with a neighbour
      std::swap(extent, draft->extents[random.Below(draft->extents.size())]);
      break;
    default: {  // cut in two, the other way round
      const auto head = static_cast<std::uint32_t>(random.Below(extent.bytes));
      if (head > 0) {
        Extent tail = extent;
        tail.position += head;
        tail.bytes -= head;
        extent.bytes = head;
        draft->extents.insert(draft->extents.begin() + static_cast<std::ptrdiff_t>(place), tail);
      }
      break;
    }
  }
  Settle(*draft);
}

void ChangeCall(DraftHistory& history, Random& random, std::uint64_t how) {
  Draft& draft = history.drafts[random.Below(history.drafts.size())];
  Operation& op = draft.op;
  if (op.outcome != Outcome::kReturned) {
    return;
  }
  if (how == 0) {
    op.result = -1;
    op.system_error = EINTR;
    draft.extents.clear();
    return;
  }
  if (how == 1 && op.call != kReadCall && op.result > 1) {  // accepts less, moves what follows
    --op.result;
    return;
  }
  // Killed in the call, if it was the worker's last one.
  const bool last =
      &draft >= &*std::find_if(history.drafts.rbegin(), history.drafts.rend(),
                               [&](const Draft& d) { return d.op.worker == op.worker; });
  if (how == 2 && last && op.system_error == 0) {
    op.outcome = Outcome::kMaybe;
    op.result = 0;
    draft.extents.clear();
  }
}

}  // namespace

void Corrupt(DraftHistory& history, Random& random) {
  const std::uint64_t kind = random.Below(13);
  if (kind < 7) {
    ChangeExtent(history, random, kind);
  } else if (kind < 9) {
    SwapResults(history, random);
  } else if (kind < 12) {
    ChangeCall(history, random, kind - 9);
  } else {
    history.header.capacity_bytes = std::max<std::uint64_t>(history.header.capacity_bytes / 2, 1);
  }
}

}  // namespace parley
