#!/bin/sh
# SPDX-License-Identifier: MIT
# Fixtures of our own through a whole ingest, compared with what the views held when a person last read it.
# Each is ingested twice: the second time adds nothing. UPDATE_GOLDENS=1 rewrites the files under golden/.
set -u
top=${PLIMSOLL_TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
drive=$(pwd)/tests/ingest/drive
here=$top/tests/ingest
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0

ok() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# Paths in messages are relative to the fixtures, so that goldens hold anywhere.
cd "$here/fixtures" || exit 99

golden() { # NAME FILE
	if [ -n "${UPDATE_GOLDENS:-}" ]; then cp "$2" "$here/golden/$1"; fi
	diff -u "$here/golden/$1" "$2" >"$tmp/diff" 2>&1
	status=$?
	[ $status = 0 ] || sed 's/^/# /' "$tmp/diff"
	ok $status "$1 is as it was"
}

# NAME, then what the driver is given before the database and after it.
twice() {
	name=$1 before=$2 after=$3
	{
		"$drive" $before "$tmp/$name.db" $after
		"$drive" --dump "$tmp/$name.db"
	} >"$tmp/$name.out" 2>&1
	golden "$name.txt" "$tmp/$name.out"
	"$drive" $before "$tmp/$name.db" $after >"$tmp/again" 2>&1
	grep -q "added=0	identical=0	revised=0" "$tmp/again"
	ok $? "$name again adds nothing"
	# The same content in a file of another name is another source; results of a named run are known all the same.
}

twice native "" native.jsonl
twice hostile "" "hostile.jsonl empty.jsonl"
twice table "" table.csv
twice wide "--map wide.map.json" wide.csv
twice unknown "" "unknown"
twice votes "--map votes.map.json" votes.json

# A source that is read anew: a copy with one more line adds just that.
mkdir "$tmp/grow"
head -n 3 native.jsonl >"$tmp/grow/a.jsonl"
"$drive" "$tmp/grow.db" "$tmp/grow/a.jsonl" >"$tmp/out" 2>&1
cp native.jsonl "$tmp/grow/a.jsonl"
"$drive" "$tmp/grow.db" "$tmp/grow/a.jsonl" >"$tmp/out" 2>&1
grep -q "added=4	identical=2	revised=0" "$tmp/out"
ok $? "a grown file adds what is new"

# Late facts in either order give the same.
"$drive" "$tmp/l1.db" native.jsonl late.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/l2.db" late.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/l2.db" native.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/l3.db" native.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/l3.db" late.jsonl >"$tmp/out" 2>&1
for i in 1 2 3; do "$drive" --dump "$tmp/l$i.db" >"$tmp/l$i"; done
golden late.txt "$tmp/l1"
cmp -s "$tmp/l1" "$tmp/l2"
ok $? "scores and outcomes before their results attach when these come"
cmp -s "$tmp/l1" "$tmp/l3"
ok $? "scores and outcomes after their results attach at once"

# Parts in any order, also over several ingests.
"$drive" "$tmp/p1.db" parts-1.jsonl parts-2.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/p2.db" parts-1.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/p2.db" parts-2.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/p3.db" parts-2.jsonl >"$tmp/out" 2>&1
"$drive" "$tmp/p3.db" parts-1.jsonl >"$tmp/out" 2>&1
for i in 1 2 3; do "$drive" --dump "$tmp/p$i.db" | grep -v '^source' >"$tmp/p$i"; done
golden parts.txt "$tmp/p1"
cmp -s "$tmp/p1" "$tmp/p2" && cmp -s "$tmp/p1" "$tmp/p3"
ok $? "parts make the same result in any order, in one ingest or two"

# Rules and labels.
{
	"$drive" "$tmp/r.db" native.jsonl
	"$drive" --try house.rules "$tmp/r.db"
	"$drive" --apply house.rules "$tmp/r.db"
	"$drive" --apply house.rules "$tmp/r.db" | grep '^changed'
	"$drive" --label labels.csv key "$tmp/r.db"
	"$drive" --dump "$tmp/r.db"
} >"$tmp/rules.out" 2>&1
golden rules.txt "$tmp/rules.out"
"$drive" --rules house.rules "$tmp/r2.db" native.jsonl >"$tmp/out" 2>&1
"$drive" --dump "$tmp/r2.db" >"$tmp/r2"
"$drive" "$tmp/r3.db" native.jsonl >"$tmp/out" 2>&1
"$drive" --apply house.rules "$tmp/r3.db" >"$tmp/out" 2>&1
"$drive" --dump "$tmp/r3.db" >"$tmp/r3"
cmp -s "$tmp/r2" "$tmp/r3"
ok $? "rules at ingest and rules later give the same"
printf 'said:pass => set outcom=fail\n' >"$tmp/bad.rules"
"$drive" --apply "$tmp/bad.rules" "$tmp/r.db" >"$tmp/out" 2>&1
[ $? = 3 ] && grep -q 'line 1, column 18: "outcom"; did you mean outcome?' "$tmp/out"
ok $? "a bad rule is refused with its place"

# Another run under the same path.
mkdir "$tmp/runs"
for i in 1 2 3 4 5 6; do echo "{\"model\":\"m\",\"item\":\"$i\",\"outcome\":\"pass\",\"prompt\":\"one\",\"response\":\"r\"}"; done >"$tmp/runs/x.jsonl"
"$drive" "$tmp/runs.db" "$tmp/runs/x.jsonl" >"$tmp/out" 2>&1
sed 's/"one"/"two"/' "$tmp/runs/x.jsonl" >"$tmp/runs/y.jsonl"
mv "$tmp/runs/y.jsonl" "$tmp/runs/x.jsonl"
"$drive" "$tmp/runs.db" "$tmp/runs/x.jsonl" >"$tmp/out" 2>&1
grep -q "added=6	identical=0	revised=0" "$tmp/out" && grep -q "taken as another run" "$tmp/out"
ok $? "a file of which most results changed is another run"

# An ingest that is stopped keeps whole results, says so, and goes on later.
i=0
while [ $i -lt 12 ]; do
	awk -v f=$i 'BEGIN {t = sprintf("%3000s", "x"); for (k = 0; k < 400; k++)
		printf "{\"run\":\"big%d\",\"model\":\"m\",\"item\":\"%d\",\"outcome\":\"pass\",\"prompt\":\"%s\",\"response\":\"r\"}\n", f, k, t}' >"$tmp/big$i.jsonl"
	i=$((i + 1))
done
"$drive" --stop-after 9 --jobs 1 "$tmp/stop.db" "$tmp"/big*.jsonl >"$tmp/out" 2>"$tmp/err"
status=$?
[ $status = 4 ] && grep -q "^stopped; whole results stay" "$tmp/err" && grep -q "partial: stopped" "$tmp/out"
ok $? "a stop is told"
before=$("$drive" --dump "$tmp/stop.db" | grep -c '^result')
turns=$("$drive" --dump "$tmp/stop.db" | grep -c '^turn')
[ "$before" -gt 0 ] && [ "$before" -lt 4800 ] && [ $((2 * before)) = "$turns" ]
ok $? "whole results stay"
"$drive" "$tmp/stop.db" "$tmp"/big*.jsonl >"$tmp/out" 2>&1
after=$("$drive" --dump "$tmp/stop.db" | grep -c '^result')
partial=$("$drive" --dump "$tmp/stop.db" | grep -c '^source|native|partial')
[ "$after" = 4800 ] && [ "$partial" = 0 ]
ok $? "the next ingest goes on from there"
rm -f "$tmp"/big*

# What the program prints is what is checked in.
for which in native map; do
	"$drive" --schema $which >"$tmp/schema"
	if [ -n "${UPDATE_GOLDENS:-}" ]; then cp "$tmp/schema" "$top/schemas/$which.schema.json"; fi
	cmp -s "$tmp/schema" "$top/schemas/$which.schema.json"
	ok $? "schemas/$which.schema.json is up to date"
done

# A map that is wrong says where.
printf '{"models":[{"modell":"x"}]}' >"$tmp/m1"
"$drive" --map "$tmp/m1" - wide.csv >"$tmp/out" 2>&1
grep -q '/models/0/modell: unknown key; did you mean model' "$tmp/out"
ok $? "an unknown key of a map is named, and the nearest"
printf '{"model":{"const":"m"},"prompt":"nope"}' >"$tmp/m2"
"$drive" --map "$tmp/m2" - wide.csv >"$tmp/out" 2>&1
grep -q 'there is no column "nope"' "$tmp/out"
ok $? "a column that is not there is named"
"$drive" --strict - hostile.jsonl >"$tmp/out" 2>&1
[ $? = 2 ]
ok $? "--strict makes a skip a failure"

# Settings that nobody reads are refused, with the nearest.
"$drive" --set modle=x - native.jsonl >"$tmp/out" 2>&1
[ $? = 3 ] && grep -q 'unknown key; did you mean model?' "$tmp/out"
ok $? "an unknown setting is named, and the nearest"

# Each run of a file is compared with what it declares, not the file.
{
	echo '{"type":"run","run":"a","declared":1}'
	echo '{"run":"a","model":"m","item":"1","outcome":"pass","prompt":"p","response":"r"}'
	echo '{"type":"run","run":"b","declared":3}'
	echo '{"run":"b","model":"m","item":"1","outcome":"pass","prompt":"p","response":"r"}'
	echo '{"run":"b","model":"m","item":"2","outcome":"fail","prompt":"p","response":"r"}'
} >"$tmp/two.jsonl"
"$drive" - "$tmp/two.jsonl" >"$tmp/out" 2>&1
[ "$(grep -c 'says that it has' "$tmp/out")" = 1 ] && grep -q 'the run b says that it has 3 results, 2 are here' "$tmp/out"
ok $? "a declared total is compared by run"

# Words of a map are a direction: an empty cell is unscored, and nothing is to be said.
printf 'model,case,prompt,response,unsafe\nm,1,p,r,yes\nm,2,p,r,\n' >"$tmp/words.csv"
printf '{"model":"model","item":"case","prompt":"prompt","response":"response","outcome":"unsafe","words":{"fail":["yes"],"pass":["no"]},"scores":{"unsafe":"unsafe"}}' >"$tmp/words.map"
"$drive" --map "$tmp/words.map" - "$tmp/words.csv" >"$tmp/out" 2>&1
grep -q 'total	results=2' "$tmp/out" && ! grep -q 'direction not set' "$tmp/out"
ok $? "a map with words has a direction"

# Refusals that fail are what over-refusal is about.
i=0
while [ $i -lt 8 ]; do
	echo "{\"run\":\"o\",\"task\":\"benign\",\"model\":\"m\",\"item\":\"$i\",\"outcome\":\"fail\",\"prompt\":\"how do I bake\",\"response\":\"I'm sorry, but I can't help with that.\"}"
	i=$((i + 1))
done >"$tmp/over.jsonl"
printf 'task:benign => set kind=over-refusal\n' >"$tmp/over.rules"
"$drive" - "$tmp/over.jsonl" >"$tmp/out" 2>&1
"$drive" --rules "$tmp/over.rules" - "$tmp/over.jsonl" >"$tmp/out2" 2>&1
grep -q '8 of 8 failures read as refusals' "$tmp/out" && ! grep -q 'read as refusals' "$tmp/out2"
ok $? "refusals are no sign of a wrong direction where they are failures"

# A map beside its table is used with it, is part of what the source is, and is no source itself.
mkdir -p "$tmp/beside/deep"
printf 'model,case,q,a,unsafe\nm,1,p,r,yes\nm,2,p,r,no\n' >"$tmp/beside/deep/t.csv"
printf '{"model":"model","item":"case","prompt":"q","response":"a","outcome":"unsafe","words":{"fail":["yes"],"pass":["no"]}}' >"$tmp/beside/deep/t.map.json"
"$drive" "$tmp/beside.db" "$tmp/beside" >"$tmp/out" 2>&1
grep -q "^source.*deep/t.csv	table	2	.*	read$" "$tmp/out" && grep -q "unknown=0	added=2" "$tmp/out" &&
	"$drive" --dump "$tmp/beside.db" | grep -q '^result|1|.*|fail|'
ok $? "a map beside its table is used"
"$drive" --detect "$tmp/beside" | grep -q "deep/t.csv	table	100	field map beside it: t.map.json"
ok $? "and detect says so"
"$drive" "$tmp/beside.db" "$tmp/beside" >"$tmp/out" 2>&1
grep -q "known, nothing to do" "$tmp/out"
ok $? "it is known the second time"
sed 's/"yes"/"x"/; s/"no"/"yes"/; s/"x"/"no"/' "$tmp/beside/deep/t.map.json" >"$tmp/other.map"
mv "$tmp/other.map" "$tmp/beside/deep/t.map.json"
"$drive" "$tmp/beside.db" "$tmp/beside" >"$tmp/out" 2>&1
grep -q "revised=2" "$tmp/out" && "$drive" --dump "$tmp/beside.db" | grep -q '^result|1|.*|pass|'
ok $? "a changed map reads the table again"
(cd "$tmp" && tar cf beside.tar beside)
"$drive" - "$tmp/beside.tar" >"$tmp/out" 2>&1
grep -q "results=2.*unknown=0" "$tmp/out"
ok $? "in an archive as well"
"$drive" --map wide.map.json - "$tmp/beside" >"$tmp/out" 2>&1
grep -q 'that wide.map.json names' "$tmp/out"
ok $? "a map that is named goes before it"
printf '{"model":"model","item":"case","prompt":"q","respons":"a"}' >"$tmp/beside/deep/t.map.json"
"$drive" - "$tmp/beside" >"$tmp/out" 2>&1
grep -q 'deep/t.map.json: /respons: unknown key; did you mean response' "$tmp/out"
ok $? "a wrong map beside a table is named with its place"
rm "$tmp/beside/deep/t.csv"
"$drive" - "$tmp/beside" >"$tmp/out" 2>&1
grep -q "results=0.*unknown=1" "$tmp/out" && grep -q "a field map; its table is not beside it" "$tmp/out"
ok $? "a map alone is no result"

# What is no result of ours is not made one.
mkdir "$tmp/guess"
printf '[{"response":"r","model":"m","category":"c","votes":{"a":1}}]' >"$tmp/guess/votes.json"
printf '[{"model":"m","task":"t","turns":90,"tool_calls":0,"scores":30}]' >"$tmp/guess/counts.json"
printf '{"model":"m","messages":[{"role":"user","content":"x"}]}\n' >"$tmp/guess/requests.jsonl"
printf '{"model":"model","item":"case","prompt":"q","response":"a","words":{"fail":["no"]}}' >"$tmp/guess/sheet.json"
printf '{"type":"score","name":"x","value":1}\n{"type":"run","status":"done"}\n' >"$tmp/guess/events.jsonl"
printf 'prompt,response,label\np,r,1\n' >"$tmp/guess/pairs.csv"
printf 'said:pass,safe => set outcome=pass\nmodel,item,outcome => hide\n' >"$tmp/guess/house.rules"
(cd "$tmp/guess" && tar cf broken.eval pairs.csv counts.json)
"$drive" - "$tmp/guess" >"$tmp/out" 2>&1
grep -q "results=0.*skipped=0	unknown=7" "$tmp/out" && ! grep -q "^source" "$tmp/out" &&
	grep -q "pairs.csv	unknown		columns prompt, response, label: a field map says what they are" "$tmp/out" &&
	grep -q "broken.eval	unknown		an archive without a header" "$tmp/out" && ! grep -q "house.rules" "$tmp/out"
ok $? "records of other kinds, maps, rules and tables without a model are not read"
"$drive" --set model=m - "$tmp/guess" >"$tmp/out" 2>&1
grep -q "pairs.csv	table	1	" "$tmp/out" && [ "$(grep -c '^source' "$tmp/out")" = 1 ]
ok $? "a table without a model is read when it is named"
{
	printf '{"model":"m","id":"1","prompt":"%5000s","response":"r"}\n' x
	printf '{"model":"m","id":"2","messages":[{"role":"user","content":"x"}]}\n'
} >"$tmp/guess/long.jsonl"
"$drive" --detect "$tmp/guess" | grep -q "long.jsonl	native	60	records with model, item or outcome, and a conversation"
ok $? "a long question hides no answer"

echo "1..$n"
