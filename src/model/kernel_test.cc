// The model against the kernel that this runs on: random calls on non-blocking descriptors, made by
// one process in the name of several workers.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "src/model/recorder.h"
#include "src/model/stream_model.h"
#include "src/model/stream_promise.h"

namespace parley::model {
namespace {

constexpr std::uint16_t kWorkers = 3;
constexpr int kHistories = 1500;
constexpr int kCallsEach = 100;

char ByteAt(std::uint16_t writer, std::uint64_t position) {
  return static_cast<char>(writer * 89 + position * 7 + position / 251);
}

class Machine {
 public:
  explicit Machine(std::uint32_t seed) : random_(seed) {}
  ~Machine() {
    for (const auto& [key, handle] : handles_) ::close(handle.fd);
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void MakePipe() {
    int fds[2];
    ASSERT_EQ(::pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    const int slots = 1 << Draw(0, 4);
    const int capacity_bytes = ::fcntl(fds[1], F_SETPIPE_SZ, slots * 4096);
    ASSERT_GT(capacity_bytes, 0);
    recorder_ = Recorder("pipe", kWorkers, static_cast<std::uint64_t>(capacity_bytes));
    for (std::uint16_t worker = 0; worker < kWorkers; ++worker) {
      for (const int end : {0, 1}) {
        const auto handle = static_cast<std::uint16_t>(end + 1);
        const auto id = recorder_.Did(worker, end == 0 ? "hold_read" : "hold_write", handle, 0, 0);
        recorder_.at(id).nonblocking = true;
        handles_[{worker, handle}] = {::dup(fds[end]), end == 0, end == 1};
      }
      next_handle_[worker] = 3;
    }
    ::close(fds[0]);
    ::close(fds[1]);
  }

  void MakeFifo() {
    path_ = testing::TempDir() + "/fifo";
    ::unlink(path_.c_str());
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    recorder_ = Recorder("fifo", kWorkers, 65536);
    recorder_.Did(0, "make", 0, 0, 0);
    for (std::uint16_t worker = 0; worker < kWorkers; ++worker) next_handle_[worker] = 1;
  }

  void Step() {
    recorder_.NextStep();
    const auto worker = static_cast<std::uint16_t>(Draw(0, kWorkers - 1));
    const int kind = Draw(0, 99);
    if (!path_.empty() && (kind < 12 || handles_.empty())) return Open(worker);
    const std::uint16_t handle = AnyHandle(worker);
    if (kind < 42) return Write(worker, handle);
    if (kind < 70) return Read(worker, handle);
    if (kind < 80) return Poll(worker, handle, kind % 2 == 0);
    if (kind < 85) return Resize(worker, handle);
    if (kind < 88) return Ask(worker, handle, kind % 2 == 0);
    if (kind < 93) return Duplicate(worker, handle);
    if (kind < 95) return SetPacket(worker, handle);
    if (kind < 98) return Close(worker, handle);
    return path_.empty() ? Ask(worker, handle, true) : Name();
  }

  const History& history() const { return recorder_.history(); }

 private:
  struct Handle {
    int fd = -1;
    bool reads = false;
    bool writes = false;
  };

  int Draw(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  int Size() {
    switch (Draw(0, 5)) {
      case 0:
        return Draw(0, 8);
      case 1:
        return Draw(4090, 4100);
      case 2:
        return 4096 * Draw(1, 5);
      case 3:
        return Draw(1, 70000);
      default:
        return Draw(1, 4096);
    }
  }

  std::uint16_t AnyHandle(std::uint16_t worker) {
    return static_cast<std::uint16_t>(Draw(1, std::max(1, next_handle_[worker] - 1)));
  }

  int FdOf(std::uint16_t worker, std::uint16_t handle) const {
    const auto found = handles_.find({worker, handle});
    return found == handles_.end() ? -1 : found->second.fd;
  }

  // The pipe that descriptors of one FIFO share holds its bytes in the order of acceptance.
  std::deque<std::pair<std::uint16_t, std::uint64_t>>& ContentOf(int fd) {
    struct stat found{};
    ::fstat(fd, &found);
    return content_[found.st_ino];
  }

  // What the last one to leave leaves unread is gone; without a pipe's own number.
  void DiscardIfLast(int fd) {
    struct stat mine{};
    ::fstat(fd, &mine);
    for (const auto& [key, handle] : handles_) {
      struct stat other{};
      ::fstat(handle.fd, &other);
      if (handle.fd != fd && other.st_ino == mine.st_ino) return;
    }
    content_[mine.st_ino].clear();
  }

  void Return(std::uint32_t id, std::int64_t result) {
    recorder_.Return(id, result, result < 0 ? errno : 0);
  }

  void Open(std::uint16_t worker) {
    const char* const names[] = {"open_read_nonblock", "open_write_nonblock", "open_both"};
    const int flags[] = {O_RDONLY | O_NONBLOCK, O_WRONLY | O_NONBLOCK, O_RDWR | O_NONBLOCK};
    const int which = Draw(0, 2);
    const std::uint32_t id = recorder_.Begin(worker, names[which], next_handle_[worker]);
    const int fd = ::open(path_.c_str(), flags[which] | O_CLOEXEC);
    Return(id, fd < 0 ? -1 : 0);
    if (fd < 0) return;
    recorder_.at(id).nonblocking = true;
    handles_[{worker, next_handle_[worker]++}] = {fd, which != 1, which != 0};
  }

  void Write(std::uint16_t worker, std::uint16_t handle) {
    const int fd = FdOf(worker, handle);
    std::string bytes(static_cast<std::size_t>(Size()), ' ');
    const std::uint32_t id = recorder_.Begin(worker, "write", handle);
    std::uint64_t& position = positions_[worker];
    recorder_.at(id).requested = static_cast<std::uint32_t>(bytes.size());
    recorder_.at(id).position = position;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = ByteAt(worker, position + i);
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    Return(id, put);
    if (put <= 0) return;
    auto& content = ContentOf(fd);
    for (ssize_t i = 0; i < put; ++i) content.emplace_back(worker, position++);
  }

  void Read(std::uint16_t worker, std::uint16_t handle) {
    const int fd = FdOf(worker, handle);
    std::string bytes(static_cast<std::size_t>(Size()), ' ');
    const std::uint32_t id = recorder_.Begin(worker, "read", handle);
    recorder_.at(id).requested = static_cast<std::uint32_t>(bytes.size());
    const int unread_before = Unread(fd);
    const ssize_t got = ::read(fd, bytes.data(), bytes.size());
    Return(id, got);
    if (got <= 0) return;
    const ssize_t discarded = unread_before - Unread(fd) - got;
    std::vector<Extent> extents;
    auto& content = ContentOf(fd);
    for (ssize_t i = 0; i < got; ++i) {
      ASSERT_FALSE(content.empty());
      const auto [writer, position] = content.front();
      content.pop_front();
      ASSERT_EQ(bytes[static_cast<std::size_t>(i)], ByteAt(writer, position));
      if (!extents.empty() && extents.back().writer == writer &&
          extents.back().position + extents.back().bytes == position) {
        ++extents.back().bytes;
      } else {
        extents.push_back({.position = position, .bytes = 1, .writer = writer});
      }
    }
    recorder_.Receive(id, extents);
    for (ssize_t i = 0; i < discarded; ++i) content.pop_front();
  }

  static int Unread(int fd) {
    int bytes = 0;
    ::ioctl(fd, FIONREAD, &bytes);
    return bytes;
  }

  void SetPacket(std::uint16_t worker, std::uint16_t handle) {
    const bool set = Draw(0, 3) > 0;
    const std::uint32_t id = recorder_.Begin(worker, "set_packet", handle);
    recorder_.at(id).argument = set ? 1 : 0;
    const int flags = O_NONBLOCK | (set ? O_DIRECT : 0);
    Return(id, ::fcntl(FdOf(worker, handle), F_SETFL, flags));
  }

  void Poll(std::uint16_t worker, std::uint16_t handle, bool for_room) {
    const int fd = FdOf(worker, handle);
    const std::uint32_t id = recorder_.Begin(worker, for_room ? "poll_write" : "poll_read", handle);
    if (fd < 0) return recorder_.Return(id, -1, EBADF);
    pollfd asked{.fd = fd, .events = static_cast<short>(for_room ? POLLOUT : POLLIN), .revents = 0};
    const int found = ::poll(&asked, 1, 0);
    Return(id, found > 0 ? asked.revents : found);
  }

  void Resize(std::uint16_t worker, std::uint16_t handle) {
    const std::uint64_t bytes = Draw(0, 20) == 0 ? 3U << 30U : static_cast<unsigned>(Size() * 2);
    const std::uint32_t id = recorder_.Begin(worker, "set_capacity", handle);
    recorder_.at(id).argument = bytes;
    Return(id, ::fcntl(FdOf(worker, handle), F_SETPIPE_SZ, bytes));
  }

  void Ask(std::uint16_t worker, std::uint16_t handle, bool capacity) {
    const int fd = FdOf(worker, handle);
    const std::uint32_t id = recorder_.Begin(worker, capacity ? "get_capacity" : "unread", handle);
    if (capacity) return Return(id, ::fcntl(fd, F_GETPIPE_SZ));
    int unread_bytes = 0;
    const int result = ::ioctl(fd, FIONREAD, &unread_bytes);
    Return(id, result == 0 ? unread_bytes : result);
  }

  void Duplicate(std::uint16_t worker, std::uint16_t handle) {
    const std::uint32_t id = recorder_.Begin(worker, "dup", next_handle_[worker]);
    recorder_.at(id).argument = handle;
    const int fd = ::fcntl(FdOf(worker, handle), F_DUPFD_CLOEXEC, 0);
    Return(id, fd < 0 ? -1 : 0);
    if (fd < 0) return;
    Handle copy = handles_[{worker, handle}];
    copy.fd = fd;
    handles_[{worker, next_handle_[worker]++}] = copy;
  }

  void Close(std::uint16_t worker, std::uint16_t handle) {
    const int fd = FdOf(worker, handle);
    if (fd >= 0) DiscardIfLast(fd);
    const std::uint32_t id = recorder_.Begin(worker, "close", handle);
    Return(id, ::close(fd));
    handles_.erase({worker, handle});
  }

  void Name() {
    const char* const names[] = {"unlink", "make", "exists"};
    const int which = Draw(0, 2);
    const std::uint32_t id = recorder_.Begin(0, names[which]);
    struct stat found{};
    Return(id, which == 0   ? ::unlink(path_.c_str())
               : which == 1 ? ::mkfifo(path_.c_str(), 0600)
                            : ::lstat(path_.c_str(), &found));
  }

  std::mt19937 random_;
  Recorder recorder_{"pipe", kWorkers, 0};
  std::string path_;
  std::map<std::pair<std::uint16_t, std::uint16_t>, Handle> handles_;
  std::map<std::uint16_t, std::uint16_t> next_handle_;
  std::map<std::uint16_t, std::uint64_t> positions_;
  std::map<ino_t, std::deque<std::pair<std::uint16_t, std::uint64_t>>> content_;
};

void ExpectExplained(const History& history, int seed) {
  const SteppedView view(history, 0);
  const ModelRun run = RunModel(view);
  std::string expected;
  if (run.unexplained) {
    for (const Expected& one : PredictStep(view, *run.unexplained)) {
      expected += std::to_string(one.result) + " errno " + std::to_string(one.system_error) + "; ";
    }
  }
  const std::size_t at = run.unexplained.value_or(0);
  ASSERT_FALSE(run.unexplained) << "seed " << seed << " step " << view.steps()[at].number
                                << " expected " << expected;
  StreamPromise promise(view);
  for (const Step& step : view.steps()) {
    const auto breach = promise.Advance(step);
    ASSERT_FALSE(breach) << "seed " << seed << " step " << step.number << ": " << breach->reason;
  }
}

class OnThisKernel : public testing::Test {
 protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(OnThisKernel, PipesDoWhatTheModelExpectsAndKeepTheirPromises) {
  for (int seed = 0; seed < kHistories; ++seed) {
    Machine machine(static_cast<std::uint32_t>(seed));
    machine.MakePipe();
    for (int i = 0; i < kCallsEach; ++i) machine.Step();
    ExpectExplained(machine.history(), seed);
    if (HasFatalFailure()) return;
  }
}

TEST_F(OnThisKernel, FifosDoWhatTheModelExpectsAndKeepTheirPromises) {
  for (int seed = 0; seed < kHistories; ++seed) {
    Machine machine(static_cast<std::uint32_t>(seed));
    machine.MakeFifo();
    for (int i = 0; i < kCallsEach; ++i) machine.Step();
    ExpectExplained(machine.history(), seed);
    if (HasFatalFailure()) return;
  }
}

TEST_F(OnThisKernel, NoOtherResultIsExplained) {
  Machine machine(7);
  machine.MakePipe();
  for (int i = 0; i < 300; ++i) machine.Step();
  const SteppedView view(machine.history(), 0);
  for (const Step& step : view.steps()) {
    if (step.number == 0) continue;
    History other = machine.history();
    ++other.operations[step.returned[0]].result;

    const SteppedView changed(other, 0);
    const ModelRun run = RunModel(changed);

    ASSERT_TRUE(run.unexplained);
    EXPECT_EQ(changed.steps()[*run.unexplained].number, step.number);
  }
}

}  // namespace
}  // namespace parley::model
