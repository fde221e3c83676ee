/* SPDX-License-Identifier: MIT
 *
 * The application: the stack of screens, events, the frame around a screen.
 * See app.h and screen.h.
 */
#include "ui/app.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/screen.h"

/* Where there is room, the list stands left of the transcript that was opened from it. */
enum { MIN_WIDTH = 40, MIN_HEIGHT = 8, SPLIT_WIDTH = 110, SPLIT_LEAST = 53, SPLIT_MOST = 80 };

/* ---- messages ---- */

__attribute__((format(printf, 3, 0))) static void say(struct app *app, bool bad, const char *fmt, va_list ap)
{
	free(app->message);
	app->message = xvasprintf(fmt, ap);
	app->message_bad = bad;
	app->flags |= APP_DRAW;
	buf_add_c(&app->log, app->message);
	buf_add_ch(&app->log, '\n');
}

void app_say(struct app *app, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(app, false, fmt, ap);
	va_end(ap);
}

void app_complain(struct app *app, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(app, true, fmt, ap);
	va_end(ap);
}

const char *app_message(const struct app *app)
{
	return app->message ? app->message : "";
}

bool app_failed(struct app *app, const struct job *j)
{
	if (j->status == OK)
		return false;
	if (j->status == CANCELLED)
		return true;
	struct buf text = {0};
	escape_text(&text, str_c(err_text(&j->err)), 0);
	app_complain(app, "%s", text.n ? text.p : "that did not work");
	buf_fini(&text);
	return true;
}

/* ---- the stack ---- */

struct screen *app_top(struct app *app)
{
	return app->stack[app->nstack - 1];
}

struct screen *app_screen(struct app *app, uint32_t id)
{
	for (size_t i = 0; i < app->nstack; i++)
		if (app->stack[i]->id == id)
			return app->stack[i];
	return NULL;
}

struct screen *app_list_below(struct app *app)
{
	for (size_t i = app->nstack; i-- > 0;)
		if (app->stack[i]->ops == &list_ops)
			return app->stack[i];
	return NULL;
}

struct screen *app_push(struct app *app, const struct screen_ops *ops, void *data, struct str filter)
{
	struct screen *s = xcalloc(1, sizeof *s);
	s->ops = ops;
	s->data = data;
	s->id = ++app->next_id;
	s->filter = xstrndup(filter.p ? filter.p : "", filter.n);
	app->stack = vec_grow(app->stack, &app->stack_cap, app->nstack + 1, sizeof *app->stack);
	app->stack[app->nstack++] = s;
	app->flags |= APP_DRAW;
	return s;
}

static void screen_free(struct app *app, struct screen *s)
{
	s->ops->close(app, s);
	free(s->filter);
	free(s);
}

void app_pop(struct app *app)
{
	if (app->nstack < 2)
		return;
	screen_free(app, app->stack[--app->nstack]);
	struct screen *top = app_top(app);
	if (top->stale && top->ops->load) {
		top->stale = false;
		top->ops->load(app, top);
	}
	app->flags |= APP_DRAW;
}

void app_set_filter(struct app *app, struct str filter)
{
	struct screen *s = app_top(app);
	if (!s->ops->refilter) {
		app_complain(app, "this screen has no filter");
		return;
	}
	free(s->filter);
	s->filter = xstrndup(filter.p ? filter.p : "", filter.n);
	s->ops->refilter(app, s);
	app->flags |= APP_DRAW;
}

long app_take_count(struct app *app, long otherwise)
{
	long n = app->count ? app->count : otherwise;
	app->count = 0;
	return n;
}

/* ---- jobs ---- */

void app_post(struct app *app, struct screen *s, struct job *j, unsigned slot, void (*done)(struct job *, void *))
{
	j->owner = s ? s->id : 0;
	j->slot = slot;
	j->done = done;
	jobs_post(app->jobs, j);
}

static void reload_all(struct app *app)
{
	for (size_t i = 0; i < app->nstack; i++)
		app->stack[i]->stale = true;
	struct screen *top = app_top(app);
	top->stale = false;
	if (top->ops->load)
		top->ops->load(app, top);
	if (app_splits(app))
		list_touch(app->stack[app->nstack - 2]);
}

static void refreshed(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct refresh_job *r = (struct refresh_job *)j;
	bool first = !app->loaded;
	/* While an ingest fills a new database, it is locked: what is on screen stays. */
	if (app->progress.running && j->status != OK)
		return;
	if (app_failed(app, j))
		return;
	app->loaded = true;
	app->total = r->total;
	if (first || r->changed)
		reload_all(app);
}

void app_refresh(struct app *app)
{
	app_post(app, NULL, &refresh_job_new()->job, SLOT_REFRESH, refreshed);
}

uint32_t app_waits(struct app *app)
{
	struct screen *s = app_top(app);
	return s->ops->ready && !s->ops->ready(s) ? s->id : 0;
}

void app_poll(struct app *app)
{
	if (jobs_idle(app->jobs))
		app_refresh(app);
}

/* ---- life ---- */

/* Under the same keys as on the command line, so that both go on with it. */
static void remember_policy(struct app *app, const struct policy *p)
{
	const char *name = app_policy_name(p);
	char *absolute = realpath(name, NULL);
	app_post(app, NULL, &setting_set_job_new("policy", absolute ? absolute : name)->job, 0, NULL);
	app_post(app, NULL, &setting_set_job_new("policy_sha256", p->sha256)->job, 0, NULL);
	free(absolute);
}

struct app *app_new(const struct app_config *c)
{
	struct app *app = xcalloc(1, sizeof *app);
	app->jobs = c->jobs;
	app->policy = c->policy;
	app->db_path = xstrdup(c->db_path);
	app->reviewer = xstrdup(reviewer_name(c->reviewer));
	app->read_only = c->read_only;
	app->width = 80;
	app->height = 24;
	app->wrap = app->show_time = true;
	app->flags = APP_DRAW;
	keymap_init(&app->keys);
	board_push(app, str_c(c->filter));
	app_refresh(app);
	/* The next visit begins with the same policy. */
	if (c->policy && c->policy->path && !c->read_only)
		remember_policy(app, c->policy);
	return app;
}

void app_free(struct app *app)
{
	if (!app)
		return;
	prompt_close(app);
	while (app->nstack)
		screen_free(app, app->stack[--app->nstack]);
	free(app->stack);
	keymap_fini(&app->keys);
	for (int i = 0; i < PROMPT_COUNT; i++)
		history_fini(&app->histories[i]);
	rate_fini(app);
	free(app->message);
	free(app->db_path);
	free(app->reviewer);
	buf_fini(&app->log);
	buf_fini(&app->editor_text);
	buf_fini(&app->copied);
	free(app);
}

/* ---- events ---- */

unsigned app_command(struct app *app, struct str line)
{
	struct str rest = str_trim(line), name;
	app->flags |= APP_DRAW;
	if (rest.n == 0)
		return app->flags;
	size_t n = 0;
	while (n < rest.n && rest.p[n] != ' ')
		n++;
	name = str_sub(rest, 0, n);
	struct str arg = str_trim(str_sub(rest, n, rest.n));
	const struct command *c = ui_command_find(name);
	struct screen *top = app_top(app);
	int64_t row;
	if (!c && str_to_i64(name, &row) && row > 0) {
		if (top->ops->to)
			top->ops->to(app, top, (size_t)row - 1);
	} else if (!c) {
		app_complain(app, "there is no command \"%.*s\": Tab completes, ? lists them", (int)name.n, name.p);
	} else if (!(c->contexts & (top->ops->context | (c->contexts & CONTEXT_GENERAL)))) {
		app_complain(app, "\"%s\" means nothing here", c->name);
	} else if (c->writes && app->read_only) {
		app_complain(app, "not in read-only mode: nothing is written");
	} else if (c->args[0] && c->args[0] != '[' && arg.n == 0) {
		app_complain(app, "%s needs %s", c->name, c->args);
	} else {
		c->run(app, arg);
	}
	return app->flags;
}

static void key_pressed(struct app *app, uint32_t key)
{
	if (app->prompt.kind != PROMPT_NONE) {
		prompt_key(app, key);
		return;
	}
	free(app->message);
	app->message = NULL;
	if ((key >= '1' && key <= '9') || (key == '0' && app->count)) {
		app->count = app->count > 99999999 ? app->count : app->count * 10 + (long)(key - '0');
		return;
	}
	const struct binding *b = keymap_find(&app->keys, app_top(app)->ops->context, key);
	if (b) {
		app_command(app, str_c(b->line));
	} else {
		struct buf name = {0}, shown = {0};
		key_spell(&name, key);
		escape_text(&shown, buf_str(&name), 0);
		app_complain(app, "%s means nothing here: ? lists the keys", shown.p);
		buf_fini(&name);
		buf_fini(&shown);
	}
	app->count = 0;
}

static void pasted(struct app *app, struct str text)
{
	if (app->prompt.kind == PROMPT_NONE)
		app_complain(app, "pasted text is only taken in a line: open one with : / f or n first");
	else
		prompt_paste(app, text);
}

static void edited(struct app *app, struct str text)
{
	if (!text.p) {
		app_complain(app, "the editor failed: the note is as it was");
		return;
	}
	rate_set_note(app, str_trim(text));
	rate_commit(app, false);
}

unsigned app_step(struct app *app, const struct event *ev)
{
	app->flags = 0;
	switch (ev->kind) {
	case EVENT_KEY:
		app->flags |= APP_DRAW;
		key_pressed(app, ev->key);
		break;
	case EVENT_PASTE:
		app->flags |= APP_DRAW;
		pasted(app, ev->text);
		break;
	case EVENT_RESIZE:
		app->width = ev->width;
		app->height = ev->height;
		app->flags |= APP_DRAW;
		break;
	case EVENT_WAKE: {
		bool was = app->progress.running;
		jobs_progress(app->jobs, &app->progress);
		if (jobs_drain(app->jobs, app) || was || app->progress.running)
			app->flags |= APP_DRAW;
		break;
	}
	case EVENT_EDITED:
		app->flags |= APP_DRAW | APP_REDRAW;
		edited(app, ev->text);
		break;
	case EVENT_HANGUP:
		app->flags |= APP_QUIT;
		break;
	}
	return app->flags;
}

struct str app_copied(const struct app *app)
{
	return buf_str(&app->copied);
}
struct str app_editor_text(const struct app *app)
{
	return buf_str(&app->editor_text);
}

/* ---- the frame ---- */

static int width_of(struct str text)
{
	struct grid measure;
	grid_init(&measure, GRID_MAX, 1);
	int w = grid_put(grid_area(&measure), 0, 0, STYLE_NORMAL, text);
	grid_fini(&measure);
	return w;
}

/* The parts of a position are set apart by two blanks, the most important last: on a narrow screen the first ones go. */
static struct str fit_position(struct str text, int room, int *width)
{
	while ((*width = width_of(text)) > room) {
		ptrdiff_t gap = str_find(text, str_c("  "));
		if (gap < 0)
			return str_sub(text, 0, 0);
		text = str_sub(text, (size_t)gap + 2, text.n);
	}
	return text;
}

static void draw_status(struct app *app, struct screen *s, struct area a)
{
	struct buf left = {0}, right = {0};
	int rw = 0;
	if (s->ops->title)
		s->ops->title(app, s, &left);
	if (s->ops->position)
		s->ops->position(app, s, &right);
	int room = a.w - 2 - width_of(buf_str(&left)) - 2;
	struct str position = fit_position(buf_str(&right), room > a.w / 2 && !s->filter[0] ? room : a.w / 2, &rw);
	int end = position.n ? a.w - rw - 3 : a.w - 1;
	/* What is filtered out must never be forgotten: the filter has room before the title has. */
	int title = s->filter[0] && end / 2 < 24 ? end / 2 : end - (s->filter[0] ? 12 : 0);
	int x = 1 + grid_put_cut(a, 1, 0, title - 1, STYLE_STATUS, buf_str(&left));
	if (s->filter[0])
		grid_put_raw(a, x + 1 + (a.w > 60), 0, end - x - 1 - (a.w > 60), STYLE_FILTER, str_c(s->filter));
	grid_put(a, a.w - rw - 1, 0, STYLE_DIM, position);
	buf_fini(&left);
	buf_fini(&right);
}

static void draw_last_line(struct app *app, struct area a)
{
	int y = a.h - 1;
	if (app->prompt.kind != PROMPT_NONE)
		prompt_draw(app, a);
	else if (app->message)
		grid_put_cut(a, 1, y, a.w - 1, app->message_bad ? STYLE_ERROR : STYLE_MESSAGE, str_c(app->message));
	else if (app->progress.running)
		grid_put_raw(a, 1, y, a.w - 1, STYLE_MESSAGE, str_c(app->progress.text));
	else if (app->count)
		grid_printf(a, 1, y, STYLE_KEY, "%ld", app->count);
	else
		hints_draw(app, a, y);
}

static void draw_screen(struct app *app, struct screen *s, struct area a)
{
	if (s->ops->layout)
		s->ops->layout(app, s, a.w, a.h);
	s->ops->draw(app, s, a);
}

bool app_splits(const struct app *app)
{
	size_t n = app->nstack;
	return app->width >= SPLIT_WIDTH && n >= 2 && app->stack[n - 1]->ops == &transcript_ops && app->stack[n - 2]->ops == &list_ops;
}

static void draw_panes(struct app *app, struct area a)
{
	struct screen *s = app_top(app);
	if (app->one_pane || !app_splits(app)) {
		draw_screen(app, s, a);
		return;
	}
	int left = a.w * 9 / 20 > SPLIT_LEAST ? a.w * 9 / 20 : SPLIT_LEAST;
	left = left < SPLIT_MOST ? left : SPLIT_MOST;
	draw_screen(app, app->stack[app->nstack - 2], area_sub(a, 0, 0, left, a.h));
	for (int y = 0; y < a.h; y++)
		grid_put_c(a, left, y, STYLE_DIM, escape_is_ascii() ? "|" : "│");
	draw_screen(app, s, area_sub(a, left + 1, 0, a.w - left - 1, a.h));
}

void app_draw(struct app *app, struct grid *g)
{
	struct area a = grid_area(g);
	struct screen *s = app_top(app);
	grid_clear(g);
	if (a.w < MIN_WIDTH || a.h < MIN_HEIGHT) {
		grid_put_cut(a, 0, 0, a.w, STYLE_ERROR, str_c("plimsoll needs 40x8"));
		return;
	}
	grid_rule(area_sub(a, 0, 1, a.w, 1), 0, STYLE_DIM);
	/* What the first line says may follow from how the screen is laid out. */
	draw_panes(app, area_sub(a, 0, 2, a.w, a.h - 3));
	draw_status(app, s, a);
	draw_last_line(app, a);
}

void app_dump_state(struct app *app, struct buf *out)
{
	for (size_t i = 0; i < app->nstack; i++) {
		struct screen *s = app->stack[i];
		struct buf title = {0}, position = {0};
		if (s->ops->title)
			s->ops->title(app, s, &title);
		if (s->ops->position)
			s->ops->position(app, s, &position);
		buf_printf(out, "%s | %s | %s | %s\n", s->ops->name, title.n ? title.p : "", s->filter,
			position.n ? position.p : "");
		buf_fini(&title);
		buf_fini(&position);
	}
}
