# Test helpers, to be sourced: TAP, a scratch directory, a database of audit.jsonl.
n=0
here=$PLIMSOLL_TOP/tests/cli
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unset PLIMSOLL_DB NO_COLOR
export HOME="$tmp" XDG_DATA_HOME="$tmp/data" XDG_CONFIG_HOME="$tmp/config" TERM=dumb LOGNAME=tester USER=tester
db=$tmp/audit.db

# ok STATUS NAME: one line of TAP; STATUS 0 is good.
ok() {
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		for f in "$tmp/out" "$tmp/err"; do
			[ ! -s "$f" ] || sed 's/^/# /' "$f" | cat -v | head -n 20
		done
	fi
}

skip() {
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# run STATUS NAME ARGUMENT...: runs the program; standard output and error go to $tmp/out, $tmp/err.
run() {
	want=$1
	name=$2
	shift 2
	got=0
	"$PLIMSOLL" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null || got=$?
	if [ "$got" -eq "$want" ]; then
		ok 0 "$name"
	else
		echo "# exit status $got, wanted $want"
		ok 1 "$name"
	fi
}

# has FILE NAME TEXT: the file holds the text.
has() {
	grep -qF -e "$3" "$tmp/$1" && ok 0 "$2" || ok 1 "$2"
}

# lacks FILE NAME TEXT
lacks() {
	grep -qF -e "$3" "$tmp/$1" && ok 1 "$2" || ok 0 "$2"
}

make_db() {
	"$PLIMSOLL" --db "$db" ingest -q --rules "$here/kinds.rules" "$here/audit.jsonl" >"$tmp/out" 2>"$tmp/err" </dev/null
	ok $? "a database for the tests"
}

finish() {
	echo "1..$n"
}
