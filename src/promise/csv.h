// Comma-separated values as RFC 4180 has them: fields in double quotes may hold commas, line ends
// and doubled quotes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley {

// All rows, the heading included.  Rows end with LF or CRLF; the last one may lack its end.
// A quote that is never closed ends with the text.
std::vector<std::vector<std::string>> ParseCsv(std::string_view text);

}  // namespace parley
