/* SPDX-License-Identifier: MIT
 *
 * Scrolled text. See doc.h.
 */
#include "ui/doc.h"

#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"

void doc_clear(struct doc *d)
{
	buf_clear(&d->text);
	d->nlines = d->nrows = d->nhits = 0;
	d->hit = SIZE_MAX;
}

void doc_fini(struct doc *d)
{
	buf_fini(&d->text);
	free(d->lines);
	free(d->rows);
	free(d->hits);
	*d = (struct doc){.hit = SIZE_MAX};
}

struct doc_line *doc_add(struct doc *d, unsigned style, int indent, struct str text)
{
	d->lines = vec_grow(d->lines, &d->lines_cap, d->nlines + 1, sizeof *d->lines);
	struct doc_line *line = &d->lines[d->nlines++];
	*line = (struct doc_line){.at = d->text.n, .len = text.n, .style = (unsigned char)style, .indent = (unsigned char)indent};
	buf_add_str(&d->text, text);
	return line;
}

struct doc_line *doc_printf(struct doc *d, unsigned style, int indent, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	struct doc_line *line = doc_add(d, style, indent, buf_str(&text));
	buf_fini(&text);
	return line;
}

/* Tabs go to the next multiple of 4: logs are full of them, and a column of 8 wastes a small screen. */
static void expand_tabs(struct buf *b)
{
	struct buf out = {0};
	size_t column = 0;
	for (size_t i = 0; i < b->n; i++) {
		if (b->p[i] != '\t') {
			buf_add_ch(&out, b->p[i]);
			column += (b->p[i] & 0xc0) != 0x80;
			continue;
		}
		do {
			buf_add_ch(&out, ' ');
			column++;
		} while (column % 4);
	}
	buf_fini(b);
	*b = out;
}

size_t doc_add_raw(struct doc *d, unsigned style, int indent, struct str raw, uint32_t part)
{
	struct buf shown = {0};
	struct str rest = raw, piece;
	size_t n = 0;
	while (str_cut(&rest, '\n', &piece)) {
		if (str_ends(piece, "\r"))
			piece.n--;
		buf_clear(&shown);
		escape_text(&shown, piece, ESCAPE_MARK | ESCAPE_TAB);
		if (shown.n && memchr(shown.p, '\t', shown.n))
			expand_tabs(&shown);
		doc_add(d, style, indent, buf_str(&shown))->part = part;
		n++;
	}
	buf_fini(&shown);
	return n;
}

static struct str line_text(const struct doc *d, const struct doc_line *line)
{
	return str_n(d->text.p ? d->text.p + line->at : "", line->len);
}

static void add_row(struct doc *d, size_t line, size_t at, size_t len)
{
	d->rows = vec_grow(d->rows, &d->rows_cap, d->nrows + 1, sizeof *d->rows);
	d->rows[d->nrows++] = (struct doc_row){line, at, len};
}

/* Length of the piece that fits into `width` columns, cut after a blank where there is one. */
static size_t fit(struct str text, int width)
{
	int used = 0;
	size_t at = 0, blank = 0;
	while (at < text.n) {
		int w = 0;
		size_t n = 1;
		unsigned char c = (unsigned char)text.p[at];
		if (c >= 0x20 && c < 0x80 && (at + 1 == text.n || (unsigned char)text.p[at + 1] < 0x80))
			w = 1;
		else if (c > '\002')
			n = utf8_cluster(str_sub(text, at, text.n), &w);
		n = n ? n : 1;
		if (used + w > width && at > 0)
			return blank > 0 ? blank : at;
		used += w;
		at += n;
		if (c == ' ' && used * 3 > width)
			blank = at;
	}
	return at;
}

/* Where a row begins. Half the screen is the most that hanging may take. */
static int row_indent(const struct doc *d, const struct doc_line *line, size_t at)
{
	int hang = at ? line->hang : 0;
	return line->indent + (hang > d->width / 2 ? d->width / 2 : hang);
}

static void wrap_line(struct doc *d, size_t index)
{
	const struct doc_line *line = &d->lines[index];
	struct str text = line_text(d, line);
	size_t at = 0;
	do {
		int width = d->width - row_indent(d, line, at);
		if (width < 1)
			width = 1;
		size_t n = d->wrap && !line->rule ? fit(str_sub(text, at, text.n), width) : text.n;
		add_row(d, index, at, n);
		at += n;
	} while (at < text.n);
}

void doc_layout(struct doc *d, int width, bool wrap)
{
	/* The line at the top stays there. */
	size_t keep = d->top < d->nrows ? d->rows[d->top].line : 0;
	bool moved = d->nrows > 0 && d->top > 0;
	d->width = width;
	d->wrap = wrap;
	d->nrows = 0;
	for (size_t i = 0; i < d->nlines; i++)
		wrap_line(d, i);
	if (wrap)
		d->left = 0;
	if (moved)
		d->top = doc_row_of_line(d, keep);
}

size_t doc_row_of_line(const struct doc *d, size_t line)
{
	size_t low = 0, high = d->nrows;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (d->rows[mid].line < line)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t last_top(const struct doc *d)
{
	size_t height = d->height > 0 ? (size_t)d->height : 1;
	return d->nrows > height ? d->nrows - height : 0;
}

void doc_to_row(struct doc *d, size_t row)
{
	d->top = row < last_top(d) ? row : last_top(d);
}

void doc_scroll(struct doc *d, long by)
{
	size_t step = (size_t)(by < 0 ? -by : by);
	if (by < 0)
		doc_to_row(d, d->top > step ? d->top - step : 0);
	else
		doc_to_row(d, step < d->nrows ? d->top + step : d->nrows);
}

static int row_column(const struct doc *d, const struct doc_line *line, size_t from, size_t to)
{
	struct buf plain = {0};
	const char *p = d->text.p + line->at;
	for (size_t i = from; i < to; i++)
		if (p[i] != '\001' && p[i] != '\002')
			buf_add_ch(&plain, p[i]);
	int width = (int)utf8_width(buf_str(&plain));
	buf_fini(&plain);
	return width;
}

static void draw_hits(const struct doc *d, struct area a, int y, const struct doc_row *row, int x)
{
	const struct doc_line *line = &d->lines[row->line];
	for (size_t i = 0; i < d->nhits; i++) {
		const struct doc_hit *h = &d->hits[i];
		size_t from = h->at > row->at ? h->at : row->at;
		size_t to = h->at + h->len < row->at + row->len ? h->at + h->len : row->at + row->len;
		if (h->line != row->line || from >= to)
			continue;
		int start = x + row_column(d, line, row->at, from);
		grid_add_style(a, start, y, row_column(d, line, from, to), i == d->hit ? STYLE_HIT | STYLE_SELECTED : STYLE_HIT);
	}
}

static void draw_row(struct doc *d, struct area a, int y, const struct doc_row *row, uint32_t part)
{
	const struct doc_line *line = &d->lines[row->line];
	unsigned style = line->style;
	if (line->rule && part && line->part == part)
		style |= STYLE_SELECTED;
	int x = row_indent(d, line, row->at) - d->left;
	struct str text = str_sub(line_text(d, line), row->at, row->len);
	int used = grid_put(a, x, y, style, text);
	if (line->rule) {
		const char *dash = escape_is_ascii() ? "-" : "─";
		for (int i = x + used + (used > 0); i < a.w; i++)
			grid_put_c(a, i, y, STYLE_DIM, dash);
	}
	if (d->nhits)
		draw_hits(d, a, y, row, x);
}

void doc_draw(struct doc *d, struct area a, uint32_t part)
{
	d->height = a.h;
	if (d->top > last_top(d))
		d->top = last_top(d);
	for (int y = 0; y < a.h && d->top + (size_t)y < d->nrows; y++)
		draw_row(d, a, y, &d->rows[d->top + (size_t)y], part);
}

bool text_is_exact(struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'Z')
			return true;
	return false;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

ptrdiff_t text_find(struct str text, struct str needle, size_t from, bool exact)
{
	if (needle.n == 0 || needle.n > text.n)
		return -1;
	for (size_t i = from; i + needle.n <= text.n; i++) {
		size_t k = 0;
		while (k < needle.n && (text.p[i + k] == needle.p[k] || (!exact && lower(text.p[i + k]) == lower(needle.p[k]))))
			k++;
		if (k == needle.n)
			return (ptrdiff_t)i;
	}
	return -1;
}

size_t doc_search(struct doc *d, struct str text)
{
	bool exact = text_is_exact(text);
	d->nhits = 0;
	d->hit = SIZE_MAX;
	for (size_t i = 0; i < d->nlines && text.n; i++) {
		struct str line = line_text(d, &d->lines[i]);
		for (ptrdiff_t at = text_find(line, text, 0, exact); at >= 0;
			at = text_find(line, text, (size_t)at + text.n, exact)) {
			d->hits = vec_grow(d->hits, &d->hits_cap, d->nhits + 1, sizeof *d->hits);
			d->hits[d->nhits++] = (struct doc_hit){i, (size_t)at, text.n};
		}
	}
	return d->nhits;
}

/* The row that holds a hit's first byte. */
static size_t hit_row(const struct doc *d, const struct doc_hit *h)
{
	size_t row = doc_row_of_line(d, h->line);
	while (row + 1 < d->nrows && d->rows[row + 1].line == h->line && d->rows[row + 1].at <= h->at)
		row++;
	return row;
}

bool doc_next_hit(struct doc *d, int direction)
{
	if (d->nhits == 0)
		return false;
	if (d->hit != SIZE_MAX) {
		d->hit = (d->hit + (direction > 0 ? 1 : d->nhits - 1)) % d->nhits;
	} else {
		size_t first = 0;
		while (first < d->nhits && hit_row(d, &d->hits[first]) < d->top)
			first++;
		d->hit = direction > 0 ? first % d->nhits : (first + d->nhits - 1) % d->nhits;
	}
	size_t row = hit_row(d, &d->hits[d->hit]);
	if (row < d->top || row >= d->top + (size_t)d->height)
		doc_to_row(d, row > (size_t)d->height / 3 ? row - (size_t)d->height / 3 : 0);
	return true;
}

void doc_plain(const struct doc *d, struct buf *out)
{
	for (size_t i = 0; i < d->nlines; i++) {
		struct str line = line_text(d, &d->lines[i]);
		for (int k = 0; k < d->lines[i].indent; k++)
			buf_add_ch(out, ' ');
		for (size_t k = 0; k < line.n; k++)
			if (line.p[k] != '\001' && line.p[k] != '\002')
				buf_add_ch(out, line.p[k]);
		buf_add_ch(out, '\n');
	}
}
