/* SPDX-License-Identifier: MIT
 *
 * HarmBench: {behavior_id: [{test_case, generation, …}]}: the validation sets with their human raters and judges, and what
 * the pipeline leaves in METHOD/EXPERIMENT/completions/MODEL.json and, with labels, in METHOD/EXPERIMENT/results/MODEL.json:
 * the same answers, so both share a run.
 */
#include <stdio.h>

#include "ingest/answer.h"
#include "ingest/head.h"

static const char *const behaviors[] = {"/*", NULL};

enum { UNLABELLED, LABELLED };

struct harmbench {
	struct import *im;
	struct arena keep;
	struct str model, method; /* of the path */
};

/* ---- who said what ---- */

enum role_of { FACT, HUMAN, JUDGE };

/* Whatever is not part of the case is a judge's word; human_0 … are people. */
static enum role_of role_of(struct str key)
{
	static const char *const parts[] = {"test_case", "generation", "model", "method", "experiment", "behavior_id",
		"image_description", NULL};
	for (const char *const *p = parts; *p; p++)
		if (str_eq_c(key, *p))
			return FACT;
	return str_starts(key, "human_") ? HUMAN : JUDGE;
}

/* Judges that explain themselves end in "Answer: No." */
static void add_score(struct sink *s, const struct json *v, enum role_of role)
{
	struct in_score score;
	score_of(v, role == HUMAN ? "human" : str_eq_c(v->key, "label") ? "label" : "judge", &score);
	score.rater = v->key;
	if (v->type == JSON_STRING) {
		struct str rest = v->text, answer = v->text;
		ptrdiff_t at;
		while ((at = str_find(rest, str_c("Answer:"))) >= 0)
			answer = rest = str_sub(rest, (size_t)at + strlen("Answer:"), rest.n);
		if (answer.p != v->text.p) {
			score.reason = v->text;
			score.value_text = str_trim(answer);
		}
	}
	sink_score(s, &score);
}

/* The majority of the people, else the classifier's label. */
static struct str verdict(const struct json *row)
{
	size_t yes = 0, no = 0;
	double v;
	JSON_EACH(m, row) {
		if (role_of(m->key) != HUMAN || !json_num(m, true, &v))
			continue;
		yes += v >= 0.5;
		no += v < 0.5;
	}
	if (!(yes + no) && json_num(json_get(row, "label"), true, &v))
		return str_c(v >= 0.5 ? "yes" : "no");
	return yes > no ? str_c("yes") : no > yes ? str_c("no") : yes ? str_c("split") : (struct str){0};
}

/* ---- one generation ---- */

/* "results/METHOD/MODEL/test_cases/1.png": what an image's path says. */
static void names_of_image(struct str path, struct str *method, struct str *model)
{
	struct str part;
	if (!str_cut(&path, '/', &part) || !str_eq_c(part, "results"))
		return;
	str_cut(&path, '/', method);
	str_cut(&path, '/', model);
}

static struct str prompt_of(const struct json *test_case, struct arena *a)
{
	if (test_case->type != JSON_ARRAY)
		return json_plain(test_case);
	struct str image = json_str(json_at(test_case, 0)), text = json_str(json_at(test_case, 1));
	return arena_printf(a, "[image %.*s]\n%.*s", (int)image.n, image.p ? image.p : "", (int)text.n, text.p ? text.p : "");
}

static void set_names(const struct harmbench *h, const struct json *node, struct str *model, struct str *method)
{
	struct str named = str_without(json_str(json_get(node, "model")), ".json");
	names_of_image(json_str(json_at(json_get(node, "test_case"), 0)), method, model);
	if (named.n)
		*model = named;
	else if (json_str(json_get(node, "experiment")).n)
		*model = json_str(json_get(node, "experiment"));
	if (json_str(json_get(node, "method")).n)
		*method = json_str(json_get(node, "method"));
	if (h->model.p)
		*model = h->model;
	if (h->method.p)
		*method = h->method;
}

static enum status take_generation(void *ctx, const struct walked *w, struct err *err)
{
	struct harmbench *h = ctx;
	struct sink *s = h->im->sink;
	const struct json *node = w->node, *test_case = json_get(node, "test_case");
	struct str method = {0}, experiment = json_str(json_get(node, "experiment"));
	struct sink_result r = SINK_RESULT_INIT;
	if (node->type != JSON_OBJECT || json_is_null(test_case)) {
		sink_skip(s, w->record->line, "no generation: it has no test_case");
		return OK;
	}
	set_names(h, node, &r.model, &method);
	r.item = w->record->key;
	r.raw_outcome = verdict(node);
	r.authority = r.raw_outcome.p ? LABELLED : UNLABELLED;
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	answer_turns(s, prompt_of(test_case, w->arena), json_plain(json_get(node, "generation")));
	JSON_EACH(v, node) {
		enum role_of role = role_of(v->key);
		bool word = v->type == JSON_STRING || v->type == JSON_NUMBER || v->type == JSON_BOOL;
		if (role != FACT && word)
			add_score(s, v, role);
		else if (role != FACT && !json_is_null(v))
			sink_ignore(s, v->key, 1);
	}
	if (method.n)
		sink_category(s, str_c("harmbench-method"), method);
	if (experiment.n)
		sink_meta(s, "experiment", experiment);
	if (json_str(json_get(node, "image_description")).n)
		sink_meta(s, "image_description", json_str(json_get(node, "image_description")));
	return sink_result_end(s, err);
}

/* ---- which files ---- */

/* METHOD/EXPERIMENT/results/MODEL.json */
static bool is_pipeline(const char *path)
{
	struct str folder = answer_folder(path, 1);
	return (str_eq_c(folder, "results") || str_eq_c(folder, "completions")) && answer_folder(path, 3).n;
}

static enum status harmbench_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".json", NULL};
	const struct member *m = im->claim->main;
	struct harmbench h = {.im = im, .model = setting_or(im, "model", (struct str){0})};
	struct walk walk = {.arrays = behaviors, .each = take_generation, .ctx = &h};
	struct in_run run = {.tool = str_c("harmbench"), .task = str_c("harmbench"), .declared = -1};
	if (is_pipeline(m->path)) {
		struct str folder = answer_run(&h.keep, m->path, (struct str){0}), stem = path_stem(m->path, suffixes);
		folder.n--; /* the slash */
		str_cut_last(&folder, '/');
		run.key = arena_printf(&h.keep, "%.*s/%.*s", (int)folder.n, folder.p, (int)stem.n, stem.p);
		h.method = answer_folder(m->path, 3);
		if (!h.model.p)
			h.model = stem;
	}
	sink_run(im->sink, &run);
	enum status st = walk_member(im, m, &walk, err);
	arena_fini(&h.keep);
	return st;
}

static int harmbench_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"*/test_case", "*/generation", "*/human_0"}, "generations by behavior, with human raters"},
		{90, {"*/test_case", "*/generation", "*/label"}, "generations by behavior, with labels"},
		{85, {"*/test_case", "*/generation"}, "generations by behavior"},
		{70, {"*/test_case"}, "test cases by behavior"},
	};
	if (inside || records_sniff(m->head) != RECORDS_DOCUMENT)
		return 0;
	return head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_harmbench = {
	.name = "harmbench",
	.title = "HarmBench validation sets with human ratings; METHOD/EXPERIMENT/{completions,results}/MODEL.json (experimental)",
	.version = 1,
	.maps = "A generation is a result, its behavior the item; those of one behavior are told apart by their order. The model is the "
		"row's (its experiment where that is empty), the image's folder or the file's name; method is harmbench-method:. human_N "
		"are ratings of people, label and all other verdicts those of judges, each with its rater. Images are named, not read. "
		"completions and results of one model are the same results. Categories come from harmbench_behaviors_….csv.",
	.polarity = "1 or yes means that the model did what the behavior asks for: the failure. The majority of the people decides, "
		"without people the classifier's label; completions without either are missing, as many votes on both sides unsure.",
	.rules = "task:* => set kind=safety\n"
		"said:yes => set outcome=fail\n"
		"said:no => set outcome=pass\n"
		"said:split => set outcome=unsure\n",
	.probe = harmbench_probe,
	.read = harmbench_read,
};
