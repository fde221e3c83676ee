#!/bin/sh
# House rules that a machine can see: licence lines, lengths, leftovers.
set -eu
cd "${PLIMSOLL_TOP:-.}"
echo 1..6
find src tests -name '*.[ch]' | sort | xargs awk '
function broken(rule, what) {
	if (++count[rule] <= 20)
		print "# " FILENAME ":" FNR ": " what
}
function measure_last() {
	if (lines > 800) {
		print "# " last ": " lines " lines"
		count[2]++
	}
	if (last ~ /\/imp_[a-z0-9_]*\.c$/ && lines > 250) {
		print "# " last ": " lines " lines"
		count[6]++
	}
}
FNR == 1 {
	if (FILENAME != last)
		measure_last()
	last = FILENAME
	start = 0
	if ($0 !~ /SPDX-License-Identifier: MIT/)
		broken(1, "no licence line")
}
{ lines = FNR }
FILENAME ~ /\.c$/ && length($0) > 150 { broken(3, "over 150 characters") }
/(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)|not (yet )?implemented/ { broken(4, "left for later") }
# A function body opens with a brace in the first column and ends with one.
/^\{/ { start = FNR }
/^\}/ {
	if (start && FILENAME ~ /^src/ && FNR - start > 101)
		broken(5, "the function above has " FNR - start - 1 " lines")
	start = 0
}
END {
	measure_last()
	n = split("every source file starts with its licence line|no source file is over 800 lines|no line is over 150 characters|nothing is left for later|no function is over 100 lines|no importer is over 250 lines", title, "|")
	for (i = 1; i <= n; i++)
		print (count[i] ? "not ok " : "ok ") i " - " title[i]
}'
