/* SPDX-License-Identifier: MIT
 *
 * Allocation that does not fail.
 */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*fatal_hook)(void);

void mem_set_fatal_hook(void (*hook)(void))
{
	fatal_hook = hook;
}

static _Noreturn void out_of_memory(void)
{
	if (fatal_hook)
		fatal_hook();
	fputs("plimsoll: out of memory\n", stderr);
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);
	if (!p)
		out_of_memory();
	return p;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		out_of_memory();
	return xrealloc(old, count * size);
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xstrndup(const char *s, size_t n)
{
	char *p = xmalloc(n + 1);
	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *text = xvasprintf(fmt, ap);
	va_end(ap);
	return text;
}

char *xvasprintf(const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		return xstrdup("(unprintable message)");
	char *text = xmalloc((size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, ap);
	return text;
}

void *vec_grow(void *items, size_t *cap, size_t need, size_t elem_size)
{
	if (items && need <= *cap)
		return items;
	size_t bigger = *cap < 8 ? 8 : *cap;
	while (bigger < need) {
		if (bigger > SIZE_MAX / 2)
			out_of_memory();
		bigger *= 2;
	}
	items = xreallocarray(items, bigger, elem_size);
	*cap = bigger;
	return items;
}
