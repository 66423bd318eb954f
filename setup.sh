#!/bin/sh
# setup.sh: finds what parley's build needs and this machine lacks, and installs it with the
# distribution's package manager.  Run it as often as you like; when nothing is missing it says
# nothing and takes a moment.
#
# Exit codes: 0 everything is there; 1 something could not be installed; 2 this system is not known.
set -eu

# Package and oldest version that will do, as Debian 12 names them.
needed='
bazel-bootstrap      4.2.3
bazel-platforms      0.0.2
bazel-rules-java     4.0.0
bazel-rules-proto    4.0.0
bazel-skylib         1.0.3
clang-19             1:19.1
libclang-rt-19-dev   1:19.1
llvm-19              1:19.1
clang-format-19      1:19.1
clang-tidy-19        1:19.1
g++-12               12.2
librapidcheck-dev    0~1033
libgtest-dev         1.12
libcli11-dev         2.1
nlohmann-json3-dev   3.11
libtomlplusplus-dev  3.3
libfmt-dev           9.1
'

say() { printf 'setup.sh: %s\n' "$*" >&2; }

# Prints the needed packages that are absent, half installed or too old, one a line.
missing() {
  # dpkg-query fails when it does not know one of them; the others are answered all the same.
  # shellcheck disable=SC2046
  installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Abbrev} ${Version}\n' \
    $(printf '%s' "$needed" | awk 'NF { print $1 }') 2>/dev/null) || true
  printf '%s' "$needed" | while read -r package oldest; do
    [ -n "$package" ] || continue
    version=$(printf '%s\n' "$installed" | awk -v package="$package" \
      '$1 == package && $2 == "ii" { print $3; exit }')
    if [ -z "$version" ] || ! dpkg --compare-versions "$version" ge "$oldest"; then
      printf '%s\n' "$package"
    fi
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# The list that a person needs where this script cannot help.
explain() {
  say "parley is built on Debian 12 or a system with the same packages; it needs"
  printf '%s' "$needed" | awk 'NF { printf "  %-20s %s or newer\n", $1, $2 }' >&2
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  # shellcheck source=/dev/null
  system=$(. /etc/os-release 2>/dev/null && printf '%s' "${PRETTY_NAME:-}") || true
  say "this system (${system:-$(uname -s)}) has no apt-get: nothing was installed"
  explain
  exit 2
fi

packages=$(missing)
[ -n "$packages" ] || exit 0
# One line, for messages and for apt-get.
packages=$(printf '%s' "$packages" | tr '\n' ' ')

if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  say "missing: $packages"
  say "neither root nor sudo is at hand; run as root: apt-get install $packages"
  exit 1
fi

say "installing $packages"
# An earlier installation may have been cut off half-way.
as_root dpkg --configure -a || say "dpkg --configure -a failed; trying all the same"
# Without fresh lists the ones at hand may still do; the installation below decides.
lists=
if ! as_root apt-get -q -o APT::Update::Error-Mode=any update; then
  say "apt-get update failed; going on with the lists at hand"
  lists=" (its lists could not be refreshed; is there a network?)"
fi

unknown=
for package in $packages; do
  apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || unknown="$unknown $package"
done
if [ -n "$unknown" ]; then
  say "this system's package manager does not offer:$unknown$lists"
  explain
  exit 2
fi

# shellcheck disable=SC2086
if ! as_root apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends $packages; then
  say "apt-get install failed; its reason stands above"
  exit 1
fi

packages=$(missing | tr '\n' ' ')
if [ -n "$packages" ]; then
  say "installed, but still missing or too old: $packages"
  explain
  exit 1
fi
say "everything is installed"
