"""Scenarios by folder: every .toml of the package that calls this ships."""

def embedded_scenarios(name):
    """Declares a library that holds the text of each *.toml beside the calling BUILD file.

    A new scenario is a new file: nothing here or elsewhere names it.

    Args:
      name: the library, which defines EmbeddedScenarios() of //src/scenario:embedded.h.
    """
    files = native.glob(["*.toml"])
    native.genrule(
        name = name + "_text",
        srcs = files,
        outs = [name + ".cc"],
        # The delimiter cannot stand in TOML outside a comment or a string.
        cmd = """{
  echo '#include "src/scenario/embedded.h"'
  echo 'namespace parley {'
  echo 'namespace {'
  echo 'constexpr EmbeddedScenario kFiles[] = {'
  for file in $(SRCS); do
    printf '{"%s", R"_parley_(' "$$file"
    cat "$$file"
    echo ')_parley_"},'
  done
  echo '};'
  echo '}  // namespace'
  echo 'std::span<const EmbeddedScenario> EmbeddedScenarios() { return kFiles; }'
  echo '}  // namespace parley'
} > $@""",
    )
    native.cc_library(
        name = name,
        srcs = [name + ".cc"],
        deps = ["//src/scenario:embedded"],
    )
