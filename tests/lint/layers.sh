#!/bin/sh
# A module may include only what stands below it, and the foreign headers only where they belong.
set -eu
cd "${PLIMSOLL_TOP:-.}"
problems=0

complain() {
	echo "# $1"
	problems=$((problems + 1))
}

# module: what it may include (besides itself)
allowed() {
	case $1 in
	base) echo "" ;;
	stats | conf | source | store | filter) echo "base" ;;
	facts) echo "base store filter" ;;
	ingest) echo "base source store conf filter" ;;
	review) echo "base stats conf store filter facts" ;;
	zones) echo "base stats conf store filter facts" ;;
	query) echo "base stats conf store filter facts zones review" ;;
	export) echo "base query zones store filter facts" ;;
	job) echo "base stats conf source store filter facts ingest review zones query export" ;;
	ui) echo "base conf filter store facts query review zones export job" ;;
	term) echo "base ui" ;;
	cli) echo "base stats conf source store filter facts ingest review zones query export job ui term" ;;
	esac
}

for dir in src/*/; do
	module=$(basename "$dir")
	may=" $module $(allowed "$module") "
	for file in "$dir"*.[ch]; do
		[ -e "$file" ] || continue
		for used in $(sed -n 's|^#include "\([a-z]*\)/.*|\1|p' "$file" | sort -u); do
			case $may in
			*" $used "*) ;;
			*) complain "$file includes $used/, which $module may not" ;;
			esac
		done
	done
done

# foreign header: the modules that may include it
only() {
	pattern=$1
	shift
	for file in $(grep -lE "^#include <($pattern)" src/*/*.[ch] 2>/dev/null); do
		module=$(basename "$(dirname "$file")")
		case " $* " in
		*" $module "*) ;;
		*) complain "$file includes <$pattern>, which belongs to: $*" ;;
		esac
	done
}
only 'n?curses|term\.h' term
only 'sqlite3' store query
only 'cjson/' conf
only 'csv\.h' ingest export
only 'archive' source
only 'utf8proc' base filter
only 'openssl' base
only 'pcre2' store filter
only 'pthread' base job

echo 1..1
if [ "$problems" -eq 0 ]; then
	echo "ok 1 - modules include only what stands below them"
else
	echo "not ok 1 - $problems includes against the order of modules"
fi
