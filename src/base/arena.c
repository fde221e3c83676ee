/* SPDX-License-Identifier: MIT
 *
 * Arenas: a list of blocks, bump allocation in the newest.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

enum { BLOCK_SIZE = 64 * 1024 };

struct arena_block {
	struct arena_block *older;
	size_t used, cap;
	alignas(max_align_t) char data[];
};

static struct arena_block *block_new(size_t cap, struct arena_block *older)
{
	struct arena_block *b = xmalloc(sizeof *b + cap);
	b->older = older;
	b->used = 0;
	b->cap = cap;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t);
	if (size > SIZE_MAX - sizeof(struct arena_block) - align)
		size = SIZE_MAX - sizeof(struct arena_block) - align; /* xmalloc refuses it */
	size = (size + align - 1) / align * align;
	struct arena_block *b = a->blocks;
	if (!b || b->cap - b->used < size) {
		b = block_new(size > BLOCK_SIZE ? size : BLOCK_SIZE, a->blocks);
		a->blocks = b;
	}
	void *p = b->data + b->used;
	b->used += size;
	a->used += size;
	return p;
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return arena_alloc(a, SIZE_MAX);
	void *p = arena_alloc(a, count * size);
	memset(p, 0, count * size);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	return s.p ? str_n(arena_cstr(a, s), s.n) : s;
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	struct str s = arena_str(a, str_c(text));
	free(text);
	return s;
}

void arena_reset(struct arena *a)
{
	struct arena_block *b = a->blocks;
	while (b && b->older) {
		struct arena_block *older = b->older;
		free(b);
		b = older;
	}
	if (b)
		b->used = 0;
	a->blocks = b;
	a->used = 0;
}

void arena_fini(struct arena *a)
{
	arena_reset(a);
	free(a->blocks);
	a->blocks = NULL;
}
