// The crew leader: the process from which related workers are forked, which makes the objects and
// conducts the rounds.  In a PID namespace it is process 1: when it dies, everybody dies.
#pragma once

#include <optional>

namespace parley {

// Descriptors at which the leader's program finds its socket and its arena.
inline constexpr int kLeaderSocketFd = 3;
inline constexpr int kLeaderArenaFd = 4;

// One byte each over the controller's socket.
enum class Order : char { kConduct = 'c', kConducted = 'd', kFailed = 'f', kReady = 'r' };

// A program that starts engines must call this first in its main: the crew's processes are the same
// program, called with "crew-leader" or "crew-worker".  Returns their exit code, or nothing when
// this process is not one of them.
std::optional<int> RunAsCrew(int argc, char** argv);

// Serves the controller until it closes the socket.  Returns the exit code of the process.
int LeadCrew();

// The program of an unrelated worker: `parley crew-worker ARENA SEAT`.
int WorkUnrelated(const char* arena_path, const char* seat);

}  // namespace parley
