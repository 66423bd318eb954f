#include "src/planted/typed_queue.h"

namespace parley::planted {
namespace {

// What Linux keeps of a message in its first page (ipc/msgutil.c).
constexpr ssize_t kFirstPage = 4048;

class SysvFirstPage final : public Bug {
 public:
  SysvFirstPage()
      : Bug({.name = "sysv-first-page",
             .says = "A receive returns of a message that is longer than a page what is in the "
                     "first page.",
             .promise = "sysvmsg.integrity",
             .on = On::kSysvMsg,
             .every = 2}) {}

  ssize_t ReceiveTyped(const Target& queue, const TypedMessage& buffer, long type) override {
    const ssize_t result = Bug::ReceiveTyped(queue, buffer, type);
    return result > kFirstPage && Tells(queue.object) ? kFirstPage : result;
  }
};

SysvFirstPage sysv_first_page;

}  // namespace
}  // namespace parley::planted
