#include "src/engine/worker_signals.h"

#include <signal.h>

namespace parley {
namespace {

Seat* g_seat = nullptr;

void CountSignal(int) { g_seat->signals.fetch_add(1, std::memory_order_relaxed); }

void Handle(int signal, void (*handler)(int), bool restart) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = restart ? SA_RESTART : 0;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void CountSignalsAt(Seat& seat) { g_seat = &seat; }

void CatchSignal(int signal, bool restart) { Handle(signal, CountSignal, restart); }

void IgnoreSignal(int signal) { Handle(signal, SIG_IGN, true); }

}  // namespace parley
