/* SPDX-License-Identifier: MIT
 *
 * CSV with a header. Cells are found by name once and by place afterwards.
 */
#include "ingest/csvtable.h"

#include "ingest/csvread.h"

struct reading {
	struct import *im;
	const struct csvtable_ops *ops;
	struct arena arena;
	struct csvtable table;
	uint64_t rows;
};

size_t csvtable_column(const struct csvtable *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq_nocase(str_trim(t->header[i]), str_c(name)))
			return i;
	return NO_COLUMN;
}

size_t csvtable_any(const struct csvtable *t, const char *const *names)
{
	size_t at = NO_COLUMN;
	for (; *names && at == NO_COLUMN; names++)
		at = csvtable_column(t, *names);
	return at;
}

struct str csvtable_cell(const struct csvtable *t, const struct str *cells, size_t column)
{
	return column < t->n && cells[column].n ? cells[column] : (struct str){0};
}

static enum status take_header(struct reading *r, const struct str *cells, size_t n, struct err *err)
{
	struct str *header = arena_alloc(&r->arena, n * sizeof *header);
	for (size_t i = 0; i < n; i++)
		header[i] = arena_str(&r->arena, cells[i]);
	r->table = (struct csvtable){header, n};
	return r->ops->header ? r->ops->header(r->ops->ctx, &r->table, err) : OK;
}

static enum status on_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct reading *r = ctx;
	if (!r->table.n)
		return take_header(r, cells, n, err);
	if (n == 1 && !cells[0].n)
		return OK; /* an empty line */
	r->rows++;
	if (n == r->table.n)
		return r->ops->row(r->ops->ctx, &r->table, cells, place, err);
	if (!r->ops->quiet)
		sink_skip(r->im->sink, place->line, "%zu fields where the header has %zu", n, r->table.n);
	return OK;
}

static void on_skip(void *ctx, uint64_t line, const char *why)
{
	struct reading *r = ctx;
	if (!r->ops->quiet)
		sink_skip(r->im->sink, line, "%s", why);
}

static void on_unended(void *ctx)
{
	struct reading *r = ctx;
	if (!r->ops->quiet)
		sink_warn(r->im->sink, CSV_UNENDED);
}

static bool stopped(void *ctx)
{
	struct reading *r = ctx;
	return sink_stopped(r->im->sink);
}

enum status csvtable_read(struct import *im, const struct member *m, const struct csvtable_ops *ops, struct err *err)
{
	struct reading r = {.im = im, .ops = ops};
	const struct csvread_ops csv = {.row = on_row, .skip = on_skip, .unended = on_unended, .stopped = stopped, .ctx = &r};
	enum status st = csvread_member(im->reader, m, csvread_delimiter(m->head), &csv, err);
	if (st == OK && sink_stopped(im->sink))
		st = err_set(err, CANCELLED, "%s: stopped", m->path);
	if (st == OK && !r.rows && !ops->quiet)
		sink_warn(im->sink, "a header and no rows");
	arena_fini(&r.arena);
	return st;
}

bool csvtable_head(struct arena *a, const struct member *m, struct csvtable *out)
{
	struct str *cells;
	bool text = m->head.n && !memchr(m->head.p, '\0', m->head.n) && m->container != CONTAINER_ZIP && m->container != CONTAINER_TAR;
	*out = (struct csvtable){0};
	if (!text || records_sniff(m->head) != RECORDS_NONE || !csvread_header(a, m->head, csvread_delimiter(m->head), &cells, &out->n))
		return false;
	out->header = cells;
	return true;
}
