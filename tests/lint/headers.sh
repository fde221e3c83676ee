#!/bin/sh
# Every header compiles alone.
set -eu
cd "${PLIMSOLL_TOP:-.}"
echo 1..1
if log=$(${CC:-cc} -std=c11 -D_GNU_SOURCE -fsyntax-only -Isrc -x c src/*/*.h 2>&1); then
	echo "ok 1 - headers compile alone"
else
	echo "$log" | sed 's/^/# /'
	echo "not ok 1 - some header does not compile alone"
fi
