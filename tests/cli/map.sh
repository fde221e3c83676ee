#!/bin/sh
# A table that no format knows: detect says so, map writes what to complete, and a minute later it is in.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
db=$tmp/own.db
cd "$tmp" || exit 1

cat >own.csv <<'E2'
Case No,What was asked,Reply given,Ruling,Ruled by,Area
k1,"Say, please, hello",Hello,FINE,first reader,manners
k2,Say nothing,"I will, ""now""",BROKEN,first reader,manners
k3,Count,1 2 3,FINE,second reader,numbers
E2
run 0 "detect has a look" detect own.csv
has out "nobody knows it, and what to do is said" "plimsoll map"
run 0 "map writes a map" map own.csv -o own.map.json
grep -q '"Ruling": \["FINE", "BROKEN"\]' own.map.json
ok $? "with examples of each column"
grep -q 'no column has a usual name of a verdict.* Ruling Ruled by Area' own.map.json
ok $? "and the columns that may hold verdicts"
run 0 "as it is, it is read without a direction" --db "$tmp/raw.db" ingest -q --set model=m own.csv
has err "and all is missing" "3 results"
# What a user does in the editor.
sed -i.bak -e 's/"model": {"const": ""}/"model": {"const": "house-7b"}, "item": "Case No", "prompt": "What was asked",\
	"response": "Reply given", "outcome": "Ruling", "words": {"fail": ["broken"], "pass": ["fine"]}, "category": {"area": "Area"}/' own.map.json
run 0 "completed, the map beside the table is taken" --db "$db" ingest -q own.csv
run 0 "and the results are in" --db "$db" list results --format csv --columns item,outcome,category
has out "with their outcomes" "k2,fail,area:manners"
run 0 "what the map does not name is a fact" --db "$db" sql "select meta from v_result where item = 'k3'"
has out "under its column's name" '"ruled_by":"second reader"'

printf '{"info": {"model": "atlas"}, "rows": [{"id": "a", "prompt": "p", "response": "r", "verdict": "ok"}, {"id": "b", "prompt": "p", "response": "s", "verdict": "bad"}]}' >doc.json
run 0 "a document of records" map doc.json -o doc.map.json
grep -q '"records": "/rows"' doc.map.json && grep -q '"model": {"document": "/info/model"}' doc.map.json
ok $? "names the records and finds the model around them"
grep -q 'which of these fail? ok (1), bad (1)' doc.map.json
ok $? "asks for the direction"
sed -i.bak 's/"fail": \[\], "pass": \[\]/"fail": ["bad"], "pass": ["ok"]/' doc.map.json
run 0 "and reads" --db "$db" ingest -q --map doc.map.json doc.json
run 0 "what it says" --db "$db" list results --filter 'model:atlas outcome:fail' --format csv --columns item
has out "" "b"

run 0 "a dry run" --db "$tmp/none.db" ingest -q --dry-run own.csv
has err "counts" "3 results: 3 added (nothing was written)"
[ ! -e "$tmp/none.db" ]
ok $? "and makes no database"

run 3 "no table" map /dev/null
printf 'just words\n' >words.txt
run 3 "words are no table" map words.txt
has err "says why" "no table"
mkdir two && cp own.csv two/a.csv && cp own.csv two/b.csv
run 3 "one file at a time" map two
has err "and says so" "one file"
finish
