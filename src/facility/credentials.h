// Who makes a call: effective IDs, and the right to override permission bits.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <array>
#include <cstdint>

#include "src/history/file_calls.h"

namespace parley {

// What this process may do against permission bits.
//
// Source: capabilities(7) (Linux).
struct Overrides {
  bool all = false;      // CAP_DAC_OVERRIDE
  bool reading = false;  // CAP_DAC_READ_SEARCH
};
Overrides OverridesNow();

// It may exceed the limits of its resources (CAP_SYS_RESOURCE, be it of a user namespace of its
// own).
bool MayExceedLimits();
// Gives that up, or takes it back where it may be taken.
void ExceedLimits(bool may);

// While it lives, files are made with that mask; then with the one before.
class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;
  ~Umask() { ::umask(before_); }

 private:
  mode_t before_;
};

// While it lives, the process has the effective IDs and rights of `as`; then its own again.
// Allocates nothing.
//
// Errors: system_error() says why it did not become so, and then nothing has changed.  EPERM when
//   the process is not the superuser, EINVAL when another ID is not one of its user namespace.
// Source: POSIX.1-2024 seteuid(), setegid(); setgroups(2), capabilities(7) (Linux).
class Acting {
 public:
  explicit Acting(ActAs as);
  Acting(const Acting&) = delete;
  Acting& operator=(const Acting&) = delete;
  ~Acting();

  int system_error() const { return system_error_; }

 private:
  static constexpr int kGroupsMax = 64;

  bool BecomeOther(bool other_group);
  bool RenounceRights();
  void BecomeSelf() const;

  int system_error_ = 0;
  bool other_ = false;  // has other IDs
  bool renounced_ = false;
  uid_t user_ = 0;  // its own
  gid_t group_ = 0;
  int group_count_ = 0;
  std::array<gid_t, kGroupsMax> groups_{};
  pid_t parent_ = 0;
  int death_signal_ = 0;
  int dumpable_ = 0;
  std::array<std::uint32_t, 2> effective_{};
};

}  // namespace parley
