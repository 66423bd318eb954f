// The signals of a worker: counted in its seat by a handler that does nothing else.
#pragma once

#include "src/engine/arena.h"

namespace parley {

// Where the signals that come from now on are counted: one seat a process.
void CountSignalsAt(Seat& seat);

// Installs the handler that counts, with SA_RESTART or without.
void CatchSignal(int signal, bool restart);

void IgnoreSignal(int signal);

}  // namespace parley
