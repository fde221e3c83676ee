/* SPDX-License-Identifier: MIT
 *
 * How the board looks: cells with shape, letter, rate and interval, the worst
 * of each column, and below the table what the signs mean, how failures are
 * spread, and the selected cell in words.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "ui/board.h"

const struct zone_cell *board_current(const struct board_screen *b)
{
	if (!b->board || b->area >= b->board->nareas || b->model >= b->board->nmodels)
		return NULL;
	return board_cell(b->board, b->area, b->columns[b->model]);
}

const char *board_model_name(const struct board_screen *b, size_t column)
{
	const char *name = b->board->models[b->columns[column]];
	return name[0] ? name : "(none)";
}

const char *board_area_title(const struct zone_area *area)
{
	return area->title && area->title[0] ? area->title : "(none)";
}

/* ---- the interval ---- */

/* One scale for the whole board: from 0 to the highest bound or line, in steps that a reader can name. */
static double scale_of(const struct board *b)
{
	static const double nice[] = {0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0};
	double most = 0.0;
	for (size_t i = 0; i < b->nareas * b->nmodels; i++)
		if (b->cells[i].high > most)
			most = b->cells[i].high;
	for (size_t i = 0; i < b->nareas; i++) {
		if (b->areas[i].red > most)
			most = b->areas[i].red;
		if (b->areas[i].yellow > most)
			most = b->areas[i].yellow;
	}
	for (size_t i = 0; i < sizeof nice / sizeof *nice; i++)
		if (most <= nice[i])
			return nice[i];
	return most;
}

static int place(double v, double scale, int w)
{
	if (!(v > 0.0) || !(scale > 0.0))
		return 0;
	int at = (int)(v / scale * (w - 1) + 0.5);
	return at < w ? at : w - 1;
}

static void draw_interval(struct area a, int x, int y, int w, const struct zone_cell *c, const struct zone_area *area, double scale)
{
	bool ascii = escape_is_ascii();
	if (!isnan(area->yellow))
		grid_put_c(a, x + place(area->yellow, scale, w), y, STYLE_YELLOW, ascii ? ":" : "╎");
	if (!isnan(area->red))
		grid_put_c(a, x + place(area->red, scale, w), y, STYLE_RED, ascii ? ":" : "╎");
	if (isnan(c->low) || isnan(c->high))
		return;
	int from = place(c->low, scale, w), to = place(c->high, scale, w);
	unsigned style = verdict_style(c->verdict);
	if (from == to) {
		grid_put_c(a, x + from, y, style, ascii ? "|" : "│");
		return;
	}
	for (int i = from; i <= to; i++) {
		/* A line inside the interval is what "not ruled out" means: it shows through. */
		bool crossed = i > from && i < to && (place(area->yellow, scale, w) == i || place(area->red, scale, w) == i);
		if (crossed) {
			grid_put_c(a, x + i, y, place(area->red, scale, w) == i ? STYLE_RED : STYLE_YELLOW, ascii ? "+" : "┼");
			continue;
		}
		const char *dash = i == from ? (ascii ? "|" : "├") : i == to ? (ascii ? "|" : "┤") : ascii ? "-" : "─";
		grid_put_c(a, x + i, y, style, dash);
	}
}

/* ---- cells ---- */

enum { BAR = 8, BAR_LEAST = 6, CELL_MOST = 30 };

struct board_layout {
	int area_w, lines_w, cell_w, bar_w, left, base;
};

static bool has_lines(const struct board *b)
{
	for (size_t i = 0; i < b->nareas; i++)
		if (!isnan(b->areas[i].yellow) || !isnan(b->areas[i].red))
			return true;
	return false;
}

static int area_width(const struct board *b)
{
	int most = 10;
	for (size_t i = 0; i < b->nareas; i++) {
		int w = (int)utf8_width(str_c(board_area_title(&b->areas[i]))) + 2 * b->areas[i].depth;
		most = w > most ? w : most;
	}
	return most;
}

/* Every column has room for sign, rate and interval; when that is too much for all of them, they scroll. */
static void lay_out(struct board_screen *b, int w, struct board_layout *l)
{
	int most = w >= 150 ? 40 : w >= 110 ? 26 : 20;
	l->area_w = area_width(b->board);
	l->area_w = l->area_w < most ? l->area_w : most;
	l->lines_w = has_lines(b->board) && w >= 100 ? 9 : 0;
	l->left = 1 + l->area_w + 2 + l->lines_w;
	/* Without lines there is no sign to make room for. */
	l->base = b->board->policy ? 11 : 6;
	int room = w - l->left, n = b->board->nmodels ? (int)b->board->nmodels : 1;
	int wanted = l->base + (w >= 100 ? BAR : BAR_LEAST) + 1;
	int shown = room / wanted < n ? room / wanted : n;
	shown = shown > 0 ? shown : 1;
	l->cell_w = room / shown < CELL_MOST ? room / shown : CELL_MOST;
	l->bar_w = l->cell_w - l->base - 1;
	l->bar_w = l->bar_w >= BAR_LEAST ? l->bar_w : 0;
	b->shown_models = (size_t)shown;
}

static void put_percent(struct area a, int x, int y, unsigned style, double v)
{
	if (isnan(v))
		grid_put_c(a, x + 4, y, STYLE_DIM, "-");
	else
		grid_printf(a, x, y, style, "%5.1f", 100.0 * v);
}

static void draw_cell(struct board_screen *b, struct area a, size_t area, size_t model, const struct board_layout *l, double scale)
{
	const struct zone_cell *c = board_cell(b->board, area, model);
	unsigned style = verdict_style(c->verdict);
	bool ascii = escape_is_ascii();
	int x = 0;
	if (c->verdict == VERDICT_NO_DATA || c->n == 0) {
		/* Only where a policy asks for it, a hole is news. */
		grid_printf(a, 0, 0, STYLE_NODATA, "%s%s", ascii ? "-" : "–", b->board->policy ? " no data" : "");
		return;
	}
	if (c->verdict == VERDICT_INSUFFICIENT) {
		uint64_t need = c->line >= 0 && b->board->policy ? b->board->policy->lines[c->line].n_min : 0;
		x = grid_printf(a, 0, 0, STYLE_NODATA, "%sn %llu", ascii ? "." : "…", (unsigned long long)c->n);
		if (need > c->n)
			grid_printf(a, x, 0, STYLE_NODATA, " <%llu", (unsigned long long)need);
		return;
	}
	bool line = c->verdict != VERDICT_NO_LINE;
	if (line) {
		x = grid_put_c(a, 0, 0, style, zone_shape(c->verdict, ascii)) + 1;
		grid_put_c(a, x, 0, style, zone_letter(c->verdict));
	}
	put_percent(a, l->base - 6, 0, style, c->value);
	if (c->incomplete || c->red_if_missing_failed || c->red_not_assessed)
		grid_put_c(a, l->base - 1, 0, STYLE_UNSURE, "!");
	if (l->bar_w > 0)
		draw_interval(a, l->base, 0, l->bar_w, c, &b->board->areas[area], scale);
}

static void put_line_value(struct area a, int x, int y, unsigned style, double v, enum red_kind kind, bool red)
{
	char text[16];
	if (red && kind == RED_REVIEW)
		snprintf(text, sizeof text, "rev");
	else if (isnan(v))
		snprintf(text, sizeof text, "    ");
	else
		snprintf(text, sizeof text, "%.2f", v);
	/* .50 and 0.50 say the same; the shorter is easier to scan. */
	grid_put_c(a, x, y, style, text[0] == '0' && text[1] == '.' ? text + 1 : text);
}

/* A dim mark at the row is enough: the line below the table says how many tasks there are. */
static bool row_unconfirmed(const struct board *b, size_t area)
{
	for (size_t k = 0; k < b->nmodels; k++)
		if (board_cell(b, area, k)->direction_unconfirmed)
			return true;
	return false;
}

static void draw_area_row(struct board_screen *b, struct area a, int y, size_t i, const struct board_layout *l, double scale)
{
	const struct zone_area *area = &b->board->areas[i];
	bool here = i == b->area;
	if (here)
		grid_put_c(a, 0, y, STYLE_TITLE, escape_is_ascii() ? ">" : "▸");
	int indent = 2 * area->depth;
	grid_put_raw(a, 1 + indent, y, l->area_w - indent, here ? STYLE_TITLE : STYLE_NORMAL, str_c(board_area_title(area)));
	if (row_unconfirmed(b->board, i))
		grid_put_c(a, 1 + l->area_w, y, STYLE_DIM, "?");
	if (l->lines_w) {
		put_line_value(a, 3 + l->area_w, y, STYLE_YELLOW, area->yellow, area->red_kind, false);
		put_line_value(a, 7 + l->area_w, y, STYLE_RED, area->red, area->red_kind, true);
	}
	for (size_t k = 0; k < b->shown_models && b->first_model + k < b->board->nmodels; k++) {
		struct area cell = area_sub(a, l->left + (int)k * l->cell_w, y, l->cell_w - 1, 1);
		draw_cell(b, cell, i, b->columns[b->first_model + k], l, scale);
		if (here && b->first_model + k == b->model) {
			grid_add_style(cell, 0, 0, cell.w, STYLE_SELECTED);
			a.grid->cursor_x = cell.x;
			a.grid->cursor_y = cell.y;
		}
	}
}

static void draw_models(struct board_screen *b, struct area a, const struct board_layout *l)
{
	grid_blank(a, 0, 0, a.w, STYLE_HEADER);
	grid_put_c(a, 1, 0, STYLE_HEADER, "area");
	if (l->lines_w)
		grid_put_c(a, 3 + l->area_w, 0, STYLE_HEADER, "lines");
	size_t end = b->first_model + b->shown_models;
	for (size_t i = b->first_model; i < end && i < b->board->nmodels; i++) {
		int x = l->left + (int)(i - b->first_model) * l->cell_w, w = l->cell_w - 1;
		bool more = i + 1 == end && end < b->board->nmodels;
		grid_put_raw(a, x, 0, more ? w - 5 : w, STYLE_HEADER, str_c(board_model_name(b, i)));
		if (more)
			grid_printf(a, x + w - 4, 0, STYLE_HEADER, "+%zu%s", b->board->nmodels - end, escape_is_ascii() ? ">" : "→");
	}
	if (b->first_model)
		grid_printf(a, l->left - 3, 0, STYLE_HEADER, "%s%zu", escape_is_ascii() ? "<" : "←", b->first_model);
}

static void draw_worst(struct board_screen *b, struct area a, int y, const struct board_layout *l)
{
	bool ascii = escape_is_ascii();
	grid_put_c(a, 1, y, STYLE_TITLE, "worst");
	for (size_t k = 0; k < b->shown_models && b->first_model + k < b->board->nmodels; k++) {
		const struct zone_cell *c = &b->board->rollups[b->columns[b->first_model + k]];
		struct area cell = area_sub(a, l->left + (int)k * l->cell_w, y, l->cell_w - 1, 1);
		int x = grid_put_c(cell, 0, 0, verdict_style(c->verdict), zone_shape(c->verdict, ascii)) + 1;
		if (c->verdict == VERDICT_NO_DATA)
			x += grid_put_c(cell, x, 0, STYLE_NODATA, "no data") + 1;
		else
			x += grid_put_c(cell, x, 0, verdict_style(c->verdict), zone_letter(c->verdict)) + 1;
		if (c->incomplete && c->verdict != VERDICT_NO_DATA)
			grid_put_c(cell, x, 0, STYLE_UNSURE, "incomplete");
	}
}

/* ---- below the table ---- */

static void draw_cell_words(const struct board_screen *b, struct area a, int y)
{
	const struct zone_cell *c = board_current(b);
	if (!c)
		return;
	struct buf words = {0}, line = {0};
	zone_words(&words, c);
	int x = grid_put_raw(a, 1, y, a.w / 3, STYLE_TITLE, str_c(board_area_title(&b->board->areas[b->area]))) + 1;
	x += grid_put_c(a, x, y, STYLE_DIM, escape_is_ascii() ? " / " : " · ");
	x += grid_put_raw(a, x, y, a.w / 4, STYLE_NORMAL, str_c(board_model_name(b, b->model))) + 2;
	x += grid_put_raw(a, x, y, a.w - x, verdict_style(c->verdict), buf_str(&words)) + 2;
	if (c->n) {
		buf_printf(&line, "%llu of %llu", (unsigned long long)c->k, (unsigned long long)c->n);
		if (!isnan(c->low))
			buf_printf(&line, "  %.1f %s %.1f %%", 100 * c->low, escape_is_ascii() ? "-" : "–", 100 * c->high);
		if (c->needs_n)
			buf_printf(&line, "  %llu more clean ones make it green", (unsigned long long)c->needs_n);
		grid_put_cut(a, x, y, a.w - x, STYLE_DIM, buf_str(&line));
	}
	buf_fini(&words);
	buf_fini(&line);
}

static void add_spark(struct buf *out, const uint64_t *v, size_t n)
{
	static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char ascii[] = "._-=+*#@";
	uint64_t most = 1;
	size_t last = 0;
	for (size_t i = 0; i < n; i++) {
		most = v[i] > most ? v[i] : most;
		if (v[i])
			last = i + 1;
	}
	for (size_t i = 0; i < last; i++) {
		size_t level = v[i] ? (size_t)(v[i] * 7 / most) : 0;
		if (escape_is_ascii())
			buf_add_ch(out, ascii[level]);
		else
			buf_add_c(out, bars[level]);
	}
}

static int draw_severities(const struct summary *m, struct area a, int x, int y)
{
	static const char *const bars[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
	static const enum severity order[] = {SEVERITY_CRITICAL, SEVERITY_HIGH, SEVERITY_MEDIUM, SEVERITY_LOW, SEVERITY_UNRATED};
	uint64_t most = 1;
	for (size_t i = 0; i < SEVERITY_COUNT; i++)
		most = m->by_severity[i] > most ? m->by_severity[i] : most;
	x += grid_put_c(a, x, y, STYLE_DIM, "fails  ");
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		uint64_t n = m->by_severity[order[i]];
		struct buf number = {0};
		if (n == 0)
			continue;
		add_number(&number, n);
		x += grid_put_c(a, x, y, severity_style(order[i]), severity_name(order[i])) + 1;
		if (!escape_is_ascii())
			x += grid_put_c(a, x, y, severity_style(order[i]), bars[(size_t)(n * 7 / most)]);
		x += grid_put(a, x, y, severity_style(order[i]), buf_str(&number)) + 2;
		buf_fini(&number);
	}
	return x;
}

static void draw_summary(const struct summary *m, struct area a, int y)
{
	struct buf spark = {0};
	int x = draw_severities(m, a, 1, y) + 2;
	add_spark(&spark, m->by_step, 32);
	if (spark.n) {
		struct buf line = {0};
		buf_printf(&line, "by step %s  median %u", spark.p, m->median_step);
		if (m->unlocated) {
			buf_add_c(&line, "  unlocated ");
			add_number(&line, m->unlocated);
		}
		if (x + 24 < a.w)
			grid_put_cut(a, x, y, a.w - x, STYLE_DIM, buf_str(&line));
		buf_fini(&line);
	}
	buf_fini(&spark);
}

static void draw_empty(struct area a)
{
	static const char *const lines[][2] = {
		{"plimsoll ingest logs/", "takes files in: it knows the formats of many tools"},
		{"plimsoll formats", "the list of them"},
		{"plimsoll demo", "looks round with a bundled data set"},
	};
	grid_put_c(a, 1, 1, STYLE_TITLE, "This database holds nothing yet.");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		grid_put_c(a, 3, 3 + (int)i, STYLE_KEY, lines[i][0]);
		grid_put_cut(a, 28, 3 + (int)i, a.w - 28, STYLE_NORMAL, str_c(lines[i][1]));
	}
	int x = 1 + grid_put_c(a, 1, 7, STYLE_KEY, "i");
	grid_put_c(a, x, 7, STYLE_NORMAL, " ingests a path from here");
}

/* ---- what the signs mean ---- */

struct legend {
	struct area a;
	int x, y;
};

/* The next place for w columns; a new line when this one is full. */
static void legend_room(struct legend *g, int w)
{
	if (g->x > 1 && g->x + w > g->a.w) {
		g->x = 1;
		g->y++;
	}
}

static void legend_put(struct legend *g, unsigned style, const char *sign, const char *words)
{
	legend_room(g, (int)(utf8_width(str_c(sign)) + 1 + utf8_width(str_c(words))));
	g->x += grid_put_c(g->a, g->x, g->y, style, sign) + 1;
	g->x += grid_put_c(g->a, g->x, g->y, STYLE_DIM, words) + 3;
}

static void legend_verdicts(struct legend *g)
{
	static const struct {
		enum verdict v;
		const char *words;
	} rows[] = {
		{VERDICT_RED, "red"}, {VERDICT_YELLOW_RED, "yellow, red not ruled out"}, {VERDICT_YELLOW, "yellow"},
		{VERDICT_GREEN_YELLOW, "green, worse not ruled out"}, {VERDICT_GREEN, "green"},
		{VERDICT_INSUFFICIENT, "too few results for a zone"}, {VERDICT_NO_DATA, "no data"},
	};
	bool ascii = escape_is_ascii();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf sign = {0};
		buf_add_c(&sign, zone_shape(rows[i].v, ascii));
		if (rows[i].v != VERDICT_NO_DATA)
			buf_printf(&sign, "%s%s", rows[i].v == VERDICT_INSUFFICIENT ? "" : " ", zone_letter(rows[i].v));
		legend_put(g, verdict_style(rows[i].v), sign.p, rows[i].words);
		buf_fini(&sign);
	}
}

static void draw_legend(const struct board_screen *b, struct area a, double scale)
{
	struct legend g = {a, 1, 0};
	bool ascii = escape_is_ascii();
	struct buf words = {0};
	if (b->board->policy) {
		legend_verdicts(&g);
		legend_put(&g, STYLE_UNSURE, "!", "something is missing: x says what");
	}
	if (b->summary.unconfirmed)
		legend_put(&g, STYLE_DIM, "?", "has tasks whose direction nobody confirmed");
	buf_printf(&words, "interval, from 0 to %.0f %%", 100.0 * scale);
	legend_put(&g, STYLE_NORMAL, ascii ? "|--|" : "├──┤", words.p);
	if (has_lines(b->board)) {
		legend_put(&g, STYLE_YELLOW, ascii ? ":" : "╎", "yellow line");
		legend_put(&g, STYLE_RED, ascii ? ":" : "╎", "red line");
	}
	if (!b->board->policy)
		legend_put(&g, STYLE_KEY, "P", "writes a policy to start from; plimsoll ui --policy FILE shows its zones");
	buf_fini(&words);
}

/* ---- all of it ---- */

static void draw_unconfirmed(const struct summary *m, struct area a, int y)
{
	int x = 1 + grid_printf(a, 1, y, STYLE_UNSURE, "direction unconfirmed: %zu %s", m->unconfirmed, m->unconfirmed == 1 ? "task" : "tasks");
	x += grid_put_c(a, x, y, STYLE_DIM, m->unconfirmed == 1 ? "  plimsoll polarity " : "  plimsoll polarity TASK, first ");
	grid_put_raw(a, x, y, a.w - x, STYLE_DIM, str_c(m->unconfirmed_task));
}

static void scroll_to_cursor(struct board_screen *b)
{
	if (b->area < b->top)
		b->top = b->area;
	if (b->area >= b->top + b->shown_areas)
		b->top = b->area - b->shown_areas + 1;
	if (b->model < b->first_model)
		b->first_model = b->model;
	if (b->model >= b->first_model + b->shown_models)
		b->first_model = b->model - b->shown_models + 1;
	if (b->first_model + b->shown_models > b->board->nmodels)
		b->first_model = b->board->nmodels > b->shown_models ? b->board->nmodels - b->shown_models : 0;
}

/* From the bottom: the selected cell, the summary, then what is new and what is unconfirmed where there is room. */
static int draw_foot(const struct board_screen *b, struct area a)
{
	int y = a.h - 1;
	draw_cell_words(b, a, y--);
	if (a.h < 12)
		return 1;
	draw_summary(&b->summary, a, y--);
	if (a.h >= 16 && b->summary.unconfirmed)
		draw_unconfirmed(&b->summary, a, y--);
	if (a.h >= 16 && b->since)
		grid_put_cut(a, 1, y--, a.w - 1, STYLE_MESSAGE, str_c(b->since));
	grid_rule(area_sub(a, 0, y, a.w, 1), 0, STYLE_DIM);
	return a.h - y;
}

static void draw_table(struct board_screen *b, struct area a, int foot)
{
	struct board_layout l;
	double scale = scale_of(b->board);
	bool worst = b->board->policy != NULL;
	lay_out(b, a.w, &l);
	int rows = a.h - 1 - foot - worst;
	b->shown_areas = rows > 0 ? (size_t)rows : 1;
	scroll_to_cursor(b);
	draw_models(b, a, &l);
	for (size_t i = 0; i < b->shown_areas && b->top + i < b->board->nareas; i++)
		draw_area_row(b, a, 1 + (int)i, b->top + i, &l, scale);
	size_t left = b->board->nareas - b->top;
	int y = 1 + (int)(left < b->shown_areas ? left : b->shown_areas);
	if (worst)
		draw_worst(b, a, y++, &l);
	draw_legend(b, area_sub(a, 0, y + 1, a.w, a.h - foot - y - 1), scale);
}

void board_paint(struct board_screen *b, struct area a)
{
	if (b->error) {
		grid_put_cut(a, 1, 1, a.w - 1, STYLE_ERROR, str_c(b->error));
		grid_put_c(a, 1, 3, STYLE_DIM, "f edits the filter, F clears it");
	} else if (!b->have) {
		grid_put_c(a, 1, 1, STYLE_DIM, "reading the database");
	} else if (!b->board) {
		draw_empty(a);
	} else {
		draw_table(b, a, draw_foot(b, a));
	}
}
