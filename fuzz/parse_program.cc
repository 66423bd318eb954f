// Program files: what is accepted can be run and is given back, what is refused says where.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "src/base/check.h"
#include "src/program/check_program.h"
#include "src/program/codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = parley::DecodeProgram(text, "input");
  if (!file) {
    CHECK(file.error().blame == parley::Blame::kInput);
    CHECK(file.error().message.starts_with("input:"));
    return 0;
  }
  CHECK(parley::CheckProgram(file->program).has_value());
  const auto written = parley::EncodeProgram(*file);
  CHECK(written.has_value());
  const auto again = parley::DecodeProgram(*written, "input");
  CHECK(again.has_value());
  CHECK(parley::EncodeProgram(*again) == *written);
  return 0;
}
