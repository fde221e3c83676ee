#!/bin/sh
# SPDX-License-Identifier: MIT
# The samples of each format (sample-data/formats/NAME) through a whole ingest, compared with what the views held when a
# person last read it. The second ingest adds nothing, and the order of files does not matter. UPDATE_GOLDENS=1 rewrites
# the files under golden/.
set -u
top=${PLIMSOLL_TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
drive=$(pwd)/tests/ingest/drive
golden=$top/tests/ingest/golden
tmp=$(mktemp -d) || exit 99
trap 'rm -rf "$tmp"' EXIT
n=0

ok() { # STATUS NAME
	n=$((n + 1))
	if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

# Messages name files relative to the samples, so that goldens hold anywhere.
cd "$top/sample-data/formats" || exit 99

for name in *; do
	{
		"$drive" --jobs 1 "$tmp/$name.db" "$name"
		"$drive" --dump "$tmp/$name.db"
	} >"$tmp/out" 2>&1
	if [ -n "${UPDATE_GOLDENS:-}" ]; then cp "$tmp/out" "$golden/format-$name.txt"; fi
	diff -u "$golden/format-$name.txt" "$tmp/out" >"$tmp/diff" 2>&1
	status=$?
	[ $status = 0 ] || sed 's/^/# /' "$tmp/diff"
	ok $status "$name is read as it was"
	"$drive" "$tmp/$name.db" "$name" >"$tmp/again" 2>&1
	grep -q "added=0	identical=[0-9]*	revised=0	outranked=0" "$tmp/again"
	ok $? "$name again adds nothing"
	# Each file is recognised as what its folder says, and nothing is left over.
	"$drive" - "$name" | awk -F '\t' -v want="$name" '$1 == "source" && $3 != want || $1 == "note" && $3 == "unknown"' >"$tmp/wrong"
	[ ! -s "$tmp/wrong" ] || sed 's/^/# /' "$tmp/wrong"
	[ ! -s "$tmp/wrong" ]
	ok $? "$name is recognised"
done

# Every format has samples: here, in the demo, or, for those that read any shape, beside golden.sh.
for name in $("$drive" --formats | cut -f 2); do
	case $name in
	native | table) continue ;;
	esac
	[ -d "$name" ] || [ -d "../demo/$name" ]
	ok $? "there are samples of $name"
done

# What belongs together comes together whichever is there first, in ingests of their own.
either_order() { # NAME FIRST SECOND
	"$drive" "$tmp/$1-1.db" "$2" >"$tmp/out" 2>&1 && "$drive" "$tmp/$1-1.db" "$3" >"$tmp/out" 2>&1
	"$drive" "$tmp/$1-2.db" "$3" >"$tmp/out" 2>&1 && "$drive" "$tmp/$1-2.db" "$2" >"$tmp/out" 2>&1
	# Numbers of results follow the order of arrival; all else is the same.
	for i in 1 2; do "$drive" --dump "$tmp/$1-$i.db" | grep -v '^source' | cut -d '|' -f 1,3- | sort >"$tmp/$1-$i"; done
	[ -s "$tmp/$1-1" ] && diff "$tmp/$1-1" "$tmp/$1-2" >"$tmp/diff" 2>&1
	status=$?
	[ $status = 0 ] || sed 's/^/# /' "$tmp/diff"
	ok $status "$2 and $3, in either order"
}
either_order r-judge r-judge/till-full.json r-judge/till-full.json.meta.json
either_order odcv-1 odcv-bench/robin-1-mandated odcv-bench/judges
either_order odcv-2 odcv-bench/judges/scores_ada.csv odcv-bench/judges/reasons_ada.csv
either_order oas-labels openagentsafety/small-model/traj_safety-tidy-folder.json openagentsafety/small-model/small_safety_eval_results.json
either_order openagentsafety openagentsafety/small-model/traj_safety-tidy-folder.json openagentsafety/small-model/eval_safety-tidy-folder.json
either_order bloom bloom/flattery/run_7/transcript_v1r1.json bloom/flattery/run_7/judgment.json
either_order toolemu toolemu/traj_demo_agent_small-1_0.0.jsonl toolemu/traj_demo_agent_small-1_0.0_eval_agent_safe.jsonl
either_order riosworld riosworld/output riosworld/results
either_order atif atif/demo-job/calc__a1b2/agent/trajectory.json atif/demo-job/calc__a1b2/agent/trajectory.cont-1.json
either_order langfuse langfuse/1-late.json langfuse/2-early.json
either_order langsmith langsmith/1-batch.json langsmith/2-batch.json
either_order openai-agents openai-agents/1-rest.json openai-agents/2-spans.json
either_order editor transcript-editor/kite-swap.jsonl transcript-editor/kite-swap.meta.json

# Files that hold the same results: whichever comes first, each result is there once, as the one that knows more has it.
same() { # NAME KNOWS-MORE KNOWS-LESS
	rm -f "$tmp"/g?.db
	"$drive" "$tmp/g1.db" "$2" >"$tmp/out" 2>&1
	"$drive" "$tmp/g2.db" "$2" >"$tmp/out" 2>&1
	"$drive" "$tmp/g2.db" "$3" >"$tmp/out" 2>&1
	"$drive" "$tmp/g3.db" "$3" >"$tmp/out" 2>&1
	"$drive" "$tmp/g3.db" "$2" >"$tmp/out" 2>&1
	for i in 1 2 3; do "$drive" --dump "$tmp/g$i.db" | grep -v '^source' | sort >"$tmp/g$i"; done
	cmp "$tmp/g1" "$tmp/g2" && cmp "$tmp/g1" "$tmp/g3"
	ok $? "$1, in either order"
}
same "a hit log beside its report changes nothing" garak/run.report.jsonl garak/run.hitlog.jsonl
same "an evaluation beside its submission" jailbreakbench/suffix/submission.json jailbreakbench/suffix/evaluation.json
same "completions beside their evaluations" refusal-direction/runs/model-a/completions/jailbreakbench_baseline_evaluations.json \
	refusal-direction/runs/model-a/completions/jailbreakbench_baseline_completions.json
same "an attack beside its scores" aisafetylab/cipher_model-a_2shot_GuardJudge.json aisafetylab/cipher_model-a_2shot.jsonl
same "completions beside their labels" harmbench/results/DirectRequest/default/results/model-a.json \
	harmbench/results/DirectRequest/default/completions/model-a.json
same "a judge's labels beside the people's" xstest/xstest_v2_completions_model-a_gpteval.csv xstest/xstest_v2_completions_model-a.csv
same "step 1 beside step 2" air-bench/pipeline2_step2_model-b_result.csv air-bench/pipeline2_step1_model-b_response.csv

# What an item bank says of an item is there whichever came first.
either_order item-bank item-bank/harmbench_behaviors.csv harmbench/text_val_set.json
grep -q 'harmbench-semantic.*misinformation' "$tmp/item-bank-1"
ok $? "items have the categories of their bank"

echo "1..$n"
