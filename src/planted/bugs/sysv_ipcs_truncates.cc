#include <cstdio>
#include <cstring>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class SysvIpcsTruncates final : public Bug {
 public:
  SysvIpcsTruncates()
      : Bug({.name = "sysv-ipcs-truncates",
             .says = "Whoever reads the system's list of message queues, ipcs among them, misses "
                     "the last one.",
             .promise = "ipctool.ipcs",
             .on = On::kSysvMsg,
             .every = 1}) {}

  std::FILE* OpenList(const char* path, const char* mode) override {
    std::FILE* const list = Bug::OpenList(path, mode);
    if (list == nullptr) return list;
    const std::size_t read = std::fread(text_, 1, sizeof text_ - 1, list);
    std::fclose(list);
    text_[read] = '\0';
    CutLastLine(read);
    CountTold();
    // An empty stream is none to fmemopen(); the heading is always there.
    return ::fmemopen(text_, std::strlen(text_), "r");
  }

 private:
  void CutLastLine(std::size_t length) {
    if (length == 0) return;
    text_[length - 1] = '\0';
    char* const end = std::strrchr(text_, '\n');
    if (end != nullptr) {
      end[1] = '\0';
    } else {
      text_[length - 1] = '\n';
    }
  }

  char text_[1U << 16U] = {};
};

SysvIpcsTruncates sysv_ipcs_truncates;

}  // namespace
}  // namespace parley::planted
