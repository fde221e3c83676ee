/* SPDX-License-Identifier: MIT
 *
 * taxonomy: the category lists that ship, and one of them as a tree with what
 * the database holds at or below each category.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "conf/taxonomy.h"

static enum status print_all(const struct cli *cli, struct err *err)
{
	static const struct column columns[] = {
		{"taxonomy", "taxonomy", CELL_TEXT, 20, 9, "its name, before the colon of a category"},
		{"categories", "categories", CELL_INT, 10, 8, "how many it has"},
		{"title", "title", CELL_TEXT, 40, 7, "what it is"},
		{"licence", "licence", CELL_TEXT, 20, 6, "of its list"},
		{"source", "source", CELL_TEXT, 30, 1, "where the list comes from"},
	};
	struct table t;
	size_t n;
	const struct taxonomy *all = taxonomy_all(&n);
	table_init(&t, columns, sizeof columns / sizeof *columns);
	for (size_t i = 0; i < n; i++) {
		struct cell *row = table_add_row(&t);
		row[0] = cell_text(&t, all[i].id);
		row[1] = cell_int((int64_t)all[i].n);
		row[2] = cell_text(&t, all[i].title);
		row[3] = cell_text(&t, all[i].licence);
		row[4] = cell_text(&t, all[i].source);
	}
	enum status st = cli_print(cli, &t, err);
	table_fini(&t);
	return st;
}

/* ---- results at or below ---- */

/* The node of "taxonomy:a/b", or the nearest one above it; NULL when the category is of another taxonomy. */
static const struct taxonomy_node *node_of(const struct taxonomy *t, struct str category)
{
	struct str taxonomy;
	if (!str_cut(&category, ':', &taxonomy) || !str_eq_nocase(taxonomy, t->id))
		return NULL;
	for (size_t end = category.n; end > 0; end--) {
		const struct taxonomy_node *n = NULL;
		if (end == category.n || category.p[end] == '/')
			n = taxonomy_node_find(t, str_n(category.p, end));
		if (n)
			return n;
	}
	return NULL;
}

/* Which nodes have a category of the set at or below them. */
static void mark_nodes(const struct taxonomy *t, const struct names *names, const uint32_t *set, bool *marked)
{
	for (; *set; set++) {
		const struct taxonomy_node *n = node_of(t, dict_name(&names->category, *set));
		while (n) {
			marked[n - t->nodes] = true;
			n = n->parent.p ? taxonomy_node_find(t, n->parent) : NULL;
		}
	}
}

/* By node: how many results; a result counts once in a node. */
static uint64_t *count_results(const struct taxonomy *t, const struct facts *f)
{
	const struct columns *c = facts_columns(f);
	const struct names *names = facts_names(f);
	uint64_t *by_set = xcalloc(names->ncatsets + 1, sizeof *by_set), *by_node = xcalloc(t->n + 1, sizeof *by_node);
	bool *marked = xcalloc(t->n + 1, sizeof *marked);
	for (size_t i = 1; i < c->n; i++)
		if (!(c->flags[i] & COLUMN_GONE) && c->catset[i] < names->ncatsets)
			by_set[c->catset[i]]++;
	for (size_t set = 0; set < names->ncatsets; set++) {
		if (!by_set[set])
			continue;
		memset(marked, 0, t->n * sizeof *marked);
		mark_nodes(t, names, names->catset[set], marked);
		for (size_t i = 0; i < t->n; i++)
			by_node[i] += marked[i] ? by_set[set] : 0;
	}
	free(by_set);
	free(marked);
	return by_node;
}

/* ---- one ---- */

/* Children behind their parent, in the order of the file; indented for people. */
static void add_below(struct table *t, const struct taxonomy *x, struct str parent, const uint64_t *results, bool indent)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct taxonomy_node *n = &x->nodes[i];
		if (parent.p ? !str_eq(n->parent, parent) : n->parent.p != NULL)
			continue;
		struct cell *row = table_add_row(t);
		row[0] = cell_text(t, arena_printf(&t->arena, "%*s%.*s", indent ? 2 * n->depth : 0, "", (int)n->id.n, n->id.p));
		row[1] = cell_text(t, n->title);
		row[2] = cell_text(t, n->parent);
		row[3] = results ? cell_int((int64_t)results[i]) : (struct cell){0};
		add_below(t, x, n->id, results, indent);
	}
}

static enum status print_one(const struct cli *cli, const struct taxonomy *x, const uint64_t *results, struct err *err)
{
	static const struct column columns[] = {
		{"category", "category", CELL_TEXT, 24, 9, "its id; written taxonomy:id"},
		{"title", "title", CELL_TEXT, 40, 8, "what it is"},
		{"parent", "parent", CELL_TEXT, 16, 1, "the category above it"},
		{"results", "results", CELL_INT, 8, 7, "results of the database at it or below it"},
	};
	const struct export_format *format;
	enum status st = cli_format(cli, &format, err);
	if (st != OK)
		return st;
	struct table t;
	table_init(&t, columns, sizeof columns / sizeof *columns);
	add_below(&t, x, str_n(NULL, 0), results, strcmp(format->name, "text") == 0);
	st = cli_print(cli, &t, err);
	table_fini(&t);
	return st;
}

static enum status unknown(const char *word, struct err *err)
{
	size_t n;
	const struct taxonomy *all = taxonomy_all(&n), *near = NULL;
	size_t best = 4;
	for (size_t i = 0; i < n; i++) {
		size_t d = str_distance(str_c(word), all[i].id, 3);
		if (d < best) {
			best = d;
			near = &all[i];
		}
	}
	return near ? err_usage(err, "unknown taxonomy \"%s\"; did you mean %.*s?", word, (int)near->id.n, near->id.p)
		: err_usage(err, "unknown taxonomy \"%s\" (plimsoll taxonomy lists them)", word);
}

enum status cmd_taxonomy(struct cli *cli, struct err *err)
{
	struct store *s = NULL;
	struct facts *f = NULL;
	uint64_t *results = NULL;
	enum status st = OK;
	if (!cli->args.nwords)
		return print_all(cli, err);
	const struct taxonomy *x = taxonomy_find(str_c(cli->args.words[0]));
	if (!x)
		return unknown(cli->args.words[0], err);
	/* It can be read without a database; one that was asked for must be there. */
	if (args_get(&cli->args, "db") || access(cli->db_path, F_OK) == 0)
		st = cli_open_facts(cli, STORE_READ, &s, &f, err);
	if (st == OK && f)
		results = count_results(x, f);
	if (st == OK)
		st = print_one(cli, x, results, err);
	free(results);
	facts_close(f);
	store_close(s);
	return st;
}
