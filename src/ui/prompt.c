/* SPDX-License-Identifier: MIT
 *
 * The last line as a line to type in: commands, searches, filters with a live
 * count, file names, notes. One row a kind.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/screen.h"

struct prompt_row {
	const char *label;
	bool history;
	edit_completer complete;
	void (*changed)(struct app *app, struct str text);
	void (*accept)(struct app *app, struct str text);
	void (*cancel)(struct app *app);
};

static const struct prompt_row *prompt_row(enum prompt_kind kind);

/* ---- completion ---- */

/* The names that the UI thread may enumerate: those in memory. */
struct value_ctx {
	const struct facts *facts;
};

static void each_name(const struct dict *d, void (*each)(void *, struct str), void *each_ctx)
{
	for (uint32_t i = 1; i < d->n && i < 5000; i++)
		each(each_ctx, dict_name(d, i));
}

static bool field_values(void *ctx, enum field_id field, struct str sub, void (*each)(void *, struct str), void *each_ctx)
{
	const struct names *n = facts_names(((struct value_ctx *)ctx)->facts);
	const struct {
		enum field_id field;
		const struct dict *dict;
	} dicts[] = {
		{F_MODEL, &n->model}, {F_TASK, &n->task}, {F_RUN, &n->run}, {F_SOURCE, &n->source}, {F_EPOCH, &n->epoch},
		{F_PROVIDER, &n->provider}, {F_CATEGORY, &n->category}, {F_FORMAT, &n->format},
	};
	(void)sub;
	if (field == F_MODEL)
		each_name(&n->model_alias, each, each_ctx);
	for (size_t i = 0; i < sizeof dicts / sizeof *dicts; i++)
		if (dicts[i].field == field) {
			each_name(dicts[i].dict, each, each_ctx);
			return true;
		}
	return false;
}

void filter_complete_app(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx)
{
	struct app *app = ctx;
	struct value_ctx values = {jobs_facts_try(app->jobs)};
	struct filter_env env = {.ctx = &values, .values = values.facts ? field_values : NULL};
	filter_complete(text, cursor, &env, word_start, each, each_ctx);
	if (values.facts)
		jobs_facts_leave(app->jobs);
}

void view_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx)
{
	struct str typed = str_sub(text, 0, cursor);
	(void)ctx;
	*word_start = 0;
	for (const struct view *const *v = views_all(); *v; v++)
		if (str_eq(str_sub(str_c((*v)->name), 0, typed.n), typed))
			each(each_ctx, str_c((*v)->name), (*v)->title);
}

void path_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx)
{
	size_t slash = cursor;
	(void)ctx;
	while (slash > 0 && text.p[slash - 1] != '/')
		slash--;
	char *dir = slash ? xstrndup(text.p, slash) : xstrdup(".");
	struct str typed = str_sub(text, slash, cursor - slash);
	DIR *d = opendir(dir);
	*word_start = slash;
	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
		struct str name = str_c(e->d_name);
		if (name.p[0] != '.' && str_eq(str_sub(name, 0, typed.n), typed))
			each(each_ctx, name, "");
	}
	if (d)
		closedir(d);
	free(dir);
}

static void sort_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx)
{
	(void)text;
	(void)cursor;
	*word_start = 0;
	list_columns_complete(ctx, each, each_ctx);
}

/* ---- what the kinds do ---- */

static void accept_command(struct app *app, struct str text)
{
	app_command(app, text);
}

static void accept_search(struct app *app, struct str text)
{
	struct screen *s = app_top(app);
	s->ops->search(app, s, text, app->prompt.direction < 0 ? -1 : 1);
}

static void counted(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct count_job *c = (struct count_job *)j;
	struct prompt *p = &app->prompt;
	if (p->kind != PROMPT_FILTER || j->status == CANCELLED)
		return;
	p->bad = j->status != OK;
	struct buf text = {0};
	if (p->bad) {
		escape_text(&text, str_c(err_text(&j->err)), 0);
	} else {
		add_number(&text, c->count);
		buf_add_c(&text, " of ");
		add_number(&text, c->total);
	}
	snprintf(p->info, sizeof p->info, "%s", text.n ? text.p : "");
	buf_fini(&text);
}

static void filter_changed(struct app *app, struct str text)
{
	app_post(app, NULL, &count_job_new(text)->job, SLOT_COUNT, counted);
}

static void accept_filter(struct app *app, struct str text)
{
	app_set_filter(app, str_trim(text));
}

static void accept_view(struct app *app, struct str text)
{
	struct buf line = {0};
	buf_add_c(&line, "view ");
	buf_add_str(&line, text);
	if (text.n)
		app_command(app, buf_str(&line));
	buf_fini(&line);
}

static void accept_ingest(struct app *app, struct str text)
{
	struct buf line = {0};
	buf_add_c(&line, "ingest ");
	buf_add_str(&line, text);
	if (text.n)
		app_command(app, buf_str(&line));
	buf_fini(&line);
}

static void accept_sort(struct app *app, struct str text)
{
	if (text.n)
		list_sort(app, text);
}

static const char *format_of(struct str path)
{
	static const char *const endings[][2] = {
		{".tsv", "tsv"}, {".json", "json"}, {".jsonl", "jsonl"}, {".md", "md"}, {".txt", "text"},
	};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (str_ends(path, endings[i][0]))
			return endings[i][1];
	return "csv";
}

static void export_now(struct app *app, const char *path, bool overwrite)
{
	struct screen *s = app_top(app);
	if (!s->ops->export_to || !s->ops->export_to(app, s, path, format_of(str_c(path)), overwrite))
		app_complain(app, "there is nothing to export yet");
}

static void accept_export(struct app *app, struct str text)
{
	struct str name = str_trim(text);
	if (name.n == 0)
		return;
	char *path = xstrndup(name.p, name.n);
	export_now(app, path, false);
	free(path);
}

static void accept_overwrite(struct app *app, struct str text)
{
	char *path = app->prompt.path;
	app->prompt.path = NULL;
	if (path && (str_eq_nocase(text, str_c("y")) || str_eq_nocase(text, str_c("yes"))))
		export_now(app, path, true);
	else
		app_say(app, "nothing was written");
	free(path);
}

void export_done(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct export_job *e = (struct export_job *)j;
	if (e->exists) {
		free(app->prompt.path);
		app->prompt.path = xstrdup(e->path);
		prompt_open(app, PROMPT_OVERWRITE, str_c(""));
		return;
	}
	if (app_failed(app, j))
		return;
	struct buf path = {0};
	escape_text(&path, str_c(e->path), 0);
	app_say(app, "%zu %s written to %s", e->written, e->text.n ? "bytes" : "rows", path.p);
	buf_fini(&path);
}

void export_text(struct app *app, struct screen *s, const struct doc *d, const char *path, bool overwrite)
{
	struct export_job *e = export_job_new(NULL, NULL, path, "text", overwrite);
	doc_plain(d, &e->text);
	app_post(app, s, &e->job, 0, export_done);
}

static void note_changed(struct app *app, struct str text)
{
	rate_draft(app, text);
}

static void accept_note(struct app *app, struct str text)
{
	rate_set_note(app, text);
	rate_commit(app, false);
}

static void cancel_note(struct app *app)
{
	if (app->prompt.edit.text.n)
		app_say(app, "the note is kept as a draft: a goes on with it");
}

static void accept_category(struct app *app, struct str text)
{
	rate_set_category(app, text);
	prompt_close(app);
	prompt_open(app, PROMPT_RATE, str_c(""));
}

static void category_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx)
{
	struct app *app = ctx;
	struct str typed = str_sub(text, 0, cursor);
	const struct facts *f = jobs_facts_try(app->jobs);
	*word_start = 0;
	if (!f)
		return;
	const struct dict *d = &facts_names(f)->category;
	for (uint32_t i = 1; i < d->n; i++)
		if (text_find(dict_name(d, i), typed, 0, false) >= 0 || typed.n == 0)
			each(each_ctx, dict_name(d, i), "");
	jobs_facts_leave(app->jobs);
}

static void accept_nothing(struct app *app, struct str text)
{
	(void)app;
	(void)text;
}

static const struct prompt_row prompt_rows[PROMPT_COUNT] = {
	[PROMPT_COMMAND] = {":", true, ui_command_complete, NULL, accept_command, NULL},
	[PROMPT_SEARCH] = {"/", true, NULL, NULL, accept_search, NULL},
	[PROMPT_FILTER] = {"filter: ", true, filter_complete_app, filter_changed, accept_filter, NULL},
	[PROMPT_EXPORT] = {"export to file: ", true, path_complete, NULL, accept_export, NULL},
	[PROMPT_OVERWRITE] = {"the file exists; overwrite it? (yes/no) ", false, NULL, NULL, accept_overwrite, NULL},
	[PROMPT_NOTE] = {"note: ", false, NULL, note_changed, accept_note, cancel_note},
	[PROMPT_CATEGORY] = {"category: ", true, category_complete, NULL, accept_category, NULL},
	[PROMPT_SORT] = {"sort by: ", true, sort_complete, NULL, accept_sort, NULL},
	[PROMPT_VIEW] = {"view: ", true, view_complete, NULL, accept_view, NULL},
	[PROMPT_INGEST] = {"ingest path: ", true, path_complete, NULL, accept_ingest, NULL},
	[PROMPT_RATE] = {"rate", false, NULL, NULL, accept_nothing, NULL},
	[PROMPT_TOGGLE] = {"toggle", false, NULL, NULL, accept_nothing, NULL},
};

static const struct prompt_row *prompt_row(enum prompt_kind kind)
{
	return &prompt_rows[kind];
}

/* ---- the line ---- */

void prompt_open(struct app *app, enum prompt_kind kind, struct str text)
{
	struct prompt *p = &app->prompt;
	const struct prompt_row *row = prompt_row(kind);
	p->kind = kind;
	p->direction = 1;
	p->info[0] = '\0';
	p->bad = false;
	edit_start(&p->edit, text, row->history ? &app->histories[kind] : NULL, row->complete, app);
	app->flags |= APP_DRAW;
	if (kind == PROMPT_FILTER)
		filter_changed(app, text);
}

void prompt_close(struct app *app)
{
	struct prompt *p = &app->prompt;
	edit_fini(&p->edit);
	p->kind = PROMPT_NONE;
}

static void accept(struct app *app)
{
	struct prompt *p = &app->prompt;
	const struct prompt_row *row = prompt_row(p->kind);
	struct buf text = {0};
	buf_add_str(&text, buf_str(&p->edit.text));
	buf_add_c(&text, "");
	if (row->history)
		history_add(&app->histories[p->kind], buf_str(&text));
	prompt_close(app);
	row->accept(app, buf_str(&text));
	buf_fini(&text);
}

static void toggle_key(struct app *app, uint32_t key)
{
	prompt_close(app);
	if (key < 0x80 && key > 0x20)
		transcript_toggle(app, (char)key);
}

void prompt_key(struct app *app, uint32_t key)
{
	struct prompt *p = &app->prompt;
	const struct prompt_row *row = prompt_row(p->kind);
	if (p->kind == PROMPT_RATE) {
		rate_key(app, key);
		return;
	}
	if (p->kind == PROMPT_TOGGLE) {
		toggle_key(app, key);
		return;
	}
	switch (edit_key(&p->edit, key)) {
	case EDIT_ACCEPT:
		accept(app);
		break;
	case EDIT_CANCEL:
		if (row->cancel)
			row->cancel(app);
		free(p->path);
		p->path = NULL;
		prompt_close(app);
		break;
	case EDIT_CHANGED:
		if (row->changed)
			row->changed(app, buf_str(&p->edit.text));
		break;
	case EDIT_MOVED:
	case EDIT_NONE:
		break;
	}
}

void prompt_paste(struct app *app, struct str text)
{
	struct prompt *p = &app->prompt;
	const struct prompt_row *row = prompt_row(p->kind);
	if (p->kind == PROMPT_RATE || p->kind == PROMPT_TOGGLE) {
		app_complain(app, "pasted text is only taken in a line");
		return;
	}
	edit_insert(&p->edit, text);
	if (row->changed)
		row->changed(app, buf_str(&p->edit.text));
}

void prompt_draw(struct app *app, struct area a)
{
	struct prompt *p = &app->prompt;
	int y = a.h - 1;
	if (p->kind == PROMPT_RATE) {
		rate_draw(app, a);
		return;
	}
	if (p->kind == PROMPT_TOGGLE) {
		grid_put_c(a, 1, y, STYLE_TITLE, "toggle:  w wrap  r raw  i invisible characters  t time  z reasoning");
		return;
	}
	int info = (int)strlen(p->info);
	if (p->bad || info > a.w / 2) {
		/* An error needs a line of its own. */
		grid_blank(a, 0, y - 1, a.w, STYLE_NORMAL);
		grid_put_cut(a, 1, y - 1, a.w - 1, STYLE_ERROR, str_c(p->info));
		info = 0;
	}
	edit_draw(&p->edit, area_sub(a, 1, y, a.w - info - 3, 1), 0, prompt_row(p->kind)->label, STYLE_TITLE);
	if (info)
		grid_put_c(a, a.w - info - 1, y, STYLE_DIM, p->info);
	edit_draw_words(&p->edit, a, y - 1);
}
