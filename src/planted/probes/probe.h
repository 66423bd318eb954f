// A probe shows in a process of its own whether one promise is kept: a few libc calls that answer
// one way by the standard and the other way under one bug.  Nothing in it depends on time.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <functional>
#include <source_location>
#include <string>

namespace parley::planted {

struct Probe {
  const char* bug;
  const char* promise;
  bool (*broken)();
};

// All probes linked into this program.
const Probe* FirstProbe();
const Probe* NextProbe(const Probe* probe);
const Probe* FindProbe(const std::string& bug);

// At namespace scope: static const ProbeRegistration kIt("bug", "promise", [] { ... });
class ProbeRegistration {
 public:
  ProbeRegistration(const char* bug, const char* promise, bool (*broken)());

 private:
  friend const Probe* FirstProbe();
  friend const Probe* NextProbe(const Probe* probe);

  Probe probe_;
  const ProbeRegistration* next_;
};

// The probe cannot go on: says where and ends the process.
void Must(bool condition, std::source_location where = std::source_location::current());

struct Pipe {
  int read_fd;
  int write_fd;
};
Pipe MakePipe(int flags = 0);

// A path in a fresh directory of this process's own; the name is free.
std::string FreshName();
// The same, made a FIFO.
std::string FreshFifo();

// Opens that never wait.
int OpenReading(const std::string& path);
int OpenWriting(const std::string& path);
void SetBlocking(int fd);

void Put(int fd, const std::string& bytes);       // all of it
std::string Take(int fd, std::size_t bytes_max);  // one read
std::string TakeAll(int read_fd);                 // what is unread now; leaves it non-blocking
std::size_t Unread(int fd);

// A child that ends with the code that the function returns.
pid_t Child(const std::function<int()>& does);
int ExitCodeOf(pid_t child);  // -1: of any one

// A count that this process and its children share; 0.
std::atomic<int>& SharedCount();

// Waits until the child ends (its code, >= 0), or sleeps in a system call.
//
// number: of the system call.  own: what the child passed as its index-th argument.
// Returns: kAsleepHere when it sleeps in that call with that argument, kAsleepElsewhere with
// another.
inline constexpr int kAsleepHere = -1;
inline constexpr int kAsleepElsewhere = -2;
int Outcome(pid_t child, long number, int index, unsigned long own);

// Sends a signal with a handler that does nothing.  The child has to have called AllowWaking().
void AllowWaking();
void Wake(pid_t child);

// Whether one of so many small messages reaches the pipe by more than one write.  Seen by packet
// mode (pipe(2), O_DIRECT), where a read returns what one write put.
bool IsPutInParts(int read_fd, int write_fd, bool gathers, unsigned messages);

}  // namespace parley::planted
