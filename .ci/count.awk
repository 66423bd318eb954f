# Counts a Bazel run from its build event file (--build_event_json_file, one event a line): a test
# target counts once, whatever its shards and runs.  A target that could not be built or run is a
# failure; one that a tag filter left out is not counted.
#
# Prints "failed STATUS LABEL LOG" for a target that did not pass (its last log, "-" without one),
# "log PATH" for each log of those that did, and "total PASSED FAILED" at last.

function field(name, from) {
  if (!match(from, "\"" name "\":\"[^\"]*\"")) return ""
  return substr(from, RSTART + length(name) + 4, RLENGTH - length(name) - 5)
}

/^\{"id":\{"targetConfigured"/ {
  if (field("targetKind", $0) ~ /_test rule$/) state[field("label", $0)] = "NOT RUN"
}

/^\{"id":\{"targetCompleted"/ {
  label = field("label", $0)
  if (!(label in state)) next
  if ($0 !~ /"completed":\{"success":true/) {
    # A target's summary comes after its completion; an aborted one is not to hide a failure.
    if (state[label] == "NOT RUN" && $0 !~ /"aborted"/) state[label] = "FAILED TO BUILD"
  } else if ($0 !~ /"testSummary"/) {
    delete state[label]
  }
}

/^\{"id":\{"testSummary"/ {
  label = field("label", $0)
  status = field("overallStatus", $0)
  if (status != "") state[label] = status
  rest = $0
  while (match(rest, /"uri":"file:\/\/[^"]*"/)) {
    log_of[label] = substr(rest, RSTART + 14, RLENGTH - 15)
    if (status == "PASSED") print "log " log_of[label]
    rest = substr(rest, RSTART + RLENGTH)
  }
}

END {
  passed = failed = 0
  for (label in state) {
    if (state[label] == "PASSED") {
      ++passed
    } else {
      ++failed
      gsub(/ /, "_", state[label])
      print "failed " state[label] " " label " " (label in log_of ? log_of[label] : "-")
    }
  }
  print "total " passed " " failed
}
