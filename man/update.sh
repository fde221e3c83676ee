#!/bin/sh
# Refreshes the parts of the manual that the program prints, or with --check compares them: update.sh [--check] PROGRAM
set -eu
check=
if [ "${1-}" = --check ]; then
	check=yes
	shift
fi
program=${1:?the program}
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The documented SQL views, from a database that is made for it.
print_sqlviews() {
	printf '%s\n' '{"type":"run","run":"r","tool":"t","task":"k"}' >"$tmp/empty.jsonl"
	[ -e "$tmp/x.db" ] || "$program" --db "$tmp/x.db" ingest -q --format native "$tmp/empty.jsonl" >/dev/null 2>&1 || :
	"$program" --db "$tmp/x.db" sql --format tsv "
		SELECT m.name, group_concat(p.name, ', ') FROM
		(SELECT name FROM sqlite_schema WHERE type = 'view' AND name GLOB 'v_*' ORDER BY name) m, pragma_table_info(m.name) p
		GROUP BY m.name ORDER BY m.name" | sed 1d | while IFS='	' read -r view columns; do
		printf '.It Sy %s\n%s\n' "$view" "$columns"
	done
}

differ=0
for page in "$here/plimsoll.1" "$here/plimsoll.5"; do
	while IFS= read -r line; do
		case $line in
		'.\" BEGIN '*)
			part=${line#'.\" BEGIN '}
			skip=yes
			printf '%s\n' "$line"
			if [ "$part" = sqlviews ]; then print_sqlviews; else "$program" mdoc "$part"; fi
			;;
		'.\" END '*)
			skip=
			printf '%s\n' "$line"
			;;
		*) [ -n "${skip-}" ] || printf '%s\n' "$line" ;;
		esac
	done <"$page" >"$tmp/page"
	if [ -z "$check" ]; then
		cat "$tmp/page" >"$page"
	elif ! cmp -s "$tmp/page" "$page"; then
		diff -u "$page" "$tmp/page" || :
		differ=1
	fi
done
exit $differ
