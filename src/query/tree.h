/* SPDX-License-Identifier: MIT
 *
 * Private to query: groups before they become a table, and the tree of
 * categories.
 */
#ifndef QUERY_TREE_H
#define QUERY_TREE_H

#include "query/rows.h"

struct groups {
	struct group *items; /* sorted by key */
	size_t n, cap;
};

enum status groups_count(const struct facts *f, const struct bitset *set, const struct view *v, struct groups *out);
void groups_fini(struct groups *g);

/* Every category of the set and every node above it, each result once a node; keys are ids in r->nodes. */
enum status tree_count(const struct opening *o, struct rows *r, struct groups *out);
/* Parents before their children, siblings in the order asked for. r->enter holds the paths. */
enum status tree_sort(struct rows *r, const struct opening *o, struct err *err);

#endif
