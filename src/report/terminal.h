// A run's result for people: the failures first, then a table of promises.
#pragma once

#include <string>

#include "src/finding/finding.h"

namespace parley {

struct TerminalStyle {
  bool color = false;
  // How the reader started this program; replay lines begin with it.
  std::string program = "parley";
};

// True when descriptor fd is a terminal that wants colours: NO_COLOR is unset or empty
// (no-color.org), and TERM is not "dumb".
bool WantsColor(int fd);

// One broken promise: verdict, promise, source, reason, witness, how often, replay, history.
std::string FindingText(const Finding& finding, const TerminalStyle& style);

// Findings, table, what is not known and why, and one line that sums up.
std::string ResultText(const RunResult& result, const TerminalStyle& style);

}  // namespace parley
