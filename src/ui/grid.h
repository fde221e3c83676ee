/* SPDX-License-Identifier: MIT
 *
 * The screen in memory: a rectangle of cells. Everything that is shown goes
 * through grid_put, which clips to its area, gives a wide character one cell
 * and a padding cell, and never stores a byte that could act on a terminal.
 * A terminal back end compares grids and sends what changed.
 */
#ifndef UI_GRID_H
#define UI_GRID_H

#include "base/buf.h"

/* What a piece of text is; the theme says how that looks (ui/theme.h). */
enum style {
	STYLE_NORMAL = 0,
	STYLE_TITLE,    /* name of the program, of a screen */
	STYLE_DIM,      /* rules, hints, what matters less */
	STYLE_HEADER,   /* column titles */
	STYLE_STATUS,   /* the line that says where one is */
	STYLE_KEY,      /* a key in the hint line */
	STYLE_FILTER,   /* the filter that is on */
	STYLE_MESSAGE,
	STYLE_ERROR,
	STYLE_ESCAPE,   /* a character made visible by base/escape */
	STYLE_GREEN,
	STYLE_YELLOW,
	STYLE_RED,
	STYLE_NODATA,
	STYLE_CRITICAL,
	STYLE_HIGH,
	STYLE_MEDIUM,
	STYLE_LOW,
	STYLE_FAIL,
	STYLE_PASS,
	STYLE_UNSURE,
	STYLE_SYSTEM,   /* roles of turns */
	STYLE_USER,
	STYLE_ASSISTANT,
	STYLE_TOOL,
	STYLE_REASONING,
	STYLE_FOLD,     /* "… 312 lines more" */
	STYLE_NOTE,     /* annotations */
	STYLE_MARK,     /* marked rows */
	STYLE_COUNT,
	STYLE_HIT = 0x40,      /* added: a search hit */
	STYLE_SELECTED = 0x80, /* added: the selected row */
};

/* Bytes of one drawn cluster: a base character and at most four marks. */
enum { GRID_CLUSTER = 20, GRID_MAX = 1000 };

struct gcell {
	char text[GRID_CLUSTER];
	unsigned char len;   /* 0: the padding behind a wide character */
	unsigned char width; /* 1 or 2; 0 for padding */
	unsigned char style;
};

struct grid {
	struct gcell *cells; /* row-major */
	int width, height;
	int cursor_x, cursor_y; /* where the terminal's cursor rests */
	bool cursor_shown;
};

/* A rectangle of a grid; widgets get one and can not leave it. */
struct area {
	struct grid *grid;
	int x, y, w, h;
};

/* Sizes are clamped to 0 … GRID_MAX; all cells become blanks. */
void grid_init(struct grid *g, int width, int height);
void grid_resize(struct grid *g, int width, int height);
void grid_clear(struct grid *g);
void grid_fini(struct grid *g);
struct area grid_area(struct grid *g);
const struct gcell *grid_cell(const struct grid *g, int x, int y); /* NULL outside */
bool grid_row_equal(const struct grid *a, const struct grid *b, int y);
/* b becomes a copy of a. */
void grid_copy(struct grid *b, const struct grid *a);

/* A part of an area, clipped to it. */
struct area area_sub(struct area a, int x, int y, int w, int h);

/* Writes showable text (after base/escape; \001 … \002 mark what it escaped) at x, y of the area and returns the columns
 * used. x may be negative: what lies left of the area is cut. Text stops at the right edge; a wide character that would
 * stick out there becomes a blank. Control and invisible characters, should any come here, are drawn as U+FFFD. */
int grid_put(struct area a, int x, int y, unsigned style, struct str text);
int grid_put_c(struct area a, int x, int y, unsigned style, const char *text);
int grid_printf(struct area a, int x, int y, unsigned style, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Text from outside: escaped first, cut with "…" when wider than `width`; returns the columns used. */
int grid_put_raw(struct area a, int x, int y, int width, unsigned style, struct str raw);
/* The same for text that is showable already. */
int grid_put_cut(struct area a, int x, int y, int width, unsigned style, struct str text);
/* w columns of blanks. */
void grid_blank(struct area a, int x, int y, int w, unsigned style);
/* A horizontal line, in ASCII where escape_is_ascii. */
void grid_rule(struct area a, int y, unsigned style);
/* Adds style bits (STYLE_SELECTED, STYLE_HIT) to w cells. */
void grid_add_style(struct area a, int x, int y, int w, unsigned bits);

/* The text, one line a row without trailing blanks; then a line of style letters a row when `styles`. */
void grid_dump(const struct grid *g, bool styles, struct buf *out);

#endif
