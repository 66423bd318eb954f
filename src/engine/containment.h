// Where a crew lives: in namespaces of its own when the system allows, so that the death of its
// leader ends every process and destroys every object; else in the host's, under a manifest.
//
// Source: namespaces(7), pid_namespaces(7), user_namespaces(7), mount_namespaces(7).
#pragma once

#include <sys/types.h>

#include <string>

#include "src/base/error.h"

namespace parley {

enum class Containment { kAuto, kNamespaces, kManifest };

// Where a contained crew's names in the file system go: a tmpfs that only it sees.
inline constexpr const char* kPrivateDirectory = "/dev/shm/parley";

// Forks a child into PID, IPC, mount and network namespaces of its own, inside a user namespace
// when that takes one.  The child has a private tmpfs on /dev/shm, /proc of its PID namespace and
// loopback up.
//
// Returns: like fork(), 0 in the child.  Errors: what the system refused, and what to do about it;
// a child that could not set itself up has ended.
Result<pid_t> ForkIntoNamespaces();

// Can it be done here?  Tries it.
Result<void> ProbeNamespaces();

}  // namespace parley
