// Writes a file so that it is there whole, or not at all.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "src/base/error.h"
#include "src/base/file_descriptor.h"

namespace parley {

// Where an encoder puts its bytes.
using Sink = std::function<void(std::string_view)>;

// Collects under a temporary name beside the path and takes the path's name in Commit(); an
// uncommitted file vanishes.  What was at the path stays until then.  Devices and pipes, and all
// below /dev and /proc, are written as they are.
class OutputFile {
 public:
  static Result<OutputFile> Open(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  // The first error is kept and comes from Commit().
  void Append(std::string_view bytes);

  // Makes the file durable and gives it its name.  Errors: of any write, fsync, close or rename; a
  // full disk among them.
  Result<void> Commit();

 private:
  OutputFile(FileDescriptor fd, std::string path, std::string partial);

  void Flush();

  FileDescriptor fd_;
  std::string path_;
  std::string partial_;  // the temporary name; empty when the path itself is written
  std::string buffer_;
  Result<void> status_;
};

// The whole of a small file at once.
Result<void> WriteWholeFile(const std::string& path, std::string_view content);

// The content of a regular file.  Errors: of open, stat and read; input errors all, since the
// caller was given the path.
Result<std::string> ReadWholeFile(const std::string& path);

}  // namespace parley
