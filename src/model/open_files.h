// Which handles of which workers lead to which open files, and what those can do.
//
// A handle stands for a descriptor, an open file for an open file description: descriptors made by
// dup() or handed to another process share one, and with it O_NONBLOCK; the kernel counts readers
// and writers by open files, not by descriptors (POSIX.1-2024 open(), dup()).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace parley::model {

inline constexpr std::uint16_t kNoFile = 0xffff;

struct OpenFile {
  std::uint16_t pipe = 0;  // which of the model's pipes
  bool reads = false;
  bool writes = false;
  bool nonblocking = false;
  bool packets = false;  // O_DIRECT: each write makes packets
  // Of a FIFO opened for reading, without waiting, when no writer was there: how many writers had
  // come until then, plus one.  No POLLHUP before another comes (fs/pipe.c, f_pipe).
  std::uint32_t quiet_since = 0;
  std::uint32_t handles = 0;  // that lead to it; 0: it is closed

  bool operator==(const OpenFile&) const = default;
};

class OpenFiles {
 public:
  // Makes an open file without handles.  Returns: its index.
  std::uint16_t Add(const OpenFile& file);
  OpenFile& at(std::uint16_t file) { return files_[file]; }
  const OpenFile& at(std::uint16_t file) const { return files_[file]; }

  // One more handle of the worker, on that file.  A pipe's maker has one handle on two files.
  void Give(std::uint16_t worker, std::uint16_t handle, std::uint16_t file);
  // The file behind a live handle, kNoFile when there is none.
  std::uint16_t Find(std::uint16_t worker, std::uint64_t handle) const;
  // Ends one lead of that handle, or of the worker's lowest handle.
  // Returns: the file that it led to, kNoFile when there was none.
  std::uint16_t Drop(std::uint16_t worker, std::uint64_t handle);
  std::uint16_t DropLowest(std::uint16_t worker);

  // The first file that is open for reading (else writing); kNoFile when none is.
  std::uint16_t FindEnd(bool reads) const;

  // Files open on the pipe: for reading, for writing, in all.
  std::uint32_t Readers(std::uint16_t pipe) const;
  std::uint32_t Writers(std::uint16_t pipe) const;
  std::uint32_t CountOn(std::uint16_t pipe) const;

  bool operator==(const OpenFiles&) const = default;

 private:
  struct Lead {
    std::uint16_t worker = 0;
    std::uint16_t handle = 0;
    std::uint16_t file = 0;

    bool operator==(const Lead&) const = default;
  };

  std::uint16_t DropAt(std::size_t lead);

  std::vector<OpenFile> files_;
  std::vector<Lead> leads_;  // by worker, then handle
};

}  // namespace parley::model
