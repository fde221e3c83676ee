/* SPDX-License-Identifier: MIT
 *
 * Opening a view under a filter: the set of results once, then a table of
 * groups, a vector of ids, or a table made whole.
 */
#include "query/rows.h"

#include <stdlib.h>

#include "base/mem.h"

/* ---- ordering ---- */

static int compare_numbers(double a, double b)
{
	return a < b ? -1 : a > b;
}

static double number_of(const struct cell *c)
{
	switch (c->kind) {
	case CELL_REAL:
	case CELL_RATE:
	case CELL_INTERVAL:
		return c->real;
	default:
		return (double)c->integer;
	}
}

int cell_compare(const struct cell *a, const struct cell *b, bool descending)
{
	if (a->kind == CELL_EMPTY || b->kind == CELL_EMPTY)
		return (a->kind == CELL_EMPTY) - (b->kind == CELL_EMPTY);
	int c;
	if (a->kind == CELL_TEXT && b->kind == CELL_TEXT)
		c = str_cmp(a->text, b->text);
	else if (a->kind == CELL_TEXT || b->kind == CELL_TEXT)
		return (a->kind == CELL_TEXT) - (b->kind == CELL_TEXT); /* "unlocated" among numbers: last */
	else
		c = compare_numbers(number_of(a), number_of(b));
	return descending ? -c : c;
}

struct sort_row {
	size_t row;
	const struct cell *cell;
	bool descending;
};

static int compare_rows(const void *va, const void *vb)
{
	const struct sort_row *a = va, *b = vb;
	int c = cell_compare(a->cell, b->cell, a->descending);
	return c ? c : (a->row > b->row) - (a->row < b->row);
}

void table_sort(struct table *t, size_t column, bool descending, struct str *enter)
{
	size_t n = t->nrows, width = t->ncolumns;
	if (n < 2)
		return;
	struct sort_row *rows = xcalloc(n, sizeof *rows);
	struct cell *cells = xcalloc(n * width, sizeof *cells);
	struct str *values = enter ? xcalloc(n, sizeof *values) : NULL;
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct sort_row){i, table_cell(t, i, column), descending};
	qsort(rows, n, sizeof *rows, compare_rows);
	for (size_t i = 0; i < n; i++) {
		memcpy(cells + i * width, t->cells + rows[i].row * width, width * sizeof *cells);
		if (values)
			values[i] = enter[rows[i].row];
	}
	memcpy(t->cells, cells, n * width * sizeof *cells);
	if (values)
		memcpy(enter, values, n * sizeof *values);
	free(rows);
	free(cells);
	free(values);
}

/* ---- columns by name ---- */

static enum status unknown_column(struct str name, const struct column *known, size_t n, struct err *err)
{
	const char *near = NULL;
	size_t best = 3;
	for (size_t i = 0; i < n; i++) {
		size_t d = str_distance(name, str_c(known[i].name), 2);
		if (d < best) {
			best = d;
			near = known[i].name;
		}
	}
	if (near)
		return err_usage(err, "unknown column \"%.*s\"; did you mean \"%s\"?", (int)name.n, name.p, near);
	struct buf b = {0};
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", known[i].name);
	err_usage(err, "unknown column \"%.*s\"; there are: %s", (int)name.n, name.p, b.n ? b.p : "none");
	buf_fini(&b);
	return USAGE;
}

enum status columns_pick(const char *list, const struct column *known, size_t n, size_t *out, size_t max, size_t *nout, struct err *err)
{
	struct str rest = str_c(list), part;
	*nout = 0;
	while (str_cut(&rest, ',', &part)) {
		part = str_trim(part);
		size_t i = 0;
		while (i < n && !str_eq_c(part, known[i].name))
			i++;
		if (i == n)
			return unknown_column(part, known, n, err);
		if (*nout == max)
			return err_usage(err, "more than %zu columns", max);
		out[(*nout)++] = i;
	}
	return OK;
}

/* ---- opening ---- */

static void pick_order(struct opening *o)
{
	const char *asked = o->options ? o->options->order : NULL;
	o->order = o->view->order;
	o->descending = o->view->descending;
	if (asked && *asked) {
		o->descending = *asked == '-';
		o->order = asked + o->descending;
	}
}

static enum status open_kind(struct rows *r, const struct opening *o, struct err *err)
{
	if (o->view->kind == VIEW_GROUP)
		return rows_open_group(r, o, err);
	r->source = list_source_find(str_c(o->view->source));
	return r->source->made ? rows_open_made(r, o, err) : rows_open_list(r, o, err);
}

enum status rows_open(struct facts *f, struct store *s, const struct view *v, struct str filter, const struct query_options *o,
	atomic_bool *cancel, struct rows **out, struct err *err)
{
	struct filter *parsed = NULL;
	struct bitset set = {0};
	struct rows *r = NULL;
	struct filter_env env = facts_filter_env(f);
	env.check_values = true;
	*out = NULL;
	enum status st = filter_parse(filter, &env, &parsed, NULL, err);
	if (st == OK)
		st = facts_select(f, s, parsed, &decide_shipped, cancel, &set, err);
	if (st == OK) {
		struct opening opening = {f, s, v, filter, str_trim(filter).n > 0, &set, o, NULL, false, cancel, parsed};
		pick_order(&opening);
		r = xcalloc(1, sizeof *r);
		r->view = v;
		r->facts = f;
		st = open_kind(r, &opening, err);
		if (st == OK && o && o->limit && o->limit < r->count)
			r->count = (size_t)o->limit;
	}
	if (st != OK) {
		rows_close(r);
		r = NULL;
	}
	*out = r;
	bitset_fini(&set);
	filter_free(parsed);
	return st;
}

void rows_close(struct rows *r)
{
	if (!r)
		return;
	if (r->is_made)
		table_fini(&r->made);
	free(r->ids);
	free(r->ends);
	free(r->numbers);
	free(r->numbers_at);
	free(r->entries);
	free(r->policy_sha256);
	dict_fini(&r->nodes);
	arena_fini(&r->arena);
	free(r);
}

size_t rows_count(const struct rows *r)
{
	return r->count;
}

const struct column *rows_columns(const struct rows *r, size_t *n)
{
	*n = r->ncolumns;
	return r->columns;
}

/* ---- rows ---- */

static void copy_made(const struct rows *r, size_t from, size_t n, struct table *out)
{
	for (size_t i = from; i < from + n; i++) {
		struct cell *row = table_add_row(out);
		for (size_t c = 0; c < r->ncolumns; c++) {
			row[c] = *table_cell(&r->made, i, c);
			if (row[c].kind == CELL_TEXT)
				row[c].text = arena_str(&out->arena, row[c].text);
		}
	}
}

enum status rows_fetch(struct rows *r, struct store *s, size_t from, size_t n, struct table *out, struct err *err)
{
	table_init(out, r->columns, r->ncolumns);
	if (from >= r->count)
		return OK;
	if (n > r->count - from)
		n = r->count - from;
	if (!r->is_made)
		return rows_fetch_list(r, s, from, n, out, err);
	copy_made(r, from, n, out);
	return OK;
}

int64_t rows_result(const struct rows *r, size_t row, uint32_t *turn)
{
	if (turn)
		*turn = 0;
	if (r->is_made || row >= r->count)
		return 0;
	if (r->entries) {
		const struct annotation *all;
		size_t n = facts_annotations(r->facts, &all);
		if (r->entries[row] >= n)
			return 0;
		if (turn)
			*turn = all[r->entries[row]].entry.turn;
		return all[r->entries[row]].result_id;
	}
	size_t i = rows_list_index(r, row);
	if (turn && r->ends && strcmp(r->source->name, "turns") == 0)
		*turn = rows_list_number(r, i, row);
	return r->ids[i];
}

size_t rows_find(const struct rows *r, int64_t result_id)
{
	if (r->is_made)
		return SIZE_MAX;
	if (r->entries) {
		for (size_t i = 0; i < r->count; i++)
			if (rows_result(r, i, NULL) == result_id)
				return i;
		return SIZE_MAX;
	}
	for (size_t i = 0; i < r->nids; i++) {
		if (r->ids[i] != result_id)
			continue;
		size_t row = !r->ends ? i : i ? (size_t)r->ends[i - 1] : 0;
		return row < r->count && rows_result(r, row, NULL) == result_id ? row : SIZE_MAX;
	}
	return SIZE_MAX;
}

/* "none" must stay a word of the language, so it is not quoted; everything else is quoted as needed. */
static void add_absent_term(struct buf *out, struct str base, struct str field)
{
	base = str_trim(base);
	if (base.n) {
		buf_add_ch(out, '(');
		buf_add_str(out, base);
		buf_add_c(out, ") ");
	}
	buf_add_str(out, field);
	buf_add_c(out, ":none");
}

void rows_enter_filter(const struct rows *r, size_t row, struct str base, struct buf *out)
{
	if (!r->is_made || !r->enter || row >= r->count || !r->enter_field.n)
		return;
	if (r->enter[row].p)
		filter_and_term(out, base, r->enter_field, r->enter[row]);
	else
		add_absent_term(out, base, r->enter_field);
}
