/* SPDX-License-Identifier: MIT
 *
 * Tables of typed cells: what views produce, and what the screen, `list` and
 * every export writer consume. One shape, so that all show the same rows.
 */
#ifndef BASE_CELL_H
#define BASE_CELL_H

#include "base/arena.h"
#include "base/buf.h"

enum cell_kind {
	CELL_EMPTY = 0, /* no value; differs from an empty text */
	CELL_TEXT,      /* raw, possibly hostile: every sink encodes it */
	CELL_INT,
	CELL_REAL,
	CELL_RATE,     /* 0..1, shown as a percentage */
	CELL_INTERVAL, /* real = low, high; of a rate */
	CELL_TIME,     /* integer = ms since 1970 */
	CELL_BOOL,
	CELL_OUTCOME,  /* integer = enum outcome */
	CELL_SEVERITY, /* integer = severity */
	CELL_ZONE,     /* integer = enum verdict */
};

struct cell {
	enum cell_kind kind;
	struct str text;
	int64_t integer;
	double real, high;
};

struct column {
	const char *name;  /* stable snake_case: CSV header, JSON key */
	const char *title; /* on screen */
	enum cell_kind kind;
	int width;        /* preferred columns on screen; 0 = takes what is left */
	int priority;     /* lower goes first when the screen is narrow */
	const char *help; /* one line */
};

struct table {
	struct arena arena; /* owns all that the cells point to */
	struct column *columns;
	size_t ncolumns;
	struct cell *cells; /* row-major */
	size_t nrows, cap;
};

void table_init(struct table *t, const struct column *columns, size_t n); /* copies the column records */
struct cell *table_add_row(struct table *t);                             /* ncolumns empty cells; valid until the next add */
const struct cell *table_cell(const struct table *t, size_t row, size_t column);
void table_clear(struct table *t); /* rows only */
void table_fini(struct table *t);

struct cell cell_text(struct table *t, struct str s); /* copies; absent gives CELL_EMPTY */
struct cell cell_text_borrowed(struct str s);
struct cell cell_int(int64_t v);
struct cell cell_real(double v); /* NaN gives CELL_EMPTY */
struct cell cell_rate(double v);

/* The plain spelling used by text, CSV, TSV: no padding, no escaping; reals in their shortest exact form.
 * `screen` gives the human one: 12.3 %, low – high, 10,234. Needs no locale. */
void cell_format(struct buf *out, const struct cell *c, bool screen);

#endif
