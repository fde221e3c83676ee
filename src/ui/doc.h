/* SPDX-License-Identifier: MIT
 *
 * Styled text that is scrolled: transcripts, explanations, help, messages.
 * Lines are logical; a layout cuts them into rows of the screen. Searches run
 * over lines, so a hit may go across a wrap.
 */
#ifndef UI_DOC_H
#define UI_DOC_H

#include "ui/grid.h"

struct doc_line {
	size_t at, len;    /* in the text; showable, may hold escape marks */
	unsigned char style, indent;
	unsigned char hang; /* further indentation of its second and later rows */
	uint32_t part;     /* what it belongs to, for the owner: a turn … */
	uint32_t fold;     /* 0, or the fold that this line opens */
	bool rule;         /* a heading: filled up with a line to the right */
};

struct doc_row {
	size_t line, at, len; /* at: offset in the line */
};

struct doc_hit {
	size_t line, at, len;
};

struct doc {
	struct buf text;
	struct doc_line *lines;
	size_t nlines, lines_cap;
	struct doc_row *rows;
	size_t nrows, rows_cap;
	struct doc_hit *hits;
	size_t nhits, hits_cap, hit; /* hit: the current one, SIZE_MAX = none */
	int width;
	bool wrap;
	size_t top;  /* first row shown */
	int left;    /* columns scrolled, when not wrapped */
	int height;  /* rows shown by the last draw */
};

void doc_clear(struct doc *d); /* keeps top and left */
void doc_fini(struct doc *d);
/* A line of showable text without line feeds. */
struct doc_line *doc_add(struct doc *d, unsigned style, int indent, struct str text);
struct doc_line *doc_printf(struct doc *d, unsigned style, int indent, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* Text from outside: escaped, one line for each of its lines. Returns the number of lines. */
size_t doc_add_raw(struct doc *d, unsigned style, int indent, struct str raw, uint32_t part);
/* Cuts lines into rows; needed after adding and when the width changes. */
void doc_layout(struct doc *d, int width, bool wrap);
void doc_draw(struct doc *d, struct area a, uint32_t part); /* headings of `part` are drawn as selected; 0 = none */
void doc_scroll(struct doc *d, long by);
void doc_to_row(struct doc *d, size_t row);
size_t doc_row_of_line(const struct doc *d, size_t line);
/* Finds all hits (smart case); returns how many. The empty text clears. */
size_t doc_search(struct doc *d, struct str text);
/* Goes to the next or previous hit from the current one, or from the top of the screen; wraps. false: there are none. */
bool doc_next_hit(struct doc *d, int direction);
/* The lines as plain text. */
void doc_plain(const struct doc *d, struct buf *out);

/* Is there upper case in it? Then case counts. */
bool text_is_exact(struct str text);
/* First occurrence of needle in text at or after `from`; -1 = none. ASCII case is ignored unless `exact`. */
ptrdiff_t text_find(struct str text, struct str needle, size_t from, bool exact);

#endif
