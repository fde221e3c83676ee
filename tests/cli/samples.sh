#!/bin/sh
# The demo's files are what their script writes.
top=$PLIMSOLL_TOP
echo 1..1
if ! command -v python3 >/dev/null; then
	echo "ok 1 - the demo is as generated # SKIP no python3"
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 "$top/sample-data/generate.py" "$tmp/demo" || exit 99
cp "$top/sample-data/demo/demo.rules" "$tmp/demo/" && cp "$top/sample-data/demo/table/fraud.map.json" "$tmp/demo/table/"
if diff -r "$tmp/demo" "$top/sample-data/demo" | sed 's/^/# /' | head -n 20 | cut -c1-200 | grep .; then
	echo "not ok 1 - the demo is as generated"
else
	echo "ok 1 - the demo is as generated"
fi
