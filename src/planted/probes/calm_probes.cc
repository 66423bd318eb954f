#include "src/planted/probes/calm_probes.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "src/planted/probes/probe.h"

namespace parley::planted {
namespace {

constexpr int kTimes = 130;  // more than any bug lets pass

// Through two ends of anything that keeps bytes in order.
void Exchange(int read_fd, int write_fd) {
  for (int i = 0; i < kTimes; ++i) {
    std::string message = "head" + std::string(600, '\0') + std::to_string(i);
    iovec pieces[2] = {{message.data(), 4}, {message.data() + 4, message.size() - 4}};
    const ssize_t put = i % 2 == 0 ? ::write(write_fd, message.data(), message.size())
                                   : ::writev(write_fd, pieces, 2);
    Must(put == static_cast<ssize_t>(message.size()));
    std::string received(message.size(), '?');
    iovec buffers[2] = {{received.data(), 100}, {received.data() + 100, received.size() - 100}};
    const ssize_t taken = i % 3 == 0 ? ::readv(read_fd, buffers, 2)
                                     : ::read(read_fd, received.data(), received.size());
    Must(taken == put && received == message);
  }
}

// The writing end is the only one; it is closed here.
void EndWell(int read_fd, int write_fd) {
  Must(::close(write_fd) == 0);
  char byte = 0;
  Must(::read(read_fd, &byte, 1) == 0);
  Must(::read(read_fd, &byte, 1) == 0);
}

void InterruptibleByAlarms() {
  struct sigaction handler{};
  handler.sa_handler = [](int) {};
  Must(::sigaction(SIGALRM, &handler, nullptr) == 0);
  ::signal(SIGPIPE, SIG_IGN);
}

void UseSockets() {
  int pair[2];
  Must(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
  Exchange(pair[0], pair[1]);
  Must(::fcntl(pair[0], F_SETFL, O_NONBLOCK) == 0);
  char byte = 0;
  Must(::read(pair[0], &byte, 1) < 0 && errno == EAGAIN);
  Must(::close(pair[0]) == 0);
  Must(::write(pair[1], "x", 1) < 0 && errno == EPIPE);
  Must(::close(pair[1]) == 0);
}

void UseFiles() {
  const std::string path = FreshName();
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  Must(fd >= 0);
  struct stat found;
  Must(::fstat(fd, &found) == 0 && (found.st_mode & 0777) == 0600);
  const int reading = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  Exchange(reading, fd);
  EndWell(reading, fd);
  Must(::close(reading) == 0 && ::unlink(path.c_str()) == 0);
  Must(::open(path.c_str(), O_RDONLY) < 0 && errno == ENOENT);
}

}  // namespace

int UseBystanders() {
  InterruptibleByAlarms();
  Must(::setsid() >= 0 || ::getsid(0) == ::getpid());
  UseSockets();
  UseFiles();
  Exchange(STDIN_FILENO, STDOUT_FILENO);
  pollfd asked{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  Must(::poll(&asked, 1, 0) == 1 && asked.revents == POLLOUT);
  const int capacity = ::fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 8192);
  Must(capacity == 8192);
  Exchange(STDIN_FILENO, STDOUT_FILENO);
  EndWell(STDIN_FILENO, STDOUT_FILENO);
  return 0;
}

int UsePipes() {
  InterruptibleByAlarms();
  const Pipe pipe = MakePipe();
  Must((::fcntl(pipe.read_fd, F_GETFD) & FD_CLOEXEC) != 0);
  Exchange(pipe.read_fd, pipe.write_fd);
  EndWell(pipe.read_fd, pipe.write_fd);
  Must(::close(pipe.read_fd) == 0);
  const Pipe broken = MakePipe();
  Must(::close(broken.read_fd) == 0);
  Must(::write(broken.write_fd, "x", 1) < 0 && errno == EPIPE);
  return 0;
}

int UseFifos() {
  InterruptibleByAlarms();
  const std::string path = FreshFifo();
  Must(::mkfifo(path.c_str(), 0600) < 0 && errno == EEXIST);
  Must(OpenWriting(path) < 0 && errno == ENXIO);
  const int reading = OpenReading(path);
  const int writing = OpenWriting(path);
  Must(reading >= 0 && writing >= 0);
  SetBlocking(reading);
  SetBlocking(writing);
  Must(::fcntl(writing, F_SETPIPE_SZ, 8192) == 8192);
  Exchange(reading, writing);
  EndWell(reading, writing);
  Must(::close(reading) == 0 && ::unlink(path.c_str()) == 0);
  return 0;
}

}  // namespace parley::planted
