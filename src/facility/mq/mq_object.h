// A POSIX message queue as its maker holds it: a name, and what was asked of it.
#pragma once

#include <memory>
#include <string>

#include "src/facility/facility.h"

namespace parley {

// A queue's name lives in the kernel's namespace, not in a directory.  So that a sweep finds what a
// killed run has left, a file DIRECTORY/NAME.mq holds the queue's name from before it is made until
// after it is unlinked.
struct MqName {
  // directory: empty for the working directory.
  MqName(const std::string& directory, const std::string& name);

  std::string queue;   // "/DIRECTORY.NAME"
  std::string marker;  // path of the file
};

class MqObject : public Object {
 public:
  static Result<std::unique_ptr<Object>> Make(const ObjectPlan& plan, const std::string& directory,
                                              const std::string& name);
  ~MqObject() override;

  const ObjectAccess& access() const override { return access_; }
  std::uint64_t capacity_bytes() const override { return 0; }
  std::uint64_t capacity_messages() const override { return capacity_messages_; }
  std::uint64_t message_bytes() const override { return message_bytes_; }
  void ReleaseDescriptors() override {}

 private:
  explicit MqObject(MqName names);

  MqName names_;
  std::uint64_t capacity_messages_ = 0;
  std::uint64_t message_bytes_ = 0;
  ObjectAccess access_;
};

// Unlinks the queues whose markers lie in the directory; the markers stay.
void SweepMqs(const std::string& directory);

// mq_msgsize and mq_maxmsg of a queue made without attributes (mq_overview(7)).
std::uint64_t DefaultMqMessageBytes();
std::uint64_t DefaultMqMessages();

}  // namespace parley
