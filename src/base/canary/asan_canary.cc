// Reads freed memory: AddressSanitizer must end this program with "heap-use-after-free".
#include <memory>

int main() {
  auto owner = std::make_unique<int>(1);
  const volatile int* freed = owner.get();
  owner.reset();

  [[maybe_unused]] const int value = *freed;
  return 0;
}
