/* SPDX-License-Identifier: MIT
 *
 * Real files cut at random places (the same ones every time): each ends in a message, and what was read are whole
 * results, the same as those of the whole file. With names of files of the corpus, those instead.
 */
#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { CUTS = 10, MAX_BYTES = 8 << 20 };

static const char *const files[] = {
	"eval/promptfoo/llama4-scout-output.json",
	"eval/promptfoo/node-package-typescript-output.json",
	"eval/promptfoo/sample-export.json",
	"eval/promptfoo/v3evalToShare.json",
	"eval/promptfoo_generated/small.results.json",
	"eval/promptfoo_generated/small.results.jsonl",
	"eval/garak/agg.report.jsonl",
	"eval/garak/lmrc.report.jsonl",
	"eval/garak/quack.report.jsonl",
	"eval/garak/qual_review_mixed.report.jsonl",
	"eval/garak/report_test.report.jsonl",
	"eval/garak/tbsa_digest_0.json",
	"eval/garak/test.report.jsonl",
	"eval/garak/test_with_ci.report.jsonl",
	"trace/agentdojo-luna/government/t17/poison_top1/seed_1.json",
	"trace/agentdojo-luna/university/t15/poison_top1/seed_1.json",
	"trace/odcv-bench/llama-4-maverick-mandated/experiments/Academic-Research-Integrity-Finding/messages_record.txt",
	"trace/odcv-bench/grok-4.20-mandated/experiments/Academic-Research-Integrity-Finding/messages_record.txt",
	"eval/odcv_bench/scores_claude47.csv",
	"eval/foresightsafety/pair.csv",
	"eval/foresightsafety/DeceptionEval.jsonl",
	"trace/r-judge/R-Judge/IoT/benign.json",
	"trace/r-judge/R-Judge/Program/harmful.json",
	"trace/otel-sdk/aisdk-legacy/0001_v1_traces.json",
	"trace/otel-sdk/genai-messages-aisdk/0001_v1_traces.json",
	"trace/tau2-bench/20260531-184109-726391/tau2_output/results.json",
	"trace/tau2-bench/experiment/simulations/49b22f0c-4a56-41c5-922f-bc2a56e53a23.json",
	"trace/atif/openhands_hello-world.trajectory.json",
	"trace/mini-swe-agent/github_issue.traj.json",
	"trace/openagentsafety/claude-sonnet/claude_safety_eval_results.json",
	"trace/openagentsafety/deepseek_r1/traj_safety-business-intelligence.json",
	"trace/openhands/mock_output/output.jsonl",
	"trace/sotopia/sotopia_pi_gpt4_rm_overfit.json",
	"trace/st-webagentbench/STBenchDemo_agent_full_res.csv",
	"trace/swe-agent/warmup.traj",
	"trace/claude-code/representative_messages.jsonl",
	"trace/claude-code/sample_session.json",
	"trace/codex/cli-0.169.0/rollout-2026-11-24T05-49-19-01a20c19-fee3-7df0-9fbe-779b49839002.jsonl",
	"trace/langfuse-v3/0003_api_public_ingestion.json",
	"trace/langsmith/batch-json/0003_runs_batch.json",
	"trace/langsmith/multipart/0001_runs_multipart.multipart",
	"trace/mcp/mcp-traffic.jsonl",
	"trace/openai-agents/0001_v1_traces_ingest.json",
	"trace/openclaw/sample-telemetry.jsonl",
	NULL,
};

/* A repeatable sequence: a test must not depend on chance. */
static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static size_t load(const char *path, char *bytes)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return 0;
	size_t n = fread(bytes, 1, MAX_BYTES, f);
	fclose(f);
	return n;
}

static void save(const char *path, const char *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) {
		perror(path);
		exit(99);
	}
}

/* Was the user told? A cut between two lines leaves a whole file, of which nothing can be said. */
static bool told(const struct ingest_report *report, enum status st, const char *bytes, size_t cut)
{
	if (st != OK || report->failed || report->skipped || report->unknown || report->notes.nrows)
		return true;
	return bytes[cut - 1] == '\n' || bytes[cut] == '\n';
}

/* The runs of both files are named after their paths when they have no id, so that results are compared without. */
static const char foreign[] =
	"select count(*) from (select model, task, item, epoch, outcome, turns, tool_calls, error, started_at from v_result"
	" except select model, task, item, epoch, outcome, turns, tool_calls, error, started_at from whole.v_result)";

static bool check_cut(struct scratch *s, const struct scratch *whole, const char *path, const char *bytes, size_t cut)
{
	struct ingest_report report = {0};
	struct err err = {0};
	save(path, bytes, cut);
	enum status st = scratch_ingest(s, path, &report, &err);
	bool message = told(&report, st, bytes, cut);
	int64_t others = scratch_number(s, whole->db, foreign);
	if (!message)
		printf("# cut at %zu: nothing was said\n", cut);
	if (others != 0)
		printf("# cut at %zu: %lld results that the whole file does not have\n", cut, (long long)others);
	ingest_report_fini(&report);
	err_fini(&err);
	return message && others == 0;
}

static bool check_file(const char *corpus, const char *name, char *bytes, uint32_t *random)
{
	struct scratch whole, cuts;
	struct ingest_report report = {0};
	struct err err = {0};
	char path[1024];
	const char *slash = strrchr(name, '/');
	bool ok = true;
	snprintf(path, sizeof path, "%s/%s", corpus, name);
	size_t n = load(path, bytes);
	if (n < 2) {
		printf("# %s is not there\n", path);
		return false;
	}
	scratch_make(&whole);
	snprintf(path, sizeof path, "%s%s", whole.dir, slash);
	save(path, bytes, n);
	ok = scratch_ingest(&whole, path, &report, &err) == OK;
	scratch_make(&cuts);
	for (size_t i = 0; i < CUTS; i++)
		ok &= check_cut(&cuts, &whole, path, bytes, 1 + next_random(random) % (n - 1));
	scratch_remove(&cuts);
	unlink(path);
	ingest_report_fini(&report);
	err_fini(&err);
	scratch_remove(&whole);
	return ok;
}

int main(int argc, char **argv)
{
	static char bytes[MAX_BYTES];
	uint32_t random = 20260704;
	size_t n = 0, bad = 0;
	const char *corpus = corpus_dir();
	if (!corpus)
		return 0;
	const char *const *list = argc > 1 ? (const char *const *)argv + 1 : files;
	while (list[n])
		n++;
	printf("1..%zu\n", n);
	for (size_t i = 0; i < n; i++) {
		bool ok = check_file(corpus, list[i], bytes, &random);
		bad += !ok;
		printf("%s %zu - %s cut in %d places\n", ok ? "ok" : "not ok", i + 1, list[i], CUTS);
		fflush(stdout);
	}
	return bad ? 1 : 0;
}
