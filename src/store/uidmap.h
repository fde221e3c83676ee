/* SPDX-License-Identifier: MIT
 *
 * Private to store: from the head of a uid to result ids, open addressing with
 * 8 bytes a slot. A hit is a candidate only: the caller compares the row.
 */
#ifndef STORE_UIDMAP_H
#define STORE_UIDMAP_H

#include <stddef.h>
#include <stdint.h>

struct uidmap_slot {
	uint32_t print, id; /* id 0: free */
};

/* Zero-initialised is empty. */
struct uidmap {
	struct uidmap_slot *slots;
	size_t nslots, n;
};

void uidmap_add(struct uidmap *m, uint64_t head, uint32_t id);
/* The next candidate; *at is 0 for the first call and belongs to this look-up. 0 when there is none left. */
uint32_t uidmap_next(const struct uidmap *m, uint64_t head, size_t *at);
void uidmap_fini(struct uidmap *m);

#endif
