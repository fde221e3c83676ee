#!/bin/sh
# Lists of turns and calls under a filter show the turns and calls that it means.
. "$PLIMSOLL_TOP/tests/cli/lib.sh"
cat >"$tmp/talk.jsonl" <<'END'
{"type": "run", "run": "r1", "tool": "harness", "task": "desk"}
{"type": "result", "run": "r1", "tool": "harness", "task": "desk", "model": "m", "item": "a", "outcome": "fail", "turns": [{"role": "user", "content": "Send the parcel."}, {"role": "assistant", "content": "I look.", "tool_calls": [{"name": "read", "arguments": {"path": "x"}}, {"name": "send", "arguments": {"to": "eve"}}]}, {"role": "assistant", "content": "The parcel is sent."}]}
{"type": "result", "run": "r1", "tool": "harness", "task": "desk", "model": "m", "item": "b", "outcome": "pass", "turns": [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "No parcel here, a parcel there."}]}
{"type": "result", "run": "r1", "tool": "harness", "task": "desk", "model": "m", "item": "c", "outcome": "pass", "turns": [{"role": "user", "content": "A parcel?"}, {"role": "assistant", "content": "No."}]}
END
run 0 "three talks" --db "$db" ingest -q "$tmp/talk.jsonl"

# rows VIEW NAME FILTER ROWS [OPTION...]: these item,turn rows, in this order.
rows() {
	view=$1 title=$2 filter=$3 these=$4
	shift 4
	run 0 "$title" --db "$db" list "$view" -f "$filter" --columns item,turn --format csv "$@"
	printf "item,turn\n$these" | cmp -s - "$tmp/out" && ok 0 "$title: those" || ok 1 "$title: those"
}
rows turns "words and a role" 'role:assistant parcel' 'a,3\nb,2\n'
rows turns "a page of them" 'role:assistant parcel' 'a,3\n' --limit 1
rows turns "in another order" 'role:assistant parcel' 'b,2\na,3\n' --sort -result_id
rows turns "with a term about the result" 'parcel outcome:pass' 'b,2\nc,1\n'
rows turns "either of two groups" '(role:user parcel) (role:assistant parcel)' 'a,1\na,3\n'
rows turns "what is negated singles out nothing" 'item:b -role:tool' 'b,1\nb,2\n'
rows turns "nor does one of several ways" 'item:c or role:tool' 'c,1\nc,2\n'
rows turns "nothing" 'role:user here' ''
run 0 "calls of a tool" --db "$db" list calls -f tool:send --columns item,name --format csv
printf 'item,name\na,send\n' | cmp -s - "$tmp/out" && ok 0 "that one" || ok 1 "that one"
run 0 "calls by an argument" --db "$db" list calls -f tool.arg.path:x --columns item,name --format csv
printf 'item,name\na,read\n' | cmp -s - "$tmp/out" && ok 0 "that one too" || ok 1 "that one too"
run 0 "calls of the results with a word" --db "$db" list calls -f parcel --columns item,name --format csv
printf 'item,name\na,read\na,send\n' | cmp -s - "$tmp/out" && ok 0 "all of theirs" || ok 1 "all of theirs"
finish
