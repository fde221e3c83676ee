#!/bin/sh
# Ratios, not seconds: everything is run in turns and the medians are shown. Takes some minutes.
#   make bench            BENCH_N=100000 results (about 780 MB) under BENCH_DIR (default: a temporary folder)
# Peers run where they are installed, and are named where they are not.
set -eu
n=${BENCH_N:-100000}
rounds=${BENCH_ROUNDS:-3}
build=${1:-.}
plimsoll=$build/plimsoll
dir=${BENCH_DIR:-$(mktemp -d)}
[ -n "${BENCH_DIR-}" ] || trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir"
data=$dir/results-$n.jsonl
table=$dir/results-$n.csv
[ -s "$data" ] || "$build/tests/bench/gen_results" "$n" >"$data"
[ -s "$table" ] || "$build/tests/bench/gen_results" -c "$n" >"$table"
bytes=$(wc -c <"$data")
echo "data: $n results, $bytes bytes of JSON Lines, $(wc -c <"$table") bytes of CSV; $rounds rounds in turns, medians"

now() {
	date +%s.%N
}

# Runs one contender: run NAME COMMAND…; its seconds go to a file of its own.
run() {
	name=$1
	shift
	begin=$(now)
	if "$@" >"$dir/out" 2>&1; then
		echo "$begin $(now)" | awk '{printf "%.3f\n", $2 - $1}' >>"$dir/time.$name"
	else
		echo "$name failed: $(tail -n 1 "$dir/out")" >&2
	fi
}

median() {
	sort -n "$dir/time.$1" 2>/dev/null | awk '{v[NR] = $1} END {if (NR) print v[int((NR + 1) / 2)]; else print "-"}'
}

# row NAME TITLE: seconds, MB/s and results/s of what it read, and the ratio to plimsoll
row() {
	[ -s "$dir/time.$1" ] || return 0
	echo "$(median "$1") $bytes $n $(median "$3")" | awk -v title="$2" '{printf "%-44s %8.2f s %8.1f MB/s %9.0f results/s %6.2f x\n", title, $1, $2 / $1 / 1e6, $3 / $1, $1 / $4}'
}

ingest() {
	rm -f "$1" "$1-wal" "$1-shm"
	"$plimsoll" --db "$1" ingest "$2"
}

floor() {
	cp "$data" "$dir/copy" && sync "$dir/copy" && rm -f "$dir/copy"
}

sqlite_import() {
	rm -f "$dir/peer.db"
	printf '%s\n' ".mode ascii" '.separator "\037" "\n"' "create table line(text);" ".import $data line" \
		"create table result as select rowid as id, text ->> '\$.model' as model, text ->> '\$.outcome' as outcome from line;" \
		"create table turn as select line.rowid as result_id, key, value ->> '\$.role' as role, value ->> '\$.content' as content from line, json_each(text, '\$.turns');" |
		sqlite3 "$dir/peer.db"
}

rm -f "$dir"/time.*
round=0
while [ "$round" -lt "$rounds" ]; do
	run copy floor
	run plimsoll ingest "$dir/bench.db" "$data"
	! command -v sqlite3 >/dev/null || run sqlite sqlite_import
	! command -v jq >/dev/null || run jq jq -c '[.run, .model, .item, .outcome]' "$data"
	! command -v lnav >/dev/null || run lnav lnav -n -c ';select count(*) from all_logs' "$data"
	! command -v sqlite-utils >/dev/null || run sqlite-utils sqlite-utils insert "$dir/peer2.db" result "$data" --nl --truncate
	run plimsoll-csv ingest "$dir/bench-csv.db" "$table"
	round=$((round + 1))
done
echo "ingest of JSON Lines                              seconds    of input        results   to plimsoll"
row copy "cp and sync of the file (durable floor)" plimsoll
row plimsoll "plimsoll ingest" plimsoll
row sqlite "sqlite3 .import and json_each" plimsoll
row jq "jq to a table (stores nothing)" plimsoll
row lnav "lnav, one count (stores nothing)" plimsoll
row sqlite-utils "sqlite-utils insert" plimsoll
bytes=$(wc -c <"$table")
row plimsoll-csv "plimsoll ingest of the CSV" plimsoll-csv
for peer in sqlite3 jq lnav sqlite-utils duckdb mlr vd; do
	command -v "$peer" >/dev/null || echo "not installed here, so not run: $peer"
done
echo "the writer alone, records of its own from memory, beside its floors:"
"$build/tests/bench/bench_store" "$n" "$dir" || :
echo "columns of a million results; over its budget is marked:"
"$build/tests/bench/bench_facts" || :
echo "terminal, 120x36, on these $n results:"
"$build/tests/bench/latency" 120x36 40 j k '<PGDN>' '<PGUP>' -- "$plimsoll" --db "$dir/bench.db"
