#!/bin/sh
# Every header compiles alone.
set -eu
top=${PLIMSOLL_TOP:-.}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=
for header in "$top"/src/*/*.h; do
	name=${header#"$top"/src/}
	printf '#include "%s"\nextern int unused;\n' "$name" >"$tmp/h.c"
	${CC:-cc} -std=c11 -D_GNU_SOURCE -fsyntax-only -I"$top/src" "$tmp/h.c" 2>"$tmp/log" || {
		bad="$bad $name"
		sed 's/^/# /' "$tmp/log"
	}
done
echo 1..1
if [ -z "$bad" ]; then
	echo "ok 1 - headers compile alone"
else
	echo "not ok 1 - these do not:$bad"
fi
