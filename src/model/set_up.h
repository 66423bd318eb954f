// Step 0: ends are handed out, in an order that the stamps do not tell.
#pragma once

#include "src/model/open_files.h"
#include "src/model/stepped_view.h"

namespace parley::model {

// Gives out the handles that step 0 made and drops those that it closed, all on pipe 0.
// Returns: whether the name was made.
bool SetUpFiles(const SteppedView& view, const Step& step, OpenFiles& files);

// A worker got hold of ends of an unnamed pipe, whose handles all lead to its two open files: they
// were inherited or passed on.
void HandOut(const History& history, const Operation& op, OpenFiles& files);

}  // namespace parley::model
