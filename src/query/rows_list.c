/* SPDX-License-Identifier: MIT
 *
 * Lists: a vector of result ids in order; for turns and calls the prefix sums
 * of their counts, so that position, end and any page are known at once.
 */
#include "query/rows.h"

#include <stdlib.h>

#include "base/mem.h"

enum { MAX_COLUMNS = 128 };

/* All fields that this list can name, as columns; those of its own first. */
static size_t known_fields(const struct list_source *s, const struct list_field **fields, struct column *columns, size_t max)
{
	const struct list_field *tables[] = {s->fields, s->of_results && s->fields != result_fields ? result_fields : NULL};
	size_t n = 0;
	for (size_t t = 0; t < 2; t++)
		for (const struct list_field *f = tables[t]; f && f->name && n < max; f++) {
			if (list_field_find(s, str_c(f->name)) != f)
				continue;
			fields[n] = f;
			columns[n++] = (struct column){f->name, f->title, f->kind, f->width, f->priority, f->help};
		}
	return n;
}

static void add_column(struct rows *r, const struct list_field *f, const struct column *c)
{
	r->fields[r->ncolumns] = f;
	r->columns[r->ncolumns++] = *c;
	r->needs |= f->needs;
}

static enum status choose_columns(struct rows *r, const struct opening *o, struct err *err)
{
	const struct list_field *fields[MAX_COLUMNS];
	struct column columns[MAX_COLUMNS];
	size_t picked[MAX_COLUMNS], n = known_fields(r->source, fields, columns, MAX_COLUMNS), npicked = o->view->ncolumns;
	bool asked = o->options && o->options->columns && *o->options->columns;
	if (asked) {
		enum status st = columns_pick(o->options->columns, columns, n, picked, MAX_COLUMNS, &npicked, err);
		if (st != OK)
			return st;
	}
	r->columns = arena_calloc(&r->arena, npicked, sizeof *r->columns);
	r->fields = arena_calloc(&r->arena, npicked, sizeof *r->fields);
	for (size_t i = 0; i < npicked; i++) {
		if (asked)
			add_column(r, fields[picked[i]], &columns[picked[i]]);
		else
			add_column(r, list_field_find(r->source, str_c(o->view->columns[i].name)), &o->view->columns[i]);
	}
	return OK;
}

static enum status sort_key_of(const struct opening *o, enum sort_key *key, struct err *err)
{
	*key = SORT_ID;
	if (!o->order)
		return OK;
	struct buf can = {0};
	for (const struct list_field *f = result_fields; f->name; f++) {
		if (f->sort < 0)
			continue;
		if (strcmp(f->name, o->order) == 0) {
			*key = (enum sort_key)f->sort;
			buf_fini(&can);
			return OK;
		}
		buf_printf(&can, "%s%s", can.n ? ", " : "", f->name);
	}
	err_usage(err, "this list can not be sorted by \"%s\", but by: %s", o->order, can.p);
	buf_fini(&can);
	return USAGE;
}

/* A transcript too long for the column's 16 bits: the stored row knows. */
static uint64_t long_count(struct store *s, uint32_t id, bool calls, uint64_t known)
{
	struct arena a = {0};
	struct result_row row;
	uint64_t n = known;
	if (s && store_result(s, id, &a, &row, NULL) == OK)
		n = calls ? row.tool_calls : row.turns;
	arena_fini(&a);
	return n;
}

static void sum_counts(struct rows *r, struct store *s, bool calls)
{
	const struct columns *c = facts_columns(r->facts);
	const uint16_t *counts = calls ? c->tool_calls : c->turns;
	uint64_t sum = 0;
	r->ends = xcalloc(r->nids ? r->nids : 1, sizeof *r->ends);
	for (size_t i = 0; i < r->nids; i++) {
		uint64_t n = counts[r->ids[i]];
		sum += n == UINT16_MAX ? long_count(s, r->ids[i], calls, n) : n;
		r->ends[i] = sum;
	}
	r->count = (size_t)sum;
}

/* ---- only what the filter's terms about turns and tools mean ---- */

struct narrowed {
	struct rows *rows;
	size_t n, cap;
	size_t *first;   /* by result id, in numbers */
	uint32_t *count;
};

static void add_number(void *ctx, int64_t result_id, uint32_t number)
{
	struct narrowed *w = ctx;
	w->rows->numbers = vec_grow(w->rows->numbers, &w->cap, w->n + 1, sizeof *w->rows->numbers);
	if (!w->count[result_id]++)
		w->first[result_id] = w->n;
	w->rows->numbers[w->n++] = number;
}

/* Ends and places of what was found, in the order of the list. */
static void place_numbers(struct rows *r, const struct narrowed *w)
{
	uint64_t sum = 0;
	r->ends = xcalloc(r->nids ? r->nids : 1, sizeof *r->ends);
	r->numbers_at = xcalloc(r->nids ? r->nids : 1, sizeof *r->numbers_at);
	for (size_t i = 0; i < r->nids; i++) {
		sum += w->count[r->ids[i]];
		r->ends[i] = sum;
		r->numbers_at[i] = w->first[r->ids[i]];
	}
	r->count = (size_t)sum;
}

/* Of the results that match, the turns that match; the calls that are named. Without such terms all of them. */
static enum status open_parts(struct rows *r, const struct opening *o, struct err *err)
{
	bool calls = r->source->fields == call_fields, narrows = false;
	size_t n = o->set->nbits + 1;
	struct narrowed w = {.rows = r, .first = xcalloc(n, sizeof *w.first), .count = xcalloc(n, sizeof *w.count)};
	enum status st = OK;
	if (o->store)
		st = facts_narrow(o->store, o->parsed, o->set, calls ? NARROW_CALLS : NARROW_TURNS, o->cancel, add_number, &w, &narrows, err);
	if (st == OK && narrows)
		place_numbers(r, &w);
	else if (st == OK)
		sum_counts(r, o->store, calls);
	free(w.first);
	free(w.count);
	return st;
}

uint32_t rows_list_number(const struct rows *r, size_t i, size_t row)
{
	size_t k = row - (i ? (size_t)r->ends[i - 1] : 0);
	return r->numbers_at ? r->numbers[r->numbers_at[i] + k] : (uint32_t)k + 1;
}

static const struct annotation *annotation_at(const struct rows *r, size_t row)
{
	const struct annotation *all;
	size_t n = facts_annotations(r->facts, &all);
	return r->entries[row] < n ? &all[r->entries[row]] : NULL;
}

/* Entries about results of the set; without a filter also those about runs, tasks, cells. */
static void open_annotations(struct rows *r, const struct opening *o)
{
	const struct annotation *all;
	size_t n = facts_annotations(r->facts, &all);
	r->entries = xcalloc(n ? n : 1, sizeof *r->entries);
	for (size_t i = 0; i < n; i++) {
		int64_t id = all[i].result_id;
		if (id ? bitset_test(o->set, (size_t)id) : !o->filtered)
			r->entries[r->count++] = (uint32_t)i;
	}
}

static enum status sort_annotations(struct rows *r, const struct opening *o, struct err *err)
{
	const struct list_field *f = o->order ? list_field_find(r->source, str_c(o->order)) : NULL;
	if (!o->order)
		return OK;
	if (!f || f->needs)
		return err_usage(err, "annotations can not be sorted by \"%s\"", o->order);
	struct column key[] = {{f->name, f->title, f->kind, 0, 0, f->help}, {"at", "at", CELL_INT, 0, 0, ""}};
	struct table t;
	table_init(&t, key, 2);
	for (size_t i = 0; i < r->count; i++) {
		const struct annotation *a = annotation_at(r, i);
		if (!a)
			break;
		struct row row = {.facts = r->facts, .columns = facts_columns(r->facts), .names = facts_names(r->facts),
			.id = a->result_id, .annotation = a, .out = &t};
		struct cell *cells = table_add_row(&t);
		cells[0] = row.id || list_field_is_own(r->source, f) ? f->get(&row) : (struct cell){0};
		cells[1] = cell_int(r->entries[i]);
	}
	table_sort(&t, 0, o->descending, NULL);
	for (size_t i = 0; i < r->count; i++)
		r->entries[i] = (uint32_t)table_cell(&t, i, 1)->integer;
	table_fini(&t);
	return OK;
}

enum status rows_open_list(struct rows *r, const struct opening *o, struct err *err)
{
	enum sort_key key;
	enum status st = choose_columns(r, o, err);
	if (st != OK)
		return st;
	if (o->store && store_setting_get(o->store, "policy_sha256", &r->policy_sha256, NULL) != OK)
		r->policy_sha256 = NULL;
	if (r->source->fields == annotation_fields) {
		open_annotations(r, o);
		return sort_annotations(r, o, err);
	}
	st = sort_key_of(o, &key, err);
	if (st != OK)
		return st;
	r->ids = facts_sorted(o->facts, o->set, key, o->descending, &r->nids);
	r->count = r->nids;
	if (r->source->fields == turn_fields || r->source->fields == call_fields)
		st = open_parts(r, o, err);
	return st;
}

size_t rows_list_index(const struct rows *r, size_t row)
{
	size_t low = 0, high = r->nids;
	if (!r->ends)
		return row;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->ends[mid] > row)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* ---- fetching ---- */

struct fetching {
	struct rows *rows;
	struct store *store;
	struct arena scratch; /* what is read for one result */
	struct result_row stored;
	struct transcript transcript;
	struct buf notes;
	struct row row;
	bool loaded; /* transcript holds the present result's */
};

static void join_notes(struct fetching *f)
{
	const struct annotation *all;
	size_t n = facts_annotations(f->rows->facts, &all);
	const struct review *v = facts_review(f->rows->facts, f->row.id);
	buf_clear(&f->notes);
	for (size_t i = 0; v && v->has_note && i < n; i++) {
		if (all[i].result_id != f->row.id || !all[i].current || !all[i].entry.note.n)
			continue;
		if (f->notes.n)
			buf_add_c(&f->notes, "; ");
		buf_add_str(&f->notes, all[i].entry.reviewer);
		buf_add_c(&f->notes, ": ");
		buf_add_str(&f->notes, all[i].entry.note);
	}
	f->row.notes = buf_str(&f->notes);
}

static enum status load_result(struct fetching *f, int64_t id, struct err *err)
{
	unsigned needs = f->rows->needs;
	const struct columns *c = facts_columns(f->rows->facts);
	enum status st = OK;
	f->row.id = id;
	f->row.stored = NULL;
	f->row.item = str_n(NULL, 0);
	f->row.notes = str_n(NULL, 0);
	f->loaded = false;
	if (!id)
		return OK;
	if (needs & NEED_NOTES)
		join_notes(f);
	if (!f->store)
		return OK;
	arena_reset(&f->scratch);
	if (needs & NEED_STORED)
		st = store_result(f->store, id, &f->scratch, &f->stored, err);
	if (st == OK && (needs & NEED_STORED)) {
		f->row.stored = &f->stored;
		f->row.item = f->stored.item;
	} else if (st == OK && (needs & NEED_ITEM)) {
		st = store_item_name(f->store, c->item[id], &f->scratch, &f->row.item, err);
	}
	if (st == OK && (needs & NEED_TRANSCRIPT)) {
		st = store_transcript(f->store, id, &f->scratch, &f->transcript, err);
		f->loaded = st == OK;
	}
	return st == END ? OK : st; /* gone since the set was made */
}

static void add_cells(struct fetching *f)
{
	struct rows *r = f->rows;
	struct cell *cells = table_add_row(f->row.out);
	bool here = f->row.id > 0 && (size_t)f->row.id < f->row.columns->n;
	for (size_t c = 0; c < r->ncolumns; c++) {
		bool own = f->row.annotation && list_field_is_own(r->source, r->fields[c]);
		cells[c] = here || own ? r->fields[c]->get(&f->row) : (struct cell){0};
	}
}

/* The call'th call (from 0) of the transcript into the row. */
static void find_call(struct fetching *f, uint64_t call)
{
	f->row.turn = NULL;
	f->row.call = NULL;
	f->row.turn_number = 0;
	f->row.call_number = (uint32_t)call + 1;
	for (size_t t = 0; f->loaded && t < f->transcript.n; t++) {
		const struct turn *turn = &f->transcript.turns[t];
		if (call < turn->ncalls) {
			f->row.turn = turn;
			f->row.turn_number = (uint32_t)t + 1;
			f->row.call = &turn->calls[call];
			f->row.call_number = (uint32_t)call + 1;
			return;
		}
		call -= turn->ncalls;
	}
}

static void find_turn(struct fetching *f, uint64_t turn)
{
	f->row.turn_number = (uint32_t)turn + 1;
	f->row.turn = f->loaded && turn < f->transcript.n ? &f->transcript.turns[turn] : NULL;
}

static enum status fetch_parts(struct fetching *f, size_t from, size_t n, struct err *err)
{
	struct rows *r = f->rows;
	size_t i = rows_list_index(r, from), row = from;
	while (row < from + n) {
		enum status st = load_result(f, r->ids[i], err);
		if (st != OK)
			return st;
		for (; row < from + n && row < r->ends[i]; row++) {
			if (r->source->fields == call_fields)
				find_call(f, rows_list_number(r, i, row) - 1);
			else
				find_turn(f, rows_list_number(r, i, row) - 1);
			add_cells(f);
		}
		i++;
	}
	return OK;
}

static enum status fetch_results(struct fetching *f, size_t from, size_t n, struct err *err)
{
	struct rows *r = f->rows;
	for (size_t row = from; row < from + n; row++) {
		f->row.annotation = r->entries ? annotation_at(r, row) : NULL;
		if (r->entries && !f->row.annotation)
			return OK;
		enum status st = load_result(f, f->row.annotation ? f->row.annotation->result_id : r->ids[row], err);
		if (st != OK)
			return st;
		add_cells(f);
	}
	return OK;
}

enum status rows_fetch_list(struct rows *r, struct store *s, size_t from, size_t n, struct table *out, struct err *err)
{
	struct fetching f = {.rows = r, .store = s};
	f.row.facts = r->facts;
	f.row.columns = facts_columns(r->facts);
	f.row.names = facts_names(r->facts);
	f.row.policy_sha256 = str_c(r->policy_sha256);
	f.row.out = out;
	enum status st = r->ends ? fetch_parts(&f, from, n, err) : fetch_results(&f, from, n, err);
	arena_fini(&f.scratch);
	buf_fini(&f.notes);
	return st;
}
