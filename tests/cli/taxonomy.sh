#!/bin/sh
# The taxonomies that ship, and what a database holds of one.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
cd "$tmp" || exit 1
run 0 "taxonomy" taxonomy --format csv
for file in "$PLIMSOLL_TOP"/schemas/taxonomies/*.json; do
	name=$(basename "$file" .json)
	grep -Eq "^$name,[1-9][0-9]*," "$tmp/out" && ok 0 "lists $name" || ok 1 "lists $name"
done
run 0 "one without a database" taxonomy ailuminate-1
has out "is a tree" "  vcr"
run 0 "the same as data" taxonomy ailuminate-1 --format csv
has out "has the parent beside it" "vcr,Violent Crimes,physical,"
item=0
echo '{"type": "run", "run": "r", "tool": "harness", "task": "t"}' >"$tmp/harms.jsonl"
for c in '"ailuminate-1:vcr"' '"ailuminate-1:vcr/knife", "ailuminate-1:hte"' '"ailuminate-1:src", "ailuminate-1:vcr"' '"house:odd"'; do
	item=$((item + 1))
	printf '{"type": "result", "run": "r", "tool": "harness", "task": "t", "model": "m", "item": "%s", "category": [%s], "outcome": "pass"}\n' \
		$item "$c" >>"$tmp/harms.jsonl"
done
run 0 "results with categories" --db "$db" ingest -q "$tmp/harms.jsonl"
run 0 "one with a database" --db "$db" taxonomy ailuminate-1 --format tsv
for want in physical=3 vcr=3 src=1 hte=1 nonphysical=1 contextual=0; do
	awk -F '\t' -v id="${want%=*}" -v n="${want#*=}" '$1 == id && $4 == n {found = 1} END {exit !found}' "$tmp/out"
	ok $? "results at or below: $want"
done
run 2 "an unknown one" taxonomy ailuminate
has err "did you mean" "did you mean ailuminate-1?"
run 3 "a database that was asked for and is not there" --db "$tmp/none.db" taxonomy ailuminate-1
run 0 "completion" completion bash
has out "knows their names" "mitre-atlas-5.6"
finish
