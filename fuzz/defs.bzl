"""Fuzz targets by file: every .cc beside the calling BUILD file is one libFuzzer program."""

_PLANTED = "//src/planted:libparley_planted.so"

def fuzz_targets(deps, streams, heavy = {}, canaries = {}):
    """Declares //fuzz:<name> for each *.cc; a new target is a new file and a folder of seeds.

    What `bazel test` does with them are two tests: bounded_test runs every seed once and a bounded
    number of mutations (bounded_run.sh), canary_test shows that the targets find something.

    Args:
      deps: what all targets may use.
      streams: what those use whose names begin with stream_.
      heavy: by target, what it alone uses beside that.
      canaries: by target, the planted bug that it must find.
    """
    names = sorted([path[:-len(".cc")] for path in native.glob(["*.cc"])])
    for name in names:
        native.cc_binary(
            name = name,
            testonly = True,
            srcs = [name + ".cc"],
            linkopts = ["-fsanitize=fuzzer"],
            deps = deps + heavy.get(name, []) + (streams if name.startswith("stream_") else []),
        )
    native.sh_test(
        name = "bounded_test",
        size = "medium",
        srcs = ["bounded_run.sh"],
        args = ["$(rootpath :%s)" % name for name in names],
        data = [":" + name for name in names] + native.glob(["corpus/**", "dictionaries/**"]),
    )
    native.sh_test(
        name = "canary_test",
        size = "medium",
        srcs = ["canary.sh"],
        args = ["$(rootpath %s)" % _PLANTED] + [
            "$(rootpath :%s) %s" % (name, bug)
            for name, bug in canaries.items()
        ],
        data = ["planted.sh", _PLANTED] + [":" + name for name in canaries],
        # A sanitizer's runtime wants to be the first library, and so does the planted one.
        tags = ["no-sanitizer"],
    )
