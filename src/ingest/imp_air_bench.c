/* SPDX-License-Identifier: MIT
 *
 * AIR-Bench 2024, what its own pipelines write: step 1 the responses, step 2 the same rows scored, as JSON or CSV; and
 * risk_mapping.json, the taxonomy, which ships with the program. Pipeline and model stand in the file's name only.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/answer.h"
#include "ingest/csvtable.h"
#include "ingest/head.h"

enum { STEP1, STEP2 };

struct air_bench {
	struct import *im;
	struct arena keep, row;
	struct str model;
};

/* ---- one result ---- */

struct air_row {
	struct str code, prompt, response, reason, score;
};

static void add_row(struct air_bench *b, struct sink_result *r, const struct air_row *row, struct arena *a)
{
	struct sink *s = b->im->sink;
	struct str hash = answer_item(a, row->prompt);
	struct in_score score = {.name = str_c("score"), .value_text = row->score, .reason = row->reason};
	r->model = b->model;
	r->item = arena_printf(a, "%.*s/%.*s", (int)row->code.n, row->code.p ? row->code.p : "", (int)hash.n, hash.p);
	score.has_num = str_to_double(str_trim(row->score), &score.num);
	r->authority = score.has_num ? STEP2 : STEP1;
	sink_result(s, r);
	answer_turns(s, row->prompt, row->response);
	if (row->score.n)
		sink_score(s, &score);
	if (row->code.n)
		sink_category(s, str_c("air-2024"), row->code);
}

/* The prompt is a text, or [{"prompt": text}]. */
static struct str prompt_text(const struct json *prompt)
{
	if (prompt->type == JSON_ARRAY)
		prompt = json_at(prompt, 0);
	return json_plain(prompt->type == JSON_OBJECT ? json_get(prompt, "prompt") : prompt);
}

static const struct json *either(const struct json *node, const char *snake, const char *kebab)
{
	return json_first(json_get(node, snake), json_get(node, kebab));
}

static enum status take_record(void *ctx, const struct walked *w, struct err *err)
{
	static const char *const used[] = {"cate_idx", "cate-idx", "prompt", "response", "reason", "score_reason", "score", NULL};
	struct air_bench *b = ctx;
	const struct air_row row = {
		.code = json_plain(either(w->node, "cate_idx", "cate-idx")),
		.prompt = prompt_text(json_get(w->node, "prompt")),
		.response = json_plain(json_get(w->node, "response")),
		.reason = json_plain(either(w->node, "reason", "score_reason")),
		.score = json_plain(json_get(w->node, "score")),
	};
	struct sink_result r = SINK_RESULT_INIT;
	if (!row.code.n || !row.prompt.p) {
		sink_skip(b->im->sink, w->record->line, "no response: it has no cate_idx or no prompt");
		return OK;
	}
	r.place = w->record;
	r.repairs = w->repairs;
	add_row(b, &r, &row, w->arena);
	sink_rest(b->im->sink, "", w->node, used);
	return sink_result_end(b->im->sink, err);
}

static struct str cell(const struct csvtable *t, const struct str *cells, const char *kebab, const char *snake)
{
	const char *const names[] = {kebab, snake, NULL};
	return csvtable_cell(t, cells, csvtable_any(t, names));
}

static enum status take_cells(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place,
	struct err *err)
{
	static const char *const facts[][3] = {{"l2-name", "l2_name", "l2_name"}, {"l3-name", "l3_name", "l3_name"},
		{"l4-name", "l4_name", "l4_name"}};
	struct air_bench *b = ctx;
	struct sink_result r = SINK_RESULT_INIT;
	const struct air_row row = {
		.code = cell(t, cells, "cate-idx", "cate_idx"),
		.prompt = cell(t, cells, "prompt", "prompt"),
		.response = cell(t, cells, "response", "response"),
		.reason = cell(t, cells, "score_reason", "reason"),
		.score = cell(t, cells, "score", "score"),
	};
	arena_reset(&b->row);
	r.place = place;
	add_row(b, &r, &row, &b->row);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct str fact = cell(t, cells, facts[i][0], facts[i][1]);
		if (fact.n)
			sink_meta(b->im->sink, facts[i][2], fact);
	}
	return sink_result_end(b->im->sink, err);
}

/* ---- the taxonomy ---- */

static enum status take_mapping(void *ctx, const struct walked *w, struct err *err)
{
	(void)err;
	struct air_bench *b = ctx;
	size_t leaves = 0;
	JSON_EACH(risk, w->node) {
		double total;
		size_t here = 0;
		JSON_EACH(group, json_get(risk, "subcategories"))
			here += json_get(group, "items")->count;
		if (json_num(json_get(risk, "total"), false, &total) && total != (double)here)
			sink_warn(b->im->sink, "category %.*s says that it has %.0f risks, %zu are here", (int)risk->key.n, risk->key.p,
				total, here);
		leaves += here;
	}
	sink_ignore(b->im->sink, str_c("risk of the taxonomy air-2024, which ships with the program"), leaves);
	return OK;
}

/* ---- which files ---- */

static bool is_mapping(struct str head)
{
	static const char *const keys[] = {"*/subcategories/*/items/idx", "*/total", NULL};
	return head_has_all(head, keys);
}

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

/* "pipeline1_step2_Llama-3-8b_result.json": run pipeline1_Llama-3-8b, model Llama-3-8b. */
static void take_names(struct air_bench *b, const char *path, struct str *run)
{
	static const char *const suffixes[] = {"_result.json", "_response.json", "_result.csv", "_response.csv", ".json", ".csv", NULL};
	struct str stem = path_stem(path, suffixes), rest = stem, pipeline, step;
	b->model = *run = stem;
	if (!str_cut(&rest, '_', &pipeline) || !str_starts(pipeline, "pipeline") || !str_cut(&rest, '_', &step) ||
		!str_starts(step, "step") || !is_digits(str_sub(step, 4, step.n)) || !rest.n)
		return;
	b->model = rest;
	*run = arena_printf(&b->keep, "%.*s_%.*s", (int)pipeline.n, pipeline.p, (int)rest.n, rest.p);
}

static enum status air_read(struct import *im, struct err *err)
{
	const struct member *m = im->claim->main;
	struct air_bench b = {.im = im};
	const struct walk records = {.each = take_record, .ctx = &b}, mapping = {.each = take_mapping, .ctx = &b};
	const struct csvtable_ops table = {.row = take_cells, .ctx = &b};
	struct str run;
	enum status st;
	take_names(&b, m->path, &run);
	b.model = setting_or(im, "model", b.model);
	sink_run(im->sink, &(struct in_run){.tool = str_c("air-bench"), .task = str_c("air-bench-2024"), .declared = -1,
		.key = answer_run(&b.keep, m->path, run)});
	if (records_sniff(m->head) == RECORDS_NONE)
		st = csvtable_read(im, m, &table, err);
	else
		st = walk_member(im, m, is_mapping(m->head) ? &mapping : &records, err);
	arena_fini(&b.keep);
	arena_fini(&b.row);
	return st;
}

static int air_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	static const struct head_shape shapes[] = {
		{92, {"cate_idx", "l2_name", "l3_name", "response"}, "responses by cate_idx and names of levels"},
		{90, {"cate_idx", "l2_name", "l4_name", "prompt"}, "prompts by cate_idx and names of levels"},
		{90, {"*/subcategories/*/items/idx", "*/total"}, "the taxonomy of AIR-Bench 2024"},
	};
	struct arena a = {0};
	struct csvtable t;
	int confidence = inside ? 0 : head_match(m->head, shapes, sizeof shapes / sizeof *shapes, why);
	if (!confidence && !inside && csvtable_head(&a, m, &t) && csvtable_column(&t, "cate-idx") != NO_COLUMN &&
		csvtable_column(&t, "l2-name") != NO_COLUMN && csvtable_column(&t, "response") != NO_COLUMN) {
		snprintf(why, 160, "responses by cate-idx and l2-name");
		confidence = 92;
	}
	arena_fini(&a);
	return confidence;
}

const struct importer imp_air_bench = {
	.name = "air-bench",
	.title = "AIR-Bench 2024 pipelines (pipelineN_step1_MODEL_response, …step2_MODEL_result, .json, .csv), risk_mapping.json",
	.version = 1,
	.maps = "A row is a result: category code and the prompt's hash the item, the model that of the file's name (--set model says "
		"otherwise), the code air-2024:. The score has the judge's reason. Step 1 and step 2 of a pipeline and model are the same "
		"results. risk_mapping.json is checked against its own totals; its categories are those of the shipped taxonomy air-2024.",
	.polarity = "score 1 is safe, 0 the failure, 0.5 unsure; responses without a score are missing.",
	.rules = "task:* => set kind=safety score=score\n"
		"score.score>0 => set outcome=unsure\n"
		"score.score=0 => set outcome=fail\n"
		"score.score=1 => set outcome=pass\n",
	.probe = air_probe,
	.read = air_read,
};
