/* SPDX-License-Identifier: MIT
 *
 * The rows of the board: the lines of a policy, with a roll-up above rows of
 * one area; without a policy the categories of the data, or its tasks.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "zones/internal.h"

/* Rows are gathered here, then copied into the board's arena. */
struct list {
	struct board *board;
	struct zone_area *areas;
	struct board_row *rows;
	size_t n, cap, rows_cap;
	/* of the line that is being expanded */
	int line;
};

static void add_row(struct list *l, struct zone_area area, struct board_row row)
{
	l->areas = vec_grow(l->areas, &l->cap, l->n + 1, sizeof *l->areas);
	l->rows = vec_grow(l->rows, &l->rows_cap, l->n + 1, sizeof *l->rows);
	l->areas[l->n] = area;
	l->rows[l->n++] = row;
}

static const char *keep(struct list *l, struct str s)
{
	return arena_cstr(&l->board->arena, s);
}

/* ---- of a policy ---- */

static const char *why_not(struct list *l, const struct policy_line *line)
{
	const struct policy *p = l->board->policy;
	const char *what = line->unsupported ? line->unsupported : p->unsupported;
	return what ? arena_printf(&l->board->arena, "%s is not computed by this version", what).p : NULL;
}

static void add_line_row(struct list *l, int i, const char *name, const char *title, const char *category, bool expanded)
{
	const struct policy_line *line = &l->board->policy->lines[i];
	struct zone_area area = {.name = name,
		.title = title,
		.line = i,
		.yellow = line->has_yellow ? line->yellow : (double)NAN,
		.red = line->red_kind == RED_NUMBER ? line->red : (double)NAN,
		.red_kind = line->red_kind};
	struct board_row row = {.line = i,
		.category = category,
		.where = line->where,
		.event = line->event,
		.expanded = expanded,
		.reason = why_not(l, line)};
	add_row(l, area, row);
}

/* What a reader calls a category. */
static const char *title_of(struct list *l, const char *name)
{
	struct str title = category_title(name);
	return title.p ? keep(l, title) : name;
}

static void add_child(void *ctx, struct str child)
{
	struct list *l = ctx;
	const char *name = keep(l, child);
	add_line_row(l, l->line, name, title_of(l, name), name, true);
}

// "taxonomy:*" and "taxonomy:a/*": the node before the star; NULL when the area names no children.
static const char *star_node(struct list *l, const char *area)
{
	size_t n = strlen(area);
	if (n < 3 || area[n - 1] != '*' || (area[n - 2] != ':' && area[n - 2] != '/'))
		return NULL;
	return keep(l, str_n(area, n - 2));
}

static void add_line(struct list *l, const struct names *names, int i)
{
	const struct policy_line *line = &l->board->policy->lines[i];
	const char *node = star_node(l, line->area);
	if (!node) {
		add_line_row(l, i, line->area, line->title ? line->title : title_of(l, line->area),
			line->where ? NULL : line->area, false);
		return;
	}
	size_t before = l->n;
	l->line = i;
	category_children(names, node, add_child, l);
	if (l->n == before) /* nothing is known of the children: one row that says so */
		add_line_row(l, i, line->area, line->title ? line->title : title_of(l, line->area), node, true);
}

/* The area that a row is rolled up under: the node of a starred line, else its area. */
static bool same_area(const struct board *b, const struct zone_area *x, const struct zone_area *y)
{
	return x->line == y->line || strcmp(b->policy->lines[x->line].area, b->policy->lines[y->line].area) == 0;
}

/* Rows of one area, wherever they stand in the policy, come together under a roll-up. */
static void group_rows(struct list *from, struct list *to)
{
	bool *done = xcalloc(from->n ? from->n : 1, sizeof *done);
	for (size_t i = 0; i < from->n; i++) {
		size_t n = 0;
		for (size_t j = i; j < from->n && !done[i]; j++)
			n += !done[j] && same_area(from->board, &from->areas[i], &from->areas[j]);
		if (n > 1) {
			const char *name = from->board->policy->lines[from->areas[i].line].area;
			struct zone_area area = {.name = name,
				.title = title_of(to, name),
				.line = -1,
				.yellow = NAN,
				.red = NAN,
				.red_kind = RED_NONE};
			add_row(to, area, (struct board_row){.line = -1, .children = n});
		}
		for (size_t j = i; j < from->n && n; j++)
			if (!done[j] && same_area(from->board, &from->areas[i], &from->areas[j])) {
				const struct policy_line *line = &from->board->policy->lines[from->areas[j].line];
				from->areas[j].depth = n > 1;
				if (n > 1 && !from->rows[j].expanded)
					from->areas[j].title = line->title ? line->title : line->id;
				add_row(to, from->areas[j], from->rows[j]);
				done[j] = true;
			}
	}
	free(done);
}

static void policy_rows(struct list *l, const struct names *names)
{
	struct list flat = {.board = l->board};
	for (size_t i = 0; i < l->board->policy->nlines; i++)
		add_line(&flat, names, (int)i);
	group_rows(&flat, l);
	free(flat.areas);
	free(flat.rows);
	l->board->grouped_by = "policy lines";
}

/* ---- without a policy ---- */

/* Which kinds of tasks the units of one category or task have, by kind. */
struct kinds {
	bool has[KIND_COUNT];
};

static void add_free_row(struct list *l, const char *name, struct board_row row, const struct kinds *k)
{
	size_t n = 0;
	for (int kind = 0; kind < KIND_COUNT; kind++)
		n += k->has[kind];
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		if (!k->has[kind])
			continue;
		const char *title = row.category ? title_of(l, name) : name;
		if (n > 1)
			title = arena_printf(
				&l->board->arena, "%s (%s)", title, kind ? kind_name((enum task_kind)kind) : "no kind")
					.p;
		row.line = -1;
		row.one_kind = n > 1;
		row.kind = (enum task_kind)kind;
		add_row(l,
			(struct zone_area){
				.name = name, .title = title, .line = -1, .yellow = NAN, .red = NAN, .red_kind = RED_NONE},
			row);
	}
}

/* "taxonomy:a" of "taxonomy:a/b". */
static struct str top_category(struct str name)
{
	const char *slash = memchr(name.p, '/', name.n);
	return slash ? str_n(name.p, (size_t)(slash - name.p)) : name;
}

static enum task_kind kind_of(const struct units *u, size_t id)
{
	uint8_t kind = u->names->task_kind[u->cols->task[id]];
	return kind < KIND_COUNT ? (enum task_kind)kind : KIND_NONE;
}

static int by_title(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void category_rows(struct list *l, const struct units *u, const struct kinds *by_set, size_t nsets)
{
	struct dict tops = {0};
	for (size_t set = 0; set < nsets; set++)
		for (const uint32_t *c = u->names->catset[set]; c && *c; c++) {
			bool used = false;
			for (int kind = 0; kind < KIND_COUNT; kind++)
				used = used || by_set[set].has[kind];
			if (used && *c < u->names->category.n)
				dict_add(&tops, top_category(dict_name(&u->names->category, *c)));
		}
	struct str *sorted = xcalloc(tops.n ? tops.n : 1, sizeof *sorted);
	for (uint32_t i = 0; i < tops.n; i++)
		sorted[i] = dict_name(&tops, i);
	qsort(sorted, tops.n, sizeof *sorted, by_title);
	for (size_t i = 0; i < tops.n; i++) {
		const char *name = keep(l, sorted[i]);
		struct kinds k = {{false}};
		for (size_t set = 0; set < nsets; set++)
			for (const uint32_t *c = u->names->catset[set]; c && *c; c++)
				if (*c < u->names->category.n && category_under(dict_name(&u->names->category, *c), name))
					for (int kind = 0; kind < KIND_COUNT; kind++)
						k.has[kind] = k.has[kind] || by_set[set].has[kind];
		add_free_row(l, name, (struct board_row){.category = name}, &k);
	}
	free(sorted);
	dict_fini(&tops);
}

static void free_rows(struct list *l, const struct units *u)
{
	size_t nsets = u->names->ncatsets ? u->names->ncatsets : 1;
	struct kinds *by_set = xcalloc(nsets, sizeof *by_set);
	bool *bare = xcalloc(u->ntasks ? u->ntasks : 1, sizeof *bare); /* tasks with units that have no category */
	for (size_t i = bitset_next(&u->chosen, 0); i != SIZE_MAX; i = bitset_next(&u->chosen, i + 1)) {
		uint32_t set = u->cols->catset[i];
		if (set < u->names->ncatsets && u->names->catset[set] && u->names->catset[set][0])
			by_set[set].has[kind_of(u, i)] = true;
		else
			bare[u->cols->task[i]] = true;
	}
	category_rows(l, u, by_set, u->names->ncatsets);
	bool categories = l->n > 0;
	l->board->grouped_by = categories ? "category" : "task";
	for (uint32_t t = 0; t < u->ntasks; t++)
		if (bare[t]) {
			struct kinds k = {{false}};
			k.has[u->names->task_kind[t] < KIND_COUNT ? u->names->task_kind[t] : KIND_NONE] = true;
			add_free_row(
				l, keep(l, dict_name(&u->names->task, t)), (struct board_row){.task = t, .bare = categories}, &k);
		}
	free(by_set);
	free(bare);
}

void board_rows(struct board *b, const struct units *u)
{
	struct list l = {.board = b};
	if (b->policy)
		policy_rows(&l, u->names);
	else
		free_rows(&l, u);
	b->nareas = l.n;
	b->areas = arena_calloc(&b->arena, l.n + 1, sizeof *b->areas);
	b->rows = arena_calloc(&b->arena, l.n + 1, sizeof *b->rows);
	if (l.n) {
		memcpy(b->areas, l.areas, l.n * sizeof *b->areas);
		memcpy(b->rows, l.rows, l.n * sizeof *b->rows);
	}
	free(l.areas);
	free(l.rows);
}
