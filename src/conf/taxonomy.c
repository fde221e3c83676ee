/* SPDX-License-Identifier: MIT
 *
 * Reads the embedded taxonomies once. They are our own files, checked by a
 * test, so a broken one is a bug and ends the program.
 */
#include "conf/taxonomy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "base/json.h"
#include "base/mem.h"

static struct arena memory;
static struct taxonomy *all;
static size_t count, cap;

static int depth_below(const struct taxonomy_node *nodes, size_t n, struct str parent)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(nodes[i].id, parent))
			return nodes[i].depth + 1;
	return 0;
}

static void add(const char *path, struct str text)
{
	const struct json *doc;
	struct err err = {0};
	if (json_read(&memory, text, NULL, &doc, &err) != OK) {
		fprintf(stderr, "plimsoll: %s: %s\n", path, err_text(&err));
		abort();
	}
	const struct json *categories = json_get(doc, "categories");
	struct taxonomy_node *nodes = arena_calloc(&memory, categories->count, sizeof *nodes);
	size_t n = 0;
	JSON_EACH(c, categories) {
		struct str parent = json_str(json_get(c, "parent"));
		int depth = parent.p ? depth_below(nodes, n, parent) : 0;
		nodes[n++] = (struct taxonomy_node){json_str(json_get(c, "id")), json_str(json_get(c, "title")), parent, depth};
	}
	all = vec_grow(all, &cap, count + 1, sizeof *all);
	all[count++] = (struct taxonomy){json_str(json_get(doc, "id")), json_str(json_get(doc, "title")), json_str(json_get(doc, "source")),
		json_str(json_get(doc, "licence")), nodes, n};
}

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct taxonomy *)a)->id, ((const struct taxonomy *)b)->id);
}

const struct taxonomy *taxonomy_all(size_t *n)
{
	if (!all) {
		for (const struct embed *e = embed_table; e->path; e++)
			if (str_starts(str_c(e->path), "schemas/taxonomies/"))
				add(e->path, str_n((const char *)e->data, e->size));
		qsort(all, count, sizeof *all, by_id);
	}
	*n = count;
	return all;
}

const struct taxonomy *taxonomy_find(struct str id)
{
	size_t n;
	const struct taxonomy *list = taxonomy_all(&n);
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, id))
			return &list[i];
	return NULL;
}

const struct taxonomy_node *taxonomy_node_find(const struct taxonomy *t, struct str id)
{
	for (size_t i = 0; t && i < t->n; i++)
		if (str_eq(t->nodes[i].id, id))
			return &t->nodes[i];
	return NULL;
}
