// Where the reads of a process on an object began and ended.  A bug that reads in the wrong place
// keeps to whole messages where it can: half a message tells less of what went wrong.
#pragma once

#include "src/planted/stream.h"

namespace parley::planted {

class ReadTrack {
 public:
  // The next read on this object begins where a message does, as far as one can tell: the last one
  // left nothing behind, or all were of one size, which is then that of the messages.
  bool AtBoundary(const Target& target) const {
    return !IsLast(target) || drained_ || one_size_bytes_ != 0;
  }
  // A read of so many bytes ends where a message does.
  bool EndsAtBoundary(const Target& target, std::size_t bytes) const {
    return UnreadBytes(target.fd) <= bytes || (IsLast(target) && bytes == one_size_bytes_);
  }
  // So did the last one.
  bool BeganAtBoundary(const Target& target) const { return IsLast(target) && began_at_boundary_; }
  // The process has read from this object last.
  bool IsLast(const Target& target) const {
    return target.object.device == device_ && target.object.inode == inode_;
  }

  // A read of at most asked bytes has returned some.
  void Note(const Target& target, std::size_t asked, std::size_t bytes) {
    began_at_boundary_ = AtBoundary(target);
    const bool one_size = bytes == asked && (!IsLast(target) || bytes == one_size_bytes_);
    one_size_bytes_ = one_size ? bytes : 0;
    device_ = target.object.device;
    inode_ = target.object.inode;
    drained_ = UnreadBytes(target.fd) == 0;
  }

  // Where boundaries never show, one cut in so many chances is better than none.
  bool MayCutAnyway() { return ++unsure_ % kUnsure == 0; }

  void Forget() { *this = ReadTrack(); }

 private:
  static constexpr unsigned kUnsure = 16;

  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool began_at_boundary_ = false;
  bool drained_ = false;
  std::size_t one_size_bytes_ = 0;  // 0: there were several
  unsigned unsure_ = 0;
};

}  // namespace parley::planted
