// Calls that a bug may see and must leave as they are.  Each returns 0, or ends the process.
#pragma once

namespace parley::planted {

// Sockets, files, and descriptors 0 and 1, which are the two ends of a pipe of their own.
int UseBystanders();

int UsePipes();
int UseFifos();
int UseQueues();
int UseTypedQueues();

}  // namespace parley::planted
