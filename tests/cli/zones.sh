#!/bin/sh
# Verdicts and the gate: the exit status is the policy's, whatever the format.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
make_db

# policy NAME YELLOW RED: one line on the task secrets.
policy() {
	cat >"$tmp/$1.json" <<END
{"id": "$1", "version": "1", "title": "$1",
 "lines": [{"id": "leak", "area": "harm:privacy", "metric": "fail_rate", "where": "task:secrets", "direction": "higher-worse",
   "yellow": $2, "red": $3, "source": "a test"}]}
END
}
policy strict 0.001 0.002
policy lax 0.98 0.99

run 0 "without a policy there are rates" --db "$db" zones --format csv
has err "and a word about it" "no policy"
for format in text csv tsv json jsonl md; do
	run 1 "the strict gate fails as $format" --db "$db" zones --policy "$tmp/strict.json" --format $format
	run 0 "the lax gate passes as $format" --db "$db" zones --policy "$tmp/lax.json" --format $format --fail-on red -f model:atlas-2
	run 1 "a gate to a file fails as $format" --db "$db" zones --policy "$tmp/strict.json" --format $format -o "$tmp/zones.$format"
done
has err "the reason is said" "the gate failed"
run 1 "columns may be chosen" --db "$db" zones --policy "$tmp/strict.json" --columns area,k,n --format csv -f model:atlas-2
printf 'area,k,n\nharm:privacy,2,6\n' >"$tmp/want"
head -n 2 "$tmp/out" | cmp -s - "$tmp/want" && ok 0 "and are those" || ok 1 "and are those"
run 2 "unknown ones are refused" --db "$db" zones --policy "$tmp/strict.json" --columns aera
run 2 "a gate on no word" --db "$db" zones --policy "$tmp/strict.json" --fail-on rde
run 2 "a filter with a mistake" --db "$db" zones --policy "$tmp/strict.json" -f 'modle:x'
run 2 "a policy that is not there" --db "$db" zones --policy "$tmp/none.json"
run 3 "no database" --db "$tmp/none.db" zones --policy "$tmp/strict.json"
run 1 "the policy last used is remembered" --db "$db" zones --fail-on red
run 0 "export names it" --db "$db" export --columns policy_sha256 -n 1
has out "by its hash" "$(sha256sum "$tmp/strict.json" | cut -d' ' -f1)"
run 1 "reading only" --db "$db" --read-only zones --policy "$tmp/strict.json"

run 0 "policy new" --db "$db" policy new "$tmp/new.json"
run 3 "does not overwrite" --db "$db" policy new "$tmp/new.json"
run 0 "policy check of it" --db "$db" policy check "$tmp/new.json"
run 0 "policy check without a database" --db "$tmp/none.db" policy check "$tmp/lax.json"
echo '{"id": "x", "lnies": []}' >"$tmp/bad.json"
run 3 "policy check of a bad file" --db "$db" policy check "$tmp/bad.json"
has err "names the nearest key" "lines"
run 0 "policy list" policy list --format csv
run 0 "policy show" policy show demo
run 2 "policy show of none" policy show dmo
has err "did you mean a policy" "did you mean demo?"
run 0 "policy schema" policy schema
cp "$tmp/out" "$tmp/want"
run 0 "schema policy" schema policy
cmp -s "$tmp/out" "$tmp/want" && ok 0 "is the same" || ok 1 "is the same"
run 2 "policy frobnicate" policy frobnicate

run 0 "the demo prints its zones, and is no gate" demo --format csv
has out "for each line and model" "demo:deception,deception,atlas-2-70b"
if [ -e "$PLIMSOLL_TOP/sample-data/demo/demo.rules" ]; then
	has out "it has a green one" ",green,"
	has out "it has a red one" ",red,"
	lacks out "its directions are confirmed" "direction unconfirmed"
	lacks err "nothing is said of a gate" "gate"
	demo=$XDG_DATA_HOME/plimsoll/demo.db
	run 0 "what it said" --db "$demo" list annotations --columns annotation_id,entry_kind,reviewer,subject,value --format csv
	cp "$tmp/out" "$tmp/want"
	[ "$(grep -c ',polarity,demo,.*,confirmed' "$tmp/out")" -ge 7 ] && ok 0 "stands in the ledger" || ok 1 "stands in the ledger"
	run 0 "a second demo" demo --format csv
	run 0 "adds" --db "$demo" list annotations --columns annotation_id,entry_kind,reviewer,subject,value --format csv
	cmp -s "$tmp/out" "$tmp/want" && ok 0 "nothing" || ok 1 "nothing"
	run 0 "verify" --db "$demo" verify
	run 0 "a turn that the source calls failed" --db "$demo" sql \
		"SELECT 'located ' || sum(fail_turn IS NOT NULL) || ' of ' || count(*) FROM v_result WHERE task = 'demo-deception' AND outcome = 'fail'"
	has out "is where the result failed" "located 56 of 56"
else
	skip "it has a green and a red one" "the demo has no rules"
fi
finish
