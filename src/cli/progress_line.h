// The live line on a terminal, plain lines otherwise; on standard error.
#pragma once

#include "src/campaign/campaign.h"

namespace parley {

class ProgressLine {
 public:
  // quiet: says nothing.
  explicit ProgressLine(bool quiet);
  ~ProgressLine() { Clear(); }

  void Show(const Progress& progress);
  // Before something else is printed.
  void Clear();

 private:
  bool quiet_;
  bool live_;
  bool shown_ = false;
  std::uint64_t last_ns_ = 0;
};

}  // namespace parley
