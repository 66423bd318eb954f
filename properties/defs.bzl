"""Properties by folder: every .cc beside the calling BUILD file is a part of one property program."""

load("//tools:one_source.bzl", "joined_test")

def suite_of(name):
    """The test suite of a file: PipeOrder for pipe_order."""
    return "".join([word.capitalize() for word in name.split("_")])

def properties(planted, shards):
    """Declares :laws, which checks each *.cc; a new property is a new file.

    The test suite in pipe_order.cc is PipeOrder, by which its canary chooses it.

    Args:
      planted: by property, the planted bug that it must find: each gives a <property>_canary,
        which passes when the property fails as it should and its replay line works.
      shards: that the properties are divided into.
    """
    sources = native.glob(["*.cc"])
    joined_test(
        name = "laws",
        size = "medium",
        srcs = sources,
        shard_count = shards,
        deps = [
            "//properties/crew",
            "//properties/crew:main",
            "@gtest",
            "@rapidcheck",
        ],
    )
    for name, bug in planted.items():
        if name + ".cc" not in sources:
            fail("planted names the property %s, but there is no %s.cc" % (name, name))
        native.sh_test(
            name = name + "_canary",
            size = "medium",
            srcs = ["canary.sh"],
            args = [
                "$(rootpath :laws)",
                suite_of(name),
                "$(rootpath //src/cli:parley)",
                "$(rootpath //src/planted:libparley_planted.so)",
                bug,
            ],
            data = [
                ":laws",
                "//src/cli:parley",
                "//src/planted:libparley_planted.so",
            ],
            # A sanitizer's runtime wants to be the first library, and so does the planted one.
            tags = ["no-sanitizer"],
        )
