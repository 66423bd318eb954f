// A System V message queue as its maker holds it: a key, and what was asked of it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "src/facility/facility.h"

namespace parley {

// A key is a number of the kernel's, not a name in a directory.  So that a sweep finds what a
// killed run has left, a file DIRECTORY/NAME.sysv-msg holds the key from before a queue is made
// under it until after it is removed.
struct MsgKey {
  key_t key = 0;
  std::string marker;  // path of the file

  // As workers are told it: "0x1badcafe@DIRECTORY/NAME.sysv-msg".
  std::string Text() const;
  static MsgKey Parse(const std::string& text);

  // A hard link of the file, for those who derive keys from it; not every file system has one.
  std::string Link() const { return marker + ".link"; }
};

class MsgObject : public Object {
 public:
  static Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                              const std::string& name);
  ~MsgObject() override;

  const ObjectAccess& access() const override { return access_; }
  std::uint64_t capacity_bytes() const override { return capacity_bytes_; }
  // Linux holds no more messages than msg_qbytes either, so that empty ones are bounded, too
  // (msgop(2)).
  std::uint64_t capacity_messages() const override { return capacity_bytes_; }
  std::uint64_t message_bytes() const override;
  void ReleaseDescriptors() override {}

 private:
  explicit MsgObject(MsgKey key);

  MsgKey key_;
  std::uint64_t capacity_bytes_ = 0;
  ObjectAccess access_;
};

// Removes the queues whose markers lie in the directory; the markers stay.
void SweepMsgs(const std::string& directory);

// MSGMAX and MSGMNB of this IPC namespace (proc(5)).
std::uint64_t MsgMaxBytes();
std::uint64_t MsgQueueBytes();

}  // namespace parley
