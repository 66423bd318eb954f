#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

constexpr mode_t kOwnersBits = 0600;
constexpr mode_t kModeBits = 07777;

class PermissionIgnored final : public Bug {
 public:
  PermissionIgnored()
      : Bug({.name = "permission-ignored",
             .says =
                 "open() of a FIFO succeeds although the permission bits of the opener's class, "
                 "its owner, its group or others, refuse it.",
             .promise = "fifo.permission",
             .on = On::kFifo,
             .every = 1}) {}

  int Open(const OpenCall& call, Object& object) override {
    const int fd = Bug::Open(call, object);
    if (fd >= 0 || errno != EACCES || !Tells(object)) return fd;
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    if (::getresuid(&real, &effective, &saved) != 0) return Refused();
    return effective == saved ? OpenAsOwner(call, object) : OpenAs(saved, effective, call, object);
  }

 private:
  static int Refused() {
    errno = EACCES;
    return -1;
  }

  // The owner may give himself what he lacks.
  int OpenAsOwner(const OpenCall& call, Object& object) {
    struct stat found;
    if (::fstatat(call.directory_fd, call.path, &found, 0) != 0) return Refused();
    const mode_t mode = found.st_mode & kModeBits;
    if (::fchmodat(call.directory_fd, call.path, mode | kOwnersBits, 0) != 0) return Refused();
    const int fd = Bug::Open(call, object);
    const int before = errno;
    const bool restored = ::fchmodat(call.directory_fd, call.path, mode, 0) == 0;
    errno = before;
    return restored || fd < 0 ? fd : -1;
  }

  // Who was the superuser may be so again.
  int OpenAs(uid_t saved, uid_t effective, const OpenCall& call, Object& object) {
    if (::seteuid(saved) != 0) return Refused();
    const int fd = Bug::Open(call, object);
    const int before = errno;
    if (::seteuid(effective) != 0) return Refused();
    errno = before;
    return fd;
  }
};

PermissionIgnored permission_ignored;

}  // namespace
}  // namespace parley::planted
