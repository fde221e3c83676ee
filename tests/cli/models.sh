#!/bin/sh
# Two spellings of one model are one model wherever models are grouped or shown; the source's spelling stays to be seen.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
{
	echo '{"type": "run", "run": "r1", "tool": "harness", "task": "secrets"}'
	for m in zeta/atlas-2 atlas-2 borealis; do
		printf '{"type": "result", "run": "r1", "tool": "harness", "task": "secrets", "model": "%s", "item": "%s", "category": ["harm:privacy"], "outcome": "fail"}\n' \
			"$m" "of-$m"
	done
} >"$tmp/two.jsonl"
printf 'task:secrets => set kind=safety\nmodel:*atlas-2 => set alias=atlas\n' >"$tmp/two.rules"
run 0 "two spellings and an alias" --db "$db" ingest -q --rules "$tmp/two.rules" "$tmp/two.jsonl"

# rows NAME WANT: the output is these lines.
rows() {
	printf "$2" | cmp -s - "$tmp/out" && ok 0 "$1" || ok 1 "$1"
}
run 0 "list models" --db "$db" list models --columns model,results --sort model --format csv
rows "one row for both" 'model,results\natlas,2\nborealis,1\n'
run 0 "the matrix" --db "$db" list matrix --format csv
[ "$(head -n 1 "$tmp/out")" = category,atlas,borealis ] && ok 0 "has one column for both" || ok 1 "has one column for both"
run 0 "results by model" --db "$db" list results --columns model,model_raw --sort model --format csv
rows "are in order of the alias" 'model,model_raw\natlas,zeta/atlas-2\natlas,atlas-2\nborealis,borealis\n'
run 0 "a filter by the alias" --db "$db" list results -f model:atlas --columns item --format csv
rows "takes both" 'item\nof-zeta/atlas-2\nof-atlas-2\n'
run 0 "a filter by a raw name" --db "$db" list results -f 'model:zeta/atlas-2' --columns item --format csv
rows "takes one" 'item\nof-zeta/atlas-2\n'
run 0 "zones" --db "$db" zones --format csv --columns model,k,n
rows "count both in one column" 'model,k,n\natlas,2,2\nborealis,1,1\n'
run 0 "the stored name" --db "$db" sql --format csv 'SELECT model, model_alias FROM v_result ORDER BY item'
rows "stays what the source says" 'model,model_alias\natlas-2,atlas\nborealis,\nzeta/atlas-2,atlas\n'
run 0 "show" --db "$db" show 1
has out "names the model as the source does" "zeta/atlas-2"
finish
