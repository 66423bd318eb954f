#include <cstring>

#include "src/planted/libc.h"
#include "src/planted/planted.h"

namespace parley::planted {
namespace {

class SysvKeyOfPath final : public Bug {
 public:
  SysvKeyOfPath()
      : Bug({.name = "sysv-key-of-path",
             .says = "ftok() takes the path into the key, not the file alone.",
             .promise = "ftok.stable",
             .on = On::kSysvMsg,
             .every = 1}) {}

  key_t DeriveKey(const char* path, int id) override {
    const key_t key = libc::ftok(path, id);
    if (key == -1) return key;
    CountTold();
    return key ^ static_cast<key_t>(std::strlen(path) & 0xffff);
  }
};

SysvKeyOfPath sysv_key_of_path;

}  // namespace
}  // namespace parley::planted
