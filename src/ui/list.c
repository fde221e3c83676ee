/* SPDX-License-Identifier: MIT
 *
 * The one list: any view under any filter. Rows come a page at a time; until a
 * page is there, rows show what the columns in memory know.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/screen.h"

struct list {
	const struct view *view;
	char *order; /* NULL = the view's */
	char *order_before; /* to go back to when the new order is refused */
	bool reordering;
	struct rowset *rows;
	struct page *page;
	size_t asked_from, asked_n; /* what the page job under way will bring */
	bool asked, loading, open_waits;
	size_t top, cur;
	int first_column, height;
	int64_t *marks; /* results, in the order of marking */
	size_t nmarks, marks_cap;
	char *text; /* searched */
	size_t *hits, nhits;
	bool searching;
	char *error;
};

static struct list *list_of(struct screen *s)
{
	return s->data;
}

/* ---- which view ---- */

const struct view *list_results_view(void)
{
	const struct view *v = view_find("results");
	for (const struct view *const *all = views_all(); !v && *all; all++)
		if ((*all)->kind == VIEW_LIST && (*all)->source && !strcmp((*all)->source, "results"))
			v = *all;
	return v;
}

const struct view *list_view_by(enum dimension d)
{
	for (const struct view *const *v = views_all(); *v; v++)
		if ((*v)->kind == VIEW_GROUP && (*v)->ndims == 1 && (*v)->dims[0] == d)
			return *v;
	return NULL;
}

/* ---- rows ---- */

static bool page_has(const struct page *p, size_t row)
{
	return p && row >= p->from && row < p->from + p->n;
}

static size_t last_row(const struct list *l)
{
	return l->rows && l->rows->count ? l->rows->count - 1 : 0;
}

static void keep_in_sight(struct list *l)
{
	size_t height = l->height > 0 ? (size_t)l->height : 1;
	if (l->rows && l->cur > last_row(l))
		l->cur = last_row(l);
	if (l->cur < l->top)
		l->top = l->cur;
	if (l->cur >= l->top + height)
		l->top = l->cur - height + 1;
	if (l->rows && l->top + height > l->rows->count)
		l->top = l->rows->count > height ? l->rows->count - height : 0;
}

static void open_row(struct app *app, struct screen *s, const struct page *p, size_t row);

static void page_came(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct page_job *p = (struct page_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s)
		return;
	struct list *l = list_of(s);
	if (p->rows != l->rows)
		return;
	l->asked = false;
	if (app_failed(app, j))
		return;
	page_free(l->page);
	l->page = p->page;
	p->page = NULL;
	if (l->open_waits && page_has(l->page, l->cur)) {
		l->open_waits = false;
		if (s == app_top(app))
			open_row(app, s, l->page, l->cur);
	}
}

static void ask_page(struct app *app, struct screen *s, size_t from, size_t n)
{
	struct list *l = list_of(s);
	if (l->asked && l->asked_from == from && l->asked_n == n)
		return;
	l->asked = true;
	l->asked_from = from;
	l->asked_n = n;
	struct page_job *j = page_job_new(l->rows, from, n);
	j->job.urgent = true;
	app_post(app, s, &j->job, screen_slot(s, SLOT_PAGE), page_came);
}

static bool order_refused(struct app *app, struct list *l, const struct job *j)
{
	l->reordering = false;
	if (j->status != USAGE || !l->rows)
		return false;
	free(l->order);
	l->order = l->order_before;
	l->order_before = NULL;
	return app_failed(app, j);
}

static void opened(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct open_job *o = (struct open_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s)
		return;
	struct list *l = list_of(s);
	l->loading = false;
	if (l->reordering && order_refused(app, l, j))
		return;
	free(l->error);
	l->error = NULL;
	if (j->status != OK) {
		struct buf text = {0};
		escape_text(&text, str_c(err_text(&j->err)), 0);
		l->error = j->status == CANCELLED ? xstrdup("stopped: R begins again") : buf_detach(&text);
		buf_fini(&text);
		return;
	}
	rowset_unref(l->rows);
	l->rows = o->rows;
	o->rows = NULL;
	page_free(l->page);
	l->page = NULL;
	l->asked = false;
	l->nhits = 0;
	if (o->kept_at != SIZE_MAX)
		l->cur = o->kept_at;
	keep_in_sight(l);
	if (l->rows->count)
		ask_page(app, s, l->top, l->height > 0 ? (size_t)l->height * 4 : 50);
	else
		l->open_waits = false;
}

static int64_t selected(const struct list *l)
{
	return page_has(l->page, l->cur) ? l->page->results[l->cur - l->page->from] : 0;
}

static void list_load(struct app *app, struct screen *s)
{
	struct list *l = list_of(s);
	if (!app->loaded)
		return;
	l->loading = true;
	app_post(app, s, &open_job_new(l->view, str_c(s->filter), l->order, selected(l))->job, screen_slot(s, SLOT_OPEN), opened);
}

static bool list_ready(struct screen *s)
{
	const struct list *l = list_of(s);
	return l->error || (!l->loading && l->rows && (l->rows->count == 0 || page_has(l->page, l->cur)));
}

static void list_layout(struct app *app, struct screen *s, int w, int h)
{
	struct list *l = list_of(s);
	(void)w;
	l->height = h - 1; /* the header */
	if (!l->rows || l->rows->count == 0)
		return;
	keep_in_sight(l);
	size_t height = l->height > 0 ? (size_t)l->height : 1;
	size_t end = l->top + height < l->rows->count ? l->top + height : l->rows->count;
	bool whole = page_has(l->page, l->top) && page_has(l->page, end - 1);
	if (whole && !l->page->early)
		return;
	/* A page above and two below come along, so that scrolling finds them there. */
	ask_page(app, s, l->top > height ? l->top - height : 0, height * 4);
	if (whole)
		return;
	struct page *early = page_early(app->jobs, l->rows, l->top, height);
	if (early) {
		page_free(l->page);
		l->page = early;
	}
}

/* ---- drawing ---- */

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

static void list_draw(struct app *app, struct screen *s, struct area a)
{
	struct list *l = list_of(s);
	(void)app;
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
		grid_put_c(a, 2, 1, STYLE_NORMAL, s->filter[0] ? "Nothing matches the filter." : "There is nothing here yet.");
		if (s->filter[0])
			grid_put_c(a, 2, 2, STYLE_DIM, "f edits it, F clears it, q goes back");
		return;
	}
	struct layout lay;
	layout_columns(l, a.w - 2, &lay);
	draw_header(l, a, &lay);
	for (int y = 1; y < a.h && l->top + (size_t)y - 1 < l->rows->count; y++)
		draw_line(l, a, y, l->top + (size_t)y - 1, &lay);
}

static void list_title(struct app *app, struct screen *s, struct buf *out)
{
	struct list *l = list_of(s);
	(void)app;
	buf_add_c(out, l->view->title ? l->view->title : l->view->name);
}

static void list_position(struct app *app, struct screen *s, struct buf *out)
{
	struct list *l = list_of(s);
	(void)app;
	if (l->nmarks)
		buf_printf(out, "%zu marked  ", l->nmarks);
	if (l->searching)
		buf_add_c(out, "searching  ");
	else if (l->text && l->nhits)
		buf_printf(out, "%zu hits  ", l->nhits);
	if (l->order)
		buf_printf(out, "sort %s  ", l->order);
	if (l->loading)
		buf_add_c(out, "opening  ");
	if (!l->rows)
		return;
	add_number(out, l->rows->count ? l->cur + 1 : 0);
	buf_add_ch(out, '/');
	add_number(out, l->rows->count);
	if (l->view->kind == VIEW_LIST && l->rows->total != l->rows->count) {
		buf_add_c(out, " of ");
		add_number(out, l->rows->total);
	}
}

/* ---- moving ---- */

static void list_to(struct app *app, struct screen *s, size_t row)
{
	struct list *l = list_of(s);
	(void)app;
	l->cur = row;
	keep_in_sight(l);
}

static void list_move(struct app *app, struct screen *s, enum move how, long by)
{
	struct list *l = list_of(s);
	long height = l->height > 1 ? l->height : 1;
	if (how == MOVE_SIDE) {
		int most = l->rows && l->rows->ncolumns ? (int)l->rows->ncolumns - 1 : 0;
		int to = l->first_column + (int)by;
		l->first_column = to < 0 ? 0 : to > most ? most : to;
		return;
	}
	if (how == MOVE_ENDS) {
		list_to(app, s, by < 0 ? 0 : last_row(l));
		return;
	}
	if (how == MOVE_HALF)
		by *= height / 2 > 0 ? height / 2 : 1;
	else if (how == MOVE_PAGE)
		by *= height;
	size_t step = (size_t)(by < 0 ? -by : by);
	if (by < 0)
		list_to(app, s, l->cur > step ? l->cur - step : 0);
	else
		list_to(app, s, l->cur + step);
}

/* ---- opening ---- */

static void open_row(struct app *app, struct screen *s, const struct page *p, size_t row)
{
	struct list *l = list_of(s);
	size_t at = row - p->from;
	if (p->results[at] && (l->view->kind == VIEW_LIST || !l->view->enter)) {
		transcript_push(app, p->results[at], p->turns[at]);
		return;
	}
	const struct view *next = l->view->enter ? view_find(l->view->enter) : l->view->kind == VIEW_GROUP ? list_results_view() : NULL;
	if (next)
		list_push(app, next, str_c(p->enter[at]), NULL);
	else
		app_say(app, "there is nothing behind this row");
}

static void list_open(struct app *app, struct screen *s)
{
	struct list *l = list_of(s);
	if (page_has(l->page, l->cur) && !(l->page->early && l->page->results[l->cur - l->page->from] == 0))
		open_row(app, s, l->page, l->cur);
	else
		l->open_waits = !l->rows || l->rows->count > 0;
}

int64_t list_step(struct app *app, struct screen *s, long by)
{
	struct list *l = list_of(s);
	size_t before = l->cur;
	if (!l->rows || l->rows->count == 0)
		return 0;
	list_move(app, s, MOVE_LINE, by);
	if (l->cur == before)
		return 0;
	if (page_has(l->page, l->cur))
		return selected(l);
	struct page *one = page_early(app->jobs, l->rows, l->cur, 1);
	int64_t id = one && one->n ? one->results[0] : 0;
	page_free(one);
	return id;
}

static size_t list_targets(struct app *app, struct screen *s, int64_t **ids)
{
	struct list *l = list_of(s);
	int64_t id = selected(l);
	(void)app;
	size_t n = l->nmarks ? l->nmarks : id != 0;
	*ids = xcalloc(n + 1, sizeof **ids);
	if (l->nmarks)
		memcpy(*ids, l->marks, n * sizeof **ids);
	else
		(*ids)[0] = id;
	return n;
}

/* ---- search, next unreviewed ---- */

static void go_to_hit(struct app *app, struct screen *s, int direction)
{
	struct list *l = list_of(s);
	size_t i = 0;
	if (l->nhits == 0) {
		app_complain(app, l->text ? "no hit" : "no search yet: / begins one");
		return;
	}
	if (direction > 0) {
		while (i < l->nhits && l->hits[i] <= l->cur)
			i++;
		i %= l->nhits;
	} else {
		while (i < l->nhits && l->hits[i] < l->cur)
			i++;
		i = (i + l->nhits - 1) % l->nhits;
	}
	list_to(app, s, l->hits[i]);
	app_say(app, "hit %zu/%zu", i + 1, l->nhits);
}

static void searched(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct search_job *found = (struct search_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s || list_of(s)->rows != found->rows)
		return;
	struct list *l = list_of(s);
	l->searching = false;
	if (app_failed(app, j))
		return;
	free(l->hits);
	l->hits = found->hits;
	l->nhits = found->nhits;
	found->hits = NULL;
	if (l->nhits == 0) {
		app_complain(app, "no hit in %s rows", found->complete ? "all" : "the first 50,000");
		return;
	}
	if (l->hits[0] == l->cur && l->nhits == 1)
		app_say(app, "hit 1/1");
	else
		go_to_hit(app, s, 1);
}

static void list_search(struct app *app, struct screen *s, struct str text, int direction)
{
	struct list *l = list_of(s);
	(void)direction;
	free(l->text);
	l->text = text.n ? xstrndup(text.p, text.n) : NULL;
	l->nhits = 0;
	if (!l->text || !l->rows)
		return;
	l->searching = true;
	app_post(app, s, &search_job_new(l->rows, l->text, 0)->job, screen_slot(s, SLOT_SEARCH), searched);
}

static void unreviewed_found(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct search_job *found = (struct search_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s || list_of(s)->rows != found->rows || app_failed(app, j))
		return;
	if (found->nhits == 0) {
		app_say(app, "everything in this list was reviewed");
		return;
	}
	struct list *l = list_of(s);
	bool reading = app_top(app)->ops == &transcript_ops;
	long by = (long)found->hits[0] - (long)l->cur;
	if (reading)
		transcript_step(app, by);
	else
		list_to(app, s, found->hits[0]);
}

void list_next_unreviewed(struct app *app)
{
	struct screen *s = app_list_below(app);
	if (!s || !list_of(s)->rows || list_of(s)->rows->count == 0) {
		app_complain(app, "there is no list to go through");
		return;
	}
	struct list *l = list_of(s);
	app_post(app, s, &search_job_new(l->rows, NULL, l->cur)->job, screen_slot(s, SLOT_SEARCH), unreviewed_found);
}

/* ---- order, marks ---- */

static bool column_known(const struct list *l, struct str name)
{
	for (size_t i = 0; l->rows && i < l->rows->ncolumns; i++)
		if (str_eq_c(name, l->rows->columns[i].name))
			return true;
	return false;
}

/* Takes the order over. */
static void reorder(struct app *app, struct screen *s, char *order)
{
	struct list *l = list_of(s);
	free(l->order_before);
	l->order_before = l->order;
	l->order = order;
	l->reordering = true;
	list_load(app, s);
}

void list_sort(struct app *app, struct str column)
{
	struct screen *s = app_top(app);
	struct list *l = list_of(s);
	struct str name = str_starts(column, "-") ? str_sub(column, 1, column.n) : column;
	if (s->ops != &list_ops)
		return;
	if (!column_known(l, name)) {
		app_complain(app, "there is no such column: Tab offers them");
		return;
	}
	reorder(app, s, xstrndup(column.p, column.n));
}

void list_reverse(struct app *app)
{
	struct screen *s = app_top(app);
	if (s->ops != &list_ops)
		return;
	struct list *l = list_of(s);
	const char *order = l->order ? l->order : l->view->order;
	bool down = l->order ? l->order[0] == '-' : l->view->descending;
	if (!order) {
		app_complain(app, "this view has no order to turn round: o picks one");
		return;
	}
	if (order[0] == '-')
		order++;
	char *turned = xasprintf("%s%s", down ? "" : "-", order);
	reorder(app, s, turned);
}

void list_columns_complete(struct app *app, void (*each)(void *, struct str, const char *), void *each_ctx)
{
	struct screen *s = app_top(app);
	if (s->ops != &list_ops)
		return;
	const struct rowset *r = list_of(s)->rows;
	for (size_t i = 0; r && i < r->ncolumns; i++)
		each(each_ctx, str_c(r->columns[i].name), r->columns[i].help);
}

void list_mark(struct app *app)
{
	struct screen *s = app_top(app);
	if (s->ops != &list_ops)
		return;
	struct list *l = list_of(s);
	int64_t id = selected(l);
	if (!id) {
		app_complain(app, "only results can be marked");
		return;
	}
	size_t i = 0;
	while (i < l->nmarks && l->marks[i] != id)
		i++;
	if (i < l->nmarks) {
		l->marks[i] = l->marks[--l->nmarks];
	} else {
		l->marks = vec_grow(l->marks, &l->marks_cap, l->nmarks + 1, sizeof *l->marks);
		l->marks[l->nmarks++] = id;
	}
	list_move(app, s, MOVE_LINE, 1);
}

void list_unmark(struct app *app)
{
	if (app_top(app)->ops == &list_ops)
		list_of(app_top(app))->nmarks = 0;
}

/* ---- out ---- */

static bool list_export(struct app *app, struct screen *s, const char *path, const char *format, bool overwrite)
{
	struct list *l = list_of(s);
	if (!l->rows)
		return false;
	app_post(app, s, &export_job_new(l->rows, NULL, path, format, overwrite)->job, 0, export_done);
	return true;
}

static void list_reproduce(struct app *app, struct screen *s, struct buf *out)
{
	struct list *l = list_of(s);
	buf_add_c(out, "plimsoll --db ");
	add_shell_quoted(out, app->db_path);
	buf_printf(out, " list %s", l->view->name);
	if (s->filter[0]) {
		buf_add_c(out, " --filter ");
		add_shell_quoted(out, s->filter);
	}
	if (l->order)
		buf_printf(out, " --sort=%s", l->order);
}

static void list_close(struct app *app, struct screen *s)
{
	struct list *l = list_of(s);
	jobs_cancel(app->jobs, LANE_QUERY, screen_slot(s, SLOT_OPEN));
	jobs_cancel(app->jobs, LANE_QUERY, screen_slot(s, SLOT_SEARCH));
	rowset_unref(l->rows);
	page_free(l->page);
	free(l->order);
	free(l->order_before);
	free(l->marks);
	free(l->text);
	free(l->hits);
	free(l->error);
	free(l);
}

const struct screen_ops list_ops = {
	.name = "list",
	.context = CONTEXT_LIST,
	.load = list_load,
	.ready = list_ready,
	.layout = list_layout,
	.draw = list_draw,
	.title = list_title,
	.position = list_position,
	.move = list_move,
	.to = list_to,
	.open = list_open,
	.search = list_search,
	.next_hit = go_to_hit,
	.refilter = list_load,
	.export_to = list_export,
	.reproduce = list_reproduce,
	.targets = list_targets,
	.close = list_close,
};

void list_push(struct app *app, const struct view *v, struct str filter, const char *order)
{
	if (!v) {
		app_complain(app, "the view is missing");
		return;
	}
	struct list *l = xcalloc(1, sizeof *l);
	l->view = v;
	l->order = order ? xstrdup(order) : NULL;
	list_load(app, app_push(app, &list_ops, l, filter));
}
