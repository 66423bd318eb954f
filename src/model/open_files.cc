#include "src/model/open_files.h"

#include <algorithm>

namespace parley::model {

std::uint16_t OpenFiles::Add(const OpenFile& file) {
  const auto closed = std::ranges::find(files_, 0U, &OpenFile::handles);
  const auto index = static_cast<std::uint16_t>(closed - files_.begin());
  if (closed == files_.end()) {
    files_.push_back(file);
  } else {
    *closed = file;
  }
  return index;
}

void OpenFiles::Give(std::uint16_t worker, std::uint16_t handle, std::uint16_t file) {
  const auto place = std::ranges::find_if(leads_, [&](const Lead& lead) {
    return lead.worker > worker || (lead.worker == worker && lead.handle > handle);
  });
  leads_.insert(place, {.worker = worker, .handle = handle, .file = file});
  ++files_[file].handles;
}

std::uint16_t OpenFiles::Find(std::uint16_t worker, std::uint64_t handle) const {
  const auto lead = std::ranges::find_if(
      leads_, [&](const Lead& one) { return one.worker == worker && one.handle == handle; });
  return lead == leads_.end() ? kNoFile : lead->file;
}

std::uint16_t OpenFiles::FindEnd(bool reads) const {
  const auto file = std::ranges::find_if(files_, [&](const OpenFile& one) {
    return one.handles > 0 && (reads ? one.reads : one.writes);
  });
  return file == files_.end() ? kNoFile : static_cast<std::uint16_t>(file - files_.begin());
}

std::uint16_t OpenFiles::DropAt(std::size_t lead) {
  if (lead == leads_.size()) return kNoFile;
  const std::uint16_t file = leads_[lead].file;
  leads_.erase(leads_.begin() + static_cast<std::ptrdiff_t>(lead));
  --files_[file].handles;
  return file;
}

std::uint16_t OpenFiles::Drop(std::uint16_t worker, std::uint64_t handle) {
  const auto lead = std::ranges::find_if(
      leads_, [&](const Lead& one) { return one.worker == worker && one.handle == handle; });
  return DropAt(static_cast<std::size_t>(lead - leads_.begin()));
}

std::uint16_t OpenFiles::DropLowest(std::uint16_t worker) {
  const auto lead = std::ranges::find(leads_, worker, &Lead::worker);
  return DropAt(static_cast<std::size_t>(lead - leads_.begin()));
}

std::uint32_t OpenFiles::Readers(std::uint16_t pipe) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(files_, [&](const OpenFile& file) {
    return file.handles > 0 && file.pipe == pipe && file.reads;
  }));
}

std::uint32_t OpenFiles::Writers(std::uint16_t pipe) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(files_, [&](const OpenFile& file) {
    return file.handles > 0 && file.pipe == pipe && file.writes;
  }));
}

std::uint32_t OpenFiles::CountOn(std::uint16_t pipe) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      files_, [&](const OpenFile& file) { return file.handles > 0 && file.pipe == pipe; }));
}

}  // namespace parley::model
