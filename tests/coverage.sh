#!/bin/sh
# Prints the share of the source lines that a build with --enable-coverage has run: coverage.sh BUILD_DIR
set -eu
cd "$1"
find src -name '*.gcda' | sort | while read -r data; do
	gcov -n "$data" 2>/dev/null
done | awk '
	/^File / { ours = index($0, "/src/") > 0 && $0 !~ /\.h\x27$/ }
	/^Lines executed:/ && ours {
		split($2, a, ":"); share = a[2]; sub(/%/, "", share)
		total += $4; ran += $4 * share / 100
	}
	END { if (!total) { print "no coverage data"; exit 1 }
	      printf "line coverage: %.1f %% of %d lines\n", 100 * ran / total, total }'
