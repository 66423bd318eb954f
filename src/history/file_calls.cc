#include "src/history/file_calls.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <string_view>

namespace parley {
namespace {

// The bits of a number from place on.
constexpr std::uint64_t Bits(std::uint64_t number, unsigned place, std::uint64_t mask) {
  return number >> place & mask;
}

template <typename Enum>
constexpr std::uint64_t Number(Enum value) {
  return static_cast<std::uint64_t>(value);
}

std::string_view AsText(ActAs as) {
  static constexpr std::array<std::string_view, 4> kTexts = {
      "", " as another user", " as another user of another group", " without further rights"};
  return kTexts[Number(as)];
}

std::string CreateText(const CreateFile& call) {
  static constexpr std::array<std::string_view, 4> kPlaces = {"name {}", "a symbolic link's name",
                                                              "name {} in no directory",
                                                              "name {} in a locked directory"};
  return fmt::format("makes {} with mode {:04o} and umask {:03o}{}",
                     fmt::format(fmt::runtime(kPlaces[Number(call.place)]), call.slot), call.mode,
                     call.umask, AsText(call.as));
}

std::string CreateAtText(const CreateFileAt& call) {
  static constexpr std::array<std::string_view, kBases> kTexts = {
      "relative to a directory",
      "relative to the current directory",
      "by its absolute path and an invalid descriptor",
      "by its absolute path and a descriptor of no directory",
      "relative to an invalid descriptor",
      "relative to a descriptor of no directory",
  };
  return fmt::format("makes name {} {}", call.slot, kTexts[Number(call.base)]);
}

std::string OpenText(const OpenFileAs& call) {
  static constexpr std::array<std::string_view, 3> kTexts = {"reading", "writing",
                                                             "reading and writing"};
  return fmt::format("opens name {} for {}{}", call.slot, kTexts[Number(call.direction)],
                     AsText(call.as));
}

}  // namespace

CreateFile CreateFile::Of(std::uint64_t argument) {
  return {.mode = static_cast<std::uint16_t>(Bits(argument, 0, kModeBits)),
          .umask = static_cast<std::uint16_t>(Bits(argument, 9, kModeBits)),
          .slot = static_cast<std::uint8_t>(Bits(argument, 18, 1)),
          .as = static_cast<ActAs>(Bits(argument, 19, 3)),
          .place = static_cast<Place>(Bits(argument, 21, 3))};
}

std::uint64_t CreateFile::Argument() const {
  return mode | std::uint64_t{umask} << 9U | std::uint64_t{slot} << 18U | Number(as) << 19U |
         Number(place) << 21U;
}

CreateFileAt CreateFileAt::Of(std::uint64_t argument) {
  return {.slot = static_cast<std::uint8_t>(Bits(argument, 0, 1)),
          .base = static_cast<Base>((argument >> 1U) % kBases)};
}

std::uint64_t CreateFileAt::Argument() const { return slot | Number(base) << 1U; }

ChangeMode ChangeMode::Of(std::uint64_t argument) {
  return {.mode = static_cast<std::uint16_t>(Bits(argument, 0, kModeBits)),
          .slot = static_cast<std::uint8_t>(Bits(argument, 9, 1)),
          .as = static_cast<ActAs>(Bits(argument, 10, 3))};
}

std::uint64_t ChangeMode::Argument() const {
  return mode | std::uint64_t{slot} << 9U | Number(as) << 10U;
}

OpenFileAs OpenFileAs::Of(std::uint64_t argument) {
  return {.direction = static_cast<Direction>(Bits(argument, 0, 3) % 3),
          .slot = static_cast<std::uint8_t>(Bits(argument, 2, 1)),
          .as = static_cast<ActAs>(Bits(argument, 3, 3))};
}

std::uint64_t OpenFileAs::Argument() const {
  return Number(direction) | std::uint64_t{slot} << 2U | Number(as) << 3U;
}

std::uint8_t UsedSlot(std::uint64_t argument) {
  return static_cast<std::uint8_t>(argument % kFileSlots);
}

RemoveFile RemoveFile::Of(std::uint64_t argument) {
  return {.slot = static_cast<std::uint8_t>(Bits(argument, 0, 1)),
          .folder = static_cast<Folder>(Bits(argument, 1, 1))};
}

std::uint64_t RemoveFile::Argument() const { return slot | Number(folder) << 1U; }

CreatedFile CreatedFile::Of(std::int64_t result) {
  const auto bits = static_cast<std::uint64_t>(result);
  return {.st_mode = static_cast<std::uint16_t>(Bits(bits, 0, 0xffff)),
          .owned_by_user = Bits(bits, 16, 1) != 0,
          .owned_by_group = Bits(bits, 17, 1) != 0,
          .owned_like_folder = Bits(bits, 18, 1) != 0,
          .overrides = Bits(bits, 19, 1) != 0,
          .overrides_reading = Bits(bits, 20, 1) != 0};
}

std::int64_t CreatedFile::Result() const {
  return st_mode | std::int64_t{owned_by_user} << 16U | std::int64_t{owned_by_group} << 17U |
         std::int64_t{owned_like_folder} << 18U | std::int64_t{overrides} << 19U |
         std::int64_t{overrides_reading} << 20U;
}

std::string CreatedText(std::int64_t result) {
  const CreatedFile made = CreatedFile::Of(result);
  if (made.st_mode == 0) return "nothing where it has to be";
  return fmt::format("{} of mode {:04o}{}", S_ISFIFO(made.st_mode) ? "a FIFO" : "no FIFO",
                     made.st_mode & 07777, made.owned_by_user ? "" : " that another user owns");
}

std::string FileCallText(Effect effect, std::uint64_t argument) {
  switch (effect) {
    case Effect::kCreateFile:
      return CreateText(CreateFile::Of(argument));
    case Effect::kCreateFileAt:
      return CreateAtText(CreateFileAt::Of(argument));
    case Effect::kChangeMode:
      return fmt::format("gives name {} mode {:04o}", ChangeMode::Of(argument).slot,
                         ChangeMode::Of(argument).mode);
    case Effect::kOpenFile:
      return OpenText(OpenFileAs::Of(argument));
    case Effect::kUseFile:
      return fmt::format("uses what it holds open of name {}", UsedSlot(argument));
    case Effect::kRemoveFile:
      return fmt::format(
          "removes name {}{}", RemoveFile::Of(argument).slot,
          RemoveFile::Of(argument).folder == Folder::kGiven ? " of the given directory" : "");
    default:
      return "";
  }
}

}  // namespace parley
