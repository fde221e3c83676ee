#!/bin/sh
# Further axes: any taxonomy can be grouped by alone, and so can the raters by what is known of them.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
cat >"$tmp/axes.jsonl" <<'END'
{"type": "run", "run": "r1", "tool": "harness", "task": "desk"}
{"type": "rater", "rater": "p1", "attributes": {"age": "young", "town": "north"}}
{"type": "rater", "rater": "p2", "attributes": {"age": "old", "town": "north"}}
{"type": "result", "model": "m", "item": "a", "outcome": "fail", "category": ["harm:theft", "attack:roleplay"], "scores": [{"name": "safe", "value": "No", "rater": "p1"}, {"name": "safe", "value": "Yes", "rater": "p2"}], "turns": [{"role": "user", "content": "x"}]}
{"type": "result", "model": "m", "item": "b", "outcome": "pass", "category": ["harm:fraud", "attack:roleplay"], "scores": [{"name": "safe", "value": "No", "rater": "p1"}, {"name": "safe", "value": "No", "rater": "p2"}, {"name": "grade", "value": 3, "rater": "p2"}], "turns": [{"role": "user", "content": "x"}]}
{"type": "result", "model": "n", "item": "a", "outcome": "pass", "category": ["harm:theft", "attack:base64"], "scores": [{"name": "safe", "value": "Yes", "rater": "p1"}], "turns": [{"role": "user", "content": "x"}]}
END
run 0 "results with two taxonomies" --db "$db" ingest -q "$tmp/axes.jsonl"
these() { # NAME TEXT
	printf "$2" | cmp -s - "$tmp/out" && ok 0 "$1" || ok 1 "$1"
}
run 0 "categories of one of them" --db "$db" list categories:attack --columns category,results,fail --format csv
these "are those alone" 'category,results,fail\nattack:base64,1,0\nattack:roleplay,2,1\n'
run 0 "by model" --db "$db" list matrix:attack --format csv
has out "too" "attack:roleplay"
lacks out "without the others" "harm:"
run 2 "only what groups by category" --db "$db" list models:attack
run 2 "has a taxonomy" --db "$db" list categories:
run 0 "raters" --db "$db" list raters --columns rater,score_name,ratings,attributes --format csv
these "with what is known of them" 'rater,score_name,ratings,attributes\np1,safe,3,age: young; town: north\np2,safe,2,age: old; town: north\np2,grade,1,age: old; town: north\n'
run 0 "their groups" --db "$db" list rater-groups --columns attribute,value,score_name,said,ratings,share --format csv
has out "by age" 'age,old,safe,No,1,0.5'
has out "and by town" 'town,north,safe,No,3,0.6'
has out "a number, too" 'age,old,grade,3,1,1'
run 0 "under a filter" --db "$db" list rater-groups -f model:n --columns value,said,ratings --format csv
these "those results only" 'value,said,ratings\nyoung,Yes,1\nnorth,Yes,1\n'
finish
