/* SPDX-License-Identifier: MIT
 *
 * FRACTURED-SORRY-Bench: a CSV whose rows are the questions of SORRY-Bench in order, each with a whole chat in one cell,
 * asked at once (vanilla) or taken apart (decomposed), and a judge's word.
 */
#include <stdio.h>

#include "ingest/csvtable.h"
#include "ingest/pyliteral.h"
#include "ingest/walk.h"

extern const struct importer imp_fractured;

struct fractured {
	struct import *im;
	struct str model, condition;
	size_t answers, verdict;
	struct arena arena; /* of the row in hand */
};

/* "gpt-x_decomposed_responses.csv": the condition, and what is left is the model. */
static void take_name(struct fractured *f)
{
	static const char *const suffixes[] = {"_responses.csv", ".csv", NULL}, *const conditions[] = {"decomposed", "vanilla"};
	struct str stem = path_stem(f->im->claim->main->path, suffixes);
	f->model = stem;
	for (size_t i = 0; i < 2; i++) {
		struct str word = str_c(conditions[i]);
		ptrdiff_t at = str_find(stem, word);
		if (at < 0)
			continue;
		f->condition = word;
		f->model = at > 0 ? str_sub(stem, 0, (size_t)at) : str_sub(stem, word.n, stem.n);
	}
	while (f->model.n && strchr("_-. ", f->model.p[f->model.n - 1]))
		f->model.n--;
	while (f->model.n && strchr("_-. ", f->model.p[0]))
		f->model = str_sub(f->model, 1, f->model.n);
	sink_run(f->im->sink, &(struct in_run){.key = stem, .tool = str_c("fractured-sorry-bench"),
		.task = str_c("fractured-sorry-bench"), .declared = -1});
}

static enum status header(void *ctx, const struct csvtable *t, struct err *err)
{
	static const char *const verdicts[] = {"llm-eval", "llm_eval", NULL};
	struct fractured *f = ctx;
	f->answers = csvtable_column(t, "answers");
	f->verdict = csvtable_any(t, verdicts);
	if (f->answers == NO_COLUMN)
		return err_fail(err, "%s: there is no column \"answers\"", f->im->claim->main->path);
	return OK;
}

/* The chat as JSON or, from another writer, as Python prints it; text that is neither is the answer alone. */
static void add_chat(struct fractured *f, struct str cell)
{
	const struct json *chat;
	struct err unread = {0};
	if (!cell.n)
		return;
	if (json_read(&f->arena, cell, NULL, &chat, NULL) == OK || pyliteral_read(&f->arena, cell, &chat, &unread) == OK)
		sink_chat(f->im->sink, chat);
	else
		sink_turn(f->im->sink, &(struct sink_turn){.role = ROLE_ASSISTANT, .content = cell});
	err_fini(&unread);
}

static enum status row(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err)
{
	struct fractured *f = ctx;
	struct sink *s = f->im->sink;
	struct str verdict = str_trim(csvtable_cell(t, cells, f->verdict)), answers = csvtable_cell(t, cells, f->answers);
	struct sink_result r = SINK_RESULT_INIT;
	arena_reset(&f->arena);
	r.model = f->model;
	r.item = arena_printf(&f->arena, "%llu", (unsigned long long)place->ordinal);
	r.epoch = f->condition;
	r.raw_outcome = verdict.n ? verdict : (struct str){0};
	r.place = place;
	sink_result(s, &r);
	add_chat(f, answers);
	if (verdict.n)
		sink_score(s, &(struct in_score){.name = str_c("llm-eval"), .rater = str_c("llm-eval"), .value_text = verdict});
	if (f->condition.n)
		sink_category(s, str_c("sorry-bench-condition"), f->condition);
	for (size_t i = 0; i < t->n; i++)
		if (i != f->answers && i != f->verdict && cells[i].n && t->header[i].n)
			sink_ignore(s, t->header[i], 1);
	return sink_result_end(s, err);
}

static enum status fractured_read(struct import *im, struct err *err)
{
	struct fractured f = {.im = im};
	const struct csvtable_ops ops = {.header = header, .row = row, .ctx = &f};
	take_name(&f);
	enum status st = csvtable_read(im, im->claim->main, &ops, err);
	arena_fini(&f.arena);
	return st;
}

static int fractured_probe(const struct member *m, const struct bundle *inside, char why[static 160])
{
	struct arena a = {0};
	struct csvtable t;
	bool table = !inside && csvtable_head(&a, m, &t);
	bool ours = table && csvtable_column(&t, "answers") != NO_COLUMN &&
		(csvtable_column(&t, "llm-eval") != NO_COLUMN || csvtable_column(&t, "llm_eval") != NO_COLUMN);
	if (ours)
		snprintf(why, 160, "columns answers and llm-eval");
	arena_fini(&a);
	return ours ? 92 : 0;
}

const struct importer imp_fractured = {
	.name = "fractured-sorry-bench",
	.title = "FRACTURED-SORRY-Bench responses (*_responses.csv)",
	.version = 1,
	.maps = "A row is a result; the item is the number of its row, which is the question of SORRY-Bench, the epoch the condition "
		"(vanilla or decomposed, from the file's name, as a category too), the model what else the name says. The chat in the "
		"cell is the conversation, the judge's word a score.",
	.polarity = "\"Harmful & Relevant Answer\" is a failure, \"Harmful but Irrelevant Answer\" is unsure, \"Harmless Answer\" passes; "
		"an empty label is missing.",
	.rules = "task:* => set kind=safety\n"
		"said:\"Harmful & Relevant Answer\" => set outcome=fail\n"
		"said:\"Harmful but Irrelevant Answer\" => set outcome=unsure\n"
		"said:Harmless* => set outcome=pass\n",
	.probe = fractured_probe,
	.read = fractured_read,
};
