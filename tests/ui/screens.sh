#!/bin/sh
# Runs every tests/ui/*.script on the null terminal and compares what it dumps with the .screen file beside it.
# With UPDATE=1 it writes those files instead.
set -u
top=${PLIMSOLL_TOP:-.}
here=$top/tests/ui
build=${PLIMSOLL%/*}
work=$(mktemp -d "${TMPDIR:-/tmp}/plimsoll-screens-XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
PLIMSOLL_TEST_TIME=1767225600
PLIMSOLL_REVIEWER=
HOME=$work XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
export PLIMSOLL_TEST_TIME PLIMSOLL_REVIEWER HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
unset NO_COLOR PLIMSOLL_DB
# Scripts write files by relative names, and the screen shows the name of the database.
cd "$work" || exit 99

set -- "$here"/*.script
echo "1..$#"
n=0
for script in "$@"; do
	n=$((n + 1))
	name=$(basename "$script" .script)
	rm -f ./* 2>/dev/null
	cp "$here"/*.json .
	case $name in
	empty*) ;;
	*) "$build/tests/ui/fixture" desk.db || { echo "not ok $n - $name: no database"; continue; } ;;
	esac
	# An earlier visit, for screens that tell what changed since.
	if [ -f "$here/$name.before" ]; then
		options=$(sed -n '1s/^# \(--.*\)/\1/p' "$here/$name.before")
		# shellcheck disable=SC2086
		"$build/tests/ui/screen" $options desk.db "$here/$name.before" >before 2>&1 || sed 's/^/# /' before
	fi
	# Options for the run stand in the first line: "# --size 120x36".
	options=$(sed -n '1s/^# \(--.*\)/\1/p' "$script")
	# shellcheck disable=SC2086
	"$build/tests/ui/screen" $options desk.db "$script" >out 2>&1
	status=$?
	if [ "${UPDATE-}" = 1 ]; then
		cp out "$here/$name.screen"
	fi
	if [ $status -ne 0 ]; then
		echo "not ok $n - $name: exit status $status"
		sed 's/^/# /' out | tail -5
	elif cmp -s out "$here/$name.screen"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		diff -u "$here/$name.screen" out | sed 's/^/# /' | head -40
	fi
done
