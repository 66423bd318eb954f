"""Stepped laws by folder: every .cc beside the calling BUILD file is a part of one property program."""

load("//properties:defs.bzl", "suite_of")
load("//tools:one_source.bzl", "joined_test")

# Rounds that every row of a law gets.  What they are drawn from is fixed, so that a build fails
# for what has changed and not for what was drawn; soaks draw anew.
_ROUNDS = 1000
_SEED = 1
_ROUNDS_SOAK = 50000

def stepped_laws(planted, shards):
    """Declares :laws and :laws_soak, which check each *.cc; a new law is a new file.

    The test suite in pipe_ends.cc is PipeEnds, by which its canaries choose it.

    Args:
      planted: by law, the planted bugs that it must find: each gives a NAME_BUG_canary, which
        passes when the law fails as it should and the program that it leaves shows the bug again.
      shards: that the laws are divided into.
    """
    sources = native.glob(["*.cc"])

    # Their engine runs under the sanitizers in //src/campaign's tests and in crews' laws.
    for test, size, args, parts, tags in [
        ("laws", "medium", ["--samples=%d" % _ROUNDS, "--seed=%d" % _SEED], shards, ["no-sanitizer"]),
        ("laws_soak", "large", ["--samples=%d" % _ROUNDS_SOAK], len(sources), ["manual", "soak"]),
    ]:
        joined_test(
            name = test,
            size = size,
            srcs = sources,
            args = args,
            shard_count = parts,
            tags = tags,
            deps = [
                "//properties/crew:main",
                "//properties/script",
                "//src/program",
                "@gtest",
            ],
        )
    for name, bugs in planted.items():
        if name + ".cc" not in sources:
            fail("planted names the law %s, but there is no %s.cc" % (name, name))
        for bug in bugs:
            native.sh_test(
                name = "%s_%s_canary" % (name, bug.replace("-", "_")),
                size = "medium",
                srcs = ["canary.sh"],
                args = [
                    "$(rootpath :laws)",
                    suite_of(name),
                    "$(rootpath //src/cli:parley)",
                    "$(rootpath //src/planted:libparley_planted.so)",
                    bug,
                    str(_ROUNDS),
                    str(_SEED),
                ],
                data = [
                    ":laws",
                    "//src/cli:parley",
                    "//src/planted:libparley_planted.so",
                ],
                # A sanitizer's runtime wants to be the first library, and so does the planted one.
                tags = ["no-sanitizer"],
            )
