/* SPDX-License-Identifier: MIT
 *
 * The lower half of records: a window that slides over a member, and a scanner
 * that finds where a JSON value ends by its quotes and brackets alone.
 */
#ifndef SOURCE_SPLIT_H
#define SOURCE_SPLIT_H

#include "source/bundle.h"

/* Bytes p[start … end) are in memory; `at` is the offset of p[start] in the member, `line` its line. */
struct window {
	struct reader *reader;
	char *p;
	size_t start, end, cap;
	uint64_t at, line;
	bool eof;
	struct buf *copy; /* consumed bytes go here too, when set */
};

static inline struct str window_str(const struct window *w)
{
	return str_n(w->p ? w->p + w->start : "", w->end - w->start);
}

/* Reads one more block behind what is there; END at the end of the member. */
enum status window_fill(struct window *w, struct err *err);
/* The byte n places ahead, reading as needed; -1 at the end. *st gets a failure. */
int window_peek(struct window *w, size_t n, enum status *st, struct err *err);
void window_consume(struct window *w, size_t n);
/* Consumes white space; the next byte or -1. */
int window_skip_blank(struct window *w, enum status *st, struct err *err);
void window_fini(struct window *w);

/* A value being scanned; zero-initialised is at its first byte. */
struct scan {
	size_t depth;
	bool in_string, escaped, scalar, started;
	bool done;
};

/* Goes over s; returns the bytes that belong to the value. When `done` is not set afterwards, all of s did. */
size_t scan_more(struct scan *c, struct str s);

#endif
