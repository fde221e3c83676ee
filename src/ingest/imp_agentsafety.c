/* SPDX-License-Identifier: MIT
 *
 * Agent-SafetyBench: conversations with simulated tools, and what the judge (ShieldAgent) made of them.
 */
#include "ingest/head.h"
#include "ingest/pyliteral.h"
#include "ingest/walk.h"

extern const struct importer imp_agentsafety;

/* AgentSafetyBench_MODEL_gen_res_eval_results.json; in the benchmark's own folders MODEL/gen_res.json. */
static struct str model_of(const struct member *m)
{
	static const char *const suffixes[] = {"_eval_results.json", ".jsonl", ".json", NULL};
	struct str stem = path_stem(m->path, suffixes), rest = str_c(m->path), part, folder = {0}, last = {0};
	ptrdiff_t end = str_find(stem, str_c("_gen_res"));
	ptrdiff_t start = str_starts(stem, "AgentSafetyBench_") ? (ptrdiff_t)strlen("AgentSafetyBench_") : 0;
	if (end > start)
		return str_sub(stem, (size_t)start, (size_t)(end - start));
	while (str_cut(&rest, '/', &part)) {
		folder = last;
		last = part;
	}
	return str_starts(stem, "gen_res") ? folder : (struct str){0};
}

/* A tool that says {"success": false} did not do it. */
static struct str tool_error(struct arena *a, struct str content)
{
	const struct json *said, *message;
	struct err unread = {0};
	bool read = json_read(a, content, NULL, &said, NULL) == OK || pyliteral_read(a, content, &said, &unread) == OK;
	err_fini(&unread);
	if (!read || json_get(said, "success")->type != JSON_BOOL || json_is_true(json_get(said, "success")))
		return (struct str){0};
	message = json_first(json_get(said, "message"), json_get(said, "error"));
	return json_plain(message).n ? json_plain(message) : str_c("success is false");
}

static void add_message(struct sink *s, struct arena *a, const struct json *m)
{
	struct str role = json_str(json_get(m, "role")), content = json_str(json_get(m, "content"));
	struct sink_turn t = {.role = role_parse(role), .role_text = role, .content = content};
	if (t.role == ROLE_TOOL && content.p) {
		t.name = json_str(json_get(m, "name"));
		t.tool_call_id = json_plain(json_get(m, "tool_call_id"));
		t.error = tool_error(a, content);
		sink_turn(s, &t);
	} else {
		sink_chat_message(s, m);
	}
}

static void add_axes(struct sink *s, const struct json *node)
{
	struct str modes = json_plain(json_get(node, "failure_modes")), mode;
	JSON_EACH(risk, json_get(node, "risks"))
	if (json_str(risk).n)
		sink_category(s, str_c("agent-safetybench-risk"), json_str(risk));
	JSON_EACH(environment, json_get(node, "environments"))
	if (json_str(json_get(environment, "name")).n)
		sink_category(s, str_c("agent-safetybench-environment"), json_str(json_get(environment, "name")));
	while (str_cut(&modes, ',', &mode))
		sink_category(s, str_c("agent-safetybench-failure"), mode);
}

static enum status add_result(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"id", "risks", "instruction", "environments", "failure_modes", "output", "shield_output",
		"pred_answer", "pred_label", NULL};
	struct import *im = ctx;
	struct sink *s = im->sink;
	const struct json *node = w->node, *output = json_get(node, "output");
	struct in_score verdict;
	struct sink_result r = SINK_RESULT_INIT;
	if (output->type != JSON_ARRAY) {
		sink_skip(s, w->record->line, "no output");
		return OK;
	}
	r.model = model_of(im->claim->main);
	r.item = json_plain(json_get(node, "id"));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	JSON_EACH(m, output)
	add_message(s, w->arena, m);
	if (score_of(json_get(node, "pred_label"), "unsafe", &verdict)) {
		verdict.rater = str_c("shield");
		verdict.value_text = json_first(json_get(node, "pred_answer"), json_get(node, "pred_label"))->text;
		verdict.reason = json_str(json_get(node, "shield_output"));
		sink_score(s, &verdict);
	}
	add_axes(s, node);
	sink_rest(s, "", node, used);
	if (!output->count)
		sink_meta(s, "instruction", json_str(json_get(node, "instruction")));
	return sink_result_end(s, err);
}

static enum status agentsafety_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {"_eval_results.json", ".jsonl", ".json", NULL};
	struct walk walk = {.each = add_result, .ctx = im};
	struct str stem = path_stem(im->claim->main->path, suffixes), model = model_of(im->claim->main);
	sink_run(im->sink, &(struct in_run){.key = str_starts(stem, "gen_res") && model.n ? model : stem,
		.tool = str_c("agent-safetybench"), .task = str_c("agent-safetybench"), .declared = -1});
	return walk_member(im, im->claim->main, &walk, err);
}

static int agentsafety_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"risks", "instruction", "environments", "failure_modes"}, "cases with risks, environments and failure modes"},
		{85, {"risks", "environments/tools", "instruction"}, "cases with risks and environments"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_agentsafety = {
	.name = "agent-safetybench",
	.title = "Agent-SafetyBench output with the judge's verdicts (.json)",
	.version = 1,
	.maps = "A case is a result; the item is its id, the model what stands between AgentSafetyBench_ and _gen_res in the file's "
		"name, or the folder of gen_res.json. The judge's label is the score unsafe, its output the reason. Risks, environments "
		"and failure modes are categories. A tool that says \"success\": false is a failed call.",
	.polarity = "pred_label 1, unsafe, is a failure.",
	.rules = "task:* => set kind=safety score=unsafe\n"
		"score.unsafe=1 => set outcome=fail\n"
		"score.unsafe=0 => set outcome=pass\n",
	.probe = agentsafety_probe,
	.read = agentsafety_read,
};
