#include "src/planted/planted.h"

#include <pthread.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/statfs.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

#include "src/planted/libc.h"

namespace parley::planted {
namespace {

constexpr std::size_t kObjects = 64;  // that one process uses at a time
// Shared by all processes.
struct Log {
  std::atomic<std::uint64_t> told{0};
  std::atomic<std::uint64_t> every_max{0};  // not 0: no bug is told less often than at every such
  std::atomic<std::uint64_t> word{0};
};

constexpr std::size_t kLogBytes = 4096;    // of PARLEY_PLANTED_LOG, which begins with a Log
constexpr dev_t kTypedDevice = ~dev_t{0};  // of no file: identifiers are not inode numbers
constexpr decltype(statfs::f_type) kPipeFileSystem = 0x50495045;  // PIPEFS_MAGIC, <linux/magic.h>

// All constant-initialised: bugs register in the order in which they happen to be linked.
constinit Bug* g_first = nullptr;
constinit Bug* g_alive = nullptr;
constinit Log g_private_log;
constinit Log* g_log = &g_private_log;
constinit std::array<Object, kObjects> g_objects{};
constinit std::size_t g_replaced_last = 0;
constinit char* g_scratch = nullptr;
constinit std::size_t g_scratch_bytes = 0;

void MapCount() {
  const char* path = std::getenv("PARLEY_PLANTED_LOG");
  if (path == nullptr) return;
  const int fd = libc::openat(AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) return;
  struct stat found;
  void* mapped = MAP_FAILED;
  if (::fstat(fd, &found) == 0 && found.st_size >= static_cast<off_t>(kLogBytes)) {
    mapped = ::mmap(nullptr, kLogBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  }
  libc::close(fd);
  if (mapped != MAP_FAILED) g_log = static_cast<Log*>(mapped);
}

void StartAfresh() {
  g_objects = {};
  if (g_alive != nullptr) g_alive->AfterFork();
}

__attribute__((destructor)) void EndByItself() {
  if (g_alive != nullptr) g_alive->AtExit();
}

Object* Recall(const struct stat& found) {
  for (Object& object : g_objects) {
    if (object.known && object.inode == found.st_ino && object.device == found.st_dev) {
      return &object;
    }
  }
  return nullptr;
}

Object& Learn(const struct stat& found, bool named) {
  auto* free = std::ranges::find(g_objects, false, &Object::known);
  if (free == g_objects.end()) free = &g_objects[++g_replaced_last % kObjects];
  *free = Object{};
  free->device = found.st_dev;
  free->inode = found.st_ino;
  free->known = true;
  free->named = named;
  return *free;
}

void NoteDescriptor(Object& object, int fd) {
  const auto place = static_cast<std::size_t>(fd);
  if (place >= kDescriptors || object.descriptors.test(place)) return;
  // Its number may have belonged to another one that was closed behind our back.
  for (Object& other : g_objects) other.descriptors.reset(place);
  object.descriptors.set(place);
}

const char* FacilitiesText(On on) {
  switch (on) {
    case On::kPipe:
      return "pipe";
    case On::kFifo:
      return "fifo";
    case On::kBoth:
      return "fifo pipe";
    case On::kMq:
      return "mq";
    case On::kFcntlLock:
      return "fcntl-lock";
    case On::kOfdLock:
      return "ofd-lock";
    case On::kFlock:
      return "flock";
    case On::kLocks:
      return "fcntl-lock flock ofd-lock";
    case On::kSysvMsg:
      return "sysv-msg";
  }
  return "";
}

}  // namespace

struct Registry {
  static void Add(Bug& bug) {
    Bug** place = &g_first;
    while (*place != nullptr && std::strcmp((*place)->about_.name, bug.about_.name) < 0) {
      place = &(*place)->next_;
    }
    bug.next_ = *place;
    *place = &bug;
  }
};

Bug::Bug(const About& about) : about_(about) {
  Registry::Add(*this);
  const char* chosen = std::getenv("PARLEY_PLANTED");
  if (chosen == nullptr || std::strcmp(chosen, about.name) != 0) return;
  MapCount();
  ::pthread_atfork(nullptr, nullptr, StartAfresh);
  g_alive = this;
}

bool Bug::IsToldOn(On one) const {
  return (static_cast<unsigned>(about_.on) & static_cast<unsigned>(one)) != 0;
}

bool Bug::InSteps() { return g_log->every_max.load(std::memory_order_relaxed) != 0; }

std::uint64_t Bug::Every() const {
  const std::uint64_t most = g_log->every_max.load(std::memory_order_relaxed);
  return most != 0 ? std::min<std::uint64_t>(about_.every, most) : about_.every;
}

bool Bug::Tells(Object& object) const {
  if (++object.chances % Every() != 0) return false;
  CountTold();
  return true;
}

ssize_t Bug::Write(const Target& target, const Pieces& message) {
  if (message.vectored) {
    return libc::writev(target.fd, message.pieces.data(), static_cast<int>(message.pieces.size()));
  }
  return libc::write(target.fd, message.pieces[0].iov_base, message.pieces[0].iov_len);
}

ssize_t Bug::Read(const Target& target, const Pieces& buffers) {
  if (buffers.vectored) {
    return libc::readv(target.fd, buffers.pieces.data(), static_cast<int>(buffers.pieces.size()));
  }
  return libc::read(target.fd, buffers.pieces[0].iov_base, buffers.pieces[0].iov_len);
}

ssize_t Bug::Splice(const Target& from, int to_fd, std::size_t bytes, unsigned flags) {
  return libc::splice(from.fd, nullptr, to_fd, nullptr, bytes, flags);
}

ssize_t Bug::Tee(const Target& from, int to_fd, std::size_t bytes, unsigned flags) {
  return libc::tee(from.fd, to_fd, bytes, flags);
}

int Bug::Close(const Target& target) { return libc::close(target.fd); }

int Bug::Open(const OpenCall& call, Object&) {
  return libc::openat(call.directory_fd, call.path, call.flags, call.mode);
}

int Bug::MakeFifo(int directory_fd, const char* path, mode_t mode) {
  return libc::mkfifoat(directory_fd, path, mode);
}

int Bug::MakePipe(int fds[2], int flags) { return libc::pipe2(fds, flags); }

int Bug::Control(const Target& target, int command, void* argument) {
  return libc::fcntl(target.fd, command, argument);
}

int Bug::Send(const Target& queue, const Message& message) {
  return libc::mq_send(queue.fd, message.bytes, message.count, message.priority);
}

ssize_t Bug::Receive(const Target& queue, const MessageBuffer& buffer) {
  return libc::mq_receive(queue.fd, buffer.bytes, buffer.count, buffer.priority);
}

ssize_t Bug::ReceiveUntil(const Target& queue, const MessageBuffer& buffer, const timespec& until) {
  return libc::mq_timedreceive(queue.fd, buffer.bytes, buffer.count, buffer.priority, &until);
}

int Bug::CloseQueue(const Target& queue) { return libc::mq_close(queue.fd); }

mqd_t Bug::CreateQueue(const char* name, int flags, mode_t mode, mq_attr* attributes) {
  return libc::mq_open(name, flags, mode, attributes);
}

int Bug::Notify(const Target& queue, const sigevent* event) {
  return libc::mq_notify(queue.fd, event);
}

int Bug::TakeSignal(const sigset_t* set, siginfo_t* info, const timespec* timeout) {
  return libc::sigtimedwait(set, info, timeout);
}

int Bug::Lock(const Target& file, const LockCall& call) {
  return call.range != nullptr ? libc::fcntl(file.fd, call.command, call.range)
                               : libc::flock(file.fd, call.command);
}

int Bug::CloseFile(const Target& file) { return libc::close(file.fd); }

key_t Bug::DeriveKey(const char* path, int id) { return libc::ftok(path, id); }

int Bug::GetTyped(key_t key, int flags) { return libc::msgget(key, flags); }

int Bug::SendTyped(const Target& queue, const TypedMessage& message) {
  return libc::msgsnd(queue.fd, message.start, message.count, message.flags);
}

ssize_t Bug::ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) {
  return libc::msgrcv(queue.fd, buffer.start, buffer.count, type, buffer.flags);
}

int Bug::ControlTyped(const Target& queue, int command, msqid_ds* status) {
  return libc::msgctl(queue.fd, command, status);
}

std::FILE* Bug::OpenList(const char* path, const char* mode) { return libc::fopen(path, mode); }

Bug* Alive() { return g_alive; }
const Bug* FirstBug() { return g_first; }
std::atomic<std::uint64_t>& SharedWord() { return g_log->word; }
void CountTold() { g_log->told.fetch_add(1, std::memory_order_relaxed); }

Object* Observe(int fd) {
  struct stat found;
  if (fd <= STDERR_FILENO || ::fstat(fd, &found) != 0 || !S_ISFIFO(found.st_mode)) return nullptr;
  Object* object = Recall(found);
  if (object == nullptr) {
    struct statfs system;
    if (::fstatfs(fd, &system) != 0) return nullptr;
    object = &Learn(found, system.f_type != kPipeFileSystem);
  }
  NoteDescriptor(*object, fd);
  return object;
}

Object* ObserveQueue(int queue) {
  struct stat found;
  if (queue <= STDERR_FILENO || ::fstat(queue, &found) != 0) return nullptr;
  Object* object = Recall(found);
  if (object == nullptr) {
    object = &Learn(found, false);
    object->queue = true;
  }
  NoteDescriptor(*object, queue);
  return object;
}

Object* ObserveLockFile(int fd) {
  struct stat found;
  if (fd <= STDERR_FILENO || ::fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return nullptr;
  Object* object = Recall(found);
  if (object == nullptr) object = &Learn(found, true);
  NoteDescriptor(*object, fd);
  return object;
}

Object* RecallLockFile(int fd) {
  struct stat found;
  if (fd <= STDERR_FILENO || ::fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return nullptr;
  return Recall(found);
}

Object& ObserveTyped(int queue) {
  struct stat found{};
  found.st_dev = kTypedDevice;
  found.st_ino = static_cast<ino_t>(queue);
  Object* object = Recall(found);
  return object != nullptr ? *object : Learn(found, false);
}

Object* ObserveName(int directory_fd, const char* path) {
  struct stat found;
  if (path == nullptr || ::fstatat(directory_fd, path, &found, 0) != 0) return nullptr;
  if (!S_ISFIFO(found.st_mode)) return nullptr;
  Object* object = Recall(found);
  return object != nullptr ? object : &Learn(found, true);
}

bool MayBeLockFile(int directory_fd, const char* path, int flags) {
  struct stat found;
  const bool uses = (flags & (O_ACCMODE | O_PATH | O_CREAT)) == O_RDWR;
  return uses && path != nullptr && ::fstatat(directory_fd, path, &found, 0) == 0 &&
         S_ISREG(found.st_mode) && found.st_size == 0 && (found.st_mode & 0777U) == 0600;
}

void ForgetDescriptor(Object& object, int fd) {
  if (static_cast<std::size_t>(fd) < kDescriptors) {
    object.descriptors.reset(static_cast<std::size_t>(fd));
  }
  if (object.descriptors.none()) object = Object{};
}

char* Scratch(std::size_t bytes) {
  if (bytes > g_scratch_bytes) {
    std::free(g_scratch);
    g_scratch = static_cast<char*>(std::malloc(bytes));
    g_scratch_bytes = g_scratch != nullptr ? bytes : 0;
  }
  return g_scratch;
}

std::size_t Pieces::bytes() const {
  std::size_t sum = 0;
  for (const iovec& piece : pieces) sum += piece.iov_len;
  return sum;
}

const char* Pieces::Flat() const {
  if (pieces.size() == 1) return static_cast<const char*>(pieces[0].iov_base);
  char* flat = Scratch(std::max<std::size_t>(bytes(), 1));
  std::size_t at = 0;
  for (const iovec& piece : pieces) {
    if (piece.iov_len > 0) std::memcpy(flat + at, piece.iov_base, piece.iov_len);
    at += piece.iov_len;
  }
  return flat;
}

void Pieces::Fill(const char* from, std::size_t count) const {
  for (const iovec& piece : pieces) {
    const std::size_t part = std::min(count, piece.iov_len);
    if (part > 0) std::memcpy(piece.iov_base, from, part);
    from += part;
    count -= part;
  }
}

bool LockCall::unlocks() const {
  return range != nullptr ? range->l_type == F_UNLCK : (command & LOCK_UN) != 0;
}
bool LockCall::exclusive() const {
  return range != nullptr ? range->l_type == F_WRLCK : (command & LOCK_EX) != 0;
}
bool LockCall::waits() const {
  if (range == nullptr) return !unlocks() && (command & LOCK_NB) == 0;
  return command == F_SETLKW || command == F_OFD_SETLKW;
}
bool LockCall::asks() const {
  return range != nullptr && (command == F_GETLK || command == F_OFD_GETLK);
}

bool OpenCall::nonblocking() const { return (flags & O_NONBLOCK) != 0; }
int OpenCall::access() const { return flags & O_ACCMODE; }

}  // namespace parley::planted

extern "C" {

size_t parley_planted_count(void) {
  std::size_t count = 0;
  for (const auto* bug = parley::planted::FirstBug(); bug != nullptr; bug = bug->next()) ++count;
  return count;
}

int parley_planted_get(size_t index, struct parley_planted_bug* bug) {
  const auto* found = parley::planted::FirstBug();
  for (; found != nullptr && index > 0; --index) found = found->next();
  if (found == nullptr) return 0;
  const parley::planted::About& about = found->about();
  bug->name = about.name;
  bug->says = about.says;
  bug->promise = about.promise;
  bug->facilities = parley::planted::FacilitiesText(about.on);
  bug->also = about.also;
  bug->every = about.every;
  return 1;
}
}
