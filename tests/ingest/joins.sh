#!/bin/sh
# SPDX-License-Identifier: MIT
# Files that belong together, each in an ingest of its own: whichever comes first, the same is there in the end.
set -u
top=${PLIMSOLL_TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
drive=$(pwd)/tests/ingest/drive
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0

cd "$top/sample-data/formats" || exit 99

# What is there, without what follows the order of reading.
held() { # DB
	"$drive" --dump "$1" | grep -v '^source' | sed 's/^\([a-z]*\)|[0-9]*|/\1|/' | sort
}

same() { # NAME FILE...
	name=$1
	shift
	rm -f "$tmp"/*.db
	back=
	for file in "$@"; do
		"$drive" "$tmp/there.db" "$file" >"$tmp/out" 2>&1
		back="$file $back"
	done
	for file in $back; do "$drive" "$tmp/back.db" "$file" >"$tmp/out" 2>&1; done
	"$drive" "$tmp/once.db" "$@" >"$tmp/out" 2>&1
	for how in there back once; do held "$tmp/$how.db" >"$tmp/$how"; done
	n=$((n + 1))
	if [ -s "$tmp/there" ] && diff "$tmp/there" "$tmp/back" >"$tmp/diff" && diff "$tmp/there" "$tmp/once" >"$tmp/diff"; then
		echo "ok $n - $name"
	else
		sed 's/^/# /' "$tmp/diff"
		echo "not ok $n - $name"
	fi
}

time=2025-01-02T03-04-05.000001
same "lm-eval: samples and the results that name their model" \
	lm-eval/samples_sums_$time.jsonl lm-eval/results_$time.json lm-eval/samples_shapes_$time.json
same "helm: a file alone and its run directory" \
	helm/harm_bench:model=example_alpha-1/scenario_state.json helm/harm_bench:model=example_alpha-1
same "safetybench: a submission, the questions and the answers that grade it" \
	safetybench/submission.json safetybench/questions.json safetybench/answers.json

echo "1..$n"
