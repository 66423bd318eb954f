// The functions of System V message queues that stand before libc's; interposers.cc.
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <optional>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

struct Meeting {
  Bug* bug = nullptr;
  Target target;
};

Bug* Told() {
  Bug* bug = Alive();
  if (bug == nullptr) return nullptr;
  bug->BeforeAnyCall();
  return bug->IsToldOn(On::kSysvMsg) ? bug : nullptr;
}

std::optional<Meeting> Meet(int queue) {
  Bug* bug = queue >= 0 ? Told() : nullptr;
  if (bug == nullptr) return std::nullopt;
  return Meeting{.bug = bug, .target = {.fd = queue, .object = ObserveTyped(queue)}};
}

std::FILE* Open(const char* path, const char* mode) {
  const bool list = path != nullptr && std::strcmp(path, "/proc/sysvipc/msg") == 0;
  Bug* bug = list ? Told() : nullptr;
  return bug != nullptr ? bug->OpenList(path, mode) : libc::fopen(path, mode);
}

}  // namespace
}  // namespace parley::planted

using namespace parley::planted;  // NOLINT(google-build-using-namespace): what follows is C

extern "C" {

key_t ftok(const char* path, int id) noexcept {
  Bug* bug = Told();
  return bug != nullptr ? bug->DeriveKey(path, id) : libc::ftok(path, id);
}

int msgget(key_t key, int flags) noexcept {
  Bug* bug = Told();
  return bug != nullptr ? bug->GetTyped(key, flags) : libc::msgget(key, flags);
}

int msgsnd(int queue, const void* start, size_t count, int flags) {
  const auto met = Meet(queue);
  if (!met) return libc::msgsnd(queue, start, count, flags);
  return met->bug->SendTyped(met->target,
                             {.start = const_cast<void*>(start), .count = count, .flags = flags});
}

ssize_t msgrcv(int queue, void* start, size_t count, long type, int flags) {
  const auto met = Meet(queue);
  if (!met) return libc::msgrcv(queue, start, count, type, flags);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->ReceiveTyped(met->target, {.start = start, .count = count, .flags = flags},
                                type);
}

int msgctl(int queue, int command, msqid_ds* status) noexcept {
  const auto met = Meet(queue);
  if (!met) return libc::msgctl(queue, command, status);
  met->bug->BeforeOtherCall(met->target);
  return met->bug->ControlTyped(met->target, command, status);
}

std::FILE* fopen(const char* path, const char* mode) { return Open(path, mode); }
std::FILE* fopen64(const char* path, const char* mode) { return Open(path, mode); }
}
