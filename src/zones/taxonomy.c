/* SPDX-License-Identifier: MIT
 *
 * Categories as the board needs them: what lies below a node, by the shipped
 * taxonomy or, where there is none or the data use other names, by the data.
 */
#include <stdlib.h>

#include "base/dict.h"
#include "base/mem.h"
#include "conf/taxonomy.h"
#include "zones/internal.h"

bool category_under(struct str name, const char *node)
{
	size_t n = strlen(node);
	if (name.n < n || !str_eq_nocase(str_n(name.p, n), str_c(node)))
		return false;
	if (name.n == n)
		return true;
	return name.p[n] == '/' || (name.p[n] == ':' && !strchr(node, ':'));
}

/* The part of name that is one step below node, "taxonomy:a" of "taxonomy:a/b" below "taxonomy"; absent when not below. */
static struct str child_of(struct str name, const char *node)
{
	size_t n = strlen(node);
	if (!category_under(name, node) || name.n <= n + 1)
		return str_n(NULL, 0);
	const char *slash = memchr(name.p + n + 1, '/', name.n - n - 1);
	return slash ? str_n(name.p, (size_t)(slash - name.p)) : name;
}

static void children_in_data(const struct names *names, const char *node, struct dict *out)
{
	for (uint32_t i = 0; i < names->category.n; i++) {
		struct str child = child_of(dict_name(&names->category, i), node);
		if (child.p)
			dict_add(out, child);
	}
}

/* The shipped taxonomy of "taxonomy" or "taxonomy:path"; *rest gets the path, empty when there is none. */
static const struct taxonomy *shipped(const char *node, struct str *rest)
{
	const char *colon = strchr(node, ':');
	*rest = colon ? str_c(colon + 1) : str_c("");
	return taxonomy_find(colon ? str_n(node, (size_t)(colon - node)) : str_c(node));
}

struct str category_title(const char *node)
{
	struct str path;
	const struct taxonomy *t = shipped(node, &path);
	if (t && !path.n)
		return t->title;
	const struct taxonomy_node *n = taxonomy_node_find(t, path);
	return n ? n->title : str_n(NULL, 0);
}

/* Categories have flat ids, and taxonomies have levels: expected are all nodes of the levels that the data use, the first
 * level when there are no data. */
static void shipped_children(const char *node, struct dict *data, struct dict *out)
{
	struct str path;
	struct arena a = {0};
	const struct taxonomy *t = shipped(node, &path);
	bool depths[64] = {false}, any = false;
	for (uint32_t i = 0; t && i < data->n; i++) {
		struct str id;
		const struct taxonomy_node *n;
		struct str name = dict_name(data, i);
		str_cut(&name, ':', &id);
		n = taxonomy_node_find(t, name);
		if (n && n->depth < 64)
			depths[n->depth] = any = true;
	}
	depths[0] = depths[0] || (!any && !path.n);
	for (size_t i = 0; t && i < t->n; i++) {
		struct str name = arena_printf(&a, "%.*s:%.*s", (int)t->id.n, t->id.p, (int)t->nodes[i].id.n, t->nodes[i].id.p);
		if (t->nodes[i].depth < 64 && depths[t->nodes[i].depth] && str_eq(child_of(name, node), name))
			dict_add(out, name);
	}
	arena_fini(&a);
}

static int by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void category_children(const struct names *names, const char *node, void (*each)(void *ctx, struct str child), void *ctx)
{
	struct dict data = {0}, all = {0};
	children_in_data(names, node, &data);
	shipped_children(node, &data, &all);
	struct str *sorted = xcalloc(data.n ? data.n : 1, sizeof *sorted);
	for (uint32_t i = 0; i < data.n; i++)
		sorted[i] = dict_name(&data, i);
	qsort(sorted, data.n, sizeof *sorted, by_text);
	for (uint32_t i = 0; i < data.n; i++)
		dict_add(&all, sorted[i]);
	for (uint32_t i = 0; i < all.n; i++)
		each(ctx, dict_name(&all, i));
	free(sorted);
	dict_fini(&data);
	dict_fini(&all);
}
