/* SPDX-License-Identifier: MIT
 *
 * Interning: text to a small number, given out in order from 0, and back.
 * The way names (models, tasks, items, categories) become columns.
 */
#ifndef BASE_DICT_H
#define BASE_DICT_H

#include "base/arena.h"

#define DICT_NONE UINT32_MAX

/* Zero-initialised is empty. */
struct dict {
	struct arena text;
	struct str *names; /* by id */
	size_t n, cap;
	uint32_t *slots; /* id + 1, 0 = free; open addressing */
	size_t nslots;
};

uint32_t dict_add(struct dict *d, struct str name);        /* the id, new or old; copies the name */
uint32_t dict_find(const struct dict *d, struct str name); /* DICT_NONE when absent */
struct str dict_name(const struct dict *d, uint32_t id);   /* absent str when out of range */
void dict_fini(struct dict *d);

#endif
