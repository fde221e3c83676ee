/* SPDX-License-Identifier: MIT
 *
 * promptfoo's CSV export: a row a test, the variables first, then a block of columns for each prompt and provider: output,
 * Status, Score, Named Scores, Metric: …, Grader Reason, Comment, so that names repeat and columns go by position.
 * Red teaming adds columns at the end. The old export has one cell instead of a block, "[PASS] (1.00) output", under a
 * header that is the prompt as JSON.
 */
#include "ingest/promptfoo_csv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* ---- the header ---- */

static bool starts_block(const struct csvtable *t, size_t i)
{
	return i + 2 < t->n && str_eq_c(t->header[i + 1], "Status") && str_eq_c(t->header[i + 2], "Score");
}

/* "[provider] prompt", or the prompt alone; the old export hides it in JSON. */
static bool take_label(struct csv_export *e, struct str header, struct block *b)
{
	const struct json *node;
	struct str shown = header;
	if (str_starts(header, "{") && json_read(&e->keep, header, NULL, &node, NULL) == OK)
		shown = json_plain(json_first(json_get(node, "display"), json_get(node, "label")));
	ptrdiff_t close = str_starts(shown, "[") ? str_find(shown, str_c("]")) : -1;
	if (close < 0) {
		b->label = shown;
		return !b->old;
	}
	b->model = str_sub(shown, 1, (size_t)close - 1);
	b->label = str_trim(str_sub(shown, (size_t)close + 1, shown.n));
	ptrdiff_t colon = str_find(b->model, str_c(":"));
	if (colon > 0 && !str_starts(str_sub(b->model, (size_t)colon, 3), "://"))
		b->provider = str_sub(b->model, 0, (size_t)colon);
	return true;
}

/* Where the columns of red teaming begin; the end of the table when there are none. */
static size_t take_attack(struct csv_export *e, const struct csvtable *t)
{
	size_t *columns[] = {&e->messages, &e->history, &e->plugin, &e->strategy, &e->session};
	static const char *const names[] = {"Messages", "RedteamHistory", "pluginId", "strategyId", "sessionId"};
	size_t begin = t->n;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		*columns[i] = csvtable_column(t, names[i]);
		if (*columns[i] < e->blocks[e->n - 1].output + 3) /* a variable of that name */
			*columns[i] = NO_COLUMN;
		if (*columns[i] < begin)
			begin = *columns[i];
	}
	return begin;
}

/* All columns but the description and those of blocks and red teaming. */
static void take_variables(struct csv_export *e, const struct csvtable *t, size_t attack)
{
	for (size_t i = 0; i < t->n; i++) {
		bool inside = i >= attack;
		for (size_t k = 0; k < e->n && !inside; k++)
			inside = i >= e->blocks[k].output && i < e->blocks[k].end;
		e->vars[i] = !inside && i != e->description;
	}
}

static enum status take_header(void *ctx, const struct csvtable *t, struct err *err)
{
	struct csv_export *e = ctx;
	size_t first = t->n;
	e->blocks = xcalloc(t->n, sizeof *e->blocks);
	e->vars = xcalloc(t->n, sizeof *e->vars);
	for (size_t i = 0; i < t->n; i++) {
		struct block b = {.output = i, .old = str_starts(t->header[i], "{") || str_starts(t->header[i], "[")};
		bool current = starts_block(t, i);
		b.old &= !current;
		if (!(current || b.old) || !take_label(e, t->header[i], &b))
			continue;
		if (e->n && !e->blocks[e->n - 1].old)
			e->blocks[e->n - 1].end = i;
		for (size_t k = 0; k < e->n; k++)
			e->variants |= str_eq(e->blocks[k].model, b.model);
		b.end = b.old ? i + 1 : t->n;
		e->blocks[e->n++] = b;
		first = first == t->n ? i : first;
	}
	if (!e->n)
		return err_fail(err, "%s: no column is the output of a provider", e->im->claim->main->path);
	e->description = str_eq_c(t->header[0], "Description") && first > 0 ? 0 : NO_COLUMN;
	size_t attack = take_attack(e, t);
	if (!e->blocks[e->n - 1].old)
		e->blocks[e->n - 1].end = attack;
	take_variables(e, t, attack);
	return OK;
}

/* ---- reading ---- */

enum status promptfoo_csv_read(struct import *im, struct str task, struct err *err)
{
	struct csv_export e = {.im = im, .task = task};
	const struct csvtable_ops ops = {.header = take_header, .row = promptfoo_csv_row, .ctx = &e};
	sink_run(im->sink, &(struct in_run){.tool = str_c("promptfoo"), .name = task, .task = task, .declared = -1});
	enum status st = csvtable_read(im, im->claim->main, &ops, err);
	free(e.blocks);
	free(e.vars);
	arena_fini(&e.keep);
	arena_fini(&e.row);
	return st;
}

/* The header alone may be longer than the head, for prompts stand in it. */
int promptfoo_csv_probe(const struct member *m, char why[static 160])
{
	static const struct {
		const char *text, *why;
		bool first;
	} signs[] = {{"Status,Score,Named Scores", "blocks of Status, Score, Named Scores", false},
		{"\"{\"\"raw\"\":", "prompts as JSON in the header", true}};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		ptrdiff_t at = str_find(m->head, str_c(signs[i].text));
		if (at < 0 || (signs[i].first && at > 0) || memchr(m->head.p, '\0', m->head.n))
			continue;
		snprintf(why, 160, "%s", signs[i].why);
		return 88;
	}
	return 0;
}
