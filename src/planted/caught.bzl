"""Every planted bug must be caught: one test for each file in bugs/."""

# What a schedule shows soon: these are looked for in stepped mode, too, and shrunk.
_STEPPED = [
    "close_removes_name",
    "drop_when_full",
    "early_end_of_file",
    "end_of_file_sleeps",
    "made_in_current_directory",
    "permission_ignored",
    "read_again",
    "read_waits_for_all",
    "receiver_not_woken",
    "restart_forgotten",
    "sender_not_woken",
    "swap_pipe_writes",
    "umask_ignored",
    "write_to_nobody",
]

# Of promises that only stepped rounds exercise.
_STEPPED_ONLY = [
    "made_in_current_directory",
    "permission_ignored",
    "restart_forgotten",
    "umask_ignored",
]

def caught_tests():
    """Declares NAME_caught for each bugs/NAME.cc, and NAME_stepped where that is the place."""
    for path in native.glob(["bugs/*.cc"]):
        stem = path[len("bugs/"):-len(".cc")]
        if stem in _STEPPED_ONLY:
            continue
        native.sh_test(
            name = stem + "_caught",
            size = "small",
            srcs = ["caught.sh"],
            args = [
                "$(location //src/cli:parley)",
                stem.replace("_", "-"),
            ],
            data = [
                ":libparley_planted.so",
                "//src/cli:parley",
            ],
            tags = ["cpu:2"],
        )
    for stem in _STEPPED:
        native.sh_test(
            name = stem + "_stepped",
            size = "small",
            srcs = ["stepped.sh"],
            args = [
                "$(location //src/cli:parley)",
                stem.replace("_", "-"),
            ],
            data = [
                ":libparley_planted.so",
                "//src/cli:parley",
            ],
        )
