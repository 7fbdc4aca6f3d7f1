# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Sourced by packaging/run and packaging/test: installs what packages.txt names and this machine lacks.

# Prints "package command" lines of the named sections of packages.txt; the command may be missing.
packages_of() {
    local list=$1 section
    shift
    for section in "$@"; do
        awk -v wanted="[$section]" '
            /^[[:space:]]*(#|$)/ { next }
            /^\[/ { inside = ($1 == wanted); next }
            inside { print $1, $2 }' "$list"
    done
}

# Prints the packages of the named sections that are neither installed nor replaced by their command.
missing_packages() {
    local installed name command
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
    packages_of "$@" | while read -r name command; do
        grep -qxF -- "$name" <<<"$installed" && continue
        [ -n "$command" ] && command -v "$command" >/dev/null && continue
        echo "$name"
    done
}

# Installs the missing ones. Touches neither the network nor sudo where nothing is missing.
install_packages() {
    local missing as_root=()
    command -v dpkg-query >/dev/null || {
        echo "This script installs Debian packages, and this is not a Debian system. What to install: $1" >&2
        return 1
    }
    missing=$(missing_packages "$@" | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "Packages are missing, and installing them takes root. As root, run:" >&2
            echo "  apt-get update && apt-get install --no-install-recommends $missing" >&2
            return 1
        }
        as_root=(sudo)
    fi
    echo "Installing: $missing" >&2
    # No terminal to ask on: every question takes its default, and stdin stays the caller's.
    "${as_root[@]}" apt-get update -qq </dev/null >&2
    # shellcheck disable=SC2086 # one word per package is what is meant
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -yqq --no-install-recommends $missing </dev/null >&2
}
