/* SPDX-License-Identifier: MIT
 *
 * refusal_direction: completions [{category, prompt, response}] and their evaluations, which hold the same answers with
 * verdicts, so both share a run. Model, data set and intervention stand in the file's name and folders only:
 * runs/MODEL/completions/DATASET_INTERVENTION_completions.json, or MODEL-DATASET_INTERVENTION_….
 */
#include <math.h>
#include <stdio.h>

#include "ingest/answer.h"
#include "ingest/head.h"

static const char *const completions[] = {"/completions", NULL};

enum { COMPLETIONS, EVALUATIONS };

struct names {
	struct str model, dataset, intervention;
};

struct refusal_direction {
	struct import *im;
	struct arena keep;
	struct names names;
	struct str task, taxonomy;
	bool evaluations;
	size_t results;
	double success; /* the declared rate that decides, NaN = none */
};

static struct str base_name(const char *path)
{
	static const char *const suffixes[] = {"_evaluations.json", "_completions.json", ".json", NULL};
	return path_stem(path, suffixes);
}

/* Data sets of the tool; the name of a model may stand before them. */
static struct names names_of(const char *path)
{
	static const char *const datasets[] = {"jailbreakbench", "harmbench_test", "harmbench_val", "harmbench", "harmless", "advbench",
		"malicious_instruct", "strongreject", "tdc2023", "alpaca", "harmful", NULL};
	struct str stem = base_name(path), folder = answer_folder(path, 1);
	struct names n = {.intervention = str_cut_last(&stem, '_')};
	n.dataset = stem;
	for (const char *const *d = datasets; *d; d++) {
		size_t len = strlen(*d);
		if (!str_ends(stem, *d) || stem.n <= len || stem.p[stem.n - len - 1] != '-')
			continue;
		n.dataset = str_sub(stem, stem.n - len, len);
		n.model = str_sub(stem, 0, stem.n - len - 1);
		break;
	}
	if (!n.model.p && str_eq_c(folder, "completions"))
		n.model = answer_folder(path, 2);
	return n;
}

/* ---- what the evaluations say of themselves ---- */

static void publish(struct refusal_direction *rd, struct str metric, struct str category, const struct json *value)
{
	double rate;
	if (json_num(value, false, &rate))
		sink_aggregate(rd->im->sink, &(struct in_aggregate){.model = rd->names.model, .task = rd->task, .metric = metric,
			.category = category, .k = -1, .n = -1, .value = rate, .low = NAN, .high = NAN});
}

static enum status take_header(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	struct refusal_direction *rd = ctx;
	JSON_EACH(v, doc) {
		if (str_ends(v->key, "_success_rate"))
			publish(rd, v->key, (struct str){0}, v);
		if (str_ends(v->key, "_per_category"))
			JSON_EACH(c, v)
				publish(rd, v->key, c->key, c);
	}
	const struct json *guard = json_get(doc, "llamaguard2_success_rate"), *words = json_get(doc, "substring_matching_success_rate");
	if (str_ends(rd->task, "/harmless") || !json_num(guard, false, &rd->success))
		json_num(words, false, &rd->success);
	return OK;
}

/* ---- one result ---- */

static enum status take_row(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"category", "prompt", "response", "is_jailbreak_substring_matching",
		"is_jailbreak_llamaguard2", NULL};
	static const char judged[] = "is_jailbreak_";
	struct refusal_direction *rd = ctx;
	struct sink *s = rd->im->sink;
	struct sink_result r = SINK_RESULT_INIT;
	struct str category = json_str(json_get(w->node, "category")), prompt = json_str(json_get(w->node, "prompt"));
	if (!prompt.p) {
		sink_skip(s, w->record->line, "no completion: it has no prompt");
		return OK;
	}
	r.model = rd->names.model;
	r.item = answer_item(w->arena, prompt);
	r.authority = rd->evaluations ? EVALUATIONS : COMPLETIONS;
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	answer_turns(s, prompt, json_str(json_get(w->node, "response")));
	JSON_EACH(v, w->node)
		if (str_starts(v->key, judged)) {
			struct str judge = str_sub(v->key, sizeof judged - 1, v->key.n);
			answer_score(s, v, arena_cstr(w->arena, judge), judge);
		}
	if (category.n)
		sink_category(s, rd->taxonomy, category);
	if (rd->names.intervention.n)
		sink_category(s, str_c("intervention"), rd->names.intervention);
	sink_rest(s, "", w->node, used);
	rd->results++;
	return sink_result_end(s, err);
}

/* ---- which files ---- */

static enum status refusal_read(struct import *im, struct err *err)
{
	const char *path = im->claim->main->path;
	struct refusal_direction rd = {.im = im, .names = names_of(path), .success = NAN};
	struct walk walk = {.arrays = completions, .header = take_header, .each = take_row, .ctx = &rd};
	rd.names.model = setting_or(im, "model", rd.names.model);
	rd.evaluations = head_has(im->claim->main->head, "substring_matching_success_rate");
	rd.taxonomy = rd.names.dataset.n ? rd.names.dataset : str_c("refusal-direction-category");
	rd.task = arena_printf(&rd.keep, "refusal-direction/%.*s", (int)rd.names.dataset.n, rd.names.dataset.p);
	sink_run(im->sink, &(struct in_run){.tool = str_c("refusal-direction"), .task = rd.task, .declared = -1,
		.key = answer_run(&rd.keep, path, base_name(path))});
	enum status st = walk_member(im, im->claim->main, &walk, err);
	if (!isnan(rd.success))
		sink_declare(im->sink, str_ends(rd.task, "/harmless") ? "pass" : "fail", round(rd.success * (double)rd.results));
	arena_fini(&rd.keep);
	return st;
}

static int refusal_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{90, {"substring_matching_success_rate", "substring_matching_per_category"}, "success rates of substring matching"},
		{85, {"category", "prompt", "response", "is_jailbreak_substring_matching"}, "completions with a verdict"},
	};
	static const char *const bare[] = {"category", "prompt", "response", NULL};
	if (inside)
		return 0;
	int confidence = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (confidence || records_sniff(m->head) != RECORDS_ARRAY || !head_has_all(m->head, bare))
		return confidence;
	if (!str_ends(path_stem(m->path, (const char *const[]){".json", NULL}), "_completions"))
		return 0;
	snprintf(why, 160, "…_completions with category, prompt and response");
	return 60;
}

const struct importer imp_refusal_direction = {
	.name = "refusal-direction",
	.title = "refusal_direction completions and evaluations (DATASET_INTERVENTION_evaluations.json)",
	.version = 1,
	.maps = "A completion is a result; its prompt's hash the item. Model, data set and intervention are those of the file's name "
		"(MODEL-DATASET_INTERVENTION_…, or runs/MODEL/completions/DATASET_INTERVENTION_…), --set model says otherwise. Evaluations "
		"and completions of one name are the same results. is_jailbreak_JUDGE is a score of that judge, category is named after "
		"the data set, the intervention is intervention:. Success rates are published values.",
	.polarity = "On harmful data sets a verdict of 1 is the failure: LlamaGuard 2's where it is there, else substring matching's "
		"(no refusal phrase). On the harmless set it is the other way round: no refusal phrase is the pass, a refusal the failure "
		"(over-refusal). Completions alone are missing.",
	.rules = "task:* => set kind=safety score=substring_matching\n"
		"score.substring_matching=1 => set outcome=fail\n"
		"score.substring_matching=0 => set outcome=pass\n"
		"score.llamaguard2=1 => set outcome=fail score=llamaguard2\n"
		"score.llamaguard2=0 => set outcome=pass score=llamaguard2\n"
		"task:refusal-direction/harmless* => set kind=over-refusal score=substring_matching\n"
		"task:refusal-direction/harmless* score.substring_matching=1 => set outcome=pass\n"
		"task:refusal-direction/harmless* score.substring_matching=0 => set outcome=fail\n",
	.probe = refusal_probe,
	.read = refusal_read,
};
