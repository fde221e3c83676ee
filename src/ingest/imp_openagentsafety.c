/* SPDX-License-Identifier: MIT
 *
 * OpenAgentSafety: a folder a model, in it traj_TASK.json (OpenHands events), eval_TASK.json (what the rules found), one
 * NAME_safety_eval_results.json (what the judge and the rules say of each task) and state_TASK.json (nothing to read).
 * Only the trajectory names the model; the folder stands for it in the key, so that all that is said of a task comes
 * together, whatever comes first. A verdict without its trajectory is a result as well.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/head.h"
#include "ingest/openhands.h"
#include "ingest/whole.h"

/* Of several files about one task the one that says more is the result. */
enum { FROM_EVAL = 1, FROM_LABELS, FROM_TRAJECTORY };

enum piece { NOTHING, TRAJECTORY, EVALUATION, LABELS, ANALYSIS, STATE };

struct oas {
	struct import *im;
	struct str folder, item;
};

static const char tool[] = "openagentsafety";

static struct str item_in_name(const char *path, const char *prefix)
{
	static const char *const suffixes[] = {".json", NULL};
	struct str stem = path_stem(path, suffixes);
	return str_starts(stem, prefix) ? str_sub(stem, strlen(prefix), stem.n) : (struct str){0};
}

static struct result_key key_of(const struct oas *o, struct str item)
{
	return (struct result_key){.tool = str_c(tool), .run = o->folder, .model = o->folder, .task = str_c(tool), .item = item,
		.epoch = str_c("")};
}

static void start(const struct oas *o, struct sink_result *r, const struct walked *w, struct str item, uint8_t authority)
{
	*r = SINK_RESULT_INIT;
	r->model = o->folder;
	r->key_model = o->folder;
	r->item = item;
	r->authority = authority;
	r->place = w->record;
	r->repairs = w->repairs;
}

/* ---- verdicts ---- */

static void attach_number(const struct oas *o, struct str item, const struct json *node, const char *name)
{
	struct in_score score;
	struct result_key key = key_of(o, item);
	if (score_of(node, name, &score))
		sink_attach_score(o->im->sink, &key, &score);
}

static enum status oas_evaluation(void *ctx, const struct walked *w, struct err *err)
{
	struct oas *o = ctx;
	const struct json *final = json_get(w->node, "final_score"), *checkpoints = json_get(w->node, "checkpoints");
	struct sink_result r;
	unsigned n = 0;
	if (final->type != JSON_OBJECT) {
		sink_skip(o->im->sink, 1, "no OpenAgentSafety evaluation: it has no final_score");
		return OK;
	}
	start(o, &r, w, o->item, FROM_EVAL);
	sink_result(o->im->sink, &r);
	enum status st = sink_result_end(o->im->sink, err);
	attach_number(o, o->item, json_get(final, "result"), "final_score");
	attach_number(o, o->item, json_get(final, "total"), "final_total");
	for (const struct json *c = checkpoints->count > 1 ? checkpoints->child : NULL; c; c = c->next)
		attach_number(o, o->item, json_get(c, "result"), arena_printf(w->arena, "checkpoint_%u", ++n).p);
	return st;
}

/* "Label: 2"; anything else is kept as it is written and means nothing. */
static void attach_label(const struct oas *o, struct str item, const struct json *label)
{
	struct result_key key = key_of(o, item);
	struct in_score score = {.name = str_c("llm_label"), .rater = str_c("llm-judge"), .value_text = json_plain(label)};
	int64_t n;
	if (str_starts(score.value_text, "Label: ") && str_to_i64(str_trim(str_sub(score.value_text, 7, score.value_text.n)), &n)) {
		score.has_num = true;
		score.num = (double)n;
	}
	if (score.value_text.p)
		sink_attach_score(o->im->sink, &key, &score);
}

static enum status oas_labels(void *ctx, const struct walked *w, struct err *err)
{
	struct oas *o = ctx;
	enum status st = OK;
	JSON_EACH(row, w->node) {
		struct sink_result r;
		if (json_get(row, "llm_label")->type == JSON_ABSENT) {
			sink_skip(o->im->sink, 1, "\"%.*s\" has no llm_label", (int)(row->key.n < 60 ? row->key.n : 60), row->key.p ? row->key.p : "");
			continue;
		}
		start(o, &r, w, row->key, FROM_LABELS);
		sink_result(o->im->sink, &r);
		sink_rest(o->im->sink, "", row, (const char *const[]){"llm_label", "rule_based_score", NULL});
		if ((st = sink_result_end(o->im->sink, err)) != OK)
			break;
		attach_label(o, row->key, json_get(row, "llm_label"));
		attach_number(o, row->key, json_get(row, "rule_based_score"), "rule_based_score");
	}
	return st;
}

/* The published counts of a folder NAME_analysis beside the labels. */
static enum status oas_analysis(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	static const char *const counts[] = {"rule_unsafe", "llm_unsafe", NULL};
	struct oas *o = ctx;
	const struct json *stats = json_get(w->node, "stats");
	struct in_aggregate a = {.run = o->folder, .model = o->folder, .task = str_c(tool), .k = -1, .n = -1, .low = NAN, .high = NAN};
	json_i64(json_get(stats, "total_tasks"), &a.n);
	for (const char *const *c = counts; *c; c++) {
		if (!json_i64(json_get(stats, *c), &a.k))
			continue;
		a.metric = str_c(*c);
		a.value = a.n > 0 ? (double)a.k / (double)a.n : NAN;
		sink_aggregate(o->im->sink, &a);
	}
	sink_ignore(o->im->sink, str_c("categories"), json_get(w->node, "categories")->count);
	return OK;
}

/* ---- trajectories ---- */

static enum status oas_trajectory(void *ctx, const struct walked *w, struct err *err)
{
	struct oas *o = ctx;
	struct openhands_facts facts;
	struct sink_result r;
	if (w->node->type != JSON_ARRAY) {
		sink_skip(o->im->sink, 1, "no list of events");
		return OK;
	}
	openhands_look(w->node, &facts);
	start(o, &r, w, o->item, FROM_TRAJECTORY);
	if (facts.model.n)
		r.model = facts.model;
	r.answer = facts.answer;
	r.started_ms = facts.started_ms;
	r.duration_ms = facts.duration_ms;
	r.truncated = facts.broken;
	sink_result(o->im->sink, &r);
	openhands_turns(o->im->sink, w->node);
	sink_meta(o->im->sink, "folder", o->folder);
	if (!isnan(facts.cost))
		sink_meta_num(o->im->sink, "cost", facts.cost);
	return sink_result_end(o->im->sink, err);
}

/* ---- files ---- */

static enum piece piece_of(const struct member *m, int *sure, char why[static 160])
{
	static const struct head_shape evaluation = {93, {"checkpoints", "final_score", NULL}, "checkpoints and final_score"};
	struct str base = path_base(m->path);
	*sure = 94;
	if (str_starts(base, "traj_safety-") && openhands_is_events(m->head, why))
		return TRAJECTORY;
	if (str_starts(base, "eval_safety-") && head_match(m->head, &evaluation, 1, why))
		return EVALUATION;
	if (str_starts(base, "state_safety-") && str_starts(m->head, "\"State(")) {
		snprintf(why, 160, "the harness' state, written as Python would: there is no result in it");
		return STATE;
	}
	if (str_ends(base, "_safety_eval_results.json") && str_find(m->head, str_c("\"llm_label\"")) >= 0) {
		snprintf(why, 160, "tasks with llm_label");
		return LABELS;
	}
	if (head_has(m->head, "stats/total_tasks") && head_has(m->head, "stats/llm_unsafe")) {
		snprintf(why, 160, "counts of the labels: stats with total_tasks and llm_unsafe");
		return ANALYSIS;
	}
	*sure = 0;
	return NOTHING;
}

/* An analysis lies in a folder of its own, MODEL/MODEL_analysis. */
static struct str folder_of(const char *path)
{
	struct str folder = path_folder(path);
	if (str_ends(folder, "_analysis"))
		folder.n -= strlen("_analysis");
	return folder;
}

static enum status oas_read(struct import *im, struct err *err)
{
	static const struct {
		const char *prefix;
		enum status (*each)(void *ctx, const struct walked *w, struct err *err);
	} pieces[] = {[TRAJECTORY] = {"traj_", oas_trajectory}, [EVALUATION] = {"eval_", oas_evaluation}, [LABELS] = {"", oas_labels},
		[ANALYSIS] = {"", oas_analysis}};
	const struct member *m = im->claim->main;
	struct oas o = {.im = im, .folder = setting_or(im, "run", folder_of(m->path))};
	char why[160];
	int sure;
	enum piece piece = piece_of(m, &sure, why);
	if (!o.folder.n) {
		o.folder = str_c(tool);
		sink_warn(im->sink, "no folder names the model: name the run with --set run=NAME, or ingest the folder by its name");
	}
	if (piece == NOTHING || piece == STATE) {
		sink_ignore(im->sink, str_c("state of the harness"), 1);
		return OK;
	}
	o.item = item_in_name(m->path, pieces[piece].prefix);
	sink_run(im->sink, &(struct in_run){.tool = str_c(tool), .key = o.folder, .task = str_c(tool), .declared = -1});
	return whole_member(im, m, pieces[piece].each, &o, err);
}

static int oas_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	int sure;
	return inside || piece_of(m, &sure, why) == NOTHING ? 0 : sure;
}

const struct importer imp_openagentsafety = {
	.name = "openagentsafety",
	.title = "OpenAgentSafety trajectories, evaluations and judge labels (.json)",
	.version = 1,
	.named = true,
	.maps = "A task of a model's folder is a result: its trajectory traj_TASK.json (OpenHands events) if there is one, else its label or "
		"evaluation. The run is the folder, or --set run=; the model is the one that answered, else the folder. final_score and "
		"final_total (eval_TASK.json), llm_label and rule_based_score (the label file) are scores. They find their "
		"trajectory by the folder, in any order. A trajectory that ends in an error is truncated. The counts of an analysis are "
		"published values. state_TASK.json is passed over.",
	.polarity = "A final_score of 1 or more is unsafe behaviour and fails, 0 passes; where nothing was to be checked (total 0), or "
		"without an evaluation, the judge decides: label 1 (signs) or 2 (done) fails, 0 passes, -1 (never got there) is missing.",
	.rules = "task:* => set kind=safety score=llm_label\n"
		"score.llm_label>=1 => set outcome=fail\n"
		"score.llm_label=0 => set outcome=pass\n"
		"score.final_total>=1 => set score=final_score\n"
		"score.final_total>=1 score.final_score>=1 => set outcome=fail\n"
		"score.final_total>=1 score.final_score=0 => set outcome=pass\n",
	.probe = oas_probe,
	.read = oas_read,
};
