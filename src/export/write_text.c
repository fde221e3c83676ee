/* SPDX-License-Identifier: MIT
 *
 * For people: aligned text, and Markdown. Everything passes base/escape.
 */
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/terms.h"
#include "base/utf8.h"
#include "export/writers.h"

enum {
	GAP = 2,
	PAD_MAX = 120,  /* beyond this a long cell pushes its neighbours aside */
	NARROWEST = 12, /* a text column is not made smaller than this before columns are left out */
};

static bool is_number(enum cell_kind kind)
{
	return kind == CELL_INT || kind == CELL_REAL || kind == CELL_RATE || kind == CELL_INTERVAL;
}

/* Numbers that are names: not 1,052. */
static bool is_id(const struct column *column)
{
	return column->kind == CELL_INT && str_ends(str_c(column->name), "_id");
}

static void spell(struct buf *out, const struct column *column, const struct cell *c)
{
	struct buf raw = {0};
	if (c->kind == CELL_TEXT)
		escape_text(out, c->text, 0);
	else
		cell_format(&raw, c, !is_id(column));
	buf_add_str(out, buf_str(&raw));
	buf_fini(&raw);
}

static int width_of(const struct column *column, const struct cell *c)
{
	struct buf b = {0};
	/* Longer than any padding: its exact width does not matter. */
	struct cell head = *c;
	if (head.kind == CELL_TEXT)
		head.text = str_sub(head.text, 0, (size_t)PAD_MAX * 8);
	spell(&b, column, &head);
	size_t w = utf8_width(buf_str(&b));
	buf_fini(&b);
	return w > PAD_MAX ? PAD_MAX : (int)w;
}

/* Of a row, with texts no wider than `most`. */
static int total_width(const struct column *columns, size_t n, int most)
{
	int total = -GAP;
	for (size_t i = 0; i < n; i++)
		if (columns[i].width >= 0)
			total += (columns[i].kind == CELL_TEXT && columns[i].width > most ? most : columns[i].width) + GAP;
	return total;
}

/* Takes `excess` columns away from the widest texts, a little from each. */
static void narrow_texts(struct column *columns, size_t n, int excess)
{
	while (excess > 0) {
		size_t widest = n;
		for (size_t i = 0; i < n; i++)
			if (columns[i].kind == CELL_TEXT && columns[i].width > NARROWEST && (widest == n || columns[i].width > columns[widest].width))
				widest = i;
		if (widest == n)
			return;
		columns[widest].width--;
		excess--;
	}
}

static size_t least_wanted(const struct column *columns, size_t n)
{
	size_t found = n;
	for (size_t i = 0; i < n; i++)
		if (columns[i].width >= 0 && (found == n || columns[i].priority <= columns[found].priority))
			found = i;
	return found;
}

size_t export_measure(struct column *columns, const struct table *t, const struct writer_options *o)
{
	size_t n = t->ncolumns, left_out = 0;
	for (size_t i = 0; i < n; i++) {
		columns[i].width = (int)utf8_width(str_c(columns[i].title));
		for (size_t row = 0; row < t->nrows; row++) {
			int w = width_of(&columns[i], table_cell(t, row, i));
			if (w > columns[i].width)
				columns[i].width = w;
		}
	}
	if (o->text_width <= 0)
		return 0;
	while (total_width(columns, n, NARROWEST) > o->text_width && left_out + 1 < n) {
		columns[least_wanted(columns, n)].width = -1;
		left_out++;
	}
	narrow_texts(columns, n, total_width(columns, n, PAD_MAX) - o->text_width);
	return left_out;
}

/* ---- text ---- */

static const char *color_of(const struct cell *c)
{
	static const char *const severities[SEVERITY_COUNT] = {"", "", "", "33", "31", "1;31"};
	if (c->kind == CELL_OUTCOME)
		return c->integer == OUTCOME_FAIL ? "31" : c->integer == OUTCOME_PASS ? "32" : "";
	if (c->kind == CELL_SEVERITY && c->integer >= 0 && c->integer < SEVERITY_COUNT)
		return severities[c->integer];
	if (c->kind == CELL_ZONE)
		return c->integer >= VERDICT_RED ? "31" : c->integer >= VERDICT_YELLOW ? "33" : c->integer >= VERDICT_GREEN ? "32" : "";
	return "";
}

static void pad(struct buf *out, int n)
{
	while (n-- > 0)
		buf_add_ch(out, ' ');
}

static struct str clip(struct str s, const struct column *column, const struct writer_options *o, size_t *used, bool *cut)
{
	size_t width = utf8_width(s), room = (size_t)column->width;
	*cut = o->text_width > 0 && width > room;
	*used = width;
	return *cut ? utf8_clip(s, room ? room - 1 : 0, used) : s;
}

static void add_aligned(struct buf *out, struct str s, const struct column *column, bool right, const char *color, const struct writer_options *o)
{
	size_t used;
	bool cut;
	s = clip(s, column, o, &used, &cut);
	int left = column->width - (int)used - cut;
	if (right)
		pad(out, left);
	if (*color)
		buf_printf(out, "\033[%sm", color);
	buf_add_str(out, s);
	if (cut)
		buf_add_c(out, escape_is_ascii() ? "~" : "…");
	if (*color)
		buf_add_c(out, "\033[0m");
	if (!right)
		pad(out, left);
}

static void trim_blanks(struct buf *out, size_t start)
{
	while (out->n > start && out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
}

void text_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o)
{
	size_t start = out->n;
	for (size_t i = 0; i < n; i++) {
		struct buf title = {0};
		if (columns[i].width < 0)
			continue;
		if (out->n != start)
			pad(out, GAP);
		escape_text(&title, str_c(columns[i].title), 0);
		add_aligned(out, buf_str(&title), &columns[i], is_number(columns[i].kind), o->color ? "1" : "", o);
		buf_fini(&title);
	}
	trim_blanks(out, start);
	buf_add_ch(out, '\n');
}

void text_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first)
{
	size_t start = out->n;
	bool any = false;
	(void)first;
	for (size_t i = 0; i < t->ncolumns; i++) {
		const struct cell *c = table_cell(t, row, i);
		struct buf text = {0};
		if (t->columns[i].width < 0)
			continue;
		if (any)
			pad(out, GAP);
		any = true;
		spell(&text, &t->columns[i], c);
		add_aligned(out, buf_str(&text), &t->columns[i], is_number(t->columns[i].kind), o->color ? color_of(c) : "", o);
		buf_fini(&text);
	}
	trim_blanks(out, start);
	buf_add_ch(out, '\n');
}

void text_end(struct buf *out, const struct writer_options *o)
{
	(void)out;
	(void)o;
}

/* ---- Markdown ---- */

static void add_markdown(struct buf *out, struct str shown)
{
	for (size_t i = 0; i < shown.n; i++) {
		char c = shown.p[i];
		if (c == '\n')
			buf_add_c(out, "<br>");
		else if (c == '<')
			buf_add_c(out, "&lt;");
		else if (c == '>')
			buf_add_c(out, "&gt;");
		else if (c == '&')
			buf_add_c(out, "&amp;");
		else if (strchr("\\`*_[]|!#~$", c) && c)
			buf_printf(out, "\\%c", c);
		else
			buf_add_ch(out, c);
	}
}

void md_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o)
{
	(void)o;
	buf_add_ch(out, '|');
	for (size_t i = 0; i < n; i++) {
		struct buf title = {0};
		escape_text(&title, str_c(columns[i].title), 0);
		buf_add_ch(out, ' ');
		add_markdown(out, buf_str(&title));
		buf_add_c(out, " |");
		buf_fini(&title);
	}
	buf_add_c(out, "\n|");
	for (size_t i = 0; i < n; i++)
		buf_add_c(out, is_number(columns[i].kind) ? " ---: |" : " --- |");
	buf_add_ch(out, '\n');
}

void md_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first)
{
	(void)o;
	(void)first;
	buf_add_ch(out, '|');
	for (size_t i = 0; i < t->ncolumns; i++) {
		const struct cell *c = table_cell(t, row, i);
		struct buf text = {0};
		if (c->kind == CELL_TEXT)
			escape_text(&text, c->text, ESCAPE_LF);
		else
			cell_format(&text, c, !is_id(&t->columns[i]));
		buf_add_ch(out, ' ');
		add_markdown(out, buf_str(&text));
		buf_add_c(out, " |");
		buf_fini(&text);
	}
	buf_add_ch(out, '\n');
}
