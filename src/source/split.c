/* SPDX-License-Identifier: MIT
 *
 * Window and scanner. Inside strings 16 bytes are looked at in one go.
 */
#include "source/split.h"

#include <stdlib.h>

#include "base/mem.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { WINDOW_BLOCK = 1 << 20 };

enum status window_fill(struct window *w, struct err *err)
{
	if (w->eof)
		return END;
	if (w->start && w->cap - w->end < WINDOW_BLOCK) {
		memmove(w->p, w->p + w->start, w->end - w->start);
		w->end -= w->start;
		w->start = 0;
	}
	w->p = vec_grow(w->p, &w->cap, w->end + WINDOW_BLOCK, 1);
	size_t got;
	enum status st = reader_read(w->reader, w->p + w->end, WINDOW_BLOCK, &got, err);
	w->eof = st == END;
	w->end += got;
	return st;
}

int window_peek(struct window *w, size_t n, enum status *st, struct err *err)
{
	while (w->end - w->start <= n) {
		enum status filled = window_fill(w, err);
		if (filled == OK)
			continue;
		if (filled != END)
			*st = filled;
		return -1;
	}
	return (unsigned char)w->p[w->start + n];
}

void window_consume(struct window *w, size_t n)
{
	if (n == 0)
		return;
	const char *p = w->p + w->start, *end = p + n;
	if (w->copy)
		buf_add(w->copy, p, n);
	for (const char *at = p; (at = memchr(at, '\n', (size_t)(end - at))); at++)
		w->line++;
	w->start += n;
	w->at += n;
}

int window_skip_blank(struct window *w, enum status *st, struct err *err)
{
	for (;;) {
		int c = window_peek(w, 0, st, err);
		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return c;
		size_t n = 1;
		while (w->start + n < w->end && strchr(" \n\r\t", w->p[w->start + n]) && w->p[w->start + n])
			n++;
		window_consume(w, n);
	}
}

void window_fini(struct window *w)
{
	free(w->p);
}

/* --- scanning --- */

/* Behind the closing quote, or the end. */
static const char *scan_string(struct scan *c, const char *p, const char *end)
{
	while (p < end) {
		if (c->escaped) {
			c->escaped = false;
			p++;
			continue;
		}
#ifdef __SSE2__
		const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
		while (end - p >= 16) {
			__m128i v;
			memcpy(&v, p, sizeof v);
			unsigned stop = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)));
			if (stop) {
				p += __builtin_ctz(stop);
				break;
			}
			p += 16;
		}
#endif
		while (p < end && *p != '"' && *p != '\\')
			p++;
		if (p == end)
			break;
		if (*p++ == '"') {
			c->in_string = false;
			break;
		}
		c->escaped = true;
	}
	return p;
}

static const char *scan_brackets(struct scan *c, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == '"') {
			c->in_string = true;
			return p + 1;
		}
		if (*p == '{' || *p == '[') {
			c->depth++;
		} else if ((*p == '}' || *p == ']') && --c->depth == 0) {
			c->done = true;
			return p + 1;
		}
	}
	return p;
}

static const char *scan_scalar(struct scan *c, const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == ',' || *p == ']' || *p == '}' || *p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') {
			c->done = true;
			break;
		}
	}
	return p;
}

size_t scan_more(struct scan *c, struct str s)
{
	const char *p = s.p, *end = p + s.n;
	if (s.n && !c->started) {
		c->started = true;
		c->scalar = *p != '{' && *p != '[' && *p != '"';
	}
	while (p < end && !c->done) {
		if (c->scalar) {
			p = scan_scalar(c, p, end);
		} else if (c->in_string) {
			p = scan_string(c, p, end);
			c->done = !c->in_string && c->depth == 0;
		} else {
			p = scan_brackets(c, p, end);
		}
	}
	return (size_t)(p - s.p);
}
