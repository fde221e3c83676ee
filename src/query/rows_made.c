/* SPDX-License-Identifier: MIT
 *
 * Lists short enough to be made whole: runs, sources, what was noted about
 * them, reviewers.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "query/made.h"

/* ---- results of the set by one dimension ---- */

struct present {
	struct group_counts *counts;
	size_t n;
};

static enum status count_by(const struct opening *o, enum dimension dim, struct present *p)
{
	return facts_group(o->facts, o->set, &dim, 1, str_c(""), 0, &p->counts, &p->n);
}

static bool is_present(const struct present *p, int64_t key)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->counts[i].key[0] == key)
			return true;
	return false;
}

/* ---- runs ---- */

static enum status make_runs(struct table *t, const struct opening *o, struct err *err)
{
	const struct names *names = facts_names(o->facts);
	struct present p = {0};
	if (count_by(o, DIM_RUN, &p) != OK)
		return err_fail(err, "can not count the runs");
	for (size_t i = 0; i < p.n; i++) {
		const struct group_counts *g = &p.counts[i];
		uint32_t run = g->key[0];
		struct cell *row = table_add_row(t);
		bool known = run < names->run.n;
		row[0] = cell_text(t, dict_name(&names->run, run));
		row[1] = known ? cell_text(t, dict_name(&names->task, names->run_task[run])) : (struct cell){0};
		row[2] = (struct cell){.kind = CELL_BOOL, .integer = known ? names->run_in_scope[run] : 1};
		row[3] = cell_int((int64_t)g->results);
		row[4] = cell_int((int64_t)g->fail);
		row[5] = cell_int((int64_t)g->pass);
		row[6] = cell_int((int64_t)g->missing);
		row[7] = g->fail + g->pass ? cell_rate((double)g->fail / (double)(g->fail + g->pass)) : (struct cell){0};
		row[8] = cell_int((int64_t)g->reviewed);
	}
	free(p.counts);
	return OK;
}

/* ---- sources and notes, from the database ---- */

enum status made_select(const struct opening *o, const char *sql, void (*fn)(void *ctx, sqlite3_stmt *st), void *ctx, struct err *err)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	if (!o->store)
		return OK;
	int rc = sqlite3_open_v2(store_path(o->store), &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(db, 5000);
		rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
	}
	while (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		fn(ctx, st);
	rc = rc == SQLITE_OK ? sqlite3_errcode(db) : rc;
	bool good = rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW;
	enum status status = good ? OK : err_fail(err, "%s: %s", store_path(o->store), db ? sqlite3_errmsg(db) : "out of memory");
	sqlite3_finalize(st);
	sqlite3_close(db);
	return status;
}

struct str made_text(sqlite3_stmt *st, int column)
{
	const char *p = (const char *)sqlite3_column_text(st, column);
	return p ? str_n(p, (size_t)sqlite3_column_bytes(st, column)) : (struct str){0};
}

struct read_rows {
	struct table *t;
	const struct opening *o;
	bool skip; /* the first column, the source's number, is left out of the table */
	struct present present;
};

static void read_row(void *ctx, sqlite3_stmt *st)
{
	struct read_rows *r = ctx;
	struct table *t = r->t;
	if (r->o->filtered && !is_present(&r->present, sqlite3_column_int64(st, 0)))
		return;
	struct cell *row = table_add_row(t);
	for (size_t c = 0; c < t->ncolumns; c++) {
		int from = (int)c + r->skip;
		if (sqlite3_column_type(st, from) == SQLITE_NULL)
			continue;
		if (t->columns[c].kind == CELL_TEXT)
			row[c] = cell_text(t, made_text(st, from));
		else
			row[c] = (struct cell){.kind = t->columns[c].kind, .integer = sqlite3_column_int64(st, from)};
	}
}

/* Rows of a statement whose first column is the source's number. */
static enum status read_rows(struct table *t, const struct opening *o, const char *sql, bool skip, struct err *err)
{
	struct read_rows r = {.t = t, .o = o, .skip = skip};
	if (o->filtered && count_by(o, DIM_SOURCE, &r.present) != OK)
		return err_fail(err, "can not count the sources");
	enum status st = made_select(o, sql, read_row, &r, err);
	free(r.present.counts);
	return st;
}

static enum status make_sources(struct table *t, const struct opening *o, struct err *err)
{
	return read_rows(t, o,
		"SELECT source_id, path, format, sha256, bytes, status, results, skipped, warnings, mismatch, declared, ignored, ingested_ms "
		"FROM source ORDER BY source_id", false, err);
}

static enum status make_notes(struct table *t, const struct opening *o, struct err *err)
{
	return read_rows(t, o,
		"SELECT n.source_id, s.path, n.kind, n.place, n.text, n.count FROM source_note n JOIN source s USING (source_id) "
		"ORDER BY n.source_id, n.note_id", true, err);
}

/* ---- reviewers ---- */

struct tally {
	struct dict reviewers;
	struct reviewer_counts {
		int64_t results, by_outcome[OUTCOME_COUNT], agree, false_positives, missed, notes, superseded, last_ms;
	} *counts;
	size_t cap;
};

static void tally_entry(struct tally *t, const struct opening *o, const struct annotation *a)
{
	uint32_t id = dict_add(&t->reviewers, a->entry.reviewer);
	size_t before = t->cap;
	t->counts = vec_grow(t->counts, &t->cap, (size_t)id + 1, sizeof *t->counts);
	if (t->cap > before)
		memset(t->counts + before, 0, (t->cap - before) * sizeof *t->counts);
	struct reviewer_counts *c = &t->counts[id];
	if (a->entry.at_ms > c->last_ms)
		c->last_ms = a->entry.at_ms;
	if (!a->current) {
		c->superseded++;
		return;
	}
	c->results++;
	c->by_outcome[a->entry.outcome]++;
	c->notes += a->entry.note.n > 0;
	if (!a->result_id || !a->entry.outcome)
		return;
	enum outcome derived = (enum outcome)facts_columns(o->facts)->outcome[a->result_id];
	c->agree += derived == a->entry.outcome;
	c->false_positives += derived == OUTCOME_FAIL && a->entry.outcome == OUTCOME_PASS;
	c->missed += derived == OUTCOME_PASS && a->entry.outcome == OUTCOME_FAIL;
}

static enum status make_reviewers(struct table *t, const struct opening *o, struct err *err)
{
	struct tally tally = {0};
	const struct annotation *all;
	size_t n = facts_annotations(o->facts, &all);
	(void)err;
	for (size_t i = 0; i < n; i++) {
		bool counts = all[i].result_id ? bitset_test(o->set, (size_t)all[i].result_id) : !o->filtered;
		bool judges = str_eq_c(all[i].entry.kind, "annotation") || str_eq_c(all[i].entry.kind, "adjudication");
		if (counts && judges)
			tally_entry(&tally, o, &all[i]);
	}
	for (uint32_t i = 0; i < tally.reviewers.n; i++) {
		const struct reviewer_counts *c = &tally.counts[i];
		struct cell *row = table_add_row(t);
		const int64_t numbers[] = {c->results, c->by_outcome[OUTCOME_FAIL], c->by_outcome[OUTCOME_PASS], c->by_outcome[OUTCOME_UNSURE],
			c->by_outcome[OUTCOME_INVALID], c->agree, c->false_positives, c->missed, c->notes, c->superseded};
		row[0] = cell_text(t, dict_name(&tally.reviewers, i));
		for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
			row[k + 1] = cell_int(numbers[k]);
		row[11] = (struct cell){.kind = CELL_TIME, .integer = c->last_ms};
	}
	dict_fini(&tally.reviewers);
	free(tally.counts);
	return OK;
}

/* ---- the chosen columns of the whole table ---- */

static const struct {
	const char *source;
	enum status (*make)(struct table *t, const struct opening *o, struct err *err);
} makers[] = {{"runs", make_runs}, {"sources", make_sources}, {"notes", make_notes}, {"reviewers", make_reviewers},
	{"raters", make_raters}, {"rater_groups", make_rater_groups}};

static enum status make_whole(struct table *whole, const struct rows *r, const struct opening *o, size_t n, struct err *err)
{
	table_init(whole, r->source->made, n);
	for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
		if (strcmp(makers[i].source, r->source->name) == 0)
			return makers[i].make(whole, o, err);
	return err_fail(err, "no rows are known for %s", r->source->name);
}

static size_t index_of(const struct column *columns, size_t n, const char *name)
{
	size_t i = 0;
	while (i < n && strcmp(columns[i].name, name) != 0)
		i++;
	return i;
}

enum { MAX_COLUMNS = 64 };

static enum status pick_columns(struct rows *r, const struct opening *o, size_t nknown, size_t *picked, struct err *err)
{
	bool asked = o->options && o->options->columns && *o->options->columns;
	size_t n = o->view->ncolumns;
	if (asked) {
		enum status st = columns_pick(o->options->columns, r->source->made, nknown, picked, MAX_COLUMNS, &n, err);
		if (st != OK)
			return st;
	}
	r->columns = arena_calloc(&r->arena, n + 1, sizeof *r->columns);
	r->ncolumns = n;
	for (size_t i = 0; i < n; i++) {
		if (!asked)
			picked[i] = index_of(r->source->made, nknown, o->view->columns[i].name);
		r->columns[i] = asked ? r->source->made[picked[i]] : o->view->columns[i];
	}
	return OK;
}

/* Copies the picked columns of the whole table, and the values that Enter adds. */
static void take_columns(struct rows *r, const struct opening *o, const struct table *whole, const size_t *picked)
{
	size_t key = whole->ncolumns;
	if (o->view->enter_filter) {
		r->enter_field = str_n(o->view->enter_filter, strlen(o->view->enter_filter) - 2);
		key = index_of(whole->columns, whole->ncolumns, "source");
		if (key == whole->ncolumns)
			key = 0;
		r->enter = arena_calloc(&r->arena, whole->nrows + 1, sizeof *r->enter);
	}
	table_init(&r->made, r->columns, r->ncolumns);
	r->is_made = true;
	for (size_t i = 0; i < whole->nrows; i++) {
		struct cell *row = table_add_row(&r->made);
		for (size_t c = 0; c < r->ncolumns; c++) {
			row[c] = *table_cell(whole, i, picked[c]);
			if (row[c].kind == CELL_TEXT)
				row[c].text = arena_str(&r->made.arena, row[c].text);
		}
		if (r->enter)
			r->enter[i] = arena_str(&r->arena, table_cell(whole, i, key)->text);
	}
	r->count = r->made.nrows;
}

enum status rows_open_made(struct rows *r, const struct opening *o, struct err *err)
{
	size_t picked[MAX_COLUMNS], n = 0, order = 0;
	struct table whole;
	while (r->source->made[n].name)
		n++;
	enum status st = pick_columns(r, o, n, picked, err);
	if (st != OK)
		return st;
	st = make_whole(&whole, r, o, n, err);
	if (st == OK && o->order) {
		order = index_of(whole.columns, n, o->order);
		if (order == n)
			st = err_usage(err, "this list can not be sorted by \"%s\"", o->order);
		else
			table_sort(&whole, order, o->descending, NULL);
	}
	if (st == OK)
		take_columns(r, o, &whole, picked);
	table_fini(&whole);
	return st;
}
