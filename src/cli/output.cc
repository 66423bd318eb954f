#include "src/cli/output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>

#include "src/finding/finding.h"

namespace parley {
namespace {

// The first error of writing results; 0 for none.
int g_output_error = 0;

bool Write(std::FILE* stream, std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stream) == text.size();
}

void NoteOutputError() {
  if (g_output_error == 0) g_output_error = errno;
}

std::string LimitText(__rlimit_resource resource) {
  rlimit limit;
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "no limit";
  return fmt::format("{}", limit.rlim_cur);
}

// What to do about an error; empty when its message says all there is to say.
std::string Advice(const Error& error) {
  const bool namespaces = error.message.find("namespaces") != std::string::npos;
  switch (error.system_error) {
    case EMFILE:
      return fmt::format("open files are limited to {}; raise it with ulimit -n",
                         LimitText(RLIMIT_NOFILE));
    case EAGAIN:
      return fmt::format(
          "processes are limited to {}; raise it with ulimit -u, or take fewer "
          "--workers",
          LimitText(RLIMIT_NPROC));
    case EPERM:
    case ENOSPC:
    case EUSERS:
      return namespaces ? "--contain manifest does without" : "";
    default:
      return "";
  }
}

}  // namespace

void GuardStandardDescriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number is this one.
    (void)::open("/dev/null", fd == 2 ? O_WRONLY : O_RDONLY);
  }
  ::signal(SIGPIPE, SIG_IGN);
}

void PrintText(std::string_view text) {
  if (!Write(stdout, text)) NoteOutputError();
}

void NoteText(std::string_view text) {
  Write(stderr, text);
  std::fflush(stderr);
}

void Complain(const Error& error) {
  const std::string advice = Advice(error);
  Note("parley: {}{}{}\n", error.message, advice.empty() ? "" : "; ", advice);
}

int Fail(const Error& error) {
  Complain(error);
  return ExitCode(error);
}

int FinishOutput(int code) {
  if (std::fflush(stdout) != 0) NoteOutputError();
  if (g_output_error == 0 || g_output_error == EPIPE) return code;
  Note("parley: write(standard output): {}\n", ErrnoText(g_output_error));
  return code == kExitBroken ? code : kExitTrouble;
}

}  // namespace parley
