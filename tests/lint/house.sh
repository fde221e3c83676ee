#!/bin/sh
# House rules that a machine can see: licence lines, lengths, leftovers.
set -eu
cd "${PLIMSOLL_TOP:-.}"
n=0

# Reports one rule: check "name" "lines that break it"
check() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		printf '%s\n' "$2" | sed 's/^/# /'
		echo "not ok $n - $1"
	fi
}

files=$(find src tests -name '*.[ch]' | sort)
sources=$(echo "$files" | grep '^src/')

check "every source file starts with its licence line" \
	"$(for f in $files; do head -n 1 "$f" | grep -q 'SPDX-License-Identifier: MIT' || echo "$f"; done)"
check "no source file is over 800 lines" \
	"$(for f in $files; do l=$(wc -l <"$f"); [ "$l" -le 800 ] || echo "$f: $l"; done)"
# shellcheck disable=SC2086
check "no line is over 150 characters" \
	"$(awk 'length($0) > 150 {print FILENAME ":" FNR}' $(echo "$files" | grep "\.c$") | head -n 20)"
# shellcheck disable=SC2086
check "nothing is left for later" \
	"$(grep -nE '\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented' $files /dev/null | head -n 20)"
# A function body opens with a brace in the first column and ends with one.
# shellcheck disable=SC2086
check "no function is over 100 lines" \
	"$(awk 'FNR == 1 {start = 0} /^\{/ {start = FNR} /^\}/ {if (start && FNR - start > 101) print FILENAME ":" start ": " FNR - start - 1 " lines"; start = 0}' $sources | head -n 20)"
echo "1..$n"
