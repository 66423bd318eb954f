"""Properties by folder: every .cc beside the calling BUILD file is one property program."""

def properties(planted, shards = 2):
    """Declares a test for each *.cc, named after it; a new property is a new file.

    Args:
      planted: by property, the planted bug that it must find: each gives a <property>_canary,
        which passes when the property fails as it should and its replay line works.
      shards: that each property's samples are divided into.
    """
    names = [path[:-len(".cc")] for path in native.glob(["*.cc"])]
    for name in names:
        native.cc_test(
            name = name,
            size = "medium",
            srcs = [name + ".cc"],
            shard_count = shards,
            deps = [
                "//properties/crew",
                "//properties/crew:main",
                "@gtest",
                "@rapidcheck",
            ],
        )
    for name, bug in planted.items():
        if name not in names:
            fail("planted names the property %s, but there is no %s.cc" % (name, name))
        native.sh_test(
            name = name + "_canary",
            size = "medium",
            srcs = ["canary.sh"],
            args = [
                "$(rootpath :%s)" % name,
                "$(rootpath //src/cli:parley)",
                "$(rootpath //src/planted:libparley_planted.so)",
                bug,
            ],
            data = [
                ":" + name,
                "//src/cli:parley",
                "//src/planted:libparley_planted.so",
            ],
            # A sanitizer's runtime wants to be the first library, and so does the planted one.
            tags = ["no-sanitizer"],
        )
