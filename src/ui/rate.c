/* SPDX-License-Identifier: MIT
 *
 * Judging: the rating line, notes and their drafts, repeat and undo. What is
 * said goes to the writer as one annotation a result; the rest follows from
 * the refresh that comes after it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "ui/screen.h"

static char *copy(struct str s)
{
	return s.p && s.n ? xstrndup(s.p, s.n) : NULL;
}

static void rating_clear(struct rating *r)
{
	free(r->category);
	free(r->text);
	free(r->ids);
	*r = (struct rating){0};
}

void rate_fini(struct app *app)
{
	rating_clear(&app->rating);
	free(app->last_category);
	free(app->last_text);
	free(app->draft_key);
}

/* Finds out what a rating is about; false when there is nothing. */
static bool rating_begin(struct app *app)
{
	struct screen *s = app_top(app);
	struct rating *r = &app->rating;
	rating_clear(r);
	if (app->read_only) {
		app_complain(app, "the database is open read-only");
		return false;
	}
	r->nids = s->ops->targets ? s->ops->targets(app, s, &r->ids) : 0;
	r->turn = transcript_turn(app);
	if (r->nids == 0)
		app_complain(app, "there is no result to judge here");
	return r->nids > 0;
}

void rate_start(struct app *app)
{
	if (rating_begin(app))
		prompt_open(app, PROMPT_RATE, str_c(""));
}

/* ---- saying it ---- */

static void described(struct buf *out, const struct review_note *n)
{
	if (n->outcome != OUTCOME_NONE)
		buf_printf(out, "%s ", outcome_name(n->outcome));
	if (n->has_severity)
		buf_printf(out, "severity %s ", severity_name(n->severity));
	if (n->category.n) {
		escape_text(out, n->category, 0);
		buf_add_ch(out, ' ');
	}
	if (n->note.n)
		buf_add_c(out, "with a note ");
}

static void annotated(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct annotate_job *a = (struct annotate_job *)j;
	if (app_failed(app, j))
		return;
	struct buf what = {0};
	described(&what, &a->note);
	if (a->nresults == 1)
		app_say(app, "saved: %s(. repeats, u takes back)", what.n ? what.p : "");
	else
		app_say(app, "saved for %zu results: %s(. repeats, u takes back)", a->nresults, what.n ? what.p : "");
	buf_fini(&what);
	if (a->text) {
		char *key = xasprintf("draft:%lld", (long long)a->results[0]);
		app_post(app, NULL, &setting_set_job_new(key, NULL)->job, SLOT_DRAFT, NULL);
		free(key);
	}
	app_refresh(app);
}

static void remember(struct app *app, const struct rating *r)
{
	free(app->last_category);
	free(app->last_text);
	app->last = r->note;
	app->last_category = r->category ? xstrdup(r->category) : NULL;
	app->last_text = NULL; /* a note is about one result: it is not repeated */
	app->has_last = r->note.outcome != OUTCOME_NONE || r->note.has_severity || r->category;
}

static void advance(struct app *app)
{
	struct screen *s = app_top(app);
	if (s->ops == &transcript_ops)
		transcript_step(app, 1);
	else if (s->ops->move)
		s->ops->move(app, s, MOVE_LINE, 1);
}

void rate_commit(struct app *app, bool go_on)
{
	struct rating *r = &app->rating;
	if (app->prompt.kind == PROMPT_RATE)
		prompt_close(app);
	if (r->note.outcome == OUTCOME_NONE && !r->note.has_severity && !r->category && !r->text) {
		app_say(app, "nothing was said, nothing was saved");
		rating_clear(r);
		return;
	}
	r->note.category = str_c(r->category);
	r->note.note = str_c(r->text);
	r->note.turn = r->on_turn ? r->turn : 0;
	app_post(app, NULL, &annotate_job_new(app->reviewer, r->ids, r->nids, &r->note)->job, 0, annotated);
	remember(app, r);
	rating_clear(r);
	if (go_on)
		advance(app);
}

void rate_repeat(struct app *app)
{
	if (!app->has_last) {
		app_complain(app, "there is no rating to repeat yet");
		return;
	}
	if (!rating_begin(app))
		return;
	struct rating *r = &app->rating;
	r->note = app->last;
	r->category = app->last_category ? xstrdup(app->last_category) : NULL;
	rate_commit(app, false);
}

/* ---- the line ---- */

static bool outcome_key(struct app *app, uint32_t key)
{
	static const struct {
		char key;
		enum outcome outcome;
	} rows[] = {{'f', OUTCOME_FAIL}, {'p', OUTCOME_PASS}, {'u', OUTCOME_UNSURE}, {'i', OUTCOME_INVALID}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (key != (uint32_t)rows[i].key && key != (uint32_t)toupper(rows[i].key))
			continue;
		app->rating.note.outcome = rows[i].outcome;
		rate_commit(app, key != (uint32_t)rows[i].key);
		return true;
	}
	return false;
}

void rate_key(struct app *app, uint32_t key)
{
	struct rating *r = &app->rating;
	if (outcome_key(app, key))
		return;
	switch (key) {
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
		r->note.has_severity = true;
		r->note.severity = (enum severity)((uint32_t)SEVERITY_NONE + (key - '0'));
		break;
	case 'c':
		prompt_close(app);
		prompt_open(app, PROMPT_CATEGORY, str_c(r->category));
		break;
	case 'n':
	case 'a':
		prompt_close(app);
		prompt_open(app, PROMPT_NOTE, str_c(r->text));
		break;
	case 't':
		r->on_turn = !r->on_turn && r->turn;
		break;
	case '.':
		prompt_close(app);
		rate_repeat(app);
		break;
	case KEY_RETURN:
		rate_commit(app, true);
		break;
	case KEY_ESCAPE:
	case 'q':
	case KEY_CTRL('C'):
		prompt_close(app);
		rating_clear(r);
		break;
	default:
		app_complain(app, "f fail, p pass, u unsure, i invalid, 0-4 severity, c category, n note, Enter, Esc");
	}
}

void rate_draw(struct app *app, struct area a)
{
	const struct rating *r = &app->rating;
	int y = a.h - 1, x = 1;
	struct buf about = {0};
	if (r->nids > 1)
		buf_printf(&about, "rate %zu results ", r->nids);
	else if (r->on_turn)
		buf_printf(&about, "rate turn %u ", (unsigned)r->turn);
	else
		buf_add_c(&about, "rate ");
	x += grid_put(a, x, y, STYLE_TITLE, buf_str(&about));
	buf_fini(&about);
	if (r->note.has_severity)
		x += grid_printf(a, x, y, severity_style(r->note.severity), "[%s] ", severity_name(r->note.severity));
	if (r->category)
		x += grid_put_raw(a, x, y, 24, STYLE_FILTER, str_c(r->category)) + 1;
	static const char *const hints[][2] = {
		{"f", "fail"}, {"p", "pass"}, {"u", "unsure"}, {"i", "invalid"}, {"0-4", "severity"}, {"c", "category"},
		{"n", "note"}, {"t", "this turn"}, {"Enter", "accept, next"}, {".", "repeat"},
	};
	for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
		int need = (int)(strlen(hints[i][0]) + strlen(hints[i][1])) + 3;
		if (x + need > a.w || (hints[i][0][0] == 't' && !r->turn))
			continue;
		x += grid_put_c(a, x, y, STYLE_KEY, hints[i][0]) + 1;
		x += grid_put_c(a, x, y, STYLE_DIM, hints[i][1]) + 2;
	}
}

void rate_set_category(struct app *app, struct str text)
{
	free(app->rating.category);
	app->rating.category = copy(str_trim(text));
}

/* ---- notes ---- */

void rate_set_note(struct app *app, struct str text)
{
	free(app->rating.text);
	app->rating.text = copy(text);
}

static void draft_found(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct setting_job *s = (struct setting_job *)j;
	if (j->status != OK || !s->value || app->prompt.kind != PROMPT_NOTE || !app->draft_key || strcmp(app->draft_key, s->key) != 0)
		return;
	if (app->prompt.edit.text.n == 0) {
		edit_set(&app->prompt.edit, str_c(s->value));
		snprintf(app->prompt.info, sizeof app->prompt.info, "a draft from before");
	}
}

void rate_note(struct app *app)
{
	if (!rating_begin(app))
		return;
	prompt_open(app, PROMPT_NOTE, str_c(""));
	free(app->draft_key);
	app->draft_key = xasprintf("draft:%lld", (long long)app->rating.ids[0]);
	app_post(app, NULL, &setting_get_job_new(app->draft_key)->job, 0, draft_found);
}

/* Every change is handed to the writer, so that neither a hang-up nor a kill loses what was typed. */
void rate_draft(struct app *app, struct str text)
{
	if (app->rating.nids == 0)
		return;
	char *key = xasprintf("draft:%lld", (long long)app->rating.ids[0]);
	char *value = text.n ? xstrndup(text.p, text.n) : NULL;
	app_post(app, NULL, &setting_set_job_new(key, value)->job, SLOT_DRAFT, NULL);
	free(key);
	free(value);
}

void rate_edit(struct app *app)
{
	if (!rating_begin(app))
		return;
	struct str draft = {0};
	buf_clear(&app->editor_text);
	if (transcript_draft(app, &draft))
		buf_add_str(&app->editor_text, draft);
	app->flags |= APP_EDITOR;
}

/* ---- undo ---- */

static void undone(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct undo_job *u = (struct undo_job *)j;
	if (j->status == END) {
		app_say(app, "there is nothing of yours to take back");
		return;
	}
	if (app_failed(app, j))
		return;
	struct buf shown = {0};
	escape_text(&shown, buf_str(&u->what), 0);
	app_say(app, "taken back: %s", shown.n ? shown.p : "the last annotation");
	buf_fini(&shown);
	app_refresh(app);
}

void rate_undo(struct app *app)
{
	app_post(app, NULL, &undo_job_new(app->reviewer)->job, 0, undone);
}
