#include "src/facility/testing.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cstdlib>

#include "src/base/check.h"

namespace parley {
namespace {

// A buffer, of which the text holds the headroom, too.
iovec Behind(std::string& text) {
  return {.iov_base = text.data() + kHeadroomBytes, .iov_len = text.size() - kHeadroomBytes};
}

}  // namespace

Request Caller::Ask(std::string_view call, With with) const {
  const auto calls = facility_.Calls();
  const auto found = std::ranges::find(calls, call, &CallTraits::name);
  CHECK(found != calls.end());
  return {.call = static_cast<std::uint8_t>(found - calls.begin()),
          .handle = with.handle,
          .argument = with.argument,
          .pieces = {}};
}

Reply Caller::Put(std::string_view call, const std::vector<std::string>& pieces, With with) const {
  std::vector<iovec> buffers;
  std::vector<std::string> texts;
  for (const std::string& piece : pieces) texts.push_back(std::string(kHeadroomBytes, '?') + piece);
  for (std::string& text : texts) buffers.push_back(Behind(text));
  Request request = Ask(call, with);
  request.pieces = buffers;
  return port_.Perform(request);
}

Reply Caller::Take(std::string_view call, const std::vector<std::size_t>& pieces,
                   std::string* received, With with) const {
  std::vector<std::string> texts;
  for (const std::size_t bytes : pieces) texts.emplace_back(kHeadroomBytes + bytes, '?');
  std::vector<iovec> buffers;
  for (std::string& text : texts) buffers.push_back(Behind(text));
  Request request = Ask(call, with);
  request.pieces = buffers;
  const Reply reply = port_.Perform(request);
  if (received != nullptr) {
    received->clear();
    for (const std::string& text : texts) *received += text.substr(kHeadroomBytes);
    received->resize(reply.result > 0 ? static_cast<std::size_t>(reply.result) : 0);
  }
  return reply;
}

std::vector<int> OpenDescriptors() {
  std::vector<int> fds;
  DIR* const folder = ::opendir("/proc/self/fd");
  CHECK(folder != nullptr);
  while (const dirent* entry = ::readdir(folder)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != ::dirfd(folder)) fds.push_back(fd);
  }
  ::closedir(folder);
  std::ranges::sort(fds);
  return fds;
}

std::vector<int> DescriptorsKeptOverExec() {
  std::vector<int> fds = OpenDescriptors();
  std::erase_if(fds, [](int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; });
  return fds;
}

}  // namespace parley
