/* SPDX-License-Identifier: MIT
 *
 * Groups: a set counted by one or two dimensions into a table. Task kinds are
 * counted apart and then added up, so that a group knows whether its failures
 * mean one thing: kinds are never pooled into one rate.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "query/tree.h"

/* Counts of one group of all kinds together. */
static void add_counts(struct group *g, const struct group_counts *n, unsigned kind)
{
	g->n.results += n->results;
	g->n.pass += n->pass;
	g->n.fail += n->fail;
	g->n.unsure += n->unsure;
	g->n.missing += n->missing;
	g->n.invalid += n->invalid;
	g->n.reviewed += n->reviewed;
	g->n.human += n->human;
	g->n.turns += n->turns;
	g->n.tool_calls += n->tool_calls;
	if (n->worst_severity > g->n.worst_severity)
		g->n.worst_severity = n->worst_severity;
	for (int s = 0; s < SEVERITY_COUNT; s++)
		g->n.by_severity[s] += n->by_severity[s];
	g->kinds |= 1U << kind;
}

static int compare_keys(const uint32_t *a, const uint32_t *b)
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return a[1] == b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

static int compare_groups(const void *a, const void *b)
{
	return compare_keys(((const struct group *)a)->n.key, ((const struct group *)b)->n.key);
}

void groups_fini(struct groups *g)
{
	free(g->items);
	memset(g, 0, sizeof *g);
}

/* Adds the groups of one kind; both lists are sorted by key. */
static void merge_kind(struct groups *all, const struct group_counts *counts, size_t n, unsigned kind)
{
	size_t old = all->n, at = 0;
	for (size_t i = 0; i < n; i++) {
		while (at < old && compare_keys(all->items[at].n.key, counts[i].key) < 0)
			at++;
		if (at < old && compare_keys(all->items[at].n.key, counts[i].key) == 0) {
			add_counts(&all->items[at], &counts[i], kind);
			continue;
		}
		all->items = vec_grow(all->items, &all->cap, all->n + 1, sizeof *all->items);
		struct group *g = &all->items[all->n++];
		memset(g, 0, sizeof *g);
		memcpy(g->n.key, counts[i].key, sizeof g->n.key);
		add_counts(g, &counts[i], kind);
	}
	if (all->n > old && all->n)
		qsort(all->items, all->n, sizeof *all->items, compare_groups);
}

/* The part of the set whose tasks are of this kind; false when it is empty. */
static bool subset_of_kind(const struct facts *f, const struct bitset *set, unsigned kind, struct bitset *out)
{
	const struct columns *c = facts_columns(f);
	const struct names *names = facts_names(f);
	bool any = false;
	bitset_init(out, set->nbits);
	for (size_t id = bitset_next(set, 0); id < c->n; id = bitset_next(set, id + 1)) {
		uint32_t task = c->task[id];
		if ((task < names->task.n ? names->task_kind[task] : KIND_NONE) != kind)
			continue;
		bitset_set(out, id);
		any = true;
	}
	return any;
}

enum status groups_count(const struct facts *f, const struct bitset *set, const struct view *v, struct groups *out)
{
	memset(out, 0, sizeof *out);
	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		struct bitset part;
		struct group_counts *counts = NULL;
		size_t n = 0;
		enum status st = OK;
		if (subset_of_kind(f, set, kind, &part))
			st = facts_group(f, &part, v->dims, v->ndims, v->taxonomy ? str_c(v->taxonomy) : str_c(""), 0, &counts, &n);
		if (st == OK)
			merge_kind(out, counts, n, kind);
		free(counts);
		bitset_fini(&part);
		if (st != OK)
			return st;
	}
	return OK;
}

/* ---- how far results came ---- */

/* reached[t]: passed results with at least t turns, and failed ones that failed at t or later. Failures without a known
 * turn, and results that are neither, say nothing about it. */
static void count_reached(const struct facts *f, const struct bitset *set, struct groups *groups)
{
	const struct columns *c = facts_columns(f);
	uint64_t *reached = xcalloc(UINT16_MAX + 2, sizeof *reached);
	for (size_t id = bitset_next(set, 0); id < c->n; id = bitset_next(set, id + 1)) {
		enum outcome o = facts_outcome(f, (int64_t)id, &decide_shipped, NULL);
		if (o == OUTCOME_PASS)
			reached[c->turns[id]]++;
		else if (o == OUTCOME_FAIL)
			reached[c->fail_turn[id]]++;
	}
	for (size_t t = UINT16_MAX; t > 0; t--)
		reached[t] += reached[t + 1];
	for (size_t i = 0; i < groups->n; i++) {
		uint32_t t = groups->items[i].n.key[0];
		if (t > 0 && t <= UINT16_MAX)
			groups->items[i].reached = reached[t];
	}
	free(reached);
}

/* ---- keys ---- */

static const struct dict *dict_of(const struct names *names, enum dimension dim)
{
	switch (dim) {
	case DIM_TASK:
		return &names->task;
	case DIM_RUN:
		return &names->run;
	case DIM_SOURCE:
		return &names->source;
	case DIM_CATEGORY:
		return &names->category;
	case DIM_PROVIDER:
		return &names->provider;
	case DIM_FORMAT:
		return &names->format;
	case DIM_EPOCH:
		return &names->epoch;
	default:
		return NULL;
	}
}

static struct str number_text(struct arena *a, uint32_t key)
{
	return arena_printf(a, "%u", key);
}

/* The key's value as a filter spells it; absent when the group is of those that have none. */
static struct str key_text(const struct rows *r, const struct opening *o, enum dimension dim, uint32_t key, struct arena *a)
{
	const struct dict *d = o->view->tree && dim == DIM_CATEGORY ? &r->nodes : dict_of(facts_names(o->facts), dim);
	struct str name = {NULL, 0};
	if (key == UINT32_MAX)
		return name;
	if (d || dim == DIM_MODEL) {
		name = d ? dict_name(d, key) : names_model(facts_names(o->facts), key);
		return name.n ? arena_str(a, name) : str_n(NULL, 0);
	}
	switch (dim) {
	case DIM_SEVERITY:
	case DIM_ITEM_SEVERITY:
		return str_c(severity_name((enum severity)key));
	case DIM_OUTCOME:
		return key ? str_c(outcome_name((enum outcome)key)) : name;
	case DIM_KIND:
		return key ? str_c(kind_name((enum task_kind)key)) : name;
	case DIM_REVIEW_STATE:
		return str_c(review_state_name((enum review_state)key));
	case DIM_ITEM:
		if (o->store && store_item_name(o->store, key, a, &name, NULL) == OK)
			return name;
		return number_text(a, key);
	default:
		return key ? number_text(a, key) : name;
	}
}

static struct cell key_cell(enum dimension dim, uint32_t key, struct str text, struct table *t)
{
	if (!text.p && (dim == DIM_FAIL_STEP || dim == DIM_FAIL_TURN))
		return cell_text_borrowed(str_c("unlocated"));
	if (!text.p)
		return cell_text_borrowed(str_c("none"));
	switch (dim) {
	case DIM_SEVERITY:
	case DIM_ITEM_SEVERITY:
		return key == SEVERITY_UNRATED ? cell_text_borrowed(str_c("unrated")) : (struct cell){.kind = CELL_SEVERITY, .integer = key};
	case DIM_OUTCOME:
		return (struct cell){.kind = CELL_OUTCOME, .integer = key};
	case DIM_FAIL_STEP:
	case DIM_FAIL_TURN:
		return cell_int(key);
	default:
		return cell_text(t, text);
	}
}

/* ---- the table ---- */

enum { MAX_COLUMNS = 64 };

/* What a column shows: a key, or a measure. */
struct shown {
	int key; /* 0, 1, or -1 */
	const struct measure *measure;
};

static struct column key_column(enum dimension dim)
{
	const struct dimension_name *d = dimension_of(dim);
	return (struct column){d->name, d->title, d->kind, d->width, 100, "what the groups are made by"};
}

static size_t known_columns(const struct view *v, struct column *columns, struct shown *shown)
{
	size_t n = 0;
	for (size_t i = 0; i < v->ndims; i++) {
		columns[n] = key_column(v->dims[i]);
		shown[n++] = (struct shown){(int)i, NULL};
	}
	for (const struct measure *m = query_measures; m->name; m++) {
		columns[n] = (struct column){m->name, m->title, m->kind, m->width, m->priority, m->help};
		shown[n++] = (struct shown){-1, m};
	}
	return n;
}

static enum status choose_columns(struct rows *r, const struct opening *o, struct shown *shown, struct err *err)
{
	struct column known[MAX_COLUMNS];
	struct shown known_shown[MAX_COLUMNS];
	size_t picked[MAX_COLUMNS], n = known_columns(o->view, known, known_shown), npicked = 0;
	bool asked = o->options && o->options->columns && *o->options->columns;
	r->columns = arena_calloc(&r->arena, MAX_COLUMNS, sizeof *r->columns);
	if (asked) {
		enum status st = columns_pick(o->options->columns, known, n, picked, MAX_COLUMNS, &npicked, err);
		for (size_t i = 0; st == OK && i < npicked; i++) {
			r->columns[i] = known[picked[i]];
			shown[i] = known_shown[picked[i]];
		}
		r->ncolumns = npicked;
		return st;
	}
	for (size_t i = 0; i < o->view->ndims; i++) {
		r->columns[r->ncolumns] = known[i];
		shown[r->ncolumns++] = known_shown[i];
	}
	for (size_t i = 0; i < o->view->ncolumns && r->ncolumns < MAX_COLUMNS; i++) {
		r->columns[r->ncolumns] = o->view->columns[i];
		shown[r->ncolumns++] = (struct shown){-1, measure_find(str_c(o->view->columns[i].name))};
	}
	return OK;
}

static void add_group_row(struct rows *r, const struct opening *o, const struct shown *shown, const struct group *g)
{
	struct cell *row = table_add_row(&r->made);
	struct str text[2] = {{NULL, 0}, {NULL, 0}};
	for (size_t i = 0; i < o->view->ndims; i++)
		text[i] = key_text(r, o, o->view->dims[i], g->n.key[i], &r->arena);
	for (size_t c = 0; c < r->ncolumns; c++) {
		int key = shown[c].key;
		row[c] = key < 0 ? shown[c].measure->get(g) : key_cell(o->view->dims[key], g->n.key[key], text[key], &r->made);
	}
	r->enter[r->made.nrows - 1] = text[0];
}

static size_t column_index(const struct rows *r, const char *name)
{
	size_t i = 0;
	while (i < r->ncolumns && strcmp(r->columns[i].name, name) != 0)
		i++;
	return i;
}

static enum status unsortable(const struct rows *r, const char *name, struct err *err)
{
	struct buf b = {0};
	for (size_t i = 0; i < r->ncolumns; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", r->columns[i].name);
	err_usage(err, "this view can not be sorted by \"%s\", but by its columns: %s", name, b.n ? b.p : "");
	buf_fini(&b);
	return USAGE;
}

static enum status sort_groups(struct rows *r, const struct opening *o, struct err *err)
{
	bool asked = o->options && o->options->order && *o->options->order;
	if (!o->order)
		return OK;
	size_t column = column_index(r, o->order);
	if (column == r->ncolumns)
		return asked ? unsortable(r, o->order, err) : OK; /* its own order, but the user chose other columns */
	table_sort(&r->made, column, o->descending, r->enter);
	return OK;
}

static void set_enter_field(struct rows *r, const struct view *v)
{
	if (v->enter_filter)
		r->enter_field = str_n(v->enter_filter, strlen(v->enter_filter) - 2);
}

static enum status open_plain(struct rows *r, const struct opening *o, struct groups *groups, struct err *err)
{
	struct shown shown[MAX_COLUMNS];
	uint64_t fail = 0;
	enum status st = choose_columns(r, o, shown, err);
	if (st != OK)
		return st;
	for (size_t id = bitset_next(o->set, 0); id < facts_columns(o->facts)->n; id = bitset_next(o->set, id + 1))
		fail += facts_outcome(o->facts, (int64_t)id, &decide_shipped, NULL) == OUTCOME_FAIL;
	table_init(&r->made, r->columns, r->ncolumns);
	r->is_made = true;
	r->enter = arena_calloc(&r->arena, groups->n + 1, sizeof *r->enter);
	for (size_t i = 0; i < groups->n; i++) {
		groups->items[i].set_fail = fail;
		add_group_row(r, o, shown, &groups->items[i]);
	}
	r->count = r->made.nrows;
	return o->view->tree ? tree_sort(r, o, err) : sort_groups(r, o, err);
}

/* ---- the second dimension across ---- */

static int compare_column_names(const void *a, const void *b)
{
	return strcmp(((const struct column *)a)->title, ((const struct column *)b)->title);
}

/* The columns: the first dimension, then each value of the second. `help` holds the key's number while they are sorted. */
static size_t across_columns(struct rows *r, const struct opening *o, const struct groups *groups, uint32_t *keys)
{
	const struct measure *m = measure_find(str_c(o->view->columns[0].name));
	size_t n = 0;
	r->columns = arena_calloc(&r->arena, groups->n + 1, sizeof *r->columns);
	r->columns[0] = key_column(o->view->dims[0]);
	for (size_t i = 0; i < groups->n; i++) {
		uint32_t key = groups->items[i].n.key[1];
		size_t k = 0;
		while (k < n && keys[k] != key)
			k++;
		if (k < n)
			continue;
		struct str name = key_text(r, o, o->view->dims[1], key, &r->arena);
		const char *text = name.p ? arena_cstr(&r->arena, name) : "none";
		keys[n++] = key;
		r->columns[n] = (struct column){text, text, m->kind, o->view->columns[0].width, 50, m->help};
	}
	qsort(r->columns + 1, n, sizeof *r->columns, compare_column_names);
	return n;
}

static size_t across_index(struct rows *r, const struct opening *o, uint32_t key)
{
	struct str name = key_text(r, o, o->view->dims[1], key, &r->made.arena);
	for (size_t c = 1; c < r->ncolumns; c++)
		if (name.p ? str_eq_c(name, r->columns[c].name) : strcmp(r->columns[c].name, "none") == 0)
			return c;
	return 0;
}

static enum status open_across(struct rows *r, const struct opening *o, struct groups *groups, struct err *err)
{
	const struct measure *m = measure_find(str_c(o->view->columns[0].name));
	uint32_t *keys = xcalloc(groups->n + 1, sizeof *keys), row_key = 0;
	struct cell *row = NULL;
	(void)err;
	r->ncolumns = 1 + across_columns(r, o, groups, keys);
	free(keys);
	table_init(&r->made, r->columns, r->ncolumns);
	r->is_made = true;
	r->enter = arena_calloc(&r->arena, groups->n + 1, sizeof *r->enter);
	for (size_t i = 0; i < groups->n; i++) {
		const struct group *g = &groups->items[i];
		if (!row || g->n.key[0] != row_key) {
			row_key = g->n.key[0];
			row = table_add_row(&r->made);
			struct str text = key_text(r, o, o->view->dims[0], row_key, &r->arena);
			row[0] = key_cell(o->view->dims[0], row_key, text, &r->made);
			r->enter[r->made.nrows - 1] = text;
		}
		size_t c = across_index(r, o, g->n.key[1]);
		if (c)
			row[c] = m->get(g);
	}
	r->count = r->made.nrows;
	return sort_groups(r, o, err);
}

enum status rows_open_group(struct rows *r, const struct opening *o, struct err *err)
{
	struct groups groups = {0};
	enum status st = o->view->tree ? tree_count(o, r, &groups) : groups_count(o->facts, o->set, o->view, &groups);
	if (st == OK && o->view->ndims == 1 && o->view->dims[0] == DIM_FAIL_TURN)
		count_reached(o->facts, o->set, &groups);
	set_enter_field(r, o->view);
	if (st != OK)
		err_fail(err, "can not group the results");
	else
		st = o->view->matrix ? open_across(r, o, &groups, err) : open_plain(r, o, &groups, err);
	groups_fini(&groups);
	return st;
}
