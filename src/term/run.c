/* SPDX-License-Identifier: MIT
 *
 * ui_main: opens the database, starts the lanes and the application, and turns
 * the loop between them and the terminal, or runs a script, or prints the
 * board in plain lines.
 */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "term/plain.h"
#include "term/script.h"
#include "term/term.h"
#include "ui/ui.h"

/* How long a key may wait for what it asked for, so that a frame is not drawn twice. */
enum { SETTLE_MS = 20, AHEAD_MS = 250, POLL_MS = 2000 };

struct session {
	struct jobs *jobs;
	struct app *app;
	struct grid grid;
	bool quit;
	int64_t polled;  /* when other programs' writes were last looked for */
	uint32_t waited; /* the screen that keys typed ahead waited for */
};

static void edit_note(struct session *s)
{
	struct buf text = {0};
	struct err err = {0};
	buf_add_str(&text, app_editor_text(s->app));
	bool ok = term_edit(&text, &err) == OK;
	struct event ev = {.kind = EVENT_EDITED, .text = ok ? buf_str(&text) : (struct str){0}};
	app_step(s->app, &ev);
	err_fini(&err);
	buf_fini(&text);
}

static void obey(struct session *s, unsigned flags)
{
	if (flags & APP_QUIT)
		s->quit = true;
	if (flags & APP_REDRAW)
		term_redraw();
	if (flags & APP_COPY)
		term_copy(app_copied(s->app));
	if (flags & APP_SUSPEND)
		term_suspend();
	if (flags & APP_EDITOR)
		edit_note(s);
}

static bool wake(struct session *s)
{
	struct event ev = {.kind = EVENT_WAKE};
	unsigned flags = app_step(s->app, &ev);
	obey(s, flags);
	return flags & APP_DRAW;
}

/* Keys typed ahead are meant for the screen that the keys before them opened: they wait for it a moment, once. */
static void wait_for_screen(struct session *s)
{
	uint32_t screen = app_waits(s->app);
	if (!screen || screen == s->waited)
		return;
	s->waited = screen;
	int64_t end = clock_monotonic_ms() + AHEAD_MS;
	while (app_waits(s->app) == screen && clock_monotonic_ms() < end && !jobs_idle(s->jobs)) {
		jobs_wait(s->jobs, SETTLE_MS);
		wake(s);
	}
}

static bool take_events(struct session *s)
{
	struct event ev;
	bool any = false;
	while (!s->quit && term_next(&ev)) {
		if (ev.kind == EVENT_RESIZE)
			grid_resize(&s->grid, ev.width, ev.height);
		else
			wait_for_screen(s);
		obey(s, app_step(s->app, &ev));
		any = true;
	}
	return any;
}

/* All keys that are there are taken before anything is drawn; what they asked for may come along. */
static void turn(struct session *s)
{
	bool draw = take_events(s);
	for (int i = 0; draw && i < 4 && !jobs_idle(s->jobs); i++) {
		jobs_wait(s->jobs, SETTLE_MS / 4);
		wake(s);
	}
	draw = wake(s) || draw;
	if (!draw || s->quit)
		return;
	app_draw(s->app, &s->grid);
	/* Drawing may have asked for a page: a moment later it is there. */
	if (!jobs_idle(s->jobs)) {
		jobs_wait(s->jobs, SETTLE_MS / 4);
		if (wake(s))
			app_draw(s->app, &s->grid);
	}
	term_show(&s->grid);
}

static void poll_others(struct session *s)
{
	int64_t now = clock_monotonic_ms();
	if (now - s->polled < POLL_MS)
		return;
	s->polled = now;
	app_poll(s->app);
}

static void loop(struct session *s)
{
	int width, height;
	term_size(&width, &height);
	grid_init(&s->grid, width, height);
	struct event size = {.kind = EVENT_RESIZE, .width = width, .height = height};
	app_step(s->app, &size);
	app_draw(s->app, &s->grid);
	while (!s->quit) {
		turn(s);
		if (s->quit)
			break;
		term_wait(jobs_wake_fd(s->jobs), POLL_MS);
		poll_others(s);
	}
	grid_fini(&s->grid);
}

static enum status interactive(struct session *s, struct err *err)
{
	enum status st = term_open(err);
	if (st != OK)
		return st;
	loop(s);
	term_close();
	return OK;
}

static enum status read_script(const char *path, struct buf *out, struct err *err)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	char block[4096];
	size_t n;
	if (!f)
		return err_fail(err, "%s: %s", path, strerror(errno));
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(out, block, n);
	bool bad = ferror(f) != 0;
	if (f != stdin)
		fclose(f);
	return bad ? err_fail(err, "%s: can not be read", path) : OK;
}

static enum status scripted(struct session *s, const struct ui_options *o, struct err *err)
{
	struct buf text = {0};
	int width = 80, height = 24;
	if (o->size && !size_parse(str_c(o->size), &width, &height))
		return err_usage(err, "--size needs WIDTHxHEIGHT, not \"%s\"", o->size);
	enum status st = read_script(o->script_path, &text, err);
	if (st == OK && o->dump)
		buf_add_c(&text, "\n:dump-screen\n");
	if (st == OK)
		st = script_run(s->app, s->jobs, buf_str(&text), width, height, stdout, err);
	buf_fini(&text);
	return st;
}

/* The user's own key bindings and other commands, a line each; "#" begins a comment. A missing file is no error. */
static void run_config(struct app *app)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	struct buf path = {0}, text = {0};
	struct err err = {0};
	if (base && *base)
		buf_printf(&path, "%s/plimsoll/rc", base);
	else if (home && *home)
		buf_printf(&path, "%s/.config/plimsoll/rc", home);
	if (path.n && access(path.p, R_OK) == 0 && read_script(path.p, &text, &err) == OK) {
		struct str rest = buf_str(&text), line;
		while (str_cut(&rest, '\n', &line))
			if (line.n && line.p[0] != '#')
				app_command(app, line);
	}
	err_fini(&err);
	buf_fini(&path);
	buf_fini(&text);
}

static enum status session_open(struct session *s, const struct ui_options *o, struct policy **policy, struct err *err)
{
	enum status st = jobs_open(o->db_path, o->read_only, &s->jobs, err);
	if (st == OK)
		st = app_choose_policy(o->db_path, o->policy, policy, err);
	if (st != OK)
		return st;
	struct app_config config = {
		.jobs = s->jobs,
		.policy = *policy,
		.db_path = o->db_path,
		.reviewer = o->reviewer,
		.filter = o->filter,
		.read_only = o->read_only,
	};
	s->app = app_new(&config);
	run_config(s->app);
	return OK;
}

int ui_main(const struct ui_options *o)
{
	struct session s = {0};
	struct policy *policy = NULL;
	struct err err = {0};
	setlocale(LC_CTYPE, "");
	if (o->ascii)
		escape_set_ascii(true);
	enum status st = session_open(&s, o, &policy, &err);
	if (st == OK && o->script_path)
		st = scripted(&s, o, &err);
	else if (st == OK && o->plain)
		st = plain_print(s.app, s.jobs, o->db_path);
	else if (st == OK)
		st = interactive(&s, &err);
	app_free(s.app);
	jobs_close(s.jobs);
	policy_free(policy);
	if (st != OK) {
		struct buf text = {0};
		escape_text(&text, str_c(err_text(&err)), ESCAPE_LF);
		fprintf(stderr, "plimsoll: %s\n", text.n ? text.p : "failed");
		buf_fini(&text);
	}
	err_fini(&err);
	return st == OK ? 0 : st == USAGE ? 2 : 3;
}
