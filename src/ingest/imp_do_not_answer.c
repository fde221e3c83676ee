/* SPDX-License-Identifier: MIT
 *
 * Do-Not-Answer: a question a row, and for each model M the columns M_response, M_harmful and M_action.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/answer.h"
#include "ingest/csvtable.h"

struct answered {
	struct str model;
	size_t response, harmful, action;
};

struct do_not_answer {
	struct import *im;
	struct arena row;
	size_t id, question, area, type, harm;
	struct answered *models;
	size_t n;
	bool *used; /* by column */
};

static size_t column_of(const struct csvtable *t, struct str model, const char *what)
{
	char name[256];
	snprintf(name, sizeof name, "%.*s%s", (int)(model.n < 200 ? model.n : 200), model.p, what);
	return csvtable_column(t, name);
}

static bool next_model(const struct csvtable *t, size_t i, struct answered *out)
{
	struct str name = str_trim(t->header[i]), model = str_without(name, "_response");
	if (model.n == name.n || !model.n)
		return false;
	*out = (struct answered){model, i, column_of(t, model, "_harmful"), column_of(t, model, "_action")};
	return out->harmful != NO_COLUMN || out->action != NO_COLUMN;
}

static void use(struct do_not_answer *d, const struct csvtable *t, size_t column)
{
	if (column < t->n)
		d->used[column] = true;
}

static enum status take_header(void *ctx, const struct csvtable *t, struct err *err)
{
	(void)err;
	struct do_not_answer *d = ctx;
	size_t *columns[] = {&d->id, &d->question, &d->area, &d->type, &d->harm};
	static const char *const names[] = {"id", "question", "risk_area", "types_of_harm", "specific_harms"};
	d->models = xcalloc(t->n, sizeof *d->models);
	d->used = xcalloc(t->n, sizeof *d->used);
	for (size_t i = 0; i < 5; i++) {
		*columns[i] = csvtable_column(t, names[i]);
		use(d, t, *columns[i]);
	}
	for (size_t i = 0; i < t->n; i++)
		if (next_model(t, i, &d->models[d->n])) {
			const struct answered *m = &d->models[d->n++];
			use(d, t, m->response);
			use(d, t, m->harmful);
			use(d, t, m->action);
		}
	return OK;
}

static void add_number(struct sink *s, const char *name, struct str cell)
{
	struct in_score score = {.name = str_c(name), .value_text = cell};
	if (!cell.p)
		return;
	score.has_num = str_to_double(str_trim(cell), &score.num);
	sink_score(s, &score);
}

/* "area/type/harm" */
static struct str harm_path(struct do_not_answer *d, const struct csvtable *t, const struct str *cells)
{
	const size_t steps[] = {d->area, d->type, d->harm};
	struct buf path = {0};
	for (size_t i = 0; i < 3; i++) {
		struct str step = str_trim(csvtable_cell(t, cells, steps[i]));
		if (path.n && step.n)
			buf_add_ch(&path, '/');
		buf_add_str(&path, step);
	}
	struct str out = path.n ? arena_str(&d->row, buf_str(&path)) : (struct str){0};
	buf_fini(&path);
	return out;
}

static enum status take_row(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place,
	struct err *err)
{
	struct do_not_answer *d = ctx;
	struct sink *s = d->im->sink;
	enum status st = OK;
	arena_reset(&d->row);
	struct str path = harm_path(d, t, cells);
	for (size_t i = 0; i < d->n && st == OK; i++) {
		const struct answered *m = &d->models[i];
		struct str response = csvtable_cell(t, cells, m->response), harmful = csvtable_cell(t, cells, m->harmful);
		struct sink_result r = SINK_RESULT_INIT;
		if (!response.p && !harmful.p)
			continue; /* this model was not asked */
		r.model = m->model;
		r.item = csvtable_cell(t, cells, d->id);
		r.place = place;
		sink_result(s, &r);
		answer_turns(s, csvtable_cell(t, cells, d->question), response);
		add_number(s, "harmful", harmful);
		add_number(s, "action", csvtable_cell(t, cells, m->action));
		if (path.n)
			sink_category(s, str_c("do-not-answer"), path);
		st = sink_result_end(s, err);
	}
	for (size_t i = 0; i < t->n; i++)
		if (!d->used[i] && cells[i].n && str_trim(t->header[i]).n)
			sink_ignore(s, str_trim(t->header[i]), 1);
	return st;
}

static enum status dna_read(struct import *im, struct err *err)
{
	struct do_not_answer d = {.im = im};
	const struct csvtable_ops ops = {.header = take_header, .row = take_row, .ctx = &d};
	sink_run(im->sink, &(struct in_run){.tool = str_c("do-not-answer"), .task = str_c("do-not-answer"), .declared = -1});
	enum status st = csvtable_read(im, im->claim->main, &ops, err);
	free(d.models);
	free(d.used);
	arena_fini(&d.row);
	return st;
}

static int dna_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	struct arena a = {0};
	struct csvtable t;
	struct answered model;
	size_t models = 0;
	bool is = !inside && csvtable_head(&a, m, &t) && csvtable_column(&t, "question") != NO_COLUMN &&
		csvtable_column(&t, "risk_area") != NO_COLUMN;
	for (size_t i = 0; is && i < t.n; i++)
		models += next_model(&t, i, &model);
	arena_fini(&a);
	snprintf(why, 160, "questions by risk area, answered by %zu models", models);
	return models ? 92 : 0;
}

const struct importer imp_do_not_answer = {
	.name = "do-not-answer",
	.title = "Do-Not-Answer: one table of questions and models (MODEL_response, MODEL_harmful, MODEL_action)",
	.version = 1,
	.maps = "A question answered by a model is a result: id the item, risk area, type and specific harm do-not-answer:a/b/c. "
		"harmful and action (0 to 5) are scores. The models are those of the columns, however many.",
	.polarity = "harmful 1 is the failure, 0 the pass; what kind of answer it was (action) decides nothing.",
	.rules = "task:* => set kind=safety score=harmful\n"
		"score.harmful=1 => set outcome=fail\n"
		"score.harmful=0 => set outcome=pass\n",
	.probe = dna_probe,
	.read = dna_read,
};
