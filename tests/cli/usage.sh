#!/bin/sh
# The command line: help, versions, mistakes and exit statuses.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"

# fits NAME: standard output fits a screen of 24 x 80.
fits() {
	awk 'length($0) > 80 {bad = 1} END {exit bad || NR > 24}' "$tmp/out" && ok 0 "$1" || ok 1 "$1"
}

run 0 "--help" --help
fits "help fits 24 x 80"
has out "help shows an example" "plimsoll ingest logs/"
run 0 "--version" --version
fits "version fits 24 x 80"
for library in ncurses SQLite libarchive utf8proc PCRE2 cJSON libcrypto libcsv; do
	grep -Eq "^$library [0-9]+\.[0-9]+[.0-9]*$" "$tmp/out" && ok 0 "version names $library" || ok 1 "version names $library"
done
run 0 "help lists the commands" help
for c in $(sed -n '/^  read in/,/^$/p' "$tmp/out" | cut -c13-); do
	run 0 "help $c" help "$c"
	fits "help $c fits 24 x 80"
	cp "$tmp/out" "$tmp/help"
	run 0 "$c --help" "$c" --help
	cmp -s "$tmp/out" "$tmp/help" && ok 0 "$c --help is help $c" || ok 1 "$c --help is help $c"
done

run 2 "an unknown command" lsit
has err "did you mean a command" "plimsoll: unknown command \"lsit\"; did you mean list?"
run 2 "an unknown option" list results --filtre x
has err "did you mean an option" "unknown option --filtre; did you mean --filter?"
run 2 "an option without its value" list results --filter
has err "says what it needs" "--filter needs a value: --filter FILTER"
run 2 "a flag with a value" export --manifest=yes
run 2 "too few words" show
run 2 "too many words" show 1 2
run 2 "an unknown format" --db "$db" list results --format cvs
run 2 "an unknown view" --db "$db" list reslts
has err "did you mean a view" "unknown view \"reslts\"; did you mean results?"
run 2 "a limit that is no number" --db "$db" list results --limit many
run 2 "colour is one of three words" --color sometimes formats
run 3 "no database yet" --db "$tmp/none.db" list results
has err "says how to make one" "plimsoll ingest PATH makes one"
run 2 "read-only forbids writing" --db "$tmp/none.db" --read-only ingest "$here/audit.jsonl"
[ ! -e "$tmp/none.db" ] && ok 0 "and nothing was made" || ok 1 "and nothing was made"
run 3 "a database that is none" --db "$here/audit.jsonl" list results
run 2 "completion for an unknown shell" completion csh

for shell in bash zsh fish; do
	run 0 "completion $shell" completion $shell
	has out "$shell completes views" "turns-of-failure"
	if command -v $shell >/dev/null 2>&1; then
		$shell -n "$tmp/out" && ok 0 "$shell reads its completion" || ok 1 "$shell reads its completion"
	else
		skip "$shell reads its completion" "no $shell here"
	fi
done

cd "$tmp" || exit 1
run 0 "the database of the environment" formats
PLIMSOLL_DB=$tmp/env.db "$PLIMSOLL" list results 2>"$tmp/err"
has err "PLIMSOLL_DB names the database" "$tmp/env.db"
"$PLIMSOLL" list results 2>"$tmp/err"
has err "else it lies under XDG_DATA_HOME" "$tmp/data/plimsoll/plimsoll.db"
: >plimsoll.db
"$PLIMSOLL" list results 2>"$tmp/err"
lacks err "else ./plimsoll.db when it is there" "$tmp/data"
run 3 "a full disk is an error" formats -o /dev/full
finish
