#include "src/report/text.h"

#include <algorithm>
#include <cstdint>

namespace parley {
namespace {

// Bytes of the UTF-8 character at the beginning of text; 0 when there is none.
// Source: Unicode 15, table 3-7 (no surrogates, nothing overlong, nothing above U+10FFFF).
std::size_t CharacterBytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  const std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (at(i) < 0x80 || at(i) > 0xBF) return 0;
  }
  return length;
}

bool IsControl(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  // U+0080..U+009F; and U+FFFE, U+FFFF, which XML has not.
  return (character.size() == 2 && first == 0xC2 &&
          static_cast<std::uint8_t>(character[1]) < 0xA0) ||
         character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

std::string_view XmlEntity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    default:
      return "";
  }
}

// Calls each with every character, or with an empty view for a byte that belongs to none.
template <typename Each>
void ForEachCharacter(std::string_view text, Each each) {
  while (!text.empty()) {
    const std::size_t length = CharacterBytes(text);
    each(text.substr(0, length));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

// line_end, tab: what becomes of those.
std::string Escaped(std::string_view text, std::string_view line_end, std::string_view tab) {
  std::string out;
  ForEachCharacter(text, [&](std::string_view character) {
    const std::string_view entity = character.size() == 1 ? XmlEntity(character[0]) : "";
    if (!entity.empty()) {
      out += entity;
    } else if (character == "\n") {
      out += line_end;
    } else if (character == "\t") {
      out += tab;
    } else {
      out += character.empty() || IsControl(character) ? "?" : character;
    }
  });
  return out;
}

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  ForEachCharacter(text, [&](std::string_view character) {
    out += character.empty() || IsControl(character) ? "?" : character;
  });
  return out;
}

std::string XmlContent(std::string_view text) { return Escaped(text, "\n", "\t"); }

std::string XmlAttribute(std::string_view text) { return Escaped(text, "&#10;", "&#9;"); }

std::string_view FirstSentence(std::string_view text) {
  const std::size_t stop = std::min(text.find(". "), text.size());
  text = text.substr(0, stop);
  if (text.ends_with('.')) text.remove_suffix(1);
  return text;
}

std::size_t ColumnsOf(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; }));
}

}  // namespace parley
