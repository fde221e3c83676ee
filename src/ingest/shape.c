/* SPDX-License-Identifier: MIT
 *
 * Tables through a field map: one the user gives, one that ships with a format,
 * or one that is guessed from usual names.
 */
#include "ingest/shape.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "base/mem.h"
#include "ingest/csvread.h"
#include "ingest/head.h"
#include "ingest/rows.h"

enum { MAX_NAMES = 256 };

/* ---- tables with a header ---- */

struct table_read {
	struct import *im;
	const struct fieldmap *map; /* NULL: to be guessed */
	struct bound_map bound;
	struct fieldmap *guess;
	struct arena arena; /* of the header */
	struct arena around; /* of the document around the records */
	size_t ncolumns;
	bool open;
	const struct json *document; /* around the records, or NULL */
};

static enum status start_table(struct table_read *t, const struct str *header, size_t n, struct err *err)
{
	const struct fieldmap *map = t->map;
	if (!map)
		map = t->guess = fieldmap_guess(header, n);
	if (!map)
		return err_fail(err, "%s: the columns do not have usual names; say with --map FILE what they are",
		        t->im->claim->main->path);
	t->ncolumns = n;
	t->open = true;
	return rows_bind(&t->bound, t->im, map, header, n, err);
}

static enum status on_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct table_read *t = ctx;
	if (!t->open) {
		struct str *header = arena_alloc(&t->arena, n * sizeof *header);
		for (size_t i = 0; i < n; i++)
			header[i] = arena_str(&t->arena, cells[i]);
		return start_table(t, header, n, err);
	}
	if (n == 1 && cells[0].n == 0)
		return OK; /* an empty line */
	if (n != t->ncolumns) {
		sink_skip(t->im->sink, place->line, "%zu fields where the header has %zu", n, t->ncolumns);
		return OK;
	}
	return rows_put(&t->bound, &(struct row){.cells = cells, .n = n}, place, 0, err);
}

static void on_csv_skip(void *ctx, uint64_t line, const char *why)
{
	struct table_read *t = ctx;
	sink_skip(t->im->sink, line, "%s", why);
}

static void on_unended(void *ctx)
{
	struct table_read *t = ctx;
	sink_warn(t->im->sink, CSV_UNENDED);
}

static bool csv_stopped(void *ctx)
{
	struct table_read *t = ctx;
	return sink_stopped(t->im->sink);
}

static enum status read_csv(struct table_read *t, struct err *err)
{
	const struct member *m = t->im->claim->main;
	char delimiter = t->map && t->map->delimiter ? t->map->delimiter : csvread_delimiter(m->head);
	const struct csvread_ops ops = {.row = on_row, .skip = on_csv_skip, .unended = on_unended, .stopped = csv_stopped, .ctx = t};
	return csvread_member(t->im->reader, m, delimiter, &ops, err);
}

/* ---- JSON records ---- */

static void on_json_skip(void *ctx, uint64_t line, uint64_t offset, const char *why)
{
	struct table_read *t = ctx;
	(void)offset;
	sink_skip(t->im->sink, line, "%s", why);
}

/* The names of the first record stand for all when they are guessed: but values are looked up by name, not by place. */
static enum status start_records(struct table_read *t, const struct json *first, struct err *err)
{
	const struct fieldmap *map = t->map;
	struct str names[MAX_NAMES];
	size_t n = 0;
	JSON_EACH(it, first)
	if (n < MAX_NAMES)
		names[n++] = it->key;
	if (!map)
		map = t->guess = fieldmap_guess(names, n);
	if (!map)
		return err_fail(err, "%s: the records do not have usual members; say with --map FILE what they are",
		        t->im->claim->main->path);
	t->open = true;
	enum status st = rows_bind(&t->bound, t->im, map, NULL, 0, err);
	t->bound.document = t->document;
	return st;
}

static enum status put_record(struct table_read *t, struct arena *a, const struct record *rec, struct err *err)
{
	struct json_repairs repairs = {0};
	struct err bad = {0};
	const struct json *node;
	enum status st = OK;
	if (json_read(a, rec->text, &repairs, &node, &bad) != OK)
		sink_skip(t->im->sink, rec->line, "%s", err_text(&bad));
	else if (node->type != JSON_OBJECT)
		sink_skip(t->im->sink, rec->line, "not an object");
	else if (t->open || (st = start_records(t, node, err)) == OK)
		st = rows_put(&t->bound, &(struct row){.object = node}, rec,
		        repairs.nul + repairs.surrogates + repairs.invalid_utf8, err);
	err_fini(&bad);
	return st;
}

static enum status read_json(struct table_read *t, struct err *err)
{
	struct arena a = {0};
	struct records *rs;
	struct record rec;
	char pointer[256];
	const char *arrays[] = {pointer, NULL};
	bool named = t->map && t->map->records.n && t->map->records.n < sizeof pointer;
	if (named)
		snprintf(pointer, sizeof pointer, "%.*s", (int)t->map->records.n, t->map->records.p);
	enum status st = records_open(t->im->reader, t->im->claim->main, named ? arrays : NULL, &rs, err);
	if (st)
		return st;
	records_on_skip(rs, on_json_skip, t);
	const struct json *document = NULL;
	struct str skeleton = {0};
	if (named && records_skeleton(rs, &skeleton, NULL) == OK && skeleton.p &&
		json_read(&t->around, skeleton, NULL, &document, NULL) == OK)
		t->document = document;
	while (!st && !sink_stopped(t->im->sink) && (st = records_next(rs, &rec, err)) == OK) {
		arena_reset(&a);
		st = put_record(t, &a, &rec, err);
	}
	records_close(rs);
	arena_fini(&a);
	return st == END ? OK : st;
}

enum status table_read(struct import *im, const struct fieldmap *map, struct err *err)
{
	struct table_read t = {.im = im, .map = map};
	bool json = records_sniff(im->claim->main->head) != RECORDS_NONE;
	enum status st = json ? read_json(&t, err) : read_csv(&t, err);
	if (t.open)
		rows_end(&t.bound);
	fieldmap_free(t.guess);
	arena_fini(&t.arena);
	arena_fini(&t.around);
	return st;
}

/* ---- shapes that ship ---- */

static bool has_column(const struct str *header, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_trim(header[i]), str_c(name)))
			return true;
	return false;
}

static bool has_columns(const struct table_shape *shape, const struct str *header, size_t n)
{
	for (const char *const *c = shape->columns; *c; c++)
		if (!has_column(header, n, *c))
			return false;
	return true;
}

static const struct table_shape *shape_of(const struct table_shape *shapes, const struct member *m)
{
	struct arena a = {0};
	struct str *header = NULL;
	size_t n = 0;
	bool json = records_sniff(m->head) != RECORDS_NONE;
	const struct table_shape *found = NULL;
	if (m->container == CONTAINER_ZIP || m->container == CONTAINER_TAR)
		return NULL;
	if (json || csvread_header(&a, m->head, csvread_delimiter(m->head), &header, &n))
		for (; shapes->columns[0] && !found; shapes++)
			if (json ? head_has_all(m->head, shapes->columns) : has_columns(shapes, header, n))
				found = shapes;
	arena_fini(&a);
	return found;
}

static int shape_probe(const struct table_shape *shapes, const struct member *m, char why[static 160])
{
	const struct table_shape *shape = shape_of(shapes, m);
	if (!shape)
		return 0;
	snprintf(why, 160, "%s", shape->why);
	return shape->confidence;
}

static enum status shape_read(struct import *im, struct err *err)
{
	const struct table_shape *shapes = im->claim->importer->tables, *shape = shape_of(shapes, im->claim->main);
	struct fieldmap *map = NULL;
	if (im->map)
		return table_read(im, im->map, err);
	/* As told by --format, though the columns are not those of the tool: the first map is tried. */
	char *path = xasprintf("schemas/maps/%s.map.json", shape ? shape->map : shapes->map);
	enum status st = fieldmap_read(embed_get(path), path, &map, err);
	if (!st) {
		map->lenient = true;
		st = table_read(im, map, err);
	}
	fieldmap_free(map);
	free(path);
	return st;
}

int importer_probe(const struct importer *imp, const struct member *m, const struct bundle *inside, char why[static 160])
{
	int sure = imp->probe ? imp->probe(m, inside, why) : 0;
	return sure || !imp->tables || inside ? sure : shape_probe(imp->tables, m, why);
}

enum status importer_read(struct import *im, struct err *err)
{
	const struct importer *imp = im->claim->importer;
	if (imp->warning)
		sink_warn(im->sink, "%s", imp->warning);
	return imp->read ? imp->read(im, err) : shape_read(im, err);
}
