/* SPDX-License-Identifier: MIT
 *
 * Interned names.
 */
#include "base/dict.h"

#include <stdlib.h>

#include "base/mem.h"

static size_t slot_of(const struct dict *d, struct str name)
{
	size_t mask = d->nslots - 1;
	size_t i = (size_t)str_hash(name) & mask;
	while (d->slots[i] && !str_eq(d->names[d->slots[i] - 1], name))
		i = (i + 1) & mask;
	return i;
}

static void grow(struct dict *d)
{
	d->nslots = d->nslots ? d->nslots * 2 : 64;
	free(d->slots);
	d->slots = xcalloc(d->nslots, sizeof *d->slots);
	for (size_t id = 0; id < d->n; id++)
		d->slots[slot_of(d, d->names[id])] = (uint32_t)id + 1;
}

uint32_t dict_add(struct dict *d, struct str name)
{
	if (!name.p)
		name = str_n("", 0);
	if ((d->n + 1) * 2 > d->nslots)
		grow(d);
	size_t slot = slot_of(d, name);
	if (d->slots[slot])
		return d->slots[slot] - 1;
	d->names = vec_grow(d->names, &d->cap, d->n + 1, sizeof *d->names);
	d->names[d->n] = arena_str(&d->text, name);
	d->slots[slot] = (uint32_t)++d->n;
	return (uint32_t)(d->n - 1);
}

uint32_t dict_find(const struct dict *d, struct str name)
{
	if (!d->nslots)
		return DICT_NONE;
	uint32_t id = d->slots[slot_of(d, name)];
	return id ? id - 1 : DICT_NONE;
}

struct str dict_name(const struct dict *d, uint32_t id)
{
	return id < d->n ? d->names[id] : str_n(NULL, 0);
}

void dict_fini(struct dict *d)
{
	arena_fini(&d->text);
	free(d->names);
	free(d->slots);
	memset(d, 0, sizeof *d);
}
