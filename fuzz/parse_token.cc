// Tokens: what is accepted is given back letter by letter, what is refused names the field.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/check.h"
#include "src/finding/token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto token = parley::ParseToken(text);
  if (token) {
    CHECK(parley::FormatToken(*token) == text);
  } else {
    CHECK(token.error().blame == parley::Blame::kInput);
    CHECK(!token.error().message.empty());
  }
  return 0;
}
