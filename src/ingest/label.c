/* SPDX-License-Identifier: MIT
 *
 * label FILE: a table of items joined by a key column.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/terms.h"
#include "ingest/csvread.h"
#include "ingest/ingest.h"
#include "ingest/rulefile.h"
#include "store/ledger.h"
#include "store/rules.h"

static const char *const label_fields[] = {"category", "severity", "item_severity", "target", "kind"};
enum { NFIELDS = sizeof label_fields / sizeof *label_fields };

struct labelling {
	const char *path, *key_column;
	struct arena arena;
	struct stored_label *labels;
	size_t n, cap;
	size_t key, task, fields[NFIELDS]; /* columns; SIZE_MAX = not there */
	size_t ncolumns;
	bool open;
	uint64_t items;
};

static size_t column_of(const struct str *header, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq_nocase(str_trim(header[i]), str_c(name)))
			return i;
	return SIZE_MAX;
}

static enum status read_header(struct labelling *l, const struct str *header, size_t n, struct err *err)
{
	bool any = false;
	l->ncolumns = n;
	l->key = column_of(header, n, l->key_column);
	l->task = column_of(header, n, "task");
	if (l->key == SIZE_MAX)
		return err_usage(err, "%s: there is no column \"%s\"", l->path, l->key_column);
	for (size_t i = 0; i < NFIELDS; i++) {
		l->fields[i] = column_of(header, n, label_fields[i]);
		any |= l->fields[i] != SIZE_MAX;
	}
	return any ? OK
	           : err_usage(err, "%s: none of the columns category, severity, item_severity, target, kind is there", l->path);
}

/* Words that mean nothing to us are refused with their line: a label must not vanish silently. */
static bool is_valid(const char *field, struct str value)
{
	enum severity s;
	enum task_kind k;
	if (strcmp(field, "severity") == 0 || strcmp(field, "item_severity") == 0)
		return severity_parse(value, &s);
	return strcmp(field, "kind") != 0 || kind_parse(value, &k);
}

static enum status on_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct labelling *l = ctx;
	if (!l->open) {
		l->open = true;
		return read_header(l, cells, n, err);
	}
	if (n == 1 && cells[0].n == 0)
		return OK;
	if (n != l->ncolumns)
		return err_fail(err, "%s, line %llu: %zu fields where the header has %zu", l->path,
		        (unsigned long long)place->line, n, l->ncolumns);
	struct str task = l->task == SIZE_MAX ? str_c("") : arena_str(&l->arena, cells[l->task]);
	struct str item = arena_str(&l->arena, cells[l->key]);
	l->items++;
	for (size_t i = 0; i < NFIELDS; i++) {
		struct str value = l->fields[i] == SIZE_MAX ? (struct str){0} : str_trim(cells[l->fields[i]]);
		if (!value.n)
			continue;
		if (!is_valid(label_fields[i], value))
			return err_fail(err, "%s, line %llu: \"%.*s\" is no %s", l->path, (unsigned long long)place->line,
			        (int)(value.n < 60 ? value.n : 60), value.p, label_fields[i]);
		if (l->n == l->cap)
			l->labels = vec_grow(l->labels, &l->cap, l->n + 1, sizeof *l->labels);
		l->labels[l->n++] = (struct stored_label){task, item, str_c(label_fields[i]), arena_str(&l->arena, value)};
	}
	return OK;
}

static void on_skip(void *ctx, uint64_t line, const char *why)
{
	struct labelling *l = ctx;
	(void)line;
	(void)why;
	l->items = UINT64_MAX; /* told at the end: a label file is taken whole or not at all */
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static enum status read_labels(struct labelling *l, struct err *err)
{
	struct bundle *b;
	enum status st = bundle_open(l->path, &b, err);
	if (st)
		return st;
	struct reader *r = reader_new();
	const struct csvread_ops ops = {.row = on_row, .skip = on_skip, .stopped = never, .ctx = l};
	if (b->n == 0)
		st = err_fail(err, "%s: nothing to read", l->path);
	else
		st = csvread_member(r, &b->members[0], csvread_delimiter(b->members[0].head), &ops, err);
	if (!st && l->items == UINT64_MAX)
		st = err_fail(err, "%s: broken quoting; nothing was labelled", l->path);
	reader_free(r);
	bundle_free(b);
	return st;
}

enum status ingest_label(
        struct store *s, const char *csv_path, const char *key_column, uint64_t *items, uint64_t *results, struct err *err)
{
	struct labelling l = {.path = csv_path, .key_column = key_column};
	*items = *results = 0;
	enum status st = read_labels(&l, err);
	if (!st)
		st = store_labels_add(s, l.labels, l.n, err);
	if (!st) {
		struct entry e = {.kind = str_c("rules"), .subject = rulefile_origin(csv_path), .value = str_c("labels")};
		*items = l.items;
		st = ledger_add(s, &e, err);
	}
	if (!st)
		st = rules_rederive(s, results, err);
	free(l.labels);
	arena_fini(&l.arena);
	return st;
}
