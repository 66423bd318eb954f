"""Discovery by folder: every folder beside this file that holds facility.cc is a facility."""

def facilities():
    """Declares, for each such folder, a library of its name; its *_test.cc are among :facility_tests.

    The libraries register themselves (alwayslink); //src/facility:every holds them all. A new
    facility is a new folder: nothing here or elsewhere names it. The folders hold no BUILD file
    (one would make them packages of their own and hide them from the glob).
    """
    names = sorted([path.split("/")[0] for path in native.glob(["*/facility.cc"])])
    for name in names:
        native.cc_library(
            name = name,
            srcs = native.glob(
                [name + "/*.cc"],
                exclude = [name + "/*_test.cc"],
            ),
            hdrs = native.glob([name + "/*.h"]),
            deps = [
                ":facility",
                ":family",
                "@fmt",
            ],
            alwayslink = True,
        )
    native.cc_library(
        name = "every",
        deps = [":" + name for name in names],
    )
