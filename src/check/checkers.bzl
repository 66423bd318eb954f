"""Every .cc of this folder is a part of the checkers, and every *_test.cc a part of its tests."""

load("//tools:one_source.bzl", "joined_test", "one_source")

# Only tests may use these: the builder of hand-made histories, and the naive twins.
_TEST_ONLY = [
    "brute_force*.cc",
    "brute_force*.h",
    "checking.cc",
    "checking.h",
    "history_builder.cc",
    "history_builder.h",
    "lock_builder.h",
    "message_builder.h",
    "random_history*.cc",
    "random_history*.h",
    "stepwise_steps.h",
]

# Without a header of their own name, and no checkers: parts of one, behind its header.
_PARTS = [
    "code_counts.cc",
    "code_ends.cc",
    "code_open.cc",
    "message_removal.cc",
    "notices_by_step.cc",
    "notices_by_time.cc",
    "removal_steps.cc",
]

_SEARCHES = [
    "*_simulation_test.cc",
    "*twin_test.cc",
]

def checkers():
    """Makes :check, :testing, :check_tests and one test for each twin that is searched with."""
    headers = native.glob(["*.h"])
    sources = native.glob(["*.cc"], exclude = ["*_test.cc", "*_bench.cc"] + _TEST_ONLY)

    # A checker is known by its registration alone: all of it lies in an anonymous namespace.
    checkers = [path for path in sources if path[:-3] + ".h" not in headers and path not in _PARTS]
    halves = [checkers[::2], checkers[1::2]]
    joined = ["checkers_%d" % i for i in range(len(halves))]
    for name, half in zip(joined, halves):
        one_source(
            name = name,
            testonly = False,
            srcs = half,
        )
    native.cc_library(
        name = "check",
        srcs = [path for path in sources if path not in checkers] + [name + ".cc" for name in joined],
        hdrs = native.glob(["*.h"], exclude = _TEST_ONLY),
        deps = [
            "//src/base",
            "//src/history",
            "//src/model",
            "//src/promise",
            "@fmt",
        ],
        alwayslink = True,
    )
    native.cc_library(
        name = "testing",
        testonly = True,
        srcs = native.glob([name for name in _TEST_ONLY if name.endswith(".cc")]),
        hdrs = native.glob([name for name in _TEST_ONLY if name.endswith(".h")]),
        deps = [
            ":check",
            "//src/base",
            "//src/history",
            "//src/model:testing",
            "//src/promise",
            "@fmt",
        ],
    )
    deps = [
        ":check",
        ":testing",
        "//src/base",
        "//src/history",
        "//src/model",
        "//src/model:testing",
        "//src/promise",
        "@fmt",
        "@gtest",
        "@gtest//:main",
        "@rapidcheck",
    ]
    joined_test(
        name = "check_tests",
        size = "small",
        srcs = native.glob(
            ["*_test.cc"],
            exclude = _SEARCHES,
        ),
        deps = deps,
    )

    # What searches for long is optimised.
    for test in native.glob(_SEARCHES):
        native.cc_test(
            name = test[:-len(".cc")],
            size = "small",
            srcs = [test],
            deps = deps,
        )
