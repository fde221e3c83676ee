/* SPDX-License-Identifier: MIT
 *
 * DeepTeam risk assessments: {overview, test_cases}, with members in camel case or, newer, in snake case. Nothing in it
 * names the model.
 */
#include <math.h>
#include <stdio.h>

#include "base/clock.h"
#include "ingest/answer.h"
#include "ingest/head.h"

static const char *const cases[] = {"/test_cases", NULL};

struct deepteam {
	struct import *im;
	struct str model;
};

/* ---- the overview ---- */

static int64_t count_of(const struct json *row, const char *name)
{
	int64_t n;
	return json_i64(json_get(row, name), &n) && n >= 0 && n < 1000000000 ? n : 0;
}

static void publish(struct deepteam *d, const struct json *rows, const char *name, const char *inner, int64_t *pass,
	int64_t *fail)
{
	JSON_EACH(row, rows) {
		struct str of = json_str(json_get(row, name)), type = json_str(json_get(row, inner));
		struct buf category = {0};
		struct in_aggregate a = {.model = d->model, .task = str_c("deepteam"), .metric = str_c("pass_rate"),
			.k = count_of(row, "passing"), .value = NAN, .low = NAN, .high = NAN};
		a.n = a.k + count_of(row, "failing");
		json_num(json_get(row, "pass_rate"), false, &a.value);
		buf_add_str(&category, of);
		if (type.n)
			buf_printf(&category, "/%.*s", (int)type.n, type.p);
		a.category = buf_str(&category);
		sink_aggregate(d->im->sink, &a);
		*pass += a.k;
		*fail += a.n - a.k;
		buf_fini(&category);
	}
}

static enum status take_overview(void *ctx, const struct json *doc, struct err *err)
{
	(void)err;
	struct deepteam *d = ctx;
	const struct json *overview = json_get(doc, "overview"), *types = json_get(overview, "vulnerability_type_results");
	int64_t pass = 0, fail = 0, unused = 0;
	publish(d, types, "vulnerability", "vulnerability_type", &pass, &fail);
	publish(d, json_get(overview, "attack_method_results"), "attack_method", "", &unused, &unused);
	if (types->count) {
		sink_declare(d->im->sink, "pass", (double)pass);
		sink_declare(d->im->sink, "fail", (double)fail);
	}
	return OK;
}

/* ---- a test case ---- */

static const struct json *either(const struct json *node, const char *camel, const char *snake)
{
	return json_first(json_get(node, camel), json_get(node, snake));
}

static void add_path(struct sink *s, const char *taxonomy, struct arena *a, const struct json *outer, const struct json *inner)
{
	struct str of = json_plain(outer), type = json_plain(inner);
	if (of.n)
		sink_category(s, str_c(taxonomy), arena_printf(a, "%.*s%s%.*s", (int)of.n, of.p, type.n ? "/" : "", (int)type.n,
			type.p ? type.p : ""));
}

/* The output is a text, or [text, cost]. */
static void add_turns(struct sink *s, const struct json *node)
{
	const struct json *turns = json_get(node, "turns"), *output = either(node, "actualOutput", "actual_output");
	double cost;
	if (turns->type == JSON_ARRAY && turns->count) {
		sink_chat(s, turns);
		return;
	}
	bool pair = output->type == JSON_ARRAY && output->count == 2 && json_num(json_at(output, 1), false, &cost);
	answer_turns(s, json_plain(json_get(node, "input")), json_plain(pair ? json_at(output, 0) : output));
	if (pair)
		sink_meta_num(s, "cost", cost);
}

static enum status take_case(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"vulnerability", "vulnerability_type", "vulnerabilityType", "riskCategory", "risk_category",
		"attackMethod", "attack_method", "input", "turns", "actualOutput", "actual_output", "score", "reason", "error", NULL};
	static const struct json absent;
	struct deepteam *d = ctx;
	struct sink *s = d->im->sink;
	const struct json *node = w->node;
	struct sink_result r = SINK_RESULT_INIT;
	struct in_score score;
	if (json_is_null(json_get(node, "vulnerability"))) {
		sink_skip(s, w->record->line, "no test case: it names no vulnerability");
		return OK;
	}
	r.model = d->model;
	r.item = answer_item(w->arena, json_plain(json_first(json_get(node, "input"), json_get(node, "turns"))));
	r.error = json_plain(json_get(node, "error"));
	r.place = w->record;
	r.repairs = w->repairs;
	sink_result(s, &r);
	add_turns(s, node);
	if (score_of(json_get(node, "score"), "score", &score)) {
		score.reason = json_str(json_get(node, "reason"));
		sink_score(s, &score);
	}
	add_path(s, "deepteam", w->arena, json_get(node, "vulnerability"), either(node, "vulnerability_type", "vulnerabilityType"));
	add_path(s, "deepteam-risk", w->arena, either(node, "riskCategory", "risk_category"), &absent);
	add_path(s, "deepteam-attack", w->arena, either(node, "attackMethod", "attack_method"), &absent);
	sink_rest(s, "", node, used);
	return sink_result_end(s, err);
}

/* Files are named after the time: 20250314_210939.json */
static int64_t time_of_name(const char *path)
{
	struct str stem = path_stem(path, (const char *const[]){".json", NULL});
	char iso[32];
	int64_t ms;
	bool zone;
	if (stem.n != 15 || stem.p[8] != '_')
		return 0;
	snprintf(iso, sizeof iso, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s", stem.p, stem.p + 4, stem.p + 6, stem.p + 9, stem.p + 11, stem.p + 13);
	return clock_parse(str_c(iso), &ms, &zone) ? ms : 0;
}

static enum status deepteam_read(struct import *im, struct err *err)
{
	struct deepteam d = {.im = im, .model = setting_or(im, "model", (struct str){0})};
	struct walk walk = {.arrays = cases, .header = take_overview, .each = take_case, .ctx = &d};
	sink_run(im->sink, &(struct in_run){.tool = str_c("deepteam"), .task = str_c("deepteam"), .declared = -1,
		.created_ms = time_of_name(im->claim->main->path)});
	return walk_member(im, im->claim->main, &walk, err);
}

static int deepteam_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{95, {"overview/vulnerability_type_results", "test_cases"}, "overview and test cases"},
		{90, {"overview/vulnerability_type_results"}, "results by type of vulnerability"},
		{85, {"test_cases/vulnerability", "test_cases/vulnerability_type"}, "test cases of vulnerabilities"},
	};
	return inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
}

const struct importer imp_deepteam = {
	.name = "deepteam",
	.title = "DeepTeam risk assessments (.json)",
	.version = 1,
	.maps = "A test case is a result; the hash of its input is the item, for it has no id. The model is not in the file: --set "
		"model=NAME. Vulnerability and type are deepteam:, the risk category deepteam-risk:, the attack method deepteam-attack:. "
		"An output that is a text with its cost is one turn. The overview's totals are compared, and kept as published values.",
	.polarity = "score 0 is the failure, 1 is safe; between them it is unsure; a test case with an error is missing.",
	.rules = "task:* => set kind=safety score=score\n"
		"score.score>0 => set outcome=unsure\n"
		"score.score=0 => set outcome=fail\n"
		"score.score=1 => set outcome=pass\n"
		"-error:none => set outcome=missing\n",
	.probe = deepteam_probe,
	.read = deepteam_read,
};
