"""Debian's -dev packages as Bazel repositories, with no network."""

_BUILD = """
package(default_visibility = ["//visibility:public"])

licenses(["notice"])

{imported}
cc_library(
    name = "{name}",
    hdrs = glob(["include/**"]),
    defines = {defines},
    includes = ["include"],
    linkopts = {linkopts},
    deps = {deps},
)
"""

_MAIN = """
cc_import(
    name = "main",
    static_library = "lib/{main}",
    alwayslink = True,
)
"""

_IMPORT = """
cc_import(
    name = "archive",
    static_library = "lib/{archive}",
)
"""

def _find_library(ctx, archive):
    for folder in ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib"]:
        path = ctx.path(folder + "/" + archive)
        if path.exists:
            return path
    fail("%s: %s is absent; install %s" % (ctx.name, archive, ctx.attr.package))

def _debian_library_impl(ctx):
    for header in ctx.attr.headers:
        source = ctx.path("/usr/include/" + header)
        if not source.exists:
            fail("%s: /usr/include/%s is absent; install %s" %
                 (ctx.name, header, ctx.attr.package))
        ctx.symlink(source, "include/" + header)
    imported, deps = "", list(ctx.attr.sources)
    if ctx.attr.archive:
        ctx.symlink(_find_library(ctx, ctx.attr.archive), "lib/" + ctx.attr.archive)
        imported, deps = _IMPORT.format(archive = ctx.attr.archive), deps + [":archive"]
    if ctx.attr.main:
        ctx.symlink(_find_library(ctx, ctx.attr.main), "lib/" + ctx.attr.main)
        imported += _MAIN.format(main = ctx.attr.main)
    ctx.file("BUILD", _BUILD.format(
        defines = ctx.attr.defines,
        deps = deps,
        imported = imported,
        linkopts = ctx.attr.linkopts,
        name = ctx.name,
    ))

debian_library = repository_rule(
    implementation = _debian_library_impl,
    attrs = {
        "archive": attr.string(doc = "Static archive's file name; empty for a header-only library."),
        "defines": attr.string_list(),
        "headers": attr.string_list(mandatory = True, doc = "Entries of /usr/include."),
        "linkopts": attr.string_list(),
        "main": attr.string(doc = "Static archive holding main(), as <name>//:main."),
        "sources": attr.string_list(doc = "Targets that compile what the headers only declare."),
        "package": attr.string(mandatory = True, doc = "Debian package, named in the error."),
    },
    configure = True,
    local = True,
)
