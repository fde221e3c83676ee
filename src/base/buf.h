/* SPDX-License-Identifier: MIT
 *
 * A growing byte buffer. Zero-initialised is empty and valid; buf.p[buf.n] is
 * always NUL once something was added, so buf.p can be handed to C functions.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>

#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_c(struct buf *b, const char *s);
void buf_add_ch(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_clear(struct buf *b); /* keeps the memory */
void buf_fini(struct buf *b);
/* The text as an owned C string; the buffer is empty afterwards. Never NULL. */
char *buf_detach(struct buf *b);

static inline struct str buf_str(const struct buf *b)
{
	return str_n(b->p ? b->p : "", b->n);
}

#endif
