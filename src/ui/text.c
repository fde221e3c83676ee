/* SPDX-License-Identifier: MIT
 *
 * Screens of plain styled text: why a zone, help from the live key map,
 * messages, a policy to start from. And the hint line.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/screen.h"

struct text_screen {
	char *title;
	struct doc doc;
	char *open_filter; /* what Enter opens; NULL = nothing */
	int built_w;
	bool seek;
	int seek_direction;
};

static struct text_screen *of(struct screen *s)
{
	return s->data;
}

static void text_layout(struct app *app, struct screen *s, int w, int h)
{
	struct text_screen *t = of(s);
	t->doc.height = h;
	if (t->built_w != w)
		doc_layout(&t->doc, w, true);
	t->built_w = w;
	if (!t->seek)
		return;
	t->seek = false;
	if (doc_next_hit(&t->doc, t->seek_direction))
		app_say(app, "hit %zu/%zu", t->doc.hit + 1, t->doc.nhits);
	else
		app_complain(app, "no hit");
}

static void text_draw(struct app *app, struct screen *s, struct area a)
{
	(void)app;
	doc_draw(&of(s)->doc, a, 0);
}

static void text_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	buf_add_c(out, of(s)->title);
}

static void text_position(struct app *app, struct screen *s, struct buf *out)
{
	const struct doc *d = &of(s)->doc;
	(void)app;
	size_t end = d->top + (size_t)(d->height > 0 ? d->height : 0);
	buf_printf(out, "%zu/%zu", end < d->nrows ? end : d->nrows, d->nrows);
}

static void text_move(struct app *app, struct screen *s, enum move how, long by)
{
	struct doc *d = &of(s)->doc;
	long height = d->height > 2 ? d->height : 2;
	(void)app;
	if (how == MOVE_ENDS)
		doc_to_row(d, by < 0 ? 0 : d->nrows);
	else if (how == MOVE_PAGE)
		doc_scroll(d, by * (height - 1));
	else if (how == MOVE_HALF)
		doc_scroll(d, by * height / 2);
	else if (how == MOVE_LINE)
		doc_scroll(d, by);
}

static void text_to(struct app *app, struct screen *s, size_t row)
{
	(void)app;
	doc_to_row(&of(s)->doc, row);
}

static void text_open(struct app *app, struct screen *s)
{
	if (of(s)->open_filter)
		list_push(app, list_results_view(), str_c(of(s)->open_filter), "-severity");
}

static void text_search(struct app *app, struct screen *s, struct str text, int direction)
{
	(void)app;
	doc_search(&of(s)->doc, text);
	of(s)->seek = text.n > 0;
	of(s)->seek_direction = direction;
}

static void text_next_hit(struct app *app, struct screen *s, int direction)
{
	(void)app;
	of(s)->seek = true;
	of(s)->seek_direction = direction;
}

static bool text_export(struct app *app, struct screen *s, const char *path, const char *format, bool overwrite)
{
	(void)format;
	export_text(app, s, &of(s)->doc, path, overwrite);
	return true;
}

static void text_copy(struct app *app, struct screen *s, struct buf *text, struct buf *what)
{
	(void)app;
	doc_plain(&of(s)->doc, text);
	buf_add_c(what, "this text");
}

static void text_close(struct app *app, struct screen *s)
{
	struct text_screen *t = of(s);
	(void)app;
	doc_fini(&t->doc);
	free(t->title);
	free(t->open_filter);
	free(t);
}

const struct screen_ops text_ops = {
	.name = "text",
	.context = CONTEXT_TEXT,
	.layout = text_layout,
	.draw = text_draw,
	.title = text_title,
	.position = text_position,
	.move = text_move,
	.to = text_to,
	.open = text_open,
	.search = text_search,
	.next_hit = text_next_hit,
	.export_to = text_export,
	.copy = text_copy,
	.close = text_close,
};

void text_push(struct app *app, const char *title, struct doc *d, struct str open_filter)
{
	struct text_screen *t = xcalloc(1, sizeof *t);
	t->title = xstrdup(title);
	t->doc = *d;
	t->open_filter = open_filter.p ? xstrndup(open_filter.p, open_filter.n) : NULL;
	app_push(app, &text_ops, t, str_c(""));
}

/* ---- help ---- */

/* A key's name without the brackets that the binding language needs. */
static void add_key(struct buf *out, uint32_t key)
{
	struct buf name = {0};
	key_spell(&name, key);
	struct str s = buf_str(&name);
	if (s.n > 2 && s.p[0] == '<')
		s = str_sub(s, 1, s.n - 2);
	escape_text(out, s, 0);
	buf_fini(&name);
}

static const char *help_of(const char *line)
{
	struct str rest = str_c(line), name;
	str_cut(&rest, ' ', &name);
	const struct command *c = ui_command_find(name);
	return c ? c->help : "";
}

static bool shown_before(const struct keymap *m, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (m->rows[i].context == m->rows[at].context && !strcmp(m->rows[i].line, m->rows[at].line))
			return true;
	return false;
}

static void help_row(struct doc *d, const struct keymap *m, size_t at)
{
	struct buf keys = {0}, line = {0};
	for (size_t i = at; i < m->n; i++) {
		if (m->rows[i].context != m->rows[at].context || strcmp(m->rows[i].line, m->rows[at].line) != 0)
			continue;
		if (keys.n)
			buf_add_ch(&keys, ' ');
		add_key(&keys, m->rows[i].key);
	}
	buf_printf(&line, "%-18s %-20s %s", keys.p ? keys.p : "", m->rows[at].line, help_of(m->rows[at].line));
	doc_add(d, STYLE_NORMAL, 2, buf_str(&line))->hang = 40;
	buf_fini(&keys);
	buf_fini(&line);
}

static void help_keys(struct doc *d, const struct keymap *m, enum context c)
{
	doc_printf(d, STYLE_TITLE, 1, "Keys: %s", context_name(c));
	for (size_t i = 0; i < m->n; i++)
		if (m->rows[i].context == c && m->rows[i].line[0] && !shown_before(m, i))
			help_row(d, m, i);
	doc_add(d, STYLE_NORMAL, 0, str_c(""));
}

static void help_commands(struct doc *d)
{
	doc_add(d, STYLE_TITLE, 1, str_c("Commands, after \":\""));
	for (const struct command *c = ui_commands; c->name; c++) {
		char head[64];
		snprintf(head, sizeof head, "%s %s", c->name, c->args);
		doc_printf(d, STYLE_NORMAL, 2, "%-24s %s", head, c->help)->hang = 25;
	}
	doc_add(d, STYLE_NORMAL, 0, str_c(""));
}

static void help_fields(struct doc *d)
{
	doc_add(d, STYLE_TITLE, 1, str_c("Fields of the filter, as in  model:gpt-* severity>=high \"exact words\" -reviewed"));
	for (const struct field *f = filter_fields; f->name; f++)
		doc_printf(d, STYLE_NORMAL, 2, "%-16s %-28s %s", f->name, f->example ? f->example : "", f->help ? f->help : "")->hang = 46;
}

void text_help(struct app *app)
{
	struct doc d = {.hit = SIZE_MAX};
	enum context here = app_top(app)->ops->context;
	help_keys(&d, &app->keys, here);
	help_keys(&d, &app->keys, CONTEXT_GENERAL);
	help_commands(&d);
	for (size_t i = 1; i < 5; i++)
		if ((1u << i) != (unsigned)here)
			help_keys(&d, &app->keys, (enum context)(1u << i));
	help_fields(&d);
	char title[64];
	snprintf(title, sizeof title, "help: %s  (/ finds, q goes back)", context_name(here));
	text_push(app, title, &d, (struct str){0});
}

void text_messages(struct app *app)
{
	struct doc d = {.hit = SIZE_MAX};
	doc_add_raw(&d, STYLE_NORMAL, 1, buf_str(&app->log), 0);
	text_push(app, "messages", &d, (struct str){0});
}

/* ---- a policy to start from ---- */

static void starter_came(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct starter_job *s = (struct starter_job *)j;
	if (app_failed(app, j))
		return;
	struct doc d = {.hit = SIZE_MAX};
	doc_add_raw(&d, STYLE_NORMAL, 0, buf_str(&s->text), 0);
	text_push(app, "a policy to start from: s saves it, fill in the lines, then plimsoll ui --policy FILE", &d, (struct str){0});
}

void text_starter(struct app *app)
{
	app_post(app, NULL, &starter_job_new()->job, 0, starter_came);
}

/* ---- hints ---- */

static int put_hint(struct area a, int x, int y, const struct binding *b)
{
	struct buf key = {0};
	add_key(&key, b->key);
	int need = (int)key.n + 1 + (int)strlen(b->hint) + 2;
	if (x + need <= a.w) {
		grid_put(a, x, y, STYLE_KEY, buf_str(&key));
		grid_put_c(a, x + (int)key.n + 1, y, STYLE_DIM, b->hint);
		x += need;
	}
	buf_fini(&key);
	return x;
}

void hints_draw(struct app *app, struct area a, int y)
{
	const struct keymap *m = &app->keys;
	enum context here = app_top(app)->ops->context;
	/* The last ones are those that get one out of anywhere: they keep their place. */
	enum { TAIL = 24 };
	struct area front = area_sub(a, 0, y, a.w - TAIL, 1);
	int x = 1;
	for (size_t i = 0; i < m->n; i++)
		if (m->rows[i].context == here && m->rows[i].hint && m->rows[i].line[0])
			x = put_hint(front, x, 0, &m->rows[i]);
	for (size_t i = 0; i < m->n; i++)
		if (m->rows[i].context == CONTEXT_GENERAL && m->rows[i].hint && m->rows[i].line[0])
			x = put_hint(a, x, y, &m->rows[i]);
}
