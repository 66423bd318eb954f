#include "src/facility/credentials.h"

#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "src/base/check.h"

namespace parley {
namespace {

// IDs that are nobody's in particular; the second when the first is the crew's own.
constexpr std::uint32_t kOther = 65534;
constexpr std::uint32_t kAnother = 65533;

// Of files, and of System V objects.
constexpr std::uint32_t kOverrideBits =
    1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH | 1U << CAP_IPC_OWNER | 1U << CAP_SYS_ADMIN;

// Of this process: the sets of capabilities, low words first.  libc has no wrapper.
struct Capabilities {
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};

  bool Get() { return Call(SYS_capget); }
  bool Set() { return Call(SYS_capset); }

 private:
  bool Call(long number) {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    return ::syscall(number, &header, words.data()) == 0;
  }
};

}  // namespace

Overrides OverridesNow() {
  Capabilities now;
  if (!now.Get()) return {};
  const std::uint32_t effective = now.words[0].effective;
  return {.all = (effective >> CAP_DAC_OVERRIDE & 1U) != 0,
          .reading = (effective >> CAP_DAC_READ_SEARCH & 1U) != 0};
}

bool MayExceedLimits() {
  Capabilities now;
  return now.Get() && (now.words[0].effective >> CAP_SYS_RESOURCE & 1U) != 0;
}

void ExceedLimits(bool may) {
  Capabilities now;
  constexpr std::uint32_t kBit = 1U << CAP_SYS_RESOURCE;
  if (!now.Get() || (now.words[0].permitted & kBit) == 0) return;
  now.words[0].effective = may ? now.words[0].effective | kBit : now.words[0].effective & ~kBit;
  CHECK(now.Set());
}

Acting::Acting(ActAs as) {
  bool done = true;
  if (as == ActAs::kOtherUser) done = BecomeOther(false);
  if (as == ActAs::kOtherUserAndGroup) done = BecomeOther(true);
  if (as == ActAs::kSelfWithoutRights) done = RenounceRights();
  if (!done) system_error_ = errno;
}

Acting::~Acting() {
  const int before = errno;
  if (other_) BecomeSelf();
  if (renounced_) {
    Capabilities own;
    CHECK(own.Get());
    for (std::size_t i = 0; i < effective_.size(); ++i) own.words[i].effective = effective_[i];
    CHECK(own.Set());
  }
  errno = before;
}

bool Acting::BecomeOther(bool other_group) {
  user_ = ::geteuid();
  group_ = ::getegid();
  group_count_ = ::getgroups(kGroupsMax, groups_.data());
  if (user_ != 0 || group_count_ < 0) {
    errno = EPERM;
    return false;
  }
  parent_ = ::getppid();
  ::prctl(PR_GET_PDEATHSIG, &death_signal_);
  dumpable_ = ::prctl(PR_GET_DUMPABLE);
  const gid_t group = !other_group ? group_ : group_ == kOther ? kAnother : kOther;
  if (::setgroups(0, nullptr) != 0) return false;
  other_ = ::setegid(group) == 0 && ::seteuid(kOther) == 0;
  int system_error = errno;
  // A process may be told to keep its rights whoever it is (SECBIT_NO_SETUID_FIXUP).
  const Overrides rights = OverridesNow();
  if (other_ && (rights.all || rights.reading)) {
    system_error = EPERM;
    other_ = false;
  }
  if (!other_) {
    BecomeSelf();
    errno = system_error;
  }
  return other_;
}

void Acting::BecomeSelf() const {
  CHECK(::seteuid(user_) == 0);
  CHECK(::setegid(group_) == 0);
  CHECK(::setgroups(static_cast<std::size_t>(group_count_), groups_.data()) == 0);
  // A change of IDs takes these away (prctl(2)).
  ::prctl(PR_SET_DUMPABLE, dumpable_);
  ::prctl(PR_SET_PDEATHSIG, death_signal_);
  if (death_signal_ != 0 && ::getppid() != parent_) ::raise(death_signal_);
}

bool Acting::RenounceRights() {
  Capabilities own;
  if (!own.Get()) return false;
  for (std::size_t i = 0; i < effective_.size(); ++i) effective_[i] = own.words[i].effective;
  if ((effective_[0] & kOverrideBits) == 0) return true;
  own.words[0].effective &= ~kOverrideBits;
  renounced_ = own.Set();
  return renounced_;
}

}  // namespace parley
