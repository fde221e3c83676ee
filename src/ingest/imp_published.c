/* SPDX-License-Identifier: MIT
 *
 * Published tables, a row a model: ForesightSafety's attack success rates, the F1 reports' tables, HAICOSYSTEM's, and any
 * of that shape, as CSV or as tables of a Markdown text. Every number is a published value; none makes a result.
 */
#include <math.h>
#include <stdio.h>

#include "ingest/csvtable.h"
#include "ingest/mdtable.h"
#include "ingest/published.h"
#include "ingest/walk.h"

extern const struct importer imp_published;

enum { MAX_TEXT = 32 << 20 };

struct publishing {
	struct import *im;
	struct arena keep, row;
	struct str stem, title, section;
	struct str header[MDTABLE_COLUMNS];
	struct published_shape shape;
	size_t n;
};

static struct str at(const struct publishing *p, const struct str *cells, size_t column)
{
	return column < p->n ? published_name(cells[column]) : (struct str){0};
}

/* "A-CVE (n=17)" says of how many. */
static int64_t n_of_header(struct str header)
{
	ptrdiff_t from = str_find(header, str_c("(n"));
	if (from < 0)
		return -1;
	struct str inner = str_sub(header, (size_t)from + 2, header.n), digits;
	int64_t n;
	inner = str_trim(inner);
	if (!str_starts(inner, "="))
		return -1;
	inner = str_sub(inner, 1, inner.n);
	return str_cut(&inner, ')', &digits) && str_to_i64(str_trim(digits), &n) && n > 0 ? n : -1;
}

static void publish(struct publishing *p, struct in_aggregate *a, const struct str *cells, struct str column)
{
	struct str category = published_category(column), name = at(p, cells, p->shape.parts[PUBLISHED_CATEGORY]), metric = published_name(column);
	a->run = p->stem;
	a->model = at(p, cells, p->shape.parts[PUBLISHED_MODEL]);
	a->task = p->title.n ? p->title : p->stem;
	if (category.n) { /* the column is a category, so the table says what is measured */
		a->category = category;
		metric = str_starts(category, "foresight") ? str_c("asr") : str_c("risk");
	} else if (name.n) {
		struct str axis = published_category(name);
		a->category = axis.n ? axis : arena_printf(&p->row, "published-category:%.*s", (int)name.n, name.p);
	}
	struct str method = at(p, cells, p->shape.parts[PUBLISHED_METHOD]);
	if (method.n)
		metric = arena_printf(&p->row, "%.*s/%.*s", (int)metric.n, metric.p, (int)method.n, method.p);
	if (p->section.n)
		metric = arena_printf(&p->row, "%.*s/%.*s", (int)metric.n, metric.p, (int)p->section.n, p->section.p);
	a->metric = metric;
	if (a->n < 0)
		a->n = n_of_header(column);
	sink_aggregate(p->im->sink, a);
}

/* A row of metric, k, n, value, low, high; false when the table is not of that kind. */
static bool publish_long(struct publishing *p, const struct str *cells)
{
	struct in_aggregate a = {.k = -1, .n = -1, .value = NAN, .low = NAN, .high = NAN}, cell;
	const size_t *parts = p->shape.parts;
	if (parts[PUBLISHED_VALUE] == PUBLISHED_NONE && (parts[PUBLISHED_K] == PUBLISHED_NONE || parts[PUBLISHED_N] == PUBLISHED_NONE))
		return false;
	int64_t *const counts[] = {&a.k, &a.n};
	double *const numbers[] = {&a.value, &a.low, &a.high};
	for (size_t i = 0; i < 2; i++)
		if (published_cell(at(p, cells, parts[PUBLISHED_K + i]), &cell) && cell.value >= 0 && cell.value < 1e15)
			*counts[i] = (int64_t)cell.value;
	for (size_t i = 0; i < 3; i++)
		if (published_cell(at(p, cells, parts[PUBLISHED_VALUE + i]), &cell))
			*numbers[i] = cell.value;
	if (isnan(a.value) && a.k >= 0 && a.n > 0)
		a.value = (double)a.k / (double)a.n;
	struct str metric = at(p, cells, parts[PUBLISHED_METRIC]);
	if (!isnan(a.value))
		publish(p, &a, cells, metric.n ? metric : str_c("value"));
	return true;
}

static void take_row(struct publishing *p, const struct str *cells)
{
	size_t filled = 0;
	arena_reset(&p->row);
	for (size_t i = 0; i < p->n; i++)
		filled += str_trim(cells[i]).n > 0;
	if (filled == 1 && at(p, cells, p->shape.parts[PUBLISHED_MODEL]).n) { /* a line between the rows: what follows is of this kind */
		p->section = arena_str(&p->keep, at(p, cells, p->shape.parts[PUBLISHED_MODEL]));
		return;
	}
	if (publish_long(p, cells))
		return;
	for (size_t i = 0; i < p->n; i++) {
		struct in_aggregate a = {0};
		bool named = i == p->shape.parts[PUBLISHED_MODEL] || i == p->shape.parts[PUBLISHED_CATEGORY] ||
			i == p->shape.parts[PUBLISHED_METHOD] || !published_name(p->header[i]).n;
		if (!named && published_cell(cells[i], &a))
			publish(p, &a, cells, p->header[i]);
		else if (!named && str_trim(cells[i]).n > 1)
			sink_ignore(p->im->sink, published_name(p->header[i]), 1);
	}
}

static bool take_header(struct publishing *p, const struct str *header, size_t n)
{
	p->shape = published_shape(header, n);
	p->n = n;
	p->section = (struct str){0};
	for (size_t i = 0; i < n; i++)
		p->header[i] = arena_str(&p->keep, header[i]);
	return p->shape.parts[PUBLISHED_MODEL] != PUBLISHED_NONE && n >= 2;
}

/* ---- the two ways of writing a table ---- */

static enum status csv_header(void *ctx, const struct csvtable *t, struct err *err)
{
	struct publishing *p = ctx;
	if (t->n > MDTABLE_COLUMNS || !take_header(p, t->header, t->n))
		return err_fail(err, "%s: no column names the model", p->im->claim->main->path);
	return OK;
}

static enum status csv_row(
	void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err)
{
	(void)t;
	(void)place;
	(void)err;
	take_row(ctx, cells);
	return OK;
}

static bool md_header(void *ctx, struct str title, const struct str *cells, size_t n)
{
	struct publishing *p = ctx;
	struct buf plain = {0};
	for (size_t i = 0; i < title.n; i++)
		if (!strchr("*`", title.p[i]))
			buf_add_ch(&plain, title.p[i]);
	p->title = arena_str(&p->keep, buf_str(&plain));
	buf_fini(&plain);
	return take_header(p, cells, n);
}

static void md_row(void *ctx, const struct str *cells, uint64_t line)
{
	(void)line;
	take_row(ctx, cells);
}

static enum status published_read(struct import *im, struct err *err)
{
	static const char *const suffixes[] = {".csv", ".tsv", ".markdown", ".md", NULL};
	struct publishing p = {.im = im, .stem = path_stem(im->claim->main->path, suffixes)};
	const struct csvtable_ops csv = {.header = csv_header, .row = csv_row, .ctx = &p};
	const struct mdtable_ops md = {.header = md_header, .row = md_row, .ctx = &p};
	struct buf text = {0};
	enum status st = OK;
	sink_run(im->sink, &(struct in_run){.key = p.stem, .tool = str_c("published"), .task = p.stem, .declared = -1});
	if (published_is_markdown(im->claim->main)) {
		st = reader_slurp(im->reader, im->claim->main, MAX_TEXT, &text, err);
		if (!st)
			mdtable_each(buf_str(&text), &md);
	} else {
		st = csvtable_read(im, im->claim->main, &csv, err);
	}
	buf_fini(&text);
	arena_fini(&p.keep);
	arena_fini(&p.row);
	return st;
}

const struct importer imp_published = {
	.name = "published",
	.title = "published tables, a row a model (.csv, .md): ForesightSafety, F1 reports, HAICOSYSTEM",
	.version = 1,
	.experimental = true,
	.maps = "No results: each number of a model's row is a published value, its metric the column's name; k of n where a cell says "
		"10/17 or columns k and n are there, low and high from an interval. Subjects of ForesightSafety's tables and dimensions of "
		"HAICOSYSTEM's are categories, the metric then asr or risk; an attack or condition, and a line between the rows, go "
		"into the metric's name. The task "
		"is the table's title, else the file.",
	.polarity = "It has none: numbers are shown as they were published, percents as shares.",
	.probe = published_guess,
	.read = published_read,
};
