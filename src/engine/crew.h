// The processes of a crew, as their leader holds them: started once, reused over rounds, ended for
// certain.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/base/file_descriptor.h"
#include "src/engine/arena.h"
#include "src/engine/worker.h"

namespace parley {

struct Death {
  std::uint64_t invoked_ns = 0;   // before kill()
  std::uint64_t returned_ns = 0;  // after wait() had reported it
};

class Crew {
 public:
  // arena_fd: the arena's descriptor in this process, by which unrelated workers find it.
  Crew(Arena& arena, int arena_fd) : arena_(arena), arena_fd_(arena_fd) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // A resident process of that kind which no round is using; started when there is none.
  // Returns its seat.
  Result<std::uint32_t> Resident(Topology topology);

  // A new process, which lives for one round.  read_fd, write_fd: what it inherits, -1 for nothing;
  // a forked process has no other descriptor of the leader's, an exec'd one inherits none.
  Result<std::uint32_t> Fresh(Topology topology, int read_fd, int write_fd);

  // Tells a seat what to do next.
  void Tell(std::uint32_t seat, Command command);

  // The leader's end of the socket to a related process.
  int Socket(std::uint32_t seat) const { return members_[seat].socket.get(); }
  pid_t Pid(std::uint32_t seat) const { return members_[seat].pid; }
  bool Alive(std::uint32_t seat) const { return members_[seat].pid > 0; }
  // How many sockets to processes are open.
  int sockets() const;

  // SIGKILL and wait; frees the seat.
  Death Kill(std::uint32_t seat);

  // Sees whether it died by itself; then frees the seat and returns "by signal 11" or the like.
  std::string Reap(std::uint32_t seat);

  // The round is over: resident processes become free again, those of one round are ended.
  void Release(std::uint32_t seat);

 private:
  struct Member {
    pid_t pid = 0;
    Topology topology = Topology::kRelated;
    bool resident = false;
    bool busy = false;
    FileDescriptor socket;
  };

  Result<std::uint32_t> Start(Topology topology, bool resident, int read_fd, int write_fd);
  Result<std::uint32_t> FreeSeat();
  [[noreturn]] void BecomeRelated(std::uint32_t seat, int socket, int read_fd, int write_fd);
  [[noreturn]] void BecomeUnrelated(std::uint32_t seat);
  Result<void> AwaitIdle(std::uint32_t seat);
  void FreeSeat(std::uint32_t seat);

  Arena& arena_;
  int arena_fd_;
  std::vector<Member> members_;  // index: seat
};

}  // namespace parley
