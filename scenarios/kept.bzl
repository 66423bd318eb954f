"""Every scenario that ships is a short test in each of its modes, and a long one for nights."""

def kept_tests():
    """Declares NAME_kept, NAME_stepped and NAME_soak for each NAME.toml."""
    for path in native.glob(["*.toml"]):
        stem = path[:-len(".toml")]
        for name, size, mode, time, limit, tags in [
            (stem + "_kept", "small", "free", "1s", "20s", []),
            (stem + "_stepped", "small", "stepped", "1s", "20s", []),
            (stem + "_soak", "large", "both", "5m", "10m", ["manual", "soak", "cpu:2"]),
        ]:
            native.sh_test(
                name = name,
                size = size,
                srcs = ["kept.sh"],
                args = ["$(location //src/cli:parley)", stem, mode, time, limit],
                data = ["//src/cli:parley"],
                tags = tags,
            )

def conformance_tests():
    """Declares conformance and conformance_soak: the model of the system against the system."""
    for name, size, rounds, operations, tags in [
        ("conformance", "medium", 24, 100000, []),
        ("conformance_soak", "large", 400, 1000000, ["manual", "soak"]),
    ]:
        native.sh_test(
            name = name,
            size = size,
            srcs = ["conformance.sh"],
            args = ["$(location //src/cli:parley)", str(rounds), str(operations)],
            data = ["//src/cli:parley"],
            tags = tags,
        )
