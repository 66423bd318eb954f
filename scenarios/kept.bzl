"""All scenarios that ship are one short test in each mode, and each is a long one for nights."""

_SOAK = [
    "cpu:2",
    "manual",
    "soak",
]

def kept_tests():
    """Declares kept, stepped and stepped_soak, and NAME_soak for each NAME.toml."""
    for name, size, mode, calls, time, limit, tags in [
        ("kept", "medium", "free", 1, "25s", "100s", []),
        ("stepped", "medium", "stepped", 100000, "25s", "100s", []),
        ("stepped_soak", "large", "stepped", 1000000, "5m", "10m", _SOAK),
    ]:
        native.sh_test(
            name = name,
            size = size,
            srcs = ["kept.sh"],
            args = ["$(location //src/cli:parley)", "''", mode, str(calls), time, limit],
            data = ["//src/cli:parley"],
            tags = tags,
        )
    for path in native.glob(["*.toml"]):
        stem = path[:-len(".toml")]
        native.sh_test(
            name = stem + "_soak",
            size = "large",
            srcs = ["kept.sh"],
            args = ["$(location //src/cli:parley)", stem, "both", "1", "5m", "10m"],
            data = ["//src/cli:parley"],
            tags = _SOAK,
        )
