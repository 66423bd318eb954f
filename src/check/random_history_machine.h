// What the simulated system of random_history_system.cc is made of.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "src/history/history.h"

namespace parley::simulated {

// One object: what pipe(7) and fifo(7) say of it.
struct Inode {
  int readers = 0;
  int writers = 0;
  int readers_ever = 0;
  int writers_ever = 0;
  std::deque<Extent> pages;  // unread

  void Left() {
    if (readers == 0 && writers == 0) pages.clear();
  }
};

struct Descriptor {
  int inode = -1;
  bool reads = false;
  bool writes = false;
  bool nonblocking = false;
};

enum class Phase { kIdle, kEntering, kInside, kLeaving };

struct Process {
  Phase phase = Phase::kIdle;
  std::map<std::uint16_t, Descriptor> descriptors;
  std::uint16_t next_handle = 1;
  std::vector<Operation> operations;
  std::vector<Extent> received;  // by the take at hand
  std::vector<std::vector<Extent>> extents;
  Descriptor opening;
  int seen_ever = 0;
  std::uint32_t done_bytes = 0;
  std::uint64_t position = 0;
  std::uint64_t skew_ns = 0;
  bool stopped = false;
  bool dead = false;
  std::uint64_t killed_ns = 0;  // 0: not
};

}  // namespace parley::simulated
