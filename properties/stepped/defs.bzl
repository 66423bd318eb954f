"""Stepped laws by folder: every .cc beside the calling BUILD file is one property program."""

# Rounds that every row of a law gets.  What they are drawn from is fixed, so that a build fails
# for what has changed and not for what was drawn; soaks draw anew.
_ROUNDS = 1000
_SEED = 1
_ROUNDS_SOAK = 50000

def stepped_laws(planted):
    """Declares NAME and NAME_soak for each NAME.cc; a new law is a new file.

    Args:
      planted: by law, the planted bugs that it must find: each gives a NAME_BUG_canary, which
        passes when the law fails as it should and the program that it leaves shows the bug again.
    """
    names = [path[:-len(".cc")] for path in native.glob(["*.cc"])]
    for name in names:
        # Their engine runs under the sanitizers in //src/campaign's tests and in crews' laws.
        for test, size, args, tags in [
            (name, "medium", ["--samples=%d" % _ROUNDS, "--seed=%d" % _SEED], ["no-sanitizer"]),
            (name + "_soak", "large", ["--samples=%d" % _ROUNDS_SOAK], ["manual", "soak"]),
        ]:
            native.cc_test(
                name = test,
                size = size,
                srcs = [name + ".cc"],
                args = args,
                tags = tags,
                deps = [
                    "//properties/crew:main",
                    "//properties/script",
                    "//src/program",
                    "@gtest",
                ],
            )
    for name, bugs in planted.items():
        if name not in names:
            fail("planted names the law %s, but there is no %s.cc" % (name, name))
        for bug in bugs:
            native.sh_test(
                name = "%s_%s_canary" % (name, bug.replace("-", "_")),
                size = "medium",
                srcs = ["canary.sh"],
                args = [
                    "$(rootpath :%s)" % name,
                    "$(rootpath //src/cli:parley)",
                    "$(rootpath //src/planted:libparley_planted.so)",
                    bug,
                    str(_ROUNDS),
                    str(_SEED),
                ],
                data = [
                    ":" + name,
                    "//src/cli:parley",
                    "//src/planted:libparley_planted.so",
                ],
                # A sanitizer's runtime wants to be the first library, and so does the planted one.
                tags = ["no-sanitizer"],
            )
