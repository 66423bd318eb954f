// Making foreign text fit where it is printed.
#pragma once

#include <string>
#include <string_view>

namespace parley {

// Control characters, which would move a terminal's cursor, become "?"; so do bytes that are not
// UTF-8.
std::string Printable(std::string_view text);

// The text as an XML attribute: markup and line ends escaped; characters that XML 1.0 has not, and
// bytes that are not UTF-8, become "?".
std::string XmlAttribute(std::string_view text);

// The same as XML content, where line ends stay as they are.
std::string XmlContent(std::string_view text);

// The first sentence, without its full stop.
std::string_view FirstSentence(std::string_view text);

// Columns that the text takes on a terminal, each character one.
std::size_t ColumnsOf(std::string_view text);

}  // namespace parley
