#include "src/history/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "src/history/binary.h"
#include "src/history/jsonl.h"
#include "src/history/output_file.h"
#include "src/history/validate.h"

namespace parley {
namespace {

void Encode(const History& history, HistoryForm form, const Sink& sink) {
  if (form == HistoryForm::kJsonLines) {
    EncodeJsonLines(history, sink);
  } else {
    EncodeBinary(history, sink);
  }
}

Result<HistoryForm> FormOfPath(std::string_view path) {
  if (path.ends_with(kJsonLinesSuffix)) return HistoryForm::kJsonLines;
  if (path.ends_with(kCompactSuffix)) return HistoryForm::kCompact;
  return InputError(
      fmt::format("{}: the name of a history ends with {} (JSON Lines) or {} "
                  "(compact)",
                  path, kJsonLinesSuffix, kCompactSuffix));
}

}  // namespace

Result<void> WriteHistory(const History& history, const std::string& path) {
  const Result<HistoryForm> form = FormOfPath(path);
  if (!form.has_value()) return std::unexpected(form.error());
  if (auto valid = ValidateHistory(history); !valid.has_value()) {
    valid.error().message = fmt::format("{}: {}", path, valid.error().message);
    return valid;
  }
  Result<OutputFile> file = OutputFile::Open(path);
  if (!file.has_value()) return std::unexpected(std::move(file.error()));
  Encode(history, *form, [&](std::string_view bytes) { file->Append(bytes); });
  return file->Commit();
}

Result<History> ReadHistory(const std::string& path) {
  const Result<std::string> content = ReadWholeFile(path);
  if (!content.has_value()) return std::unexpected(content.error());
  return DecodeHistory(*content, path);
}

Result<History> DecodeHistory(std::string_view content, std::string_view path) {
  if (content.empty()) return InputError(fmt::format("{}: the file is empty", path));
  const std::size_t common = std::min(content.size(), kBinaryMagic.size());
  if (content.substr(0, common) == kBinaryMagic.substr(0, common)) {
    return DecodeBinary(content, path);
  }
  if (content.starts_with('{')) return DecodeJsonLines(content, path);
  return InputError(
      fmt::format("{}: not a parley history: neither JSON Lines nor the compact form", path));
}

std::string EncodeHistory(const History& history, HistoryForm form) {
  std::string out;
  Encode(history, form, [&](std::string_view bytes) { out.append(bytes); });
  return out;
}

}  // namespace parley
