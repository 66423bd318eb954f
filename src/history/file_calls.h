// Calls on files beside an object: what their arguments choose, and what their results tell.
//
// A facility with names in the file system has a small tree of directories beside its object, where
// FIFOs are made, opened and removed as different users.  An argument is a few bits, so that a
// uniform draw of it is a uniform draw of every case.
#pragma once

#include <cstdint>
#include <string>

#include "src/history/history.h"

namespace parley {

inline constexpr std::uint8_t kFileSlots = 2;          // names in each directory
inline constexpr std::uint16_t kModeBits = 0777;       // the file permission bits
inline constexpr std::uint16_t kCreateAtMode = 00600;  // of Effect::kCreateFileAt, whose umask is 0

// Effective IDs of one call.  "Other" is some fixed ID that is not the crew's own.
enum class ActAs : std::uint8_t {
  kSelf,               // the crew's own, with its rights
  kOtherUser,          // another user of the same group; no supplementary groups
  kOtherUserAndGroup,  // another user of another group; no supplementary groups
  kSelfWithoutRights,  // the crew's own, without the right to override permission bits
};

enum class Direction : std::uint8_t { kRead, kWrite, kBoth };

enum class Folder : std::uint8_t {
  kCurrent,  // the current directory of the call; everybody may write to it
  kGiven,    // the directory of which the worker holds a descriptor; everybody may write to it
  kLocked,   // nobody may write to it, but who overrides permission bits
};
inline constexpr std::uint8_t kFolders = 3;

// Effect::kCreateFile: mkfifo().  Bits 0..8 mode, 9..17 umask, 18 slot, 19..20 as, 21..22 place.
enum class Place : std::uint8_t {
  kName,           // a name in the current directory
  kSymbolicLink,   // a symbolic link to nothing
  kMissingParent,  // a name in a directory that does not exist
  kLocked,         // a name in a directory that may not be written to
};
// Of queues, which have no directories, in place of it.
enum class QueueName : std::uint8_t {
  kName,        // one leading slash and no other
  kNoSlash,     // no leading slash
  kInnerSlash,  // another slash
  kTooLong,     // more than NAME_MAX bytes behind the slash
};
struct CreateFile {
  std::uint16_t mode = 0;
  std::uint16_t umask = 0;
  std::uint8_t slot = 0;
  ActAs as = ActAs::kSelf;
  Place place = Place::kName;

  QueueName queue_name() const { return static_cast<QueueName>(place); }
  static CreateFile Of(std::uint64_t argument);
  std::uint64_t Argument() const;
};

// Effect::kCreateFileAt: mkfifoat().  Bit 0 slot, from bit 1 the base, modulo their number.
enum class Base : std::uint8_t {
  kGivenDirectory,        // relative, and a descriptor of the given directory
  kCurrentDirectory,      // relative, and AT_FDCWD
  kAbsoluteInvalid,       // absolute, and a descriptor that is not open
  kAbsoluteNonDirectory,  // absolute, and a descriptor of something else than a directory
  kInvalid,               // relative, and a descriptor that is not open
  kNonDirectory,          // relative, and a descriptor of something else than a directory
};
inline constexpr std::uint8_t kBases = 6;
struct CreateFileAt {
  std::uint8_t slot = 0;
  Base base = Base::kGivenDirectory;

  static CreateFileAt Of(std::uint64_t argument);
  std::uint64_t Argument() const;
};

// Effect::kChangeMode: chmod() of a name in the current directory.  Bits 0..8 mode, 9 slot, 10..11
// as (System V objects alone).
struct ChangeMode {
  std::uint16_t mode = 0;
  std::uint8_t slot = 0;
  ActAs as = ActAs::kSelf;

  static ChangeMode Of(std::uint64_t argument);
  std::uint64_t Argument() const;
};

// Effect::kOpenFile: open() with O_NONBLOCK of a name in the current directory.  Bits 0..1
// direction, 2 slot, 3..4 as.
struct OpenFileAs {
  Direction direction = Direction::kRead;
  std::uint8_t slot = 0;
  ActAs as = ActAs::kSelf;

  static OpenFileAs Of(std::uint64_t argument);
  std::uint64_t Argument() const;
};

// Effect::kUseFile: the slot of the name that was opened, modulo their number.  Of queues, from
// their number on, against the direction in which it was opened.
std::uint8_t UsedSlot(std::uint64_t argument);
constexpr bool UsedAgainst(std::uint64_t argument) { return (argument / kFileSlots) % 2 != 0; }

// Effect::kRemoveFile: unlink() of a name in the current or the given directory.  Bit 0 slot, 1
// folder.  Of System V objects, as somebody else: bit 0 whether of another group, too.
constexpr ActAs RemovesAs(std::uint64_t argument) {
  return (argument & 1U) != 0 ? ActAs::kOtherUserAndGroup : ActAs::kOtherUser;
}
struct RemoveFile {
  std::uint8_t slot = 0;
  Folder folder = Folder::kCurrent;

  static RemoveFile Of(std::uint64_t argument);
  std::uint64_t Argument() const;
};

// What a creation that succeeded has made, as its result tells it.
struct CreatedFile {
  std::uint16_t st_mode = 0;       // type and mode, 0 when the file is not where it has to be
  bool owned_by_user = false;      // st_uid is the effective user ID
  bool owned_by_group = false;     // st_gid is the effective group ID
  bool owned_like_folder = false;  // st_gid is that of the directory
  bool overrides = false;          // its maker overrides permission bits (CAP_DAC_OVERRIDE)
  bool overrides_reading = false;  // the same for reading alone (CAP_DAC_READ_SEARCH)

  static CreatedFile Of(std::int64_t result);
  std::int64_t Result() const;
};

// The result of a creation in words: "a FIFO of mode 0640".
std::string CreatedText(std::int64_t result);

// What such a call does, in words: "makes name 1 with mode 0640 and umask 022".
std::string FileCallText(Effect effect, std::uint64_t argument);

}  // namespace parley
