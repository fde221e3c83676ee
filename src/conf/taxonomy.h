/* SPDX-License-Identifier: MIT
 *
 * The category lists that ship with the program (schemas/taxonomies): names,
 * titles and parents of risk taxonomies whose lists are complete and free to
 * name. A category is written TAXONOMY:ID everywhere.
 */
#ifndef CONF_TAXONOMY_H
#define CONF_TAXONOMY_H

#include "base/str.h"

struct taxonomy_node {
	struct str id, title, parent; /* parent: absent at the top */
	int depth;                    /* 0 at the top */
};

struct taxonomy {
	struct str id, title, source, licence;
	const struct taxonomy_node *nodes; /* in the order of the file, parents before children */
	size_t n;
};

/* All of them, sorted by id; *n is their number. Loaded on the first call (not from two threads at once); never freed. */
const struct taxonomy *taxonomy_all(size_t *n);
/* NULL when none of that name ships. */
const struct taxonomy *taxonomy_find(struct str id);
const struct taxonomy_node *taxonomy_node_find(const struct taxonomy *t, struct str id);

#endif
