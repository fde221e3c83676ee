/* SPDX-License-Identifier: MIT
 *
 * Reading one result: moving through its turns, searching, folding, toggles.
 * What a turn looks like is in transcript_doc.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/transcript_doc.h"

static struct transcript_screen *of(struct screen *s)
{
	return s->data;
}

/* ---- data ---- */

static uint32_t last_assistant(const struct transcript *t)
{
	for (size_t i = t->n; i > 0; i--)
		if (t->turns[i - 1].role == ROLE_ASSISTANT)
			return (uint32_t)i;
	return 0;
}

/* Where reading begins: what was asked for, else where it failed. */
static void choose_start(struct app *app, struct transcript_screen *t)
{
	const struct reading *r = t->reading;
	if (t->wish) {
		t->jump = t->wish;
	} else if (r->fail_turn) {
		t->jump = r->fail_turn;
	} else if (r->outcome == OUTCOME_FAIL && r->transcript.n) {
		t->jump = last_assistant(&r->transcript);
		if (t->jump && r->transcript.n > 2)
			app_say(app, "where it failed is not located: this is the last assistant turn");
	}
	t->wish = 0;
	t->cur = t->jump;
}

static void came(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct transcript_job *got = (struct transcript_job *)j;
	struct screen *s = app_screen(app, j->owner);
	if (!s || of(s)->id != got->result_id)
		return;
	struct transcript_screen *t = of(s);
	t->loading = false;
	if (app_failed(app, j))
		return;
	bool again = t->reading && t->reading->result_id == got->result_id;
	reading_free(t->reading);
	t->reading = got->reading;
	got->reading = NULL;
	t->dirty = true;
	if (again)
		return;
	free(t->open);
	t->open = xcalloc(t->reading->transcript.n + 1, sizeof *t->open);
	t->doc.top = 0;
	choose_start(app, t);
}

static void transcript_load(struct app *app, struct screen *s)
{
	struct transcript_screen *t = of(s);
	t->loading = true;
	char *key = xasprintf("draft:%lld", (long long)t->id);
	struct transcript_job *j = transcript_job_new(t->id, key);
	j->job.urgent = true;
	app_post(app, s, &j->job, screen_slot(s, SLOT_TRANSCRIPT), came);
	free(key);
}

static bool transcript_ready(struct screen *s)
{
	return !of(s)->loading;
}

/* ---- layout ---- */

static size_t heading_row(const struct transcript_screen *t, uint32_t turn)
{
	for (size_t i = 0; i < t->doc.nlines; i++)
		if (t->doc.lines[i].rule && t->doc.lines[i].part == turn)
			return doc_row_of_line(&t->doc, i);
	return 0;
}

static uint32_t turn_at(const struct transcript_screen *t, size_t row)
{
	return row < t->doc.nrows ? t->doc.lines[t->doc.rows[row].line].part : 0;
}

static void rebuild(struct app *app, struct transcript_screen *t, int w)
{
	uint32_t at = turn_at(t, t->doc.top);
	size_t head = heading_row(t, at), behind = t->doc.top > head ? t->doc.top - head : 0;
	transcript_build(app, t);
	t->doc.nrows = 0; /* the rows are those of the old lines */
	size_t top = t->doc.top;
	doc_layout(&t->doc, w, app->wrap);
	t->doc.top = top;
	if (at) {
		size_t row = heading_row(t, at);
		while (behind && (row + behind >= t->doc.nrows || turn_at(t, row + behind) != at))
			behind--;
		doc_to_row(&t->doc, row + behind);
	}
	if (t->text)
		doc_search(&t->doc, str_c(t->text));
	t->built_w = w;
	t->dirty = false;
}

static void transcript_layout(struct app *app, struct screen *s, int w, int h)
{
	struct transcript_screen *t = of(s);
	if (!t->reading)
		return;
	t->doc.height = h;
	if (t->dirty || t->built_w != w)
		rebuild(app, t, w);
	if (t->jump) {
		doc_to_row(&t->doc, heading_row(t, t->jump));
		t->jump = 0;
	}
	if (t->seek) {
		t->seek = false;
		if (doc_next_hit(&t->doc, t->seek_direction)) {
			t->cur = t->doc.lines[t->doc.hits[t->doc.hit].line].part;
			app_say(app, "hit %zu/%zu", t->doc.hit + 1, t->doc.nhits);
		} else {
			app_complain(app, "no hit in this transcript");
		}
	}
}

static void transcript_draw(struct app *app, struct screen *s, struct area a)
{
	struct transcript_screen *t = of(s);
	(void)app;
	if (!t->reading) {
		grid_put_c(a, 1, 1, STYLE_DIM, t->loading ? "reading" : "");
		return;
	}
	doc_draw(&t->doc, a, t->cur);
}

static void add_escaped(struct buf *out, const char *before, struct str s)
{
	if (s.n == 0)
		return;
	buf_add_c(out, before);
	escape_text(out, s, ESCAPE_MARK);
}

static void transcript_title(struct app *app, struct screen *s, struct buf *out)
{
	const struct reading *r = of(s)->reading;
	(void)app;
	if (!r) {
		buf_printf(out, "result %lld", (long long)of(s)->id);
		return;
	}
	const char *dot = escape_is_ascii() ? " / " : " · ";
	add_escaped(out, "", r->row.item);
	if (r->row.epoch.n)
		add_escaped(out, escape_is_ascii() ? " / epoch " : " · epoch ", r->row.epoch);
	add_escaped(out, dot, r->row.model);
}

static void transcript_position(struct app *app, struct screen *s, struct buf *out)
{
	const struct transcript_screen *t = of(s);
	if (t->loading)
		buf_add_c(out, "reading  ");
	if (!app->wrap)
		buf_add_c(out, "no wrap  ");
	if (app->raw)
		buf_add_c(out, "raw  ");
	if (app->plain_invisible)
		buf_add_c(out, "invisible hidden  ");
	if (t->text && t->doc.nhits)
		buf_printf(out, "%zu hits  ", t->doc.nhits);
	if (t->reading)
		buf_printf(out, "turn %u/%zu", (unsigned)t->cur, t->reading->transcript.n);
}

/* ---- moving ---- */

static void follow(struct transcript_screen *t)
{
	t->cur = turn_at(t, t->doc.top);
}

static void jump_to(struct transcript_screen *t, uint32_t turn)
{
	t->cur = t->jump = turn;
}

static void move_turns(struct transcript_screen *t, long by)
{
	long n = (long)t->reading->transcript.n, to = (long)t->cur + by;
	to = to < 1 ? 1 : to > n ? n : to;
	if (n > 0)
		jump_to(t, (uint32_t)to);
}

static void move_fails(struct app *app, struct transcript_screen *t, long by)
{
	long n = (long)t->reading->transcript.n;
	for (long i = (long)t->cur + by; i >= 1 && i <= n; i += by)
		if (transcript_turn_failed(t->reading, (uint32_t)i)) {
			jump_to(t, (uint32_t)i);
			return;
		}
	uint32_t only = t->reading->fail_turn ? t->reading->fail_turn : last_assistant(&t->reading->transcript);
	if (only && (t->reading->fail_turn || t->reading->outcome == OUTCOME_FAIL)) {
		jump_to(t, only);
		app_say(app, t->reading->fail_turn ? "no other failing turn that way" : "not located: this is the last assistant turn");
	} else {
		app_say(app, "no turn of this result is said to fail");
	}
}

static void transcript_move(struct app *app, struct screen *s, enum move how, long by)
{
	struct transcript_screen *t = of(s);
	long height = t->doc.height > 2 ? t->doc.height : 2;
	if (!t->reading)
		return;
	switch (how) {
	case MOVE_PART:
		move_turns(t, by);
		return;
	case MOVE_FAIL:
		move_fails(app, t, by);
		return;
	case MOVE_SIDE:
		if (!app->wrap)
			t->doc.left = t->doc.left + 8 * (int)by > 0 ? t->doc.left + 8 * (int)by : 0;
		return;
	case MOVE_ENDS:
		doc_to_row(&t->doc, by < 0 ? 0 : t->doc.nrows);
		break;
	case MOVE_HALF:
		doc_scroll(&t->doc, by * height / 2);
		break;
	case MOVE_PAGE:
		doc_scroll(&t->doc, by * (height - 1));
		break;
	case MOVE_LINE:
		doc_scroll(&t->doc, by);
		break;
	}
	follow(t);
	if (how == MOVE_ENDS && by > 0)
		t->cur = (uint32_t)t->reading->transcript.n;
}

static void transcript_to(struct app *app, struct screen *s, size_t turn)
{
	struct transcript_screen *t = of(s);
	(void)app;
	if (t->reading && turn < t->reading->transcript.n)
		jump_to(t, (uint32_t)turn + 1);
}

static void transcript_open(struct app *app, struct screen *s)
{
	struct transcript_screen *t = of(s);
	(void)app;
	if (!t->reading || t->cur == 0 || t->cur > t->reading->transcript.n)
		return;
	t->open[t->cur] = !t->open[t->cur];
	t->dirty = true;
}

void transcript_step(struct app *app, long by)
{
	struct screen *s = app_top(app), *list = app_list_below(app);
	if (s->ops != &transcript_ops || !list) {
		app_complain(app, "there is no list to go through");
		return;
	}
	int64_t id = list_step(app, list, by);
	if (!id) {
		app_say(app, by < 0 ? "this is the first result of the list" : "this is the last result of the list");
		return;
	}
	of(s)->id = id;
	transcript_load(app, s);
}

void transcript_toggle(struct app *app, char what)
{
	struct {
		char key;
		bool *flag;
		const char *on, *off;
	} rows[] = {
		{'w', &app->wrap, "long lines are wrapped", "long lines are not wrapped: h and l scroll"},
		{'r', &app->raw, "raw: arguments as the source spells them, tool turns in their place", "arguments laid out, results beside their calls"},
		{'i', &app->plain_invisible, "invisible characters are hidden", "invisible characters are shown"},
		{'t', &app->show_time, "times are shown", "times are hidden"},
		{'z', &app->show_reasoning, "reasoning is shown", "reasoning is folded"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (rows[i].key != what)
			continue;
		*rows[i].flag = !*rows[i].flag;
		app_say(app, "%s", *rows[i].flag ? rows[i].on : rows[i].off);
		for (size_t k = 0; k < app->nstack; k++)
			if (app->stack[k]->ops == &transcript_ops)
				of(app->stack[k])->dirty = true;
		return;
	}
	app_complain(app, "the toggles are w r i t z");
}

/* ---- search ---- */

static void transcript_search(struct app *app, struct screen *s, struct str text, int direction)
{
	struct transcript_screen *t = of(s);
	free(t->text);
	t->text = text.n ? xstrndup(text.p, text.n) : NULL;
	if (!t->reading)
		return;
	/* What is folded is unfolded where it holds the text, so that no hit is hidden. */
	if (t->text)
		transcript_unfold_hits(t, text, app->raw);
	t->dirty = true;
	t->seek = t->text != NULL;
	t->seek_direction = direction;
}

static void transcript_next_hit(struct app *app, struct screen *s, int direction)
{
	struct transcript_screen *t = of(s);
	if (!t->text) {
		app_complain(app, "no search yet: / begins one");
		return;
	}
	t->seek = true;
	t->seek_direction = direction;
}

/* ---- the rest ---- */

static size_t transcript_targets(struct app *app, struct screen *s, int64_t **ids)
{
	(void)app;
	*ids = xcalloc(1, sizeof **ids);
	(*ids)[0] = of(s)->id;
	return 1;
}

uint32_t transcript_turn(struct app *app)
{
	struct screen *s = app_top(app);
	return s->ops == &transcript_ops ? of(s)->cur : 0;
}

bool transcript_draft(struct app *app, struct str *out)
{
	struct screen *s = app_top(app);
	if (s->ops != &transcript_ops || !of(s)->reading || !of(s)->reading->draft)
		return false;
	*out = str_c(of(s)->reading->draft);
	return true;
}

static bool transcript_export(struct app *app, struct screen *s, const char *path, const char *format, bool overwrite)
{
	(void)format;
	if (!of(s)->reading)
		return false;
	export_text(app, s, &of(s)->doc, path, overwrite);
	return true;
}

/* The current turn as it is shown, folds and all. */
static void transcript_copy(struct app *app, struct screen *s, struct buf *text, struct buf *what)
{
	const struct doc *d = &of(s)->doc;
	(void)app;
	for (size_t i = 0; i < d->nlines; i++) {
		if (d->lines[i].part != of(s)->cur || !of(s)->reading)
			continue;
		buf_add(text, d->text.p + d->lines[i].at, d->lines[i].len);
		buf_add_ch(text, '\n');
	}
	if (of(s)->cur)
		buf_printf(what, "turn %u", (unsigned)of(s)->cur);
	else
		buf_add_c(what, "the head of this result");
}

static void transcript_reproduce(struct app *app, struct screen *s, struct buf *out)
{
	buf_add_c(out, "plimsoll --db ");
	add_shell_quoted(out, app->db_path);
	buf_printf(out, " show %lld", (long long)of(s)->id);
}

static void transcript_close(struct app *app, struct screen *s)
{
	struct transcript_screen *t = of(s);
	(void)app;
	reading_free(t->reading);
	doc_fini(&t->doc);
	free(t->open);
	free(t->text);
	free(t);
}

const struct screen_ops transcript_ops = {
	.name = "transcript",
	.context = CONTEXT_TRANSCRIPT,
	.load = transcript_load,
	.ready = transcript_ready,
	.layout = transcript_layout,
	.draw = transcript_draw,
	.title = transcript_title,
	.position = transcript_position,
	.move = transcript_move,
	.to = transcript_to,
	.open = transcript_open,
	.search = transcript_search,
	.next_hit = transcript_next_hit,
	.export_to = transcript_export,
	.copy = transcript_copy,
	.reproduce = transcript_reproduce,
	.targets = transcript_targets,
	.close = transcript_close,
};

void transcript_push(struct app *app, int64_t result_id, uint32_t turn)
{
	struct transcript_screen *t = xcalloc(1, sizeof *t);
	t->id = result_id;
	t->wish = turn;
	t->doc.hit = SIZE_MAX;
	transcript_load(app, app_push(app, &transcript_ops, t, str_c("")));
}
