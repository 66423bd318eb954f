#include "src/model/set_up.h"

namespace parley::model {
namespace {

// A FIFO that somebody holds open from the beginning.
void TakeOver(const History& history, const Operation& op, OpenFiles& files) {
  const Effect effect = history.effect(op);
  files.Give(op.worker, op.handle,
             files.Add({.reads = effect != Effect::kOpenWrite,
                        .writes = effect != Effect::kOpenRead,
                        .nonblocking = op.nonblocking}));
}

void Duplicate(const Operation& op, OpenFiles& files) {
  const std::uint16_t file = files.Find(op.worker, op.argument);
  if (file != kNoFile) files.Give(op.worker, op.handle, file);
}

}  // namespace

bool SetUpFiles(const SteppedView& view, const Step& step, OpenFiles& files) {
  const History& history = view.history();
  bool made = false;
  const auto each = [&](auto&& visit) {
    for (const Cause& cause : step.causes) {
      if (cause.operation == kNoOperation) continue;
      const Operation& op = history.operations[cause.operation];
      if (op.succeeded()) visit(op, history.effect(op));
    }
  };
  each([&](const Operation& op, Effect effect) {
    made = made || effect == Effect::kMakeName;
    if (Opens(effect)) {
      view.named() ? TakeOver(history, op, files) : HandOut(history, op, files);
    }
  });
  each([&](const Operation& op, Effect effect) {
    if (effect == Effect::kDuplicate) Duplicate(op, files);
  });
  each([&](const Operation& op, Effect effect) {
    while (effect == Effect::kClose && files.Drop(op.worker, op.handle) != kNoFile) {
    }
  });
  return made;
}

void HandOut(const History& history, const Operation& op, OpenFiles& files) {
  const Effect effect = history.effect(op);
  for (const bool reads : {true, false}) {
    if (effect == (reads ? Effect::kOpenWrite : Effect::kOpenRead)) continue;
    std::uint16_t file = files.FindEnd(reads);
    const bool known = file != kNoFile && files.Find(op.worker, op.handle) == file;
    if (file == kNoFile) file = files.Add({.reads = reads, .writes = !reads});
    if (!known) files.Give(op.worker, op.handle, file);
    files.at(file).nonblocking = files.at(file).nonblocking || op.nonblocking;
  }
}

}  // namespace parley::model
