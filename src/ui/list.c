/* SPDX-License-Identifier: MIT
 *
 * The one list: any view under any filter. Rows come a page at a time; until a
 * page is there, rows show what the columns in memory know. How rows look is
 * in list_draw.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/list.h"

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

void list_touch(struct screen *s)
{
	if (list_of(s)->page)
		list_of(s)->page->early = true;
}

static void list_draw_screen(struct app *app, struct screen *s, struct area a)
{
	(void)app;
	list_draw(list_of(s), s->filter[0] != '\0', a);
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
	.draw = list_draw_screen,
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
