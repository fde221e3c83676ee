/* SPDX-License-Identifier: MIT
 *
 * The first screen: areas down, models across, in each cell the zone as shape,
 * letter and colour, the rate, and its interval on one common scale with the
 * yellow and red lines.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/screen.h"

struct board_screen {
	struct board *board;
	struct summary summary;
	bool loading, have, open_waits;
	char *error, *text;
	size_t area, model;            /* selected */
	size_t top, first_model;       /* scrolled */
	size_t shown_models, shown_areas;
	int height;
};

static struct board_screen *board_of(struct screen *s)
{
	return s->data;
}

/* ---- data ---- */

static void board_open(struct app *app, struct screen *s);

static void clamp_cursor(struct board_screen *b)
{
	size_t areas = b->board ? b->board->nareas : 0, models = b->board ? b->board->nmodels : 0;
	b->area = areas ? (b->area < areas ? b->area : areas - 1) : 0;
	b->model = models ? (b->model < models ? b->model : models - 1) : 0;
}

static void board_came(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct board_job *came = (struct board_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s)
		return;
	struct board_screen *b = board_of(s);
	b->loading = false;
	free(b->error);
	b->error = NULL;
	if (j->status != OK) {
		struct buf text = {0};
		escape_text(&text, str_c(err_text(&j->err)), 0);
		b->error = j->status == CANCELLED ? xstrdup("stopped: R begins again") : buf_detach(&text);
		buf_fini(&text);
		return;
	}
	if (b->board)
		board_free(b->board);
	b->board = came->board;
	came->board = NULL;
	b->summary = came->summary;
	b->have = true;
	clamp_cursor(b);
	if (b->open_waits && s == app_top(app)) {
		b->open_waits = false;
		board_open(app, s);
	}
}

static void board_load(struct app *app, struct screen *s)
{
	struct board_screen *b = board_of(s);
	if (!app->loaded)
		return;
	b->loading = true;
	app_post(app, s, &board_job_new(app->policy, str_c(s->filter))->job, SLOT_BOARD, board_came);
}

static bool board_ready(struct screen *s)
{
	return board_of(s)->have || board_of(s)->error;
}

static const struct zone_cell *current(const struct board_screen *b)
{
	if (!b->board || b->area >= b->board->nareas || b->model >= b->board->nmodels)
		return NULL;
	return board_cell(b->board, b->area, b->model);
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

struct board_layout {
	int area_w, lines_w, cell_w, bar_w, left;
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
		int w = (int)utf8_width(str_c(b->areas[i].title)) + 2 * b->areas[i].depth;
		most = w > most ? w : most;
	}
	return most;
}

static void lay_out(struct board_screen *b, int w, struct board_layout *l)
{
	int most = w >= 110 ? 34 : 22;
	l->area_w = area_width(b->board);
	l->area_w = l->area_w < most ? l->area_w : most;
	l->lines_w = has_lines(b->board) && w >= 60 ? 10 : 0;
	l->left = 2 + l->area_w + 1 + l->lines_w;
	int room = w - l->left;
	int n = b->board->nmodels ? (int)b->board->nmodels : 1;
	l->cell_w = room / n;
	l->cell_w = l->cell_w > 30 ? 30 : l->cell_w < 16 ? 16 : l->cell_w;
	/* Without lines there is no letter to make room for. */
	l->bar_w = l->cell_w - (b->board->policy ? 14 : 9);
	l->bar_w = l->bar_w >= 5 ? l->bar_w : 0;
	b->shown_models = room >= l->cell_w ? (size_t)(room / l->cell_w) : 1;
}

static void put_percent(struct area a, int x, int y, unsigned style, double v)
{
	if (isnan(v))
		grid_put_c(a, x + 4, y, STYLE_DIM, "-");
	else
		grid_printf(a, x, y, style, "%5.1f", 100.0 * v);
}

static void draw_flags(struct area a, int x, int y, const struct zone_cell *c)
{
	if (c->direction_unconfirmed)
		grid_put_c(a, x, y, STYLE_UNSURE, "?");
	else if (c->incomplete || c->red_if_missing_failed || c->red_not_assessed)
		grid_put_c(a, x, y, STYLE_UNSURE, "!");
}

static void draw_cell(struct app *app, struct board_screen *b, struct area a, size_t area, size_t model, const struct board_layout *l, double scale)
{
	const struct zone_cell *c = board_cell(b->board, area, model);
	unsigned style = verdict_style(c->verdict);
	bool ascii = escape_is_ascii();
	(void)app;
	int x = 0;
	if (c->verdict == VERDICT_NO_DATA || c->n == 0) {
		grid_printf(a, 0, 0, STYLE_NODATA, "%s no data", ascii ? "-" : "–");
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
	put_percent(a, line ? 5 : 0, 0, style, c->value);
	draw_flags(a, line ? 11 : 6, 0, c);
	if (l->bar_w > 0)
		draw_interval(a, line ? 13 : 8, 0, l->bar_w, c, &b->board->areas[area], scale);
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

static void draw_area_row(struct app *app, struct board_screen *b, struct area a, int y, size_t i, const struct board_layout *l, double scale)
{
	const struct zone_area *area = &b->board->areas[i];
	bool here = i == b->area;
	if (here)
		grid_put_c(a, 0, y, STYLE_TITLE, escape_is_ascii() ? ">" : "▸");
	int indent = 2 * area->depth;
	grid_put_raw(a, 1 + indent, y, l->area_w - indent, here ? STYLE_TITLE : STYLE_NORMAL, str_c(area->title));
	if (l->lines_w) {
		put_line_value(a, 2 + l->area_w, y, STYLE_YELLOW, area->yellow, area->red_kind, false);
		put_line_value(a, 6 + l->area_w, y, STYLE_RED, area->red, area->red_kind, true);
	}
	for (size_t k = 0; k < b->shown_models && b->first_model + k < b->board->nmodels; k++) {
		struct area cell = area_sub(a, l->left + (int)k * l->cell_w, y, l->cell_w - 1, 1);
		draw_cell(app, b, cell, i, b->first_model + k, l, scale);
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
		grid_put_c(a, 2 + l->area_w, 0, STYLE_HEADER, "lines");
	for (size_t k = 0; k < b->shown_models && b->first_model + k < b->board->nmodels; k++)
		grid_put_raw(a, l->left + (int)k * l->cell_w, 0, l->cell_w - 1, STYLE_HEADER, str_c(b->board->models[b->first_model + k]));
}

static void draw_worst(struct board_screen *b, struct area a, int y, const struct board_layout *l)
{
	bool ascii = escape_is_ascii();
	grid_put_c(a, 1, y, STYLE_TITLE, "worst");
	for (size_t k = 0; k < b->shown_models && b->first_model + k < b->board->nmodels; k++) {
		const struct zone_cell *c = &b->board->rollups[b->first_model + k];
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

static void draw_cell_words(struct board_screen *b, struct area a, int y)
{
	const struct zone_cell *c = current(b);
	if (!c)
		return;
	struct buf words = {0}, line = {0};
	zone_words(&words, c);
	int x = grid_put_raw(a, 1, y, a.w / 3, STYLE_TITLE, str_c(b->board->areas[b->area].title)) + 1;
	x += grid_put_c(a, x, y, STYLE_DIM, escape_is_ascii() ? " / " : " · ");
	x += grid_put_raw(a, x, y, a.w / 4, STYLE_NORMAL, str_c(b->board->models[b->model])) + 2;
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

static void board_draw(struct app *app, struct screen *s, struct area a)
{
	struct board_screen *b = board_of(s);
	if (b->error) {
		grid_put_cut(a, 1, 1, a.w - 1, STYLE_ERROR, str_c(b->error));
		grid_put_c(a, 1, 3, STYLE_DIM, "f edits the filter, F clears it");
		return;
	}
	if (!b->have) {
		grid_put_c(a, 1, 1, STYLE_DIM, "reading the database");
		return;
	}
	if (!b->board) {
		draw_empty(a);
		return;
	}
	struct board_layout l;
	double scale = scale_of(b->board);
	bool worst = b->board->policy != NULL;
	lay_out(b, a.w, &l);
	int foot = a.h >= 12 ? 3 : 1;
	int rows = a.h - 1 - foot - worst;
	b->shown_areas = rows > 0 ? (size_t)rows : 1;
	if (b->area < b->top)
		b->top = b->area;
	if (b->area >= b->top + b->shown_areas)
		b->top = b->area - b->shown_areas + 1;
	if (b->model < b->first_model)
		b->first_model = b->model;
	if (b->model >= b->first_model + b->shown_models)
		b->first_model = b->model - b->shown_models + 1;
	draw_models(b, a, &l);
	for (size_t i = 0; i < b->shown_areas && b->top + i < b->board->nareas; i++)
		draw_area_row(app, b, a, 1 + (int)i, b->top + i, &l, scale);
	size_t left = b->board->nareas - b->top;
	if (worst)
		draw_worst(b, a, 1 + (int)(left < b->shown_areas ? left : b->shown_areas), &l);
	if (foot == 3) {
		grid_rule(area_sub(a, 0, a.h - 3, a.w, 1), 0, STYLE_DIM);
		draw_summary(&b->summary, a, a.h - 2);
	}
	draw_cell_words(b, a, a.h - 1);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static void board_title(struct app *app, struct screen *s, struct buf *out)
{
	struct board_screen *b = board_of(s);
	buf_add_c(out, "plimsoll  ");
	escape_text(out, str_c(base_name(app->db_path)), 0);
	if (app->policy) {
		buf_add_c(out, "  policy ");
		escape_text(out, str_c(app->policy->id ? app->policy->id : app->policy->path), 0);
		if (app->policy->version) {
			buf_add_c(out, " ");
			escape_text(out, str_c(app->policy->version), 0);
		}
		buf_printf(out, " (%.6s)", app->policy->sha256);
	} else if (b->board) {
		buf_printf(out, "  no policy: rates by %s", b->board->grouped_by);
	}
}

static void board_position(struct app *app, struct screen *s, struct buf *out)
{
	struct board_screen *b = board_of(s);
	const struct summary *m = &b->summary;
	if (b->loading)
		buf_add_c(out, "counting  ");
	if (!b->have)
		return;
	if (app->width >= 90)
		buf_printf(out, "%zu of %zu runs  ", m->runs_in_scope, m->runs);
	add_number(out, m->results);
	buf_add_c(out, " results");
	if (app->width >= 72) {
		buf_add_c(out, "  unreviewed fails ");
		add_number(out, m->unreviewed);
	}
	if (app->width >= 110 && m->head[0] && m->annotations)
		buf_printf(out, "  head %.8s", m->head);
}

/* ---- moving ---- */

static void step(size_t *at, long by, size_t n)
{
	size_t d = (size_t)(by < 0 ? -by : by);
	if (by < 0)
		*at = *at > d ? *at - d : 0;
	else
		*at = n == 0 ? 0 : *at + d < n ? *at + d : n - 1;
}

static void board_move(struct app *app, struct screen *s, enum move how, long by)
{
	struct board_screen *b = board_of(s);
	(void)app;
	if (!b->board)
		return;
	if (how == MOVE_SIDE)
		step(&b->model, by, b->board->nmodels);
	else if (how == MOVE_ENDS)
		b->area = by < 0 || !b->board->nareas ? 0 : b->board->nareas - 1;
	else if (how == MOVE_PAGE || how == MOVE_HALF)
		step(&b->area, by * (long)(b->shown_areas > 1 ? b->shown_areas : 1), b->board->nareas);
	else
		step(&b->area, by, b->board->nareas);
}

static void board_to(struct app *app, struct screen *s, size_t row)
{
	(void)app;
	board_of(s)->area = row;
	clamp_cursor(board_of(s));
}

static void board_open(struct app *app, struct screen *s)
{
	struct board_screen *b = board_of(s);
	const struct zone_cell *c = current(b);
	struct buf filter = {0};
	if (!b->have) {
		b->open_waits = true;
		return;
	}
	if (!c) {
		app_say(app, "there is nothing behind this: i ingests files");
		return;
	}
	if (c->units == 0) {
		app_say(app, "no result belongs to this cell: x says what it looks for");
		return;
	}
	zone_filter(&filter, b->board, c, true);
	list_push(app, list_results_view(), buf_str(&filter), "-severity");
	buf_fini(&filter);
}

/* ---- search: areas and models by name ---- */

static void board_next_hit(struct app *app, struct screen *s, int direction)
{
	struct board_screen *b = board_of(s);
	if (!b->board || !b->text || !b->board->nareas) {
		app_complain(app, "no search yet: / begins one");
		return;
	}
	struct str text = str_c(b->text);
	bool exact = text_is_exact(text);
	size_t n = b->board->nareas;
	for (size_t i = 1; i <= n; i++) {
		size_t at = direction > 0 ? (b->area + i) % n : (b->area + n - i) % n;
		if (text_find(str_c(b->board->areas[at].title), text, 0, exact) >= 0) {
			b->area = at;
			return;
		}
	}
	for (size_t i = 1; i <= b->board->nmodels; i++) {
		size_t at = (b->model + i) % b->board->nmodels;
		if (text_find(str_c(b->board->models[at]), text, 0, exact) >= 0) {
			b->model = at;
			return;
		}
	}
	app_complain(app, "no area or model has that in its name");
}

static void board_search(struct app *app, struct screen *s, struct str text, int direction)
{
	struct board_screen *b = board_of(s);
	free(b->text);
	b->text = text.n ? xstrndup(text.p, text.n) : NULL;
	if (b->text)
		board_next_hit(app, s, direction);
}

/* ---- why ---- */

static void explain_line(struct doc *d, const struct table *t, size_t row)
{
	struct buf label = {0}, text = {0}, line = {0};
	cell_format(&label, table_cell(t, row, 0), true);
	if (t->ncolumns > 1)
		cell_format(&text, table_cell(t, row, 1), true);
	buf_printf(&line, "%-18.*s ", (int)label.n, label.p ? label.p : "");
	buf_add_str(&line, buf_str(&text));
	size_t from = d->nlines;
	doc_add_raw(d, row == 0 ? STYLE_TITLE : STYLE_NORMAL, 1, buf_str(&line), 0);
	for (size_t i = from; i < d->nlines; i++)
		d->lines[i].hang = 19;
	buf_fini(&label);
	buf_fini(&text);
	buf_fini(&line);
}

void board_explain(struct app *app)
{
	struct screen *s = app_top(app);
	if (s->ops != &board_ops) {
		app_complain(app, "x explains a cell of the board: :board goes there");
		return;
	}
	struct board_screen *b = board_of(s);
	const struct zone_cell *c = current(b);
	if (!c) {
		app_complain(app, "there is no cell to explain yet");
		return;
	}
	struct table t = {0};
	struct doc d = {.hit = SIZE_MAX};
	struct buf title = {0}, filter = {0};
	zone_explain(&t, b->board, c);
	for (size_t i = 0; i < t.nrows; i++)
		explain_line(&d, &t, i);
	doc_add(&d, STYLE_NORMAL, 0, str_c(""));
	doc_add(&d, STYLE_DIM, 1, str_c("Enter opens the results that it points to, s saves this text"));
	table_fini(&t);
	escape_text(&title, str_c(b->board->areas[b->area].title), 0);
	buf_add_c(&title, " / ");
	escape_text(&title, str_c(b->board->models[b->model]), 0);
	zone_filter(&filter, b->board, c, true);
	text_push(app, title.p, &d, buf_str(&filter));
	buf_fini(&title);
	buf_fini(&filter);
}

/* ---- out ---- */

static bool board_export(struct app *app, struct screen *s, const char *path, const char *format, bool overwrite)
{
	struct board_screen *b = board_of(s);
	if (!b->board)
		return false;
	struct table *t = xcalloc(1, sizeof *t);
	zone_table(t, b->board);
	/* The board may be replaced while the file is written. */
	for (size_t i = 0; i < t->nrows * t->ncolumns; i++)
		t->cells[i].text = arena_str(&t->arena, t->cells[i].text);
	app_post(app, s, &export_job_new(NULL, t, path, format, overwrite)->job, 0, export_done);
	return true;
}

static void board_reproduce(struct app *app, struct screen *s, struct buf *out)
{
	buf_add_c(out, "plimsoll --db ");
	add_shell_quoted(out, app->db_path);
	buf_add_c(out, " zones");
	if (app->policy) {
		buf_add_c(out, " --policy ");
		add_shell_quoted(out, app->policy->path);
	}
	if (s->filter[0]) {
		buf_add_c(out, " --filter ");
		add_shell_quoted(out, s->filter);
	}
}

static void board_close(struct app *app, struct screen *s)
{
	struct board_screen *b = board_of(s);
	(void)app;
	if (b->board)
		board_free(b->board);
	free(b->error);
	free(b->text);
	free(b);
}

const struct screen_ops board_ops = {
	.name = "board",
	.context = CONTEXT_BOARD,
	.load = board_load,
	.ready = board_ready,
	.draw = board_draw,
	.title = board_title,
	.position = board_position,
	.move = board_move,
	.to = board_to,
	.open = board_open,
	.search = board_search,
	.next_hit = board_next_hit,
	.refilter = board_load,
	.export_to = board_export,
	.reproduce = board_reproduce,
	.close = board_close,
};

void board_push(struct app *app, struct str filter)
{
	struct board_screen *b = xcalloc(1, sizeof *b);
	board_load(app, app_push(app, &board_ops, b, filter));
}
