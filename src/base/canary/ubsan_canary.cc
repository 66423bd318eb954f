// Overflows a signed number: UndefinedBehaviorSanitizer must end this program with "signed integer
// overflow".
#include <limits>

int main() {
  volatile int number = std::numeric_limits<int>::max();
  number = number + 1;

  return 0;
}
