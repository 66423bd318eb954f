"""Many sources as one: what they all include is read, and what they all instantiate is made, once."""

# An anonymous namespace ends with its file; here each becomes one that is named after the file.
_JOIN = """
awk 'FNR == 1 {
       file = FILENAME
       gsub(/.*\\/|\\.cc$$/, "", file)
       printf "#line 1 \\"%s\\"\\n", FILENAME
     }
     $$0 == "namespace {" { $$0 = "namespace " file " {" }
     { print }' $(SRCS) >$@
"""

def one_source(name, srcs, testonly = True):
    """Declares NAME.cc: the text of srcs, whose anonymous namespaces stay apart.

    For tests, whose own code is small beside what they include: together they take a quarter of the
    time to build.  A source has to be complete by itself, and may leave no macro behind.

    Args:
      name: of what is built from it; NAME_source is the target that makes it.
      srcs: the sources.
      testonly: whether only tests may use it.
    """
    native.genrule(
        name = name + "_source",
        testonly = testonly,
        srcs = srcs,
        outs = [name + ".cc"],
        cmd = _JOIN,
    )

def joined_test(name, srcs, **kwargs):
    """Declares a cc_test of many files, built as one source and not optimised.

    Args:
      name: of the test; NAME.cc must not be there.
      srcs: its sources.
      **kwargs: of cc_test.
    """
    one_source(name, srcs)
    native.cc_test(
        name = name,
        srcs = [name + ".cc"],
        copts = ["-O0"],
        **kwargs
    )
