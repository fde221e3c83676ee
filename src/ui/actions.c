/* SPDX-License-Identifier: MIT
 *
 * What the commands do, and their table. A command that belongs to one screen
 * calls into that screen's file.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/screen.h"

/* ---- moving ---- */

static void move(struct app *app, enum move how, long by)
{
	struct screen *s = app_top(app);
	if (s->ops->move)
		s->ops->move(app, s, how, by);
}

static void run_down(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_LINE, app_take_count(app, 1));
}

static void run_up(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_LINE, -app_take_count(app, 1));
}

static void run_half_down(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_HALF, 1);
}

static void run_half_up(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_HALF, -1);
}

static void run_page_down(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_PAGE, app_take_count(app, 1));
}

static void run_page_up(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_PAGE, -app_take_count(app, 1));
}

static void to_row(struct app *app, long row)
{
	struct screen *s = app_top(app);
	if (s->ops->to)
		s->ops->to(app, s, (size_t)row - 1);
}

static void run_first(struct app *app, struct str arg)
{
	long n = app_take_count(app, 0);
	(void)arg;
	if (n)
		to_row(app, n);
	else
		move(app, MOVE_ENDS, -1);
}

static void run_last(struct app *app, struct str arg)
{
	long n = app_take_count(app, 0);
	(void)arg;
	if (n)
		to_row(app, n);
	else
		move(app, MOVE_ENDS, 1);
}

static void run_left(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_SIDE, -app_take_count(app, 1));
}

static void run_right(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_SIDE, app_take_count(app, 1));
}

static void run_next_part(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_PART, app_take_count(app, 1));
}

static void run_previous_part(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_PART, -app_take_count(app, 1));
}

static void run_next_fail(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_FAIL, 1);
}

static void run_previous_fail(struct app *app, struct str arg)
{
	(void)arg;
	move(app, MOVE_FAIL, -1);
}

static void run_next_result(struct app *app, struct str arg)
{
	(void)arg;
	transcript_step(app, app_take_count(app, 1));
}

static void run_previous_result(struct app *app, struct str arg)
{
	(void)arg;
	transcript_step(app, -app_take_count(app, 1));
}

static void run_next_unreviewed(struct app *app, struct str arg)
{
	(void)arg;
	list_next_unreviewed(app);
}

/* ---- going places ---- */

static void run_open(struct app *app, struct str arg)
{
	struct screen *s = app_top(app);
	(void)arg;
	if (s->ops->open)
		s->ops->open(app, s);
}

static void run_back(struct app *app, struct str arg)
{
	(void)arg;
	if (app->nstack > 1)
		app_pop(app);
	else
		app_say(app, "this is the first screen: Q quits");
}

static void run_quit(struct app *app, struct str arg)
{
	(void)arg;
	app->flags |= APP_QUIT;
}

static void run_board(struct app *app, struct str arg)
{
	(void)arg;
	while (app->nstack > 1)
		app_pop(app);
}

static void open_view(struct app *app, const struct view *v)
{
	list_push(app, v, str_c(app_top(app)->filter), NULL);
}

static void run_view(struct app *app, struct str arg)
{
	if (arg.n == 0) {
		prompt_open(app, PROMPT_VIEW, str_c(""));
		return;
	}
	char *name = xstrndup(arg.p, arg.n);
	const struct view *v = view_find(name);
	if (v)
		open_view(app, v);
	else
		app_complain(app, "there is no view of that name: Tab completes");
	free(name);
}

static void run_browse(struct app *app, struct str arg)
{
	static const struct {
		const char *name;
		enum dimension d;
	} names[] = {
		{"category", DIM_CATEGORY}, {"severity", DIM_SEVERITY}, {"model", DIM_MODEL}, {"turn", DIM_FAIL_STEP},
		{"task", DIM_TASK}, {"run", DIM_RUN}, {"outcome", DIM_OUTCOME}, {"source", DIM_SOURCE},
	};
	const struct view *v = NULL;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq_c(arg, names[i].name))
			v = list_view_by(names[i].d);
	if (str_eq_c(arg, "turn") && !v)
		v = list_view_by(DIM_FAIL_TURN);
	if (v)
		open_view(app, v);
	else
		app_complain(app, "no view groups results that way");
}

static void run_command(struct app *app, struct str arg)
{
	prompt_open(app, PROMPT_COMMAND, arg);
}

static void run_explain(struct app *app, struct str arg)
{
	(void)arg;
	board_explain(app);
}

static void run_worst(struct app *app, struct str arg)
{
	(void)arg;
	board_go_to_worst(app);
}

static void run_help(struct app *app, struct str arg)
{
	(void)arg;
	text_help(app);
}

static void run_messages(struct app *app, struct str arg)
{
	(void)arg;
	text_messages(app);
}

/* ---- filter, search, sort, marks ---- */

static void run_filter(struct app *app, struct str arg)
{
	if (!app_top(app)->ops->refilter)
		app_complain(app, "this screen has no filter");
	else if (arg.n)
		app_set_filter(app, arg);
	else
		prompt_open(app, PROMPT_FILTER, str_c(app_top(app)->filter));
}

static void run_clear_filter(struct app *app, struct str arg)
{
	(void)arg;
	app_set_filter(app, str_c(""));
}

static void run_search(struct app *app, struct str arg)
{
	struct screen *s = app_top(app);
	if (!s->ops->search)
		app_complain(app, "there is nothing to search here");
	else if (arg.n)
		s->ops->search(app, s, arg, 1);
	else
		prompt_open(app, PROMPT_SEARCH, str_c(""));
}

static void run_next_hit(struct app *app, struct str arg)
{
	struct screen *s = app_top(app);
	(void)arg;
	if (s->ops->next_hit)
		s->ops->next_hit(app, s, 1);
}

static void run_previous_hit(struct app *app, struct str arg)
{
	struct screen *s = app_top(app);
	(void)arg;
	if (s->ops->next_hit)
		s->ops->next_hit(app, s, -1);
}

static void run_sort(struct app *app, struct str arg)
{
	if (arg.n)
		list_sort(app, arg);
	else
		prompt_open(app, PROMPT_SORT, str_c(""));
}

static void run_reverse(struct app *app, struct str arg)
{
	(void)arg;
	list_reverse(app);
}

static void run_mark(struct app *app, struct str arg)
{
	(void)arg;
	list_mark(app);
}

static void run_clear_marks(struct app *app, struct str arg)
{
	(void)arg;
	list_unmark(app);
}

static void run_split(struct app *app, struct str arg)
{
	(void)arg;
	if (!app_splits(app)) {
		app_complain(app, "a list beside the transcript needs 110 columns, and a list");
		return;
	}
	app->one_pane = !app->one_pane;
	app_say(app, app->one_pane ? "the transcript alone" : "the list beside the transcript");
}

static void run_toggle(struct app *app, struct str arg)
{
	if (arg.n)
		transcript_toggle(app, arg.p[0]);
	else
		prompt_open(app, PROMPT_TOGGLE, str_c(""));
}

/* ---- judging ---- */

static void run_rate(struct app *app, struct str arg)
{
	rate_start(app);
	for (size_t i = 0; i < arg.n && app->prompt.kind == PROMPT_RATE; i++)
		rate_key(app, (uint32_t)(unsigned char)arg.p[i]);
}

static void run_repeat(struct app *app, struct str arg)
{
	(void)arg;
	rate_repeat(app);
}

static void run_note(struct app *app, struct str arg)
{
	rate_note(app);
	if (arg.n && app->prompt.kind == PROMPT_NOTE) {
		prompt_close(app);
		rate_set_note(app, arg);
		rate_commit(app, false);
	}
}

static void run_edit(struct app *app, struct str arg)
{
	(void)arg;
	rate_edit(app);
}

static void run_undo(struct app *app, struct str arg)
{
	(void)arg;
	rate_undo(app);
}

/* ---- files ---- */

static void run_export(struct app *app, struct str arg)
{
	if (!app_top(app)->ops->export_to) {
		app_complain(app, "there is nothing to export here");
		return;
	}
	prompt_open(app, PROMPT_EXPORT, arg);
	if (arg.n)
		prompt_key(app, KEY_RETURN);
}

static void ingested(struct job *j, void *ctx)
{
	struct app *app = ctx;
	struct ingest_job *i = (struct ingest_job *)j;
	app->progress.running = false;
	if (!app_failed(app, j))
		app_say(app, "ingested: %s", i->summary.n ? i->summary.p : "");
	app_refresh(app);
}

static void run_ingest(struct app *app, struct str arg)
{
	if (arg.n == 0) {
		prompt_open(app, PROMPT_INGEST, str_c(""));
		return;
	}
	char *path = xstrndup(arg.p, arg.n);
	app_post(app, NULL, &ingest_job_new(path)->job, 0, ingested);
	app_say(app, "ingest begins");
	free(path);
}

static void run_policy_new(struct app *app, struct str arg)
{
	(void)arg;
	text_starter(app);
}

/* ---- copying ---- */

/* Terminals drop longer sequences, some without a word. */
enum { COPY_LIMIT = 65536 };

static void add_plain(struct buf *out, struct str showable)
{
	for (size_t i = 0; i < showable.n; i++)
		if (showable.p[i] != '\001' && showable.p[i] != '\002')
			buf_add_ch(out, showable.p[i]);
}

/* No half of a character is left at the end. */
static bool cut_off(struct buf *b)
{
	if (b->n <= COPY_LIMIT)
		return false;
	b->n = COPY_LIMIT;
	while (b->n && ((unsigned char)b->p[b->n] & 0xc0) == 0x80)
		b->n--;
	return true;
}

static void run_copy(struct app *app, struct str arg)
{
	(void)arg;
	struct screen *s = app_top(app);
	struct buf text = {0}, what = {0}, raw = {0};
	if (s->ops->copy) {
		s->ops->copy(app, s, &text, &what);
	} else if (s->ops->reproduce) {
		s->ops->reproduce(app, s, &raw);
		escape_text(&text, buf_str(&raw), 0);
		buf_add_c(&what, "the command line of this screen");
	}
	buf_clear(&app->copied);
	add_plain(&app->copied, buf_str(&text));
	bool shortened = cut_off(&app->copied);
	if (app->copied.n) {
		app->flags |= APP_COPY;
		app_say(app, "sent to the terminal's clipboard: %s, %zu bytes%s", what.p, app->copied.n, shortened ? ", the rest is cut off" : "");
	} else {
		app_complain(app, "there is nothing to copy here");
	}
	buf_fini(&text);
	buf_fini(&what);
	buf_fini(&raw);
}

static void run_reproduce(struct app *app, struct str arg)
{
	struct screen *s = app_top(app);
	struct buf raw = {0}, shown = {0};
	(void)arg;
	if (s->ops->reproduce)
		s->ops->reproduce(app, s, &raw);
	escape_text(&shown, buf_str(&raw), 0);
	if (shown.n)
		app_say(app, "%s", shown.p);
	else
		app_complain(app, "no command line shows this screen");
	buf_fini(&raw);
	buf_fini(&shown);
}

/* ---- the program ---- */

static void run_refresh(struct app *app, struct str arg)
{
	(void)arg;
	app_refresh(app);
	app_say(app, "read again");
}

static void run_redraw(struct app *app, struct str arg)
{
	(void)arg;
	app->flags |= APP_REDRAW;
}

static void run_suspend(struct app *app, struct str arg)
{
	(void)arg;
	app->flags |= APP_SUSPEND;
}

static void run_bind(struct app *app, struct str arg)
{
	struct err err = {0};
	if (keymap_bind(&app->keys, arg, &err) != OK)
		app_complain(app, "%s", err_text(&err));
	err_fini(&err);
}

static void run_cancel(struct app *app, struct str arg)
{
	(void)arg;
	const struct screen *s = app_top(app);
	jobs_cancel(app->jobs, LANE_QUERY, screen_slot(s, SLOT_OPEN));
	jobs_cancel(app->jobs, LANE_QUERY, screen_slot(s, SLOT_SEARCH));
	jobs_cancel(app->jobs, LANE_QUERY, SLOT_BOARD);
	app_say(app, "stopped");
}

const struct command ui_commands[] = {
	{"down", "", CONTEXT_ALL, false, run_down, NULL, "a line down; with a number before it, that many"},
	{"up", "", CONTEXT_ALL, false, run_up, NULL, "a line up"},
	{"half-down", "", CONTEXT_ALL, false, run_half_down, NULL, "half a page down"},
	{"half-up", "", CONTEXT_ALL, false, run_half_up, NULL, "half a page up"},
	{"page-down", "", CONTEXT_ALL, false, run_page_down, NULL, "a page down"},
	{"page-up", "", CONTEXT_ALL, false, run_page_up, NULL, "a page up"},
	{"first", "", CONTEXT_ALL, false, run_first, NULL, "to the beginning, or to the line of the number before it"},
	{"last", "", CONTEXT_ALL, false, run_last, NULL, "to the end, or to the line of the number before it"},
	{"left", "", CONTEXT_ALL, false, run_left, NULL, "to the left"},
	{"right", "", CONTEXT_ALL, false, run_right, NULL, "to the right"},
	{"open", "", CONTEXT_ALL, false, run_open, NULL, "opens what is selected: what is behind it, or unfolds it"},
	{"back", "", CONTEXT_ALL, false, run_back, NULL, "back to the screen before"},
	{"board", "", CONTEXT_ALL, false, run_board, NULL, "back to the board"},
	{"view", "[VIEW]", CONTEXT_ALL, false, run_view, view_complete, "a view by name, under this filter"},
	{"browse", "DIMENSION", CONTEXT_ALL, false, run_browse, NULL,
		"the view by category, severity, model, turn, task, run"},
	{"explain", "", CONTEXT_ALL, false, run_explain, NULL, "why this zone: numbers from which it can be recomputed"},
	{"worst", "", CONTEXT_ALL, false, run_worst, NULL, "straight to the worst transcript of the worst cell, where it fails"},
	{"filter", "[FILTER]", CONTEXT_ALL, false, run_filter, filter_complete_app, "sets the filter; without one, edits it"},
	{"clear-filter", "", CONTEXT_ALL, false, run_clear_filter, NULL, "shows everything again"},
	{"search", "[TEXT]", CONTEXT_ALL, false, run_search, NULL, "finds a text here; upper case in it makes case count"},
	{"next-hit", "", CONTEXT_ALL, false, run_next_hit, NULL, "to the next hit of the search"},
	{"previous-hit", "", CONTEXT_ALL, false, run_previous_hit, NULL, "to the hit before"},
	{"sort", "[COLUMN]", CONTEXT_LIST, false, run_sort, NULL, "sorts by a column; -COLUMN sorts downwards"},
	{"reverse", "", CONTEXT_LIST, false, run_reverse, NULL, "the other way round"},
	{"mark", "", CONTEXT_LIST, false, run_mark, NULL, "marks the result, or takes the mark off; ratings go to all marked ones"},
	{"clear-marks", "", CONTEXT_LIST, false, run_clear_marks, NULL, "takes all marks off"},
	{"rate", "[KEYS]", CONTEXT_LIST | CONTEXT_TRANSCRIPT, true, run_rate, NULL,
		"the rating line: f fail p pass u unsure i invalid, 0-4 severity, c category, n note; Enter accepts and goes on"},
	{"repeat", "", CONTEXT_LIST | CONTEXT_TRANSCRIPT, true, run_repeat, NULL, "gives the last rating again"},
	{"note", "[TEXT]", CONTEXT_LIST | CONTEXT_TRANSCRIPT, true, run_note, NULL, "a note of one line"},
	{"edit", "", CONTEXT_LIST | CONTEXT_TRANSCRIPT, true, run_edit, NULL, "a longer note in $VISUAL or $EDITOR"},
	{"undo", "", CONTEXT_ALL, true, run_undo, NULL, "takes your last annotation back; the ledger keeps both"},
	{"next-part", "", CONTEXT_TRANSCRIPT, false, run_next_part, NULL, "to the next turn"},
	{"previous-part", "", CONTEXT_TRANSCRIPT, false, run_previous_part, NULL, "to the turn before"},
	{"next-fail", "", CONTEXT_TRANSCRIPT, false, run_next_fail, NULL, "to the next failing turn"},
	{"previous-fail", "", CONTEXT_TRANSCRIPT, false, run_previous_fail, NULL, "to the failing turn before"},
	{"next-result", "", CONTEXT_TRANSCRIPT, false, run_next_result, NULL, "the next result of the list"},
	{"previous-result", "", CONTEXT_TRANSCRIPT, false, run_previous_result, NULL, "the result before"},
	{"next-unreviewed", "", CONTEXT_LIST | CONTEXT_TRANSCRIPT, false, run_next_unreviewed, NULL,
		"the next result that nobody reviewed"},
	{"toggle", "[LETTER]", CONTEXT_TRANSCRIPT, false, run_toggle, NULL,
		"w wrap, r raw, i invisible characters, t time, z reasoning"},
	{"split", "", CONTEXT_TRANSCRIPT, false, run_split, NULL, "the list beside the transcript, or the transcript alone"},
	{"export", "[FILE]", CONTEXT_ALL, true, run_export, path_complete,
		"what is on screen to a file: .csv .tsv .json .jsonl .md .txt"},
	{"ingest", "[PATH]", CONTEXT_ALL, true, run_ingest, path_complete, "takes files in"},
	{"policy-new", "", CONTEXT_ALL, false, run_policy_new, NULL, "a policy to start from, written from this database"},
	{"reproduce", "", CONTEXT_ALL, false, run_reproduce, NULL, "the command line that gives the rows of this screen"},
	{"copy", "", CONTEXT_ALL, false, run_copy, NULL,
		"to the terminal's clipboard: the turn, the text, or the command line of this screen"},
	{"bind", "CONTEXT KEY COMMAND", CONTEXT_ALL, false, run_bind, NULL, "binds a key; without a command, unbinds it"},
	{"command", "[TEXT]", CONTEXT_ALL, false, run_command, NULL, "a command line; Tab completes, arrows recall"},
	{"cancel", "", CONTEXT_ALL, false, run_cancel, NULL, "stops a search, a count or an opening view"},
	{"refresh", "", CONTEXT_ALL, false, run_refresh, NULL, "reads again what other programs wrote"},
	{"redraw", "", CONTEXT_ALL, false, run_redraw, NULL, "draws the whole screen again"},
	{"suspend", "", CONTEXT_ALL, false, run_suspend, NULL, "back to the shell; fg returns"},
	{"messages", "", CONTEXT_ALL, false, run_messages, NULL, "all messages so far"},
	{"help", "", CONTEXT_ALL, false, run_help, NULL, "the keys of this screen and all commands"},
	{"quit", "", CONTEXT_ALL, false, run_quit, NULL, "leaves"},
	{NULL, NULL, 0, false, NULL, NULL, NULL},
};
