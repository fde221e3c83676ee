/* SPDX-License-Identifier: MIT
 *
 * Batches: made on a parser thread, read once on the writer, freed there.
 */
#include "ingest/batch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

struct batch *batch_new(void)
{
	return xcalloc(1, sizeof(struct batch));
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	arena_fini(&b->arena);
	buf_fini(&b->text);
	free(b->items);
	free(b);
}

struct packed *batch_add(struct batch *b, enum packed_kind kind)
{
	if (b->n == b->cap)
		b->items = vec_grow(b->items, &b->cap, b->n + 1, sizeof *b->items);
	struct packed *p = &b->items[b->n++];
	*p = (struct packed){.kind = kind};
	return p;
}

size_t batch_size(const struct batch *b)
{
	return b->arena.used + b->text.n;
}

void batch_seal(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].kind != PACKED_RESULT)
			continue;
		struct packed_result *p = b->items[i].u.result;
		p->r.transcript.p = b->text.p + p->text_at;
	}
}

struct str pack_str(struct arena *a, struct str s, uint32_t *repairs)
{
	if (!s.p || s.n == 0)
		return s.p ? str_c("") : s;
	if (!memchr(s.p, '\0', s.n) && utf8_valid(s))
		return arena_str(a, s);
	struct buf b = {0};
	size_t n = utf8_repair(&b, s);
	if (repairs)
		*repairs += (uint32_t)n;
	struct str out = arena_str(a, buf_str(&b));
	buf_fini(&b);
	return out;
}
