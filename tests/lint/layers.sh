#!/bin/sh
# A module may include only what stands below it, and the foreign headers only where they belong.
set -eu
cd "${PLIMSOLL_TOP:-.}"
echo 1..1
awk '
BEGIN {
	base = " base "
	may["base"] = " "
	may["stats"] = may["conf"] = may["source"] = may["store"] = may["filter"] = base
	may["facts"] = base "store filter "
	may["ingest"] = base "source store conf filter "
	may["review"] = may["zones"] = base "stats conf store filter facts "
	may["query"] = may["zones"] "zones review "
	may["export"] = base "query zones store filter facts "
	may["job"] = may["query"] "source ingest query export "
	may["ui"] = base "conf filter store facts query review zones export job "
	may["term"] = base "ui "
	may["cli"] = may["job"] "job ui term "
	# foreign header (as it begins): who may include it
	only["ncurses"] = only["curses"] = only["term.h"] = " term "
	only["sqlite3"] = " store query "
	only["cjson/"] = " conf "
	only["csv.h"] = " ingest export "
	only["archive"] = " source "
	only["utf8proc"] = " base filter "
	only["openssl"] = " base "
	only["pcre2"] = " store filter "
	only["pthread"] = " base job "
}
/^#include/ {
	split(FILENAME, part, "/")
	module = part[2]
	name = $2
	gsub(/["<>]/, "", name)
	if ($2 ~ /^"/ && split(name, used, "/") == 2 && used[1] != module && index(may[module], " " used[1] " ") == 0) {
		print "# " FILENAME ":" FNR ": " module " may not include " name
		bad++
	}
	if ($2 ~ /^</)
		for (header in only)
			if (index(name, header) == 1 && index(only[header], " " module " ") == 0) {
				print "# " FILENAME ":" FNR ": <" name "> belongs to" only[header]
				bad++
			}
}
END {
	print (bad ? "not ok" : "ok") " 1 - modules include only what stands below them"
}' src/*/*.[ch]
