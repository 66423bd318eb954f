// What the commands print: results on standard output, the rest on standard error.  Neither a
// closed descriptor nor a full disk nor a reader that leaves ends the process.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "src/base/error.h"

namespace parley {

// Call first.  A standard descriptor that was closed is taken by the first pipe that a run makes,
// so it is opened on /dev/null; standard output in a way that writing to it fails, since results
// must not vanish unnoticed.  SIGPIPE is ignored from here on.
void GuardStandardDescriptors();

void PrintText(std::string_view text);
void NoteText(std::string_view text);

// A result, on standard output.
template <typename... T>
void Print(fmt::format_string<T...> format, T&&... arguments) {
  PrintText(fmt::format(format, std::forward<T>(arguments)...));
}

// Progress, a warning, an error: on standard error.
template <typename... T>
void Note(fmt::format_string<T...> format, T&&... arguments) {
  NoteText(fmt::format(format, std::forward<T>(arguments)...));
}

// Says what went wrong, and what to do about it where that is known.
void Complain(const Error& error);

// Complains and returns the exit code.
int Fail(const Error& error);

// Call last.  Returns code, or 3 when results that were printed could not be written; a broken
// promise stays 1.  A reader that had seen enough and left (EPIPE) is no error.
int FinishOutput(int code);

}  // namespace parley
