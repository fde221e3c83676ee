#!/bin/sh
# SPDX-License-Identifier: MIT
# A trace is the same result whichever way its pieces come: a folder at once, each body alone, in either order, or one
# line at a time.
set -u
top=${PLIMSOLL_TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
drive=$(pwd)/tests/ingest/drive
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0

ok() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# What the results are, without the number that each got in its database.
rows() { # DB
	"$drive" --dump "$1" >"$tmp/dump" || return 1
	awk -F '|' -v OFS='|' '$1 == "result" { item[$2] = $8; $2 = $8; print; next }
		$1 == "source" { next } { $2 = item[$2]; print }' "$tmp/dump" | LC_ALL=C sort
}

each() { # DB FILE...
	db=$1
	shift
	for file; do "$drive" --jobs 1 "$db" "$file" >"$tmp/out" 2>&1 || return 1; done
}

cd "$top/sample-data/formats" || exit 99
for format in otlp phoenix nvidia-aiq; do
	whole=$tmp/$format.whole
	"$drive" --jobs 1 "$whole.db" "$format" >"$tmp/out" 2>&1
	rows "$whole.db" >"$whole"
	[ -s "$whole" ]
	ok $? "$format: a folder"

	each "$tmp/$format.up.db" $(find "$format" -type f | LC_ALL=C sort)
	rows "$tmp/$format.up.db" >"$tmp/up"
	cmp "$whole" "$tmp/up"
	ok $? "$format: each body alone"

	each "$tmp/$format.down.db" $(find "$format" -type f | LC_ALL=C sort -r)
	rows "$tmp/$format.down.db" >"$tmp/down"
	cmp "$whole" "$tmp/down"
	ok $? "$format: each body alone, the last one first"
done

# Lines of one file are bodies as well.
i=0
while IFS= read -r line; do
	i=$((i + 1))
	printf '%s\n' "$line" >"$tmp/line-$i.json"
done <otlp/messages.jsonl
each "$tmp/line.db" "$tmp"/line-3.json "$tmp"/line-1.json "$tmp"/line-4.json "$tmp"/line-2.json
each "$tmp/lines.db" otlp/messages.jsonl
rows "$tmp/line.db" >"$tmp/a"
rows "$tmp/lines.db" >"$tmp/b"
[ -s "$tmp/a" ] && cmp "$tmp/a" "$tmp/b"
ok $? "otlp: one body a line is as good as one a file"

echo "1..$n"
