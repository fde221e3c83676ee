#!/bin/sh
# The manual's lists are those of the tables, and it is well-formed.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
sh "$PLIMSOLL_TOP/man/update.sh" --check "$PLIMSOLL" >"$tmp/out" 2>"$tmp/err"
ok $? "man/plimsoll.1 and man/plimsoll.5 agree with the tables (else: man/update.sh)"
for page in plimsoll.1 plimsoll.5; do
	if command -v groff >/dev/null 2>&1; then
		groff -mdoc -Tutf8 -ww "$PLIMSOLL_TOP/man/$page" >"$tmp/out" 2>"$tmp/err"
		[ ! -s "$tmp/err" ]
		ok $? "$page: groff has nothing to say"
	else
		skip "$page: groff has nothing to say" "no groff here"
	fi
done
for c in $("$PLIMSOLL" help | sed -n '/^  read in/,/^$/p' | cut -c13-); do
	grep -q "^\.Ss \"$c" "$PLIMSOLL_TOP/man/plimsoll.1"
	ok $? "plimsoll(1) has $c"
done
finish
