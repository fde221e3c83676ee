/* SPDX-License-Identifier: MIT
 *
 * The cells of the screen. See grid.h.
 */
#include "ui/grid.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/theme.h"

static const struct gcell blank_cell = {.text = " ", .len = 1, .width = 1, .style = STYLE_NORMAL};

static int clamp(int v)
{
	if (v < 0)
		return 0;
	return v > GRID_MAX ? GRID_MAX : v;
}

void grid_init(struct grid *g, int width, int height)
{
	*g = (struct grid){.width = clamp(width), .height = clamp(height)};
	g->cells = xcalloc((size_t)g->width * (size_t)g->height + 1, sizeof *g->cells);
	grid_clear(g);
}

void grid_resize(struct grid *g, int width, int height)
{
	grid_fini(g);
	grid_init(g, width, height);
}

void grid_clear(struct grid *g)
{
	size_t n = (size_t)g->width * (size_t)g->height;
	for (size_t i = 0; i < n; i++)
		g->cells[i] = blank_cell;
	g->cursor_shown = false;
	g->cursor_x = g->cursor_y = 0;
}

void grid_fini(struct grid *g)
{
	free(g->cells);
	*g = (struct grid){0};
}

struct area grid_area(struct grid *g)
{
	return (struct area){g, 0, 0, g->width, g->height};
}

const struct gcell *grid_cell(const struct grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->width || y >= g->height)
		return NULL;
	return &g->cells[(size_t)y * (size_t)g->width + (size_t)x];
}

/* For callers that stay inside. */
static const struct gcell *cell_at(const struct grid *g, int x, int y)
{
	return &g->cells[(size_t)y * (size_t)g->width + (size_t)x];
}

static bool cell_equal(const struct gcell *a, const struct gcell *b)
{
	return a->len == b->len && a->width == b->width && a->style == b->style && !memcmp(a->text, b->text, a->len);
}

bool grid_row_equal(const struct grid *a, const struct grid *b, int y)
{
	if (a->width != b->width || y >= a->height || y >= b->height)
		return false;
	for (int x = 0; x < a->width; x++)
		if (!cell_equal(cell_at(a, x, y), cell_at(b, x, y)))
			return false;
	return true;
}

void grid_copy(struct grid *b, const struct grid *a)
{
	if (a->width != b->width || a->height != b->height || !b->cells)
		grid_resize(b, a->width, a->height);
	memcpy(b->cells, a->cells, (size_t)a->width * (size_t)a->height * sizeof *a->cells);
	b->cursor_x = a->cursor_x;
	b->cursor_y = a->cursor_y;
	b->cursor_shown = a->cursor_shown;
}

static int min_int(int a, int b)
{
	return a < b ? a : b;
}

struct area area_sub(struct area a, int x, int y, int w, int h)
{
	if (x < 0) {
		w += x;
		x = 0;
	}
	if (y < 0) {
		h += y;
		y = 0;
	}
	x = min_int(x, a.w);
	y = min_int(y, a.h);
	w = min_int(w, a.w - x);
	h = min_int(h, a.h - y);
	return (struct area){a.grid, a.x + x, a.y + y, w < 0 ? 0 : w, h < 0 ? 0 : h};
}

/* The cell of an area, NULL outside. */
static struct gcell *area_cell(struct area a, int x, int y)
{
	if (x < 0 || y < 0 || x >= a.w || y >= a.h)
		return NULL;
	int gx = a.x + x, gy = a.y + y;
	if (gx < 0 || gy < 0 || gx >= a.grid->width || gy >= a.grid->height)
		return NULL;
	return &a.grid->cells[(size_t)gy * (size_t)a.grid->width + (size_t)gx];
}

/* Overwriting half of a wide character blanks its other half. */
static void cell_release(struct area a, int x, int y)
{
	struct gcell *c = area_cell(a, x, y);
	if (!c)
		return;
	struct gcell *left = c->width == 0 && a.x + x > 0 ? c - 1 : NULL;
	struct gcell *right = c->width == 2 && a.x + x + 1 < a.grid->width ? c + 1 : NULL;
	unsigned char style = c->style;
	*c = blank_cell;
	c->style = style;
	if (left) {
		style = left->style;
		*left = blank_cell;
		left->style = style;
	}
	if (right) {
		style = right->style;
		*right = blank_cell;
		right->style = style;
	}
}

static bool unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == UINT32_MAX;
}

/* Joiners, selectors and skin tones are left out of a cell, so that every terminal agrees on its width. */
static bool elided(uint32_t cp)
{
	return (cp >= 0x1F3FB && cp <= 0x1F3FF) || cp == 0x200D || (cp >= 0xFE00 && cp <= 0xFE0F) || utf8_is_invisible(cp);
}

/* Combining marks of the blocks whose characters never take a column of their own. */
static bool is_mark(struct str s)
{
	char with_base[8] = "a";
	memcpy(with_base + 1, s.p, s.n < 4 ? s.n : 4);
	int width = 0;
	return utf8_cluster(str_n(with_base, 1 + s.n), &width) == 1 + s.n && width == 1;
}

/* The bytes of a cluster that go into a cell: its base character and up to four marks. */
static void cell_set(struct gcell *c, struct str cluster, int width, unsigned style)
{
	static const char replacement[] = "\xef\xbf\xbd";
	c->len = 0;
	c->width = (unsigned char)width;
	c->style = (unsigned char)style;
	size_t at = 0, marks = 0;
	while (at < cluster.n) {
		uint32_t cp;
		size_t n = utf8_next(str_sub(cluster, at, cluster.n), &cp);
		struct str one = str_sub(cluster, at, n);
		at += n ? n : 1;
		if (at == n && (unsafe(cp) || utf8_is_invisible(cp)))
			one = escape_is_ascii() ? str_c("?") : str_c(replacement);
		else if (at != n && (unsafe(cp) || elided(cp) || marks == 4 || !is_mark(one)))
			continue;
		else if (at != n)
			marks++;
		if (c->len + one.n > GRID_CLUSTER)
			return;
		memcpy(c->text + c->len, one.p, one.n);
		c->len = (unsigned char)(c->len + one.n);
	}
}

/* One cluster at column x; true while there is room to its right. */
static bool put_cluster(struct area a, int x, int y, unsigned style, struct str cluster, int width)
{
	if (x + width > a.w) {
		for (; x >= 0 && x < a.w; x++) {
			cell_release(a, x, y);
			*area_cell(a, x, y) = blank_cell;
			area_cell(a, x, y)->style = (unsigned char)style;
		}
		return false;
	}
	for (int i = 0; i < width; i++)
		if (x + i >= 0)
			cell_release(a, x + i, y);
	struct gcell *c = area_cell(a, x, y);
	if (c) {
		cell_set(c, cluster, width, style);
		if (width == 2)
			*area_cell(a, x + 1, y) = (struct gcell){.style = (unsigned char)style};
	} else if (x == -1 && width == 2 && area_cell(a, 0, y)) {
		*area_cell(a, 0, y) = blank_cell;
		area_cell(a, 0, y)->style = (unsigned char)style;
	}
	return true;
}

static bool visible_row(struct area a, int y)
{
	return a.w > 0 && area_cell(a, 0, y) != NULL;
}

int grid_put(struct area a, int x, int y, unsigned style, struct str text)
{
	int start = x;
	unsigned now = style;
	bool draw = visible_row(a, y);
	for (size_t at = 0; at < text.n;) {
		char ch = text.p[at];
		if (ch == '\001' || ch == '\002') {
			now = ch == '\001' ? (unsigned)STYLE_ESCAPE | (style & (STYLE_HIT | STYLE_SELECTED)) : style;
			at++;
			continue;
		}
		int width = 1;
		size_t n = 1;
		if ((unsigned char)ch < 0x80 && (at + 1 == text.n || (unsigned char)text.p[at + 1] < 0x80))
			n = 1; /* the common case needs no look-up */
		else
			n = utf8_cluster(str_sub(text, at, text.n), &width);
		n = n ? n : 1;
		width = width == 2 ? 2 : 1;
		if (draw && !put_cluster(a, x, y, now, str_sub(text, at, n), width))
			return a.w - start;
		x += width;
		at += n;
	}
	return x - start;
}

int grid_put_c(struct area a, int x, int y, unsigned style, const char *text)
{
	return grid_put(a, x, y, style, str_c(text));
}

int grid_printf(struct area a, int x, int y, unsigned style, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	int used = grid_put(a, x, y, style, buf_str(&text));
	buf_fini(&text);
	return used;
}

/* Columns of text that may hold escape marks. */
static int marked_width(struct str text)
{
	int total = 0;
	for (size_t at = 0; at < text.n;) {
		int width = 1;
		if (text.p[at] == '\001' || text.p[at] == '\002') {
			at++;
			continue;
		}
		size_t n = utf8_cluster(str_sub(text, at, text.n), &width);
		at += n ? n : 1;
		total += width == 2 ? 2 : 1;
	}
	return total;
}

int grid_put_cut(struct area a, int x, int y, int width, unsigned style, struct str text)
{
	if (width <= 0)
		return 0;
	int full = marked_width(text);
	if (full <= width)
		return grid_put(area_sub(a, 0, y, x + width, 1), x, 0, style, text);
	grid_put(area_sub(a, 0, y, x + width - 1, 1), x, 0, style, text);
	grid_put_c(a, x + width - 1, y, style, escape_is_ascii() ? ">" : "…");
	return width;
}

int grid_put_raw(struct area a, int x, int y, int width, unsigned style, struct str raw)
{
	struct buf text = {0};
	/* Far more than fits would only be cut again. */
	size_t most = (size_t)(width > 0 ? width : 0) * 8 + 64;
	escape_text(&text, str_sub(raw, 0, most), ESCAPE_MARK);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n' || text.p[i] == '\r')
			text.p[i] = ' ';
	int used = grid_put_cut(a, x, y, width, style, buf_str(&text));
	buf_fini(&text);
	return used;
}

void grid_blank(struct area a, int x, int y, int w, unsigned style)
{
	for (int i = 0; i < w; i++)
		if (area_cell(a, x + i, y)) {
			cell_release(a, x + i, y);
			*area_cell(a, x + i, y) = blank_cell;
			area_cell(a, x + i, y)->style = (unsigned char)style;
		}
}

void grid_rule(struct area a, int y, unsigned style)
{
	for (int x = 0; x < a.w; x++)
		grid_put_c(a, x, y, style, escape_is_ascii() ? "-" : "─");
}

void grid_add_style(struct area a, int x, int y, int w, unsigned bits)
{
	for (int i = 0; i < w; i++)
		if (area_cell(a, x + i, y))
			area_cell(a, x + i, y)->style |= (unsigned char)bits;
}

static void dump_text(const struct grid *g, int y, struct buf *out)
{
	size_t start = out->n;
	for (int x = 0; x < g->width; x++) {
		const struct gcell *c = cell_at(g, x, y);
		buf_add(out, c->text, c->len);
	}
	while (out->n > start && out->p[out->n - 1] == ' ')
		out->n--;
	buf_add_ch(out, '\n');
}

static void dump_styles(const struct grid *g, int y, struct buf *out)
{
	size_t start = out->n;
	for (int x = 0; x < g->width; x++)
		buf_add_ch(out, theme_letter(cell_at(g, x, y)->style));
	while (out->n > start && out->p[out->n - 1] == '.')
		out->n--;
	buf_add_ch(out, '\n');
}

void grid_dump(const struct grid *g, bool styles, struct buf *out)
{
	for (int y = 0; y < g->height; y++)
		dump_text(g, y, out);
	for (int y = 0; styles && y < g->height; y++) {
		buf_add_c(out, "| ");
		dump_styles(g, y, out);
	}
}
