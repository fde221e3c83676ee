#!/bin/sh
# The pseudo-terminal tests, on a database of their own.
set -u
build=${PLIMSOLL%/*}
if [ ! -x "$build/tests/pty/terminal" ]; then
	echo "1..0 # SKIP libvterm was not found"
	exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/plimsoll-pty-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
export HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
unset NO_COLOR PLIMSOLL_DB
"$build/tests/ui/fixture" "$work/desk.db" || exit 99
"$build/tests/pty/terminal" "$build/tests/ui/screen" "$work/desk.db"
