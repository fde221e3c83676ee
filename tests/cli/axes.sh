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

# The worked examples: everything goes in, labels on turns and calls stand beside them and find their results.
cd "$PLIMSOLL_TOP/sample-data" || exit 1
w=$tmp/worked.db
run 0 "the worked examples are read" --db "$w" ingest -q worked
has err "whole" "29 results"
lacks out "nothing is skipped" "skip "
lacks out "each has a direction" "direction not set"
run 0 "labels on calls" --db "$w" list results -f 'category:rbac:denied' --sort result_id --columns item,model --format csv
these "find their results" 'item,model\na-2,atlas-2\na-3,corvid-3\n'
run 0 "tags on turns" --db "$w" list categories:event --columns category,results,fail --format csv
has out "are grouped" "event:response/missed-escalation,2,2"
run 0 "what a predictor missed" --db "$w" list results -f 'score.confidence<0.5 outcome:fail' --columns item --format csv
these "is one" 'item\np-3\n'
run 0 "published shares" --db "$w" sql --format csv "select category, k, n from v_aggregate where k = 64"
has out "stand beside the results" "cluster:concerning/account-recovery,64,9009"
id=$("$PLIMSOLL" --db "$w" sql --format csv "select result_id from v_result where item = 'a-2' and model = 'atlas-2'" | sed 1d)
run 0 "a transcript" --db "$w" show "$id"
has out "shows the label beside its call" "^ rbac:denied"
id=$("$PLIMSOLL" --db "$w" sql --format csv "select result_id from v_result where item = 's-02' and model = 'atlas-2'" | sed 1d)
run 0 "a session" --db "$w" show "$id"
has out "shows the tag of a turn" "^ event:response/missed-escalation"
has out "and who scored it" "^ appropriate = 0 by clinician-1"

# A declared total that the results do not bear out stands with its source, and only there.
printf '%s\n' '{"type": "run", "run": "r", "tool": "t", "task": "k", "declared": 3}' \
	'{"type": "result", "run": "r", "tool": "t", "model": "m", "item": "a", "outcome": "pass", "prompt": "p", "response": "r"}' >"$tmp/short.jsonl"
run 0 "a run that says it has three results" --db "$tmp/s.db" ingest -q "$tmp/short.jsonl" "$tmp/axes.jsonl"
run 0 "and has one" --db "$tmp/s.db" sql --format csv "select count(*), min(mismatch) from v_source where mismatch is not null"
has out "is told of" "1,\"the run says that it has 3 results, 1 are here"
run 0 "on the list of sources, too" --db "$tmp/s.db" list sources --columns results,mismatch --format csv
has out "" "says that it has 3"
finish
