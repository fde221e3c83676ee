/* SPDX-License-Identifier: MIT
 *
 * Categories as a tree. Which nodes a result belongs to is decided once for
 * each distinct set of categories; then each node counts its results once,
 * however many of its children they have.
 */
#include "query/tree.h"

#include <stdlib.h>

#include "base/mem.h"

struct member {
	uint32_t node, catset;
};

struct counting {
	const struct opening *o;
	struct dict *nodes;
	uint32_t *ids;     /* results of the set, by category set */
	size_t *first;     /* by category set: its results in ids; one more at the end */
	size_t ncatsets;
	struct member *members;
	size_t nmembers, cap;
};

static int compare_members(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	if (a->node != b->node)
		return a->node < b->node ? -1 : 1;
	return (a->catset > b->catset) - (a->catset < b->catset);
}

static void add_member(struct counting *c, uint32_t node, uint32_t catset)
{
	c->members = vec_grow(c->members, &c->cap, c->nmembers + 1, sizeof *c->members);
	c->members[c->nmembers++] = (struct member){node, catset};
}

/* "t:a/b" belongs to t:a/b and t:a. */
static void add_nodes(struct counting *c, struct str category, uint32_t catset)
{
	struct str path = category;
	while (path.n) {
		add_member(c, dict_add(c->nodes, path), catset);
		while (path.n && path.p[path.n - 1] != '/')
			path.n--;
		if (path.n)
			path.n--;
	}
}

static bool wanted(const struct view *v, struct str category)
{
	if (!v->taxonomy)
		return true;
	size_t n = strlen(v->taxonomy);
	return category.n > n && category.p[n] == ':' && str_starts(category, v->taxonomy);
}

static void find_nodes(struct counting *c)
{
	const struct names *names = facts_names(c->o->facts);
	for (uint32_t set = 0; set < c->ncatsets; set++) {
		bool any = false;
		const uint32_t *id = set < names->ncatsets ? names->catset[set] : NULL;
		if (c->first[set] == c->first[set + 1])
			continue;
		for (; id && *id; id++) {
			struct str category = dict_name(&names->category, *id);
			if (!wanted(c->o->view, category))
				continue;
			add_nodes(c, category, set);
			any = true;
		}
		if (!any)
			add_member(c, UINT32_MAX, set);
	}
	if (c->nmembers)
		qsort(c->members, c->nmembers, sizeof *c->members, compare_members);
}

/* Results in the order of their category sets. */
static void sort_by_catset(struct counting *c)
{
	const struct columns *columns = facts_columns(c->o->facts);
	const struct bitset *set = c->o->set;
	size_t total = 0;
	for (size_t id = bitset_next(set, 0); id < columns->n; id = bitset_next(set, id + 1)) {
		if (columns->catset[id] >= c->ncatsets)
			c->ncatsets = columns->catset[id] + (size_t)1;
		total++;
	}
	c->first = xcalloc(c->ncatsets + 2, sizeof *c->first);
	c->ids = xcalloc(total + 1, sizeof *c->ids);
	for (size_t id = bitset_next(set, 0); id < columns->n; id = bitset_next(set, id + 1))
		c->first[columns->catset[id] + 2]++;
	for (size_t i = 2; i < c->ncatsets + 2; i++)
		c->first[i] += c->first[i - 1];
	for (size_t id = bitset_next(set, 0); id < columns->n; id = bitset_next(set, id + 1))
		c->ids[c->first[columns->catset[id] + 1]++] = (uint32_t)id;
}

static void mark(struct counting *c, const struct member *m, size_t n, struct bitset *bits, bool on, unsigned *kinds)
{
	const struct columns *columns = facts_columns(c->o->facts);
	const struct names *names = facts_names(c->o->facts);
	for (size_t i = 0; i < n; i++)
		for (size_t k = c->first[m[i].catset]; k < c->first[m[i].catset + 1]; k++) {
			uint32_t id = c->ids[k], task = columns->task[id];
			if (on)
				bitset_set(bits, id);
			else
				bitset_clear(bits, id);
			*kinds |= 1U << (task < names->task.n ? names->task_kind[task] : KIND_NONE);
		}
}

static enum status count_node(struct counting *c, const struct member *m, size_t n, struct bitset *bits, struct groups *out)
{
	struct group_counts *counts = NULL;
	size_t ncounts = 0;
	unsigned kinds = 0;
	mark(c, m, n, bits, true, &kinds);
	enum status st = facts_group(c->o->facts, bits, NULL, 0, str_c(""), 0, &counts, &ncounts);
	mark(c, m, n, bits, false, &kinds);
	if (st == OK && ncounts) {
		out->items = vec_grow(out->items, &out->cap, out->n + 1, sizeof *out->items);
		out->items[out->n] = (struct group){.n = counts[0], .kinds = kinds};
		out->items[out->n].n.key[0] = m->node;
		out->items[out->n++].n.key[1] = UINT32_MAX;
	}
	free(counts);
	return st;
}

enum status tree_count(const struct opening *o, struct rows *r, struct groups *out)
{
	struct counting c = {.o = o, .nodes = &r->nodes};
	struct bitset bits;
	enum status st = OK;
	memset(out, 0, sizeof *out);
	bitset_init(&bits, o->set->nbits);
	sort_by_catset(&c);
	find_nodes(&c);
	for (size_t i = 0, end; st == OK && i < c.nmembers; i = end) {
		for (end = i + 1; end < c.nmembers && c.members[end].node == c.members[i].node;)
			end++;
		st = count_node(&c, c.members + i, end - i, &bits, out);
	}
	bitset_fini(&bits);
	free(c.ids);
	free(c.first);
	free(c.members);
	return st;
}

/* ---- order ---- */

static struct str parent_of(struct str path)
{
	while (path.n && path.p[path.n - 1] != '/')
		path.n--;
	return path.n ? str_sub(path, 0, path.n - 1) : str_n("", 0);
}

struct walk {
	struct rows *rows;
	struct cell *cells;
	struct str *enter;
	size_t n;
};

static void walk_children(struct walk *w, struct str parent)
{
	struct rows *r = w->rows;
	size_t width = r->made.ncolumns;
	for (size_t i = 0; i < r->made.nrows; i++) {
		struct str path = r->enter[i];
		if (!path.p || !str_eq(parent_of(path), parent))
			continue;
		memcpy(w->cells + w->n * width, table_cell(&r->made, i, 0), width * sizeof *w->cells);
		w->enter[w->n++] = path;
		walk_children(w, path);
	}
}

enum status tree_sort(struct rows *r, const struct opening *o, struct err *err)
{
	size_t n = r->made.nrows, width = r->made.ncolumns, column = 0;
	struct walk w = {.rows = r};
	if (!n || !width)
		return OK;
	while (o->order && column < width && strcmp(r->columns[column].name, o->order) != 0)
		column++;
	if (column == width && o->options && o->options->order)
		return err_usage(err, "this view can not be sorted by \"%s\"", o->order);
	table_sort(&r->made, column < width ? column : 0, column < width && o->descending, r->enter);
	w.cells = xcalloc(n * width, sizeof *w.cells);
	w.enter = xcalloc(n, sizeof *w.enter);
	walk_children(&w, str_n("", 0));
	for (size_t i = 0; i < n; i++) { /* those without a category: last */
		if (r->enter[i].p)
			continue;
		memcpy(w.cells + w.n * width, table_cell(&r->made, i, 0), width * sizeof *w.cells);
		w.enter[w.n++] = r->enter[i];
	}
	memcpy(r->made.cells, w.cells, w.n * width * sizeof *w.cells);
	memcpy(r->enter, w.enter, w.n * sizeof *w.enter);
	free(w.cells);
	free(w.enter);
	return OK;
}
