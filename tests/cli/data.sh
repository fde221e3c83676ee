#!/bin/sh
# Rows: every format shows the same ones, nothing is lost, hostile text stays text.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
make_db

run 0 "list results" --db "$db" list results --columns result_id,item,model,outcome
[ "$(wc -l <"$tmp/out")" -eq 13 ] && ok 0 "twelve rows and a heading" || ok 1 "twelve rows and a heading"
run 0 "ingesting again" --db "$db" ingest -q --rules "$here/kinds.rules" "$here/audit.jsonl"
run 0 "list after it" --db "$db" list results --format jsonl
[ "$(wc -l <"$tmp/out")" -eq 12 ] && ok 0 "adds nothing" || ok 1 "adds nothing"

run 0 "a filter" --db "$db" list results -f 'outcome:fail severity>=high' --columns item --format csv
printf 'item\ns-04\ns-01\n' >"$tmp/want"
cmp -s "$tmp/out" "$tmp/want" && ok 0 "gives the matching rows, worst first" || ok 1 "gives the matching rows, worst first"
run 2 "a mistake in a filter" --db "$db" list results -f 'outcome:fail modle:atlas-2'
has err "is shown" "  outcome:fail modle:atlas-2"
has err "with a caret under its place" "               ^"
run 2 "an unknown column" --db "$db" list results --columns result_id,modle
has err "names the nearest" "did you mean \"model\"?"
run 2 "an order that is none" --db "$db" list results --sort answer
run 0 "sorted, cut" --db "$db" list results --sort -result_id --limit 2 --columns result_id --format csv
printf 'result_id\n12\n11\n' >"$tmp/want"
cmp -s "$tmp/out" "$tmp/want" && ok 0 "from the end" || ok 1 "from the end"

run 0 "text" --db "$db" list turns --columns content
LC_ALL=C grep -q "$(printf '\033')" "$tmp/out" && ok 1 "no escape reaches the terminal" || ok 0 "no escape reaches the terminal"
has out "it is shown instead" "^[[2J^[]0;owned^G"
has out "an override is named" "U+202E"
run 0 "Markdown" --db "$db" list turns --columns content --format md
LC_ALL=C grep -q "$(printf '\033')" "$tmp/out" && ok 1 "nor a report" || ok 0 "nor a report"
run 0 "show" --db "$db" show 7
LC_ALL=C grep -q "$(printf '\033')" "$tmp/out" && ok 1 "nor show" || ok 0 "nor show"
has out "arguments are spelt as in the source" '{"to":  "a@b","n":1.0}'
run 0 "show --format md" --db "$db" show 7 --format md
run 0 "show --raw" --db "$db" show 7 --raw
sed -n 8p "$here/audit.jsonl" | tr -d '\n' >"$tmp/want"
tr -d '\n' <"$tmp/out" | cmp -s - "$tmp/want" && ok 0 "gives the bytes of the source" || ok 1 "gives the bytes of the source"
run 2 "show what is not there" --db "$db" show 99

run 0 "groups" --db "$db" list models --columns model,results,fail,rate,kinds --format csv
has out "kinds are not pooled" "atlas-2,8,2,,mixed kinds"
run 0 "groups of one kind" --db "$db" list models -f kind:safety --columns model,results,fail,rate,kinds --format csv --sort model
printf 'model,results,fail,rate,kinds\natlas-2,6,2,0.3333333333333333,safety\nborealis,2,1,1,safety\n' >"$tmp/want"
cmp -s "$tmp/out" "$tmp/want" && ok 0 "have a rate" || ok 1 "have a rate"
run 0 "a tree" --db "$db" list categories --columns category,results,fail --format csv -f kind:safety
printf 'category,results,fail\nharm:fraud,1,1\nharm:privacy,6,2\nharm:privacy/leak,3,1\nnone,1,0\n' >"$tmp/want"
cmp -s "$tmp/out" "$tmp/want" && ok 0 "counts a result once in each node" || ok 1 "counts a result once in each node"
run 0 "turns of failure" --db "$db" list turns-of-failure --columns turn,fail,reached,hazard --format csv -f model:atlas-2
has out "reached and hazard" "3,2,6,0.3333333333333333"
run 0 "a matrix" --db "$db" list matrix --format json -f kind:safety
for view in $("$PLIMSOLL" mdoc views | sed -n 's/^\.It Sy "\(.*\)"$/\1/p' | sed 's/\\-/-/g'); do
	run 0 "view $view" --db "$db" list "$view" --format json
	run 0 "view $view under a filter" --db "$db" list "$view" --format csv -f model:borealis
done
run 0 "calls" --db "$db" list calls --columns turn,call,name,arguments,result,answered --format jsonl
has out "one call, paired" '{"turn":2,"call":1,"name":"send_email","arguments":"{\"to\":  \"a@b\",\"n\":1.0}","result":"sent","answered":true}'

if command -v python3 >/dev/null 2>&1; then
	for view in results turns calls models categories annotations sources; do
		"$PLIMSOLL" --db "$db" export $view -o "$tmp/$view.csv" 2>"$tmp/err"
		"$PLIMSOLL" --db "$db" export $view -o "$tmp/$view.json" 2>"$tmp/err"
		"$PLIMSOLL" --db "$db" export $view -o "$tmp/$view.jsonl" 2>"$tmp/err"
		python3 "$here/same_rows.py" "$tmp/$view.csv" "$tmp/$view.json" "$tmp/$view.jsonl" >"$tmp/out" 2>&1 &&
			ok 0 "$view: CSV, JSON and JSON Lines hold the same rows" || ok 1 "$view: CSV, JSON and JSON Lines hold the same rows"
	done
else
	skip "CSV, JSON and JSON Lines hold the same rows" "no python3 here"
fi

run 0 "export with a manifest" --db "$db" export -o "$tmp/all.csv" --manifest -f 'outcome:fail' --spreadsheet-safe
grep -q "'=1+1" "$tmp/all.csv" && ok 0 "formulas are neutralised when asked" || ok 1 "formulas are neutralised when asked"
[ -s "$tmp/all.csv.manifest.json" ] && ok 0 "the manifest is there" || ok 1 "the manifest is there"
sum=$(sha256sum "$tmp/all.csv" | cut -d' ' -f1)
grep -q "$sum" "$tmp/all.csv.manifest.json" && ok 0 "and holds the file's hash" || ok 1 "and holds the file's hash"
command=$(sed -n 's/^  "reproduce": "\(.*\)"$/\1/p' "$tmp/all.csv.manifest.json" | sed "s|^plimsoll|\"$PLIMSOLL\" --db \"$db\"|")
eval "$command" >"$tmp/again.csv" 2>"$tmp/err"
cmp -s "$tmp/all.csv" "$tmp/again.csv" && ok 0 "its command line gives the same bytes" || ok 1 "its command line gives the same bytes"
run 2 "a manifest of standard output" --db "$db" export --manifest
echo old >"$tmp/kept.csv"
run 2 "an export that fails" --db "$db" export -o "$tmp/kept.csv" -f 'nosuch:1'
[ "$(cat "$tmp/kept.csv")" = old ] && ok 0 "leaves the old file" || ok 1 "leaves the old file"

run 0 "sql" --db "$db" sql --format csv "SELECT outcome, count(*) AS n FROM v_result GROUP BY outcome ORDER BY outcome"
printf 'outcome,n\nfail,4\nmissing,1\npass,7\n' >"$tmp/want"
cmp -s "$tmp/out" "$tmp/want" && ok 0 "counts the outcomes" || ok 1 "counts the outcomes"
run 2 "sql may not write" --db "$db" sql "DELETE FROM result"
run 2 "nor read tables" --db "$db" sql "SELECT * FROM transcript"
run 0 "nor can a reader be stopped" --db "$db" --read-only list results
finish
