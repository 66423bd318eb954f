#include "src/engine/descriptor_passing.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cstring>

#include "src/base/check.h"

namespace parley {
namespace {

struct Ancillary {
  alignas(cmsghdr) char bytes[CMSG_SPACE(kMaxPassed * sizeof(int))];
};

}  // namespace

Result<void> SendDescriptors(int socket, std::span<const int> descriptors) {
  CHECK(descriptors.size() <= kMaxPassed);
  char token = 'd';
  iovec data{.iov_base = &token, .iov_len = 1};
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (!descriptors.empty()) {
    message.msg_control = ancillary.bytes;
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  if (::sendmsg(socket, &message, MSG_NOSIGNAL) < 0) {
    return SystemError(
        fmt::format("sendmsg(socket {}, {} descriptors)", socket, descriptors.size()));
  }
  return {};
}

Result<std::vector<FileDescriptor>> ReceiveDescriptors(int socket) {
  char token = 0;
  iovec data{.iov_base = &token, .iov_len = 1};
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = ancillary.bytes;
  message.msg_controllen = sizeof ancillary.bytes;
  ssize_t received = -1;
  do {
    received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received < 0) return SystemError(fmt::format("recvmsg(socket {})", socket));
  std::vector<FileDescriptor> descriptors;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
      descriptors.emplace_back(fd);
    }
  }
  return descriptors;
}

}  // namespace parley
