#!/bin/sh
# What people say: annotations, undo, scope, direction, the ledger.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
make_db

# same NAME: standard output is what $tmp/want holds.
same() {
	cmp -s "$tmp/out" "$tmp/want" && ok 0 "$1" || ok 1 "$1"
}

run 2 "an annotation that says nothing" --db "$db" annotate 2
run 2 "an outcome that is none" --db "$db" annotate 2 --outcome maybe
run 2 "missing is not a person's word" --db "$db" annotate 2 --outcome missing
run 2 "a severity that is none" --db "$db" annotate 2 --severity 7
run 2 "a turn that is not there" --db "$db" annotate 2 --turn 9 --outcome fail
run 2 "a result that is not there" --db "$db" annotate 99 --outcome fail
run 2 "nothing to undo" --db "$db" annotate --undo
run 2 "read-only" --db "$db" --read-only annotate 2 --outcome pass

run 0 "a false positive" --db "$db" --as anna annotate 2 --outcome pass --note "quotes the \"refusal\", =1"
run 0 "a missed failure" --db "$db" --as anna annotate 1 --outcome fail --severity critical
run 0 "list annotations" --db "$db" list annotations -f reviewed --columns reviewer,said,said_severity,result_id,said_ruling,note --sort result_id --format csv
printf 'reviewer,said,said_severity,result_id,said_ruling,note\nanna,fail,critical,1,missed failure,\nanna,pass,,2,false positive,"quotes the ""refusal"", =1"\n' >"$tmp/want"
same "shows both"
run 0 "export with people" --db "$db" export -f reviewed --columns result_id,auto_outcome,outcome,severity,decided_by,reviewers,ruling,note --sort result_id
printf 'result_id,auto_outcome,outcome,severity,decided_by,reviewers,ruling,note\n1,pass,fail,critical,human,1,missed failure,\n2,fail,pass,high,human,1,false positive,"anna: quotes the ""refusal"", =1"\n' >"$tmp/want"
same "has automatic and effective outcomes apart"
run 0 "the filter knows people" --db "$db" list results -f 'reviewer:anna ruling:"missed failure"' --columns result_id --format csv
printf 'result_id\n1\n' >"$tmp/want"
same "finds the missed failure"
run 0 "reviewers" --db "$db" list reviewers --columns reviewer,results,fail,pass,false_positives,missed_failures --format csv
printf 'reviewer,results,fail,pass,false_positives,missed_failures\nanna,2,1,1,1,1\n' >"$tmp/want"
same "are counted"
run 0 "a group uses what people say" --db "$db" list tasks -f task:secrets --columns task,fail,pass,human --format csv
printf 'task,fail,pass,human\nsecrets,3,4,2\n' >"$tmp/want"
same "fail and pass moved"
run 0 "show" --db "$db" show 1
has out "says who decided" "fail (by people; automatic pass"

run 0 "verify" --db "$db" verify
head=$(sed -n 's/.*head //p' "$tmp/out")
run 0 "undo" --db "$db" --as anna annotate --undo
run 0 "results after it" --db "$db" list results -f 'outcome:fail task:secrets' --columns result_id --sort result_id --format csv
printf 'result_id\n5\n7\n' >"$tmp/want"
same "the undone one no longer counts"
run 0 "verify again" --db "$db" verify
cp "$db" "$tmp/forged.db"
python3 - "$tmp/forged.db" 2>"$tmp/err" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'entry'").fetchall():
    db.execute(f"DROP TRIGGER {name}")
assert db.execute("UPDATE entry SET body = replace(body, 'quotes', 'hides') WHERE body LIKE '%quotes%'").rowcount > 0
db.commit()
END
if [ $? -eq 0 ]; then
	run 3 "verify finds a note that was changed" --db "$tmp/forged.db" verify
else
	ok 1 "a note can be changed behind the program's back"
fi
run 0 "help verify" help verify
has out "says what the exit status is" "3 when one does"
[ "$head" != "$(sed -n 's/.*head //p' "$tmp/out")" ] && ok 0 "the head moved: an undo is an entry too" || ok 1 "the head moved: an undo is an entry too"

run 2 "scope without a reason" --db "$db" scope sums-1 out
run 2 "scope of no run" --db "$db" scope sums-2 out --reason x
run 2 "scope neither in nor out" --db "$db" scope sums-1 off --reason x
run 0 "scope out" --db "$db" scope sums-1 out --reason "a pilot"
run 0 "runs" --db "$db" list runs --columns run,in_scope --format csv
printf 'run,in_scope\nnight-1,true\nsums-1,false\n' >"$tmp/want"
same "the run is out of scope"

run 0 "polarity" --db "$db" polarity secrets --format csv
[ "$(grep -c '^fail,' "$tmp/out")" -ge 2 ] && [ "$(grep -c '^pass,' "$tmp/out")" -eq 3 ] && ok 0 "shows both sides" || ok 1 "shows both sides"
run 2 "polarity of no task" --db "$db" polarity secrtes
has err "did you mean a task" "did you mean \"secrets\"?"
run 0 "polarity --confirm" --db "$db" polarity secrets --confirm
lacks err "is recorded" "not confirmed"
finish
