/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail: out of memory ends the program, after the
 * hook (the terminal's restore) has run. Check the size of input before
 * asking; multiplications are checked here.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1)));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull, alloc_size(1, 2)));
void *xrealloc(void *p, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
void *xreallocarray(void *p, size_t count, size_t size) __attribute__((returns_nonnull, alloc_size(2, 3)));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull, nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((malloc, returns_nonnull, format(printf, 1, 0)));

/* Grows an array to hold at least `need` elements: returns the (moved) array
 * and updates *cap. Doubles, so appending is amortised constant. */
void *vec_grow(void *items, size_t *cap, size_t need, size_t elem_size) __attribute__((returns_nonnull));

/* Called once before the program ends for want of memory; may be NULL. */
void mem_set_fatal_hook(void (*hook)(void));

#endif
