/* SPDX-License-Identifier: MIT
 *
 * OpenHands: the output.jsonl of its benchmarks, a row an instance with its history, in today's shape and that of 2024;
 * and lists of events in files of their own.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/openhands.h"
#include "ingest/whole.h"

struct hands {
	struct import *im;
	struct str task;
};

static struct str text_of(const struct json *node, const char *pointer)
{
	return json_str(json_pointer(node, str_c(pointer)));
}

static struct str item_of(const struct json *row, struct arena *a)
{
	struct str id = json_plain(json_get(row, "instance_id")), owner = text_of(row, "/issue/owner"), repo = text_of(row, "/issue/repo");
	struct str number = json_plain(json_pointer(row, str_c("/issue/number")));
	if (id.n || !repo.n)
		return id;
	return arena_printf(a, "%.*s/%.*s#%.*s", (int)owner.n, owner.p ? owner.p : "", (int)repo.n, repo.p, (int)number.n,
		number.p ? number.p : "");
}

static struct str patch_of(const struct json *row)
{
	struct str patch = text_of(row, "/test_result/git_patch");
	return patch.n ? patch : text_of(row, "/git_patch");
}

/* An end at the limit is no breakdown of the harness. */
static void take_error(struct sink_result *r, struct str error)
{
	static const char *const limits[] = {"maximum iteration", "maximum budget", "AgentStuckInLoop", NULL};
	for (const char *const *l = limits; *l; l++) {
		if (str_find(error, str_c(*l)) >= 0) {
			r->limit = error;
			r->truncated = true;
			return;
		}
	}
	r->error = error;
}

static void add_verdicts(struct sink *s, const struct json *row)
{
	static const char *const pointers[][2] = {{"/success", "success"}, {"/report/resolved", "resolved"},
		{"/test_result/report/resolved", "resolved"}, {"/test_result/resolved", "resolved"}};
	for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
		struct in_score score;
		if (!score_of(json_pointer(row, str_c(pointers[i][0])), pointers[i][1], &score))
			continue;
		if (i == 0)
			score.reason = json_plain(json_get(row, "result_explanation"));
		sink_score(s, &score);
	}
}

/* Of the configuration, what names the run and holds no secret. */
static void add_facts(struct sink *s, const struct json *row, const struct openhands_facts *facts)
{
	static const char *const used[] = {"instance_id", "issue", "history", "metadata", "git_patch", "success", "result_explanation",
		"error", "report", "instruction", "instance", "metrics", "test_result", NULL};
	static const char *const kept[] = {"agent_class", "max_iterations", "dataset", "data_split", "git_commit", NULL};
	const struct json *metadata = json_get(row, "metadata");
	double cost;
	for (const char *const *k = kept; *k; k++)
		sink_meta(s, *k, json_plain(json_get(metadata, *k)));
	JSON_EACH(other, metadata) {
		bool known = false;
		for (const char *const *k = kept; *k; k++)
			known |= str_eq_c(other->key, *k);
		if (!known && !json_is_null(other))
			sink_ignore(s, other->key, 1);
	}
	if (json_num(json_pointer(row, str_c("/metrics/accumulated_cost")), false, &cost) || !isnan(cost = facts->cost))
		sink_meta_num(s, "cost", cost);
	sink_rest(s, "", json_get(row, "issue"), (const char *const[]){"owner", "repo", "number", NULL});
	sink_rest(s, "", json_get(row, "instance"), (const char *const[]){"instance_id", "problem_statement", NULL});
	sink_rest(s, "", row, used);
}

static enum status hands_row(void *ctx, const struct walked *w, struct err *err)
{
	struct hands *h = ctx;
	struct sink *s = h->im->sink;
	const struct json *history = json_get(w->node, "history");
	struct openhands_facts facts;
	struct sink_result r = SINK_RESULT_INIT;
	struct str error = json_plain(json_get(w->node, "error")), dataset = text_of(w->node, "/metadata/dataset");
	if (history->type != JSON_ARRAY) {
		sink_skip(s, w->record->line, "no OpenHands result: it has no history");
		return OK;
	}
	openhands_look(history, &facts);
	r.model = text_of(w->node, "/metadata/llm_config/model").n ? text_of(w->node, "/metadata/llm_config/model") : facts.model;
	if (dataset.n && !setting_or(h->im, "task", (struct str){0}).p)
		r.task = arena_printf(w->arena, "openhands/%.*s", (int)dataset.n, dataset.p);
	r.item = item_of(w->node, w->arena);
	r.answer = patch_of(w->node).n ? patch_of(w->node) : facts.answer;
	r.started_ms = facts.started_ms;
	r.duration_ms = facts.duration_ms;
	r.truncated = facts.broken;
	take_error(&r, error);
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	openhands_turns(s, history);
	add_verdicts(s, w->node);
	add_facts(s, w->node, &facts);
	return sink_result_end(s, err);
}

/* ---- a list of events ---- */

static enum status hands_events(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const suffixes[] = {".json", NULL};
	struct hands *h = ctx;
	struct sink *s = h->im->sink;
	struct openhands_facts facts;
	struct sink_result r = SINK_RESULT_INIT;
	if (w->node->type != JSON_ARRAY) {
		sink_skip(s, 1, "no list of OpenHands events");
		return OK;
	}
	openhands_look(w->node, &facts);
	r.model = facts.model;
	r.item = path_stem(h->im->claim->main->path, suffixes);
	r.answer = facts.answer;
	r.started_ms = facts.started_ms;
	r.duration_ms = facts.duration_ms;
	r.truncated = facts.broken;
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	openhands_turns(s, w->node);
	if (!isnan(facts.cost))
		sink_meta_num(s, "cost", facts.cost);
	return sink_result_end(s, err);
}

static enum status hands_read(struct import *im, struct err *err)
{
	struct hands h = {.im = im, .task = setting_or(im, "task", str_c("openhands"))};
	struct walk walk = {.each = hands_row, .ctx = &h};
	char why[160];
	sink_run(im->sink, &(struct in_run){.tool = str_c("openhands"), .task = h.task, .declared = -1});
	if (openhands_is_events(im->claim->main->head, why))
		return whole_member(im, im->claim->main, hands_events, &h, err);
	return walk_member(im, im->claim->main, &walk, err);
}

static int hands_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"instance_id", "instruction", "metadata/agent_class", NULL}, "instances with instruction and agent"},
		{92, {"instance_id", "test_result", "instruction", NULL}, "instances with instruction and test result"},
		{85, {"instance_id", "test_result/git_patch", NULL}, "instances with a patch"},
		{92, {"issue/owner", "issue_type", "instruction", NULL}, "issues with their instruction"},
	};
	if (inside)
		return 0;
	int sure = openhands_is_events(m->head, why);
	return sure ? sure : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_openhands = {
	.name = "openhands",
	.title = "OpenHands output.jsonl and lists of events (.jsonl, .json)",
	.version = 1,
	.maps = "A row of output.jsonl, or a list of events, is a result: the item is instance_id, the issue or the file's name; the "
		"model is metadata.llm_config.model, else that of the responses; the task openhands/DATASET. Every event is a turn but "
		"recalls, the system prompt and changes of state; an action of the agent is a call with the arguments the model wrote, "
		"args.thought its reasoning; an observation answers the action that is its cause. An error observation, or success "
		"false, is the error of the call that caused it. Screenshots are kept by size and hash. A history that ends in an error, or at the limit of "
		"iterations, is truncated.",
	.polarity = "success or resolved false is a failure of capability; without either the result is missing.",
	.rules = "task:* => set kind=capability\n"
		"score.success=1 => set outcome=pass score=success\n"
		"score.success=0 => set outcome=fail score=success\n"
		"score.resolved=1 => set outcome=pass score=resolved\n"
		"score.resolved=0 => set outcome=fail score=resolved\n"
		"-error:none => set outcome=missing\n",
	.probe = hands_probe,
	.read = hands_read,
};
