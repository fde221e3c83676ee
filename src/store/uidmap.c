/* SPDX-License-Identifier: MIT
 *
 * The uid table. Uids are hashes already, so their bytes need no further mixing.
 */
#include "store/uidmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void insert(struct uidmap *m, struct uidmap_slot slot)
{
	size_t mask = m->nslots - 1, i = slot.print & mask;
	while (m->slots[i].id)
		i = (i + 1) & mask;
	m->slots[i] = slot;
}

void uidmap_add(struct uidmap *m, uint64_t head, uint32_t id)
{
	if ((m->n + 1) * 3 > m->nslots * 2) {
		struct uidmap old = *m;
		m->nslots = old.nslots ? old.nslots * 2 : 1024;
		m->slots = xcalloc(m->nslots, sizeof *m->slots);
		for (size_t i = 0; i < old.nslots; i++)
			if (old.slots[i].id)
				insert(m, old.slots[i]);
		free(old.slots);
	}
	insert(m, (struct uidmap_slot){(uint32_t)head, id});
	m->n++;
}

uint32_t uidmap_next(const struct uidmap *m, uint64_t head, size_t *at)
{
	if (!m->nslots)
		return 0;
	uint32_t print = (uint32_t)head;
	for (;;) {
		const struct uidmap_slot *slot = &m->slots[(print + *at) & (m->nslots - 1)];
		++*at;
		if (!slot->id || slot->print == print)
			return slot->id;
	}
}

void uidmap_fini(struct uidmap *m)
{
	free(m->slots);
	memset(m, 0, sizeof *m);
}
