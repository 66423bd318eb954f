// Two threads write one number without a lock: ThreadSanitizer must end this program with "data
// race".
#include <thread>

int main() {
  int number = 0;
  std::thread other([&number] { ++number; });
  ++number;
  other.join();

  return 0;
}
