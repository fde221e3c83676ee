/* SPDX-License-Identifier: MIT
 *
 * How a list looks: which columns fit, cells by kind, marks in the margin.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "ui/list.h"

enum { COLUMNS_MAX = 64 };

struct layout {
	size_t column[COLUMNS_MAX];
	int width[COLUMNS_MAX];
	size_t n;
};

static int wanted(const struct column *c)
{
	int title = (int)strlen(c->title ? c->title : c->name) + 1; /* and the mark of the order */
	int width = c->width > 0 ? c->width : 16;
	return width > title ? width : title;
}

/* The columns that fit: of those in view, the least important are left out until the rest does. */
static void layout_columns(const struct list *l, int w, struct layout *out)
{
	const struct rowset *r = l->rows;
	bool dropped[COLUMNS_MAX] = {false};
	size_t n = r->ncolumns < COLUMNS_MAX ? r->ncolumns : COLUMNS_MAX;
	for (size_t i = 1; i < n && i <= (size_t)l->first_column; i++)
		dropped[i] = true;
	for (;;) {
		int total = 0;
		size_t worst = SIZE_MAX;
		for (size_t i = 0; i < n; i++) {
			if (dropped[i])
				continue;
			total += wanted(&r->columns[i]) + 2;
			if (i && (worst == SIZE_MAX || r->columns[i].priority <= r->columns[worst].priority))
				worst = i;
		}
		if (total <= w || worst == SIZE_MAX)
			break;
		dropped[worst] = true;
	}
	int left = w;
	out->n = 0;
	for (size_t i = 0; i < n; i++)
		if (!dropped[i]) {
			out->column[out->n] = i;
			out->width[out->n] = wanted(&r->columns[i]);
			left -= out->width[out->n++] + 2;
		}
	for (size_t i = 0; i < out->n && left > 0; i++)
		if (r->columns[out->column[i]].width == 0) {
			out->width[i] += left;
			left = 0;
		}
}

static bool to_the_right(enum cell_kind k)
{
	return k == CELL_INT || k == CELL_REAL || k == CELL_RATE || k == CELL_INTERVAL;
}

static unsigned cell_text_of(const struct cell *c, struct buf *out)
{
	struct buf raw = {0};
	unsigned style = STYLE_NORMAL;
	switch (c->kind) {
	case CELL_OUTCOME:
		buf_add_c(out, outcome_mark((enum outcome)c->integer));
		style = outcome_style((enum outcome)c->integer);
		break;
	case CELL_SEVERITY:
		buf_add_c(out, severity_mark((enum severity)c->integer));
		style = severity_style((enum severity)c->integer);
		break;
	case CELL_ZONE:
		buf_printf(out, "%s %s", zone_shape((enum verdict)c->integer, escape_is_ascii()), zone_letter((enum verdict)c->integer));
		style = verdict_style((enum verdict)c->integer);
		break;
	case CELL_EMPTY:
		buf_add_c(out, escape_is_ascii() ? "-" : "–");
		style = STYLE_DIM;
		break;
	default:
		cell_format(&raw, c, true);
		escape_text(out, buf_str(&raw), ESCAPE_MARK);
		if (c->kind == CELL_INTERVAL || c->kind == CELL_TIME)
			style = STYLE_DIM;
	}
	buf_fini(&raw);
	return style;
}

/* Columns before a byte of showable text. */
static int columns_before(struct str text, size_t at)
{
	struct buf plain = {0};
	for (size_t i = 0; i < at; i++)
		if (text.p[i] != '\001' && text.p[i] != '\002')
			buf_add_ch(&plain, text.p[i]);
	int w = (int)utf8_width(buf_str(&plain));
	buf_fini(&plain);
	return w;
}

static void draw_cell(const struct list *l, struct area a, int x, int y, int w, const struct cell *c, enum cell_kind column)
{
	struct buf text = {0};
	unsigned style = cell_text_of(c, &text);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n' || text.p[i] == '\t')
			text.p[i] = ' ';
	int used = (int)columns_before(buf_str(&text), text.n);
	if (to_the_right(column) && used < w)
		x += w - used;
	grid_put_cut(a, x, y, used < w ? used : w, style, buf_str(&text));
	ptrdiff_t hit = l->text ? text_find(buf_str(&text), str_c(l->text), 0, text_is_exact(str_c(l->text))) : -1;
	if (hit >= 0) {
		int from = columns_before(buf_str(&text), (size_t)hit);
		int to = columns_before(buf_str(&text), (size_t)hit + strlen(l->text));
		grid_add_style(area_sub(a, 0, y, x + (used < w ? used : w), 1), x + from, 0, to - from, STYLE_HIT);
	}
	buf_fini(&text);
}

static bool is_sorted_by(const struct list *l, const char *name, bool *down)
{
	const char *order = l->order ? l->order : l->view->order;
	*down = l->order ? l->order[0] == '-' : l->view->descending;
	if (order && order[0] == '-')
		order++;
	return order && !strcmp(order, name);
}

static void draw_header(const struct list *l, struct area a, const struct layout *lay)
{
	int x = 2;
	grid_blank(a, 0, 0, a.w, STYLE_HEADER);
	for (size_t i = 0; i < lay->n; i++) {
		const struct column *c = &l->rows->columns[lay->column[i]];
		bool down = false, sorted = is_sorted_by(l, c->name, &down);
		struct buf text = {0};
		buf_add_c(&text, c->title ? c->title : c->name);
		if (sorted)
			buf_add_c(&text, escape_is_ascii() ? (down ? "v" : "^") : (down ? "▾" : "▴"));
		int used = (int)utf8_width(buf_str(&text));
		int at = to_the_right(c->kind) && used < lay->width[i] ? x + lay->width[i] - used : x;
		grid_put_cut(a, at, 0, lay->width[i], STYLE_HEADER, buf_str(&text));
		buf_fini(&text);
		x += lay->width[i] + 2;
	}
}

static bool is_marked(const struct list *l, int64_t id)
{
	for (size_t i = 0; i < l->nmarks; i++)
		if (l->marks[i] == id)
			return true;
	return false;
}

/* Somebody reviewed it: said in the margin, so that it is seen when its column has no room. */
static bool is_reviewed(const struct list *l, size_t at)
{
	const struct table *t = &l->page->table;
	for (size_t c = 0; c < t->ncolumns && l->page->results[at]; c++)
		if (!strcmp(t->columns[c].name, "reviewers"))
			return table_cell(t, at, c)->kind == CELL_INT && table_cell(t, at, c)->integer > 0;
	return false;
}

static void draw_line(const struct list *l, struct area a, int y, size_t row, const struct layout *lay)
{
	bool here = row == l->cur;
	if (!page_has(l->page, row)) {
		grid_put_c(a, 2, y, STYLE_DIM, escape_is_ascii() ? "..." : "…");
	} else {
		size_t at = row - l->page->from;
		int x = 2;
		for (size_t i = 0; i < lay->n; i++) {
			if (lay->column[i] < l->page->table.ncolumns)
				draw_cell(l, a, x, y, lay->width[i], table_cell(&l->page->table, at, lay->column[i]),
					l->rows->columns[lay->column[i]].kind);
			x += lay->width[i] + 2;
		}
		if (is_marked(l, l->page->results[at]))
			grid_put_c(a, 1, y, STYLE_MARK, "*");
		else if (is_reviewed(l, at))
			grid_put_c(a, 1, y, STYLE_NOTE, escape_is_ascii() ? "+" : "✓");
	}
	if (!here)
		return;
	grid_put_c(a, 0, y, STYLE_TITLE, escape_is_ascii() ? ">" : "▸");
	grid_add_style(a, 0, y, a.w, STYLE_SELECTED);
	a.grid->cursor_x = a.x;
	a.grid->cursor_y = a.y + y;
}

void list_draw(const struct list *l, bool filtered, struct area a)
{
	if (l->error) {
		grid_put_cut(a, 2, 1, a.w - 2, STYLE_ERROR, str_c(l->error));
		grid_put_c(a, 2, 3, STYLE_DIM, "f edits the filter, F clears it");
		return;
	}
	if (!l->rows) {
		grid_put_c(a, 2, 1, STYLE_DIM, "opening");
		return;
	}
	if (l->rows->count == 0) {
		grid_put_c(a, 2, 1, STYLE_NORMAL, filtered ? "Nothing matches the filter." : "There is nothing here yet.");
		if (filtered)
			grid_put_c(a, 2, 2, STYLE_DIM, "f edits it, F clears it, q goes back");
		return;
	}
	struct layout lay;
	layout_columns(l, a.w - 2, &lay);
	draw_header(l, a, &lay);
	for (int y = 1; y < a.h && l->top + (size_t)y - 1 < l->rows->count; y++)
		draw_line(l, a, y, l->top + (size_t)y - 1, &lay);
}

