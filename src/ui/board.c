/* SPDX-License-Identifier: MIT
 *
 * The first screen: areas down, models across, in each cell the zone as shape,
 * letter and colour, the rate, and its interval on one common scale with the
 * yellow and red lines. Its drawing is in board_draw.c.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/board.h"

static struct board_screen *board_of(struct screen *s)
{
	return s->data;
}

/* ---- data ---- */

static void board_open(struct app *app, struct screen *s);
static void go_to_worst(struct app *app, struct screen *s);

/* Under a filter the board shows other cells than at the last visit. */
static void look_back(struct board_screen *b, const struct screen *s)
{
	if (!b->have || !b->board || s->filter[0])
		return;
	free(b->leaving);
	b->leaving = visit_write(b->board, &b->summary);
	free(b->since);
	b->since = b->visit ? visit_since(b->visit, b->board, &b->summary) : NULL;
}

static void visit_came(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct setting_job *got = (struct setting_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s || j->status != OK)
		return;
	struct board_screen *b = board_of(s);
	b->visit_known = true;
	b->visit = got->value;
	got->value = NULL;
	look_back(b, s);
}

/* What the next visit will be compared with. */
static void leave_visit(struct app *app, const struct board_screen *b)
{
	if (b->leaving && b->visit_known && !app->read_only)
		app_post(app, NULL, &setting_set_job_new("last_visit", b->leaving)->job, 0, NULL);
}

static void clamp_cursor(struct board_screen *b)
{
	size_t areas = b->board ? b->board->nareas : 0, models = b->board ? b->board->nmodels : 0;
	b->area = areas ? (b->area < areas ? b->area : areas - 1) : 0;
	b->model = models ? (b->model < models ? b->model : models - 1) : 0;
}

static size_t areas_of(const struct board *b, size_t model)
{
	size_t n = 0;
	for (size_t i = 0; i < b->nareas; i++)
		n += board_cell(b, i, model)->n > 0;
	return n;
}

/* With many models most cells are empty: the models that were tried in most areas come first, in the board's order. */
static void order_columns(struct board_screen *b)
{
	size_t n = b->board ? b->board->nmodels : 0, at = 0;
	free(b->columns);
	b->columns = xcalloc(n + 1, sizeof *b->columns);
	for (size_t want = b->board ? b->board->nareas + 1 : 0; want-- > 0;)
		for (size_t i = 0; i < n; i++)
			if (areas_of(b->board, i) == want)
				b->columns[at++] = i;
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
	order_columns(b);
	clamp_cursor(b);
	look_back(b, s);
	if (s != app_top(app))
		return;
	if (b->open_waits) {
		b->open_waits = false;
		board_open(app, s);
	} else if (b->worst_waits) {
		b->worst_waits = false;
		go_to_worst(app, s);
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

static void board_draw(struct app *app, struct screen *s, struct area a)
{
	(void)app;
	board_paint(board_of(s), a);
}

/* ---- the first line ---- */

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
	const struct zone_cell *c = board_current(b);
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

/* ---- the worst ---- */

/* How far beyond its line an estimate lies, as a part of the line; without a line, what is at least the case. */
static double beyond(const struct board *b, const struct zone_cell *c)
{
	const struct zone_area *area = &b->areas[c->area];
	double line = isnan(area->red) ? area->yellow : area->red;
	if (!(line > 0.0) || isnan(c->value))
		return isnan(c->low) ? 0.0 : c->low;
	bool high_is_good = area->yellow > area->red;
	return (high_is_good ? line - c->value : c->value - line) / line;
}

/* A task that measures skill or use fails for other reasons than those one looks for first. */
static bool about_safety(const struct board *b, const struct zone_cell *c)
{
	struct buf filter = {0};
	zone_filter(&filter, b, c, true);
	ptrdiff_t at = str_find(buf_str(&filter), str_c("kind:"));
	bool safety = at < 0 || str_starts(str_sub(buf_str(&filter), (size_t)at + 5, filter.n), "safety");
	buf_fini(&filter);
	return safety;
}

static bool is_worse(const struct board *b, const struct zone_cell *c, const struct zone_cell *than)
{
	if (c->verdict != than->verdict)
		return c->verdict > than->verdict;
	bool safety = about_safety(b, c);
	if (safety != about_safety(b, than))
		return safety;
	return beyond(b, c) > beyond(b, than);
}

const struct zone_cell *board_worst(const struct board *b)
{
	const struct zone_cell *worst = NULL;
	for (size_t i = 0; i < b->nareas * b->nmodels; i++) {
		const struct zone_cell *c = &b->cells[i];
		if (c->units == 0 || c->k == 0)
			continue;
		if (!worst || is_worse(b, c, worst))
			worst = c;
	}
	return worst;
}

/* The results behind the cell, the most severe first, and the first of them opened where it fails. */
static void go_to_worst(struct app *app, struct screen *s)
{
	struct board_screen *b = board_of(s);
	const struct zone_cell *c = b->board ? board_worst(b->board) : NULL;
	if (!c) {
		app_say(app, "no cell has anything concerning behind it");
		return;
	}
	b->area = c->area;
	for (size_t i = 0; i < b->board->nmodels; i++)
		if (b->columns[i] == c->model)
			b->model = i;
	board_open(app, s);
	struct screen *list = app_top(app);
	if (list != s)
		list->ops->open(app, list);
}

void board_go_to_worst(struct app *app)
{
	while (app->nstack > 1)
		app_pop(app);
	struct screen *s = app_top(app);
	if (board_of(s)->have)
		go_to_worst(app, s);
	else
		board_of(s)->worst_waits = true;
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
		if (text_find(str_c(board_area_title(&b->board->areas[at])), text, 0, exact) >= 0) {
			b->area = at;
			return;
		}
	}
	for (size_t i = 1; i <= b->board->nmodels; i++) {
		size_t at = (b->model + i) % b->board->nmodels;
		if (text_find(str_c(board_model_name(b, at)), text, 0, exact) >= 0) {
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
	const struct zone_cell *c = board_current(b);
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
	escape_text(&title, str_c(board_area_title(&b->board->areas[b->area])), 0);
	buf_add_c(&title, " / ");
	escape_text(&title, str_c(board_model_name(b, b->model)), 0);
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
		add_shell_quoted(out, app_policy_name(app->policy));
	}
	if (s->filter[0]) {
		buf_add_c(out, " --filter ");
		add_shell_quoted(out, s->filter);
	}
}

static void board_close(struct app *app, struct screen *s)
{
	struct board_screen *b = board_of(s);
	leave_visit(app, b);
	if (b->board)
		board_free(b->board);
	free(b->error);
	free(b->text);
	free(b->columns);
	free(b->visit);
	free(b->since);
	free(b->leaving);
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
	struct screen *s = app_push(app, &board_ops, b, filter);
	app_post(app, s, &setting_get_job_new("last_visit")->job, screen_slot(s, SLOT_DRAFT), visit_came);
	board_load(app, s);
}
