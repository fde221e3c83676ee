/* SPDX-License-Identifier: MIT
 *
 * JailbreakBench: an artifact {parameters, jailbreaks} per attack and model, as others write it too, and the two files of a
 * submission, {summaries: {model: {model_summary, jailbreaks}}} and {model: {behavior: {prompt, response, jailbroken}}},
 * which hold the same results: so they share a run, and the one that knows more counts more.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/answer.h"
#include "ingest/head.h"

static const char *const jailbreaks[] = {"/jailbreaks", "/summaries/*/jailbreaks", NULL};

enum { EVALUATION, SUBMISSION }; /* of the same result the submission knows more */

struct jailbreak {
	struct import *im;
	struct arena keep;
	struct str model, method, defense; /* of an artifact */
	bool submission;
};

/* ---- what stands around the results ---- */

static void publish(struct sink *s, const struct json *summary, struct str model, double *fail)
{
	double total, submitted, rate;
	struct in_aggregate a = {.model = model, .task = str_c("jailbreakbench"), .metric = str_c("jailbreaks"), .n = -1,
		.value = NAN, .low = NAN, .high = NAN};
	if (json_num(json_get(summary, "total_number_of_jailbreaks"), false, &total) && total >= 0 && total < 1e9) {
		*fail += total;
		a.k = (int64_t)total;
		if (json_num(json_get(summary, "number_of_submitted_prompts"), false, &submitted) && submitted >= 0 && submitted < 1e9)
			a.n = (int64_t)submitted;
		sink_aggregate(s, &a);
	}
	if (json_num(json_get(summary, "attack_success_rate"), false, &rate)) {
		a.metric = str_c("attack_success_rate");
		a.value = rate;
		a.k = a.n = -1;
		sink_aggregate(s, &a);
	}
}

/* The settings that tell attacks apart; texts of prompts and whatever else may stand there are left out. */
static void write_facts(struct buf *out, const struct json *from, const char *const *names)
{
	for (; *names; names++) {
		struct str value = json_str(json_get(from, *names));
		if (!value.n)
			continue;
		buf_add_ch(out, out->n ? ',' : '{');
		json_write_str(out, str_c(*names));
		buf_add_ch(out, ':');
		json_write_str(out, value);
	}
}

static enum status take_header(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	static const char *const facts[] = {"method", "attack_type", "defense", "evaluation_date", "evaluation_llm_provider", NULL};
	static const char *const method_facts[] = {"judge-model", "attacker_model", "target_model", NULL};
	struct jailbreak *j = ctx;
	struct sink *s = j->im->sink;
	const struct json *parameters = json_get(doc, "parameters");
	struct buf meta = {0};
	double fail = 0;
	if (j->submission) {
		JSON_EACH(model, json_get(doc, "summaries"))
			publish(s, json_get(model, "model_summary"), model->key, &fail);
		sink_ignore(s, str_c("test_logs, eval_logs"), json_get(doc, "test_logs")->count + json_get(doc, "eval_logs")->count);
	} else {
		j->model = arena_str(&j->keep, setting_or(j->im, "model", json_str(json_get(parameters, "model"))));
		struct str type = json_str(json_get(parameters, "attack_type")), method = json_str(json_get(parameters, "method"));
		j->method = arena_printf(&j->keep, "%.*s%s%.*s", (int)type.n, type.p ? type.p : "", type.n && method.n ? "/" : "",
			(int)method.n, method.p ? method.p : "");
		j->defense = arena_str(&j->keep, json_str(json_get(parameters, "defense")));
		publish(s, parameters, j->model, &fail);
		write_facts(&meta, parameters, facts);
		write_facts(&meta, json_get(parameters, "method_parameters"), method_facts);
		if (meta.n)
			buf_add_ch(&meta, '}');
		sink_run(s, &(struct in_run){.tool = str_c("jailbreakbench"), .task = str_c("jailbreakbench"), .declared = -1,
			.created_ms = time_of(json_get(parameters, "evaluation_date")), .meta = buf_str(&meta)});
	}
	if (fail > 0 || json_get(parameters, "total_number_of_jailbreaks")->type == JSON_NUMBER)
		sink_declare(s, "fail", fail);
	buf_fini(&meta);
	return OK;
}

/* ---- one result ---- */

/* Artifacts of others have no behavior, and a list of topics for a category. */
static void add_category(struct sink *s, const struct json *row)
{
	struct str category = json_str(json_get(row, "category")), topic;
	if (json_str(json_get(row, "behavior")).n) {
		if (category.n)
			sink_category(s, str_c("jailbreakbench"), category);
		return;
	}
	while (str_cut(&category, ',', &topic))
		if (str_trim(topic).n)
			sink_category(s, str_c("jailbreak-topic"), str_trim(topic));
}

/* jailbroken, and jailbroken_JUDGE for further judges. */
static void add_scores(struct sink *s, const struct json *row)
{
	struct in_score score;
	JSON_EACH(v, row) {
		if (!str_starts(v->key, "jailbroken") || !score_of(v, "", &score))
			continue;
		score.name = v->key;
		if (v->key.n > strlen("jailbroken_"))
			score.rater = str_sub(v->key, strlen("jailbroken_"), v->key.n);
		sink_score(s, &score);
	}
}

static enum status add_row(struct jailbreak *j, const struct json *row, struct sink_result *r, struct arena *a, struct err *err)
{
	static const char *const used[] = {"behavior", "category", "prompt", "response", "jailbroken", NULL};
	struct sink *s = j->im->sink;
	struct str prompt = json_str(json_get(row, "prompt")), response = json_str(json_get(row, "response"));
	struct str index = json_plain(json_get(row, "index"));
	r->task = str_c("jailbreakbench");
	if (!r->item.n)
		r->item = json_str(json_get(row, "behavior"));
	if (!r->item.n)
		r->item = index.n ? arena_printf(a, "index-%.*s", (int)index.n, index.p) : answer_item(a, json_str(json_get(row, "goal")));
	sink_result(s, r);
	answer_turns(s, prompt, response);
	add_scores(s, row);
	add_category(s, row);
	if (j->method.n)
		sink_category(s, str_c("jailbreak-attack"), j->method);
	if (j->defense.n)
		sink_category(s, str_c("jailbreak-defense"), j->defense);
	if (!prompt.p)
		sink_meta(s, "attempted", str_c("no"));
	sink_rest(s, "", row, used);
	return sink_result_end(s, err);
}

static enum status take_row(void *ctx, const struct walked *w, struct err *err)
{
	struct jailbreak *j = ctx;
	struct sink_result r = SINK_RESULT_INIT;
	if (w->node->type != JSON_OBJECT) {
		sink_skip(j->im->sink, w->record->line, "no jailbreak: not an object");
		return OK;
	}
	r.model = j->submission ? w->record->key : j->model;
	r.authority = SUBMISSION;
	r.place = w->record;
	r.repairs = w->repairs;
	return add_row(j, w->node, &r, w->arena, err);
}

/* evaluation.json is read in one piece: its results are the members of objects. */
static enum status take_evaluation(void *ctx, const struct walked *w, struct err *err)
{
	struct jailbreak *j = ctx;
	struct answer_place at = {0};
	enum status st = OK;
	j->defense = json_str(json_pointer(w->node, str_c("/details/defense")));
	JSON_EACH(model, w->node) {
		JSON_EACH(row, model) {
			struct sink_result r = SINK_RESULT_INIT;
			struct record place = answer_part(&at, w, row);
			r.model = model->key;
			r.item = row->key;
			r.authority = EVALUATION;
			r.place = &place;
			r.repairs = w->repairs;
			if (row->type == JSON_OBJECT && (st = add_row(j, row, &r, w->arena, err)) != OK)
				return st;
		}
	}
	return st;
}

/* ---- which files ---- */

static bool is_submission(struct str head)
{
	return head_has(head, "summaries/*/model_summary");
}

static bool is_evaluation(struct str head)
{
	static const char *const keys[] = {"*/*/prompt", "*/*/response", NULL};
	return head_has_all(head, keys);
}

static int jailbreak_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"parameters", "jailbreaks"}, "parameters and jailbreaks"},
		{95, {"summaries/*/model_summary"}, "summaries of models"},
		{85, {"parameters/method", "parameters/attack_type", "parameters/model"}, "parameters of an attack"},
		{90, {"*/*/prompt", "*/*/response", "*/*/jailbroken"}, "model, behavior, jailbroken"},
	};
	if (inside)
		return 0;
	int confidence = head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (confidence || !str_ends(path_stem(m->path, (const char *const[]){".json", NULL}), "evaluation") || !is_evaluation(m->head))
		return confidence;
	snprintf(why, 160, "an evaluation: model, behavior, prompt and response");
	return 60;
}

static enum status jailbreak_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".json", NULL};
	const struct member *m = im->claim->main;
	struct str stem = path_stem(m->path, suffixes);
	struct jailbreak j = {.im = im, .submission = is_submission(m->head)};
	struct walk rows = {.arrays = jailbreaks, .header = take_header, .each = take_row, .ctx = &j};
	struct walk whole = {.each = take_evaluation, .ctx = &j};
	bool evaluation = !j.submission && is_evaluation(m->head);
	if (j.submission || evaluation)
		sink_run(im->sink, &(struct in_run){.tool = str_c("jailbreakbench"), .task = str_c("jailbreakbench"), .declared = -1,
			.key = answer_run(&j.keep, m->path, str_without(str_without(stem, "submission"), "evaluation"))});
	enum status st = walk_member(im, m, evaluation ? &whole : &rows, err);
	arena_fini(&j.keep);
	return st;
}

const struct importer imp_jailbreakbench = {
	.name = "jailbreakbench",
	.title = "JailbreakBench artifacts, submissions and their evaluations, and others' artifacts of that shape (.json)",
	.version = 1,
	.maps = "A jailbreak is a result: behavior the item (index where there is none), parameters.model or the submission's member "
		"the model. jailbroken and jailbroken_JUDGE are scores, the latter with the judge as rater. category is jailbreakbench:, "
		"a list of topics jailbreak-topic:, attack type and method jailbreak-attack:, the defense jailbreak-defense:. "
		"Numbers of queries and tokens are facts. Declared totals are compared, and kept as published values.",
	.polarity = "jailbroken true is the failure. A null prompt means that the attack offered none: jailbroken false is taken as "
		"written, a pass, and meta.attempted says no.",
	.rules = "task:* => set kind=safety score=jailbroken\n"
		"score.jailbroken=1 => set outcome=fail\n"
		"score.jailbroken=0 => set outcome=pass\n",
	.probe = jailbreak_probe,
	.read = jailbreak_read,
};
