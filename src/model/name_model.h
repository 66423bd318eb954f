// The files beside an object, one call after another: which names there are, of what mode, owned by
// whom; and who may open them.
//
// Everything is known exactly, but what a call did that never returned, and what the crew itself
// may do: that is told by the files that it makes (CreatedFile).
//
// Queues have names, modes and owners like FIFOs, in no directory; of a name that is none it is
// known how Linux refuses it.
//
// Source: POSIX.1-2024 mkfifo(), mkfifoat(), open(), mq_open() [EACCES], umask(), 4.7 "File Access
// Permissions"; capabilities(7) (Linux).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "src/history/file_calls.h"
#include "src/history/history.h"
#include "src/model/breach.h"

namespace parley::model {

// The call is one of those on files.
bool IsOnFiles(Effect effect);

class NameModel {
 public:
  // history: outlives the model.
  explicit NameModel(const History& history);

  // The object's calls on files, in the order in which they happened; none overlaps another.
  std::optional<Breach> Advance(std::uint32_t id);

  // Situations so far in which the clause could have been broken.
  std::uint64_t chances(Clause clause) const { return chances_[static_cast<std::size_t>(clause)]; }

 private:
  using Breaches = std::optional<Breach>;
  // More than one when it is not known which.
  struct Possible {
    bool yes = false;
    bool no = false;
  };
  enum class Presence : std::uint8_t { kAbsent, kPresent, kUnknown };
  struct File {
    Presence presence = Presence::kAbsent;
    bool other_user = false;          // owned by the user who is not the crew's own
    std::optional<bool> other_group;  // unknown: the group of the directory
    std::optional<std::uint16_t> mode;
  };

  const Operation& op(std::uint32_t id) const { return history_.operations[id]; }
  void Chance(Clause clause) { ++chances_[static_cast<std::size_t>(clause)]; }
  File& At(Folder folder, std::uint8_t slot) {
    return files_[static_cast<std::size_t>(folder)][slot];
  }
  void Forget(std::uint32_t id);
  Possible OverridesAs(ActAs as, Direction direction) const;
  Possible MayOpen(const File& file, const OpenFileAs& call) const;

  Breaches JudgeCreate(std::uint32_t id);
  Breaches JudgeCreateInLocked(std::uint32_t id, const CreateFile& call);
  Breaches JudgeMade(std::uint32_t id, File& file, ActAs as, std::uint16_t mode) const;
  Breaches JudgeCreateAt(std::uint32_t id);
  Breaches JudgeChangeMode(std::uint32_t id);
  Breaches JudgeOpen(std::uint32_t id);
  Breaches JudgeUse(std::uint32_t id);
  Breaches JudgeRemove(std::uint32_t id);
  Breaches Gone(std::uint32_t id, File& file) const;

  const History& history_;
  const bool queues_;  // what has the names; else FIFOs
  // Of the crew's own IDs; nothing where no file told it.
  std::optional<bool> overrides_;
  std::optional<bool> overrides_reading_;
  std::array<std::array<File, kFileSlots>, kFolders> files_;
  // By worker: how it has opened that name.
  std::vector<std::array<std::optional<Direction>, kFileSlots>> held_;
  std::array<std::uint64_t, static_cast<std::size_t>(Clause::kCount)> chances_{};
};

}  // namespace parley::model
