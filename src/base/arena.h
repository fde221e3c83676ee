/* SPDX-License-Identifier: MIT
 *
 * Memory for things that die together (a record, a page, a batch): allocate
 * freely, reset once. Zero-initialised is an empty arena.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/str.h"

struct arena_block;
struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;                /* bytes handed out since the last reset */
};

/* Uninitialised memory aligned for any type. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((returns_nonnull, malloc));
void *arena_calloc(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull, malloc));
/* A copy of the bytes; absent stays absent. NUL-terminated as a courtesy. */
struct str arena_str(struct arena *a, struct str s);
char *arena_cstr(struct arena *a, struct str s);
struct str arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Forgets everything, keeps the first block. */
void arena_reset(struct arena *a);
void arena_fini(struct arena *a);

#endif
