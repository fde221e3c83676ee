/* SPDX-License-Identifier: MIT
 *
 * Scripts on the null terminal. See script.h.
 */
#include "term/script.h"

#include "base/utf8.h"

struct run {
	struct app *app;
	struct jobs *jobs;
	struct grid grid;
	FILE *out;
	bool quit;
};

void script_settle(struct app *app, struct jobs *jobs)
{
	struct event wake = {.kind = EVENT_WAKE};
	app_step(app, &wake);
	while (!jobs_idle(jobs)) {
		jobs_wait(jobs, 1000);
		app_step(app, &wake);
	}
}

bool size_parse(struct str text, int *width, int *height)
{
	struct str rest = text, w;
	int64_t a, b;
	if (!str_cut(&rest, 'x', &w) || !rest.p || !str_to_i64(w, &a) || !str_to_i64(rest, &b) || a < 0 || b < 0 || a > GRID_MAX || b > GRID_MAX)
		return false;
	*width = (int)a;
	*height = (int)b;
	return true;
}

/* Drawing may ask for pages, and what comes may change the screen. */
static void draw(struct run *r)
{
	app_draw(r->app, &r->grid);
	script_settle(r->app, r->jobs);
	app_draw(r->app, &r->grid);
}

static void step(struct run *r, const struct event *ev)
{
	if (app_step(r->app, ev) & APP_QUIT)
		r->quit = true;
	script_settle(r->app, r->jobs);
	draw(r);
}

static void press(struct run *r, uint32_t key)
{
	struct event ev = {.kind = EVENT_KEY, .key = key};
	step(r, &ev);
}

static void type(struct run *r, struct str text)
{
	for (size_t at = 0; at < text.n && !r->quit;) {
		uint32_t cp;
		size_t n = utf8_next(str_sub(text, at, text.n), &cp);
		press(r, cp);
		at += n ? n : 1;
	}
}

static void resize(struct run *r, int width, int height)
{
	struct event ev = {.kind = EVENT_RESIZE, .width = width, .height = height};
	grid_resize(&r->grid, width, height);
	step(r, &ev);
}

static void dump(struct run *r, bool styles)
{
	struct buf out = {0};
	draw(r);
	grid_dump(&r->grid, styles, &out);
	if (out.n)
		fwrite(out.p, 1, out.n, r->out);
	buf_fini(&out);
}

static void dump_state(struct run *r)
{
	struct buf out = {0};
	app_dump_state(r->app, &out);
	buf_printf(&out, "message | %s\n", app_message(r->app));
	if (out.n)
		fwrite(out.p, 1, out.n, r->out);
	buf_fini(&out);
}

static enum status colon(struct run *r, struct str line, struct err *err)
{
	struct str rest = line, word;
	int width, height;
	str_cut(&rest, ' ', &word);
	if (str_eq_c(word, "dump-screen")) {
		dump(r, true);
	} else if (str_eq_c(word, "dump-text")) {
		dump(r, false);
	} else if (str_eq_c(word, "dump-state")) {
		dump_state(r);
	} else if (str_eq_c(word, "type")) {
		type(r, rest);
	} else if (str_eq_c(word, "paste")) {
		struct event ev = {.kind = EVENT_PASTE, .text = rest};
		step(r, &ev);
	} else if (str_eq_c(word, "resize")) {
		if (!size_parse(rest, &width, &height))
			return err_usage(err, "resize needs WIDTHxHEIGHT");
		resize(r, width, height);
	} else {
		if (app_command(r->app, line) & APP_QUIT)
			r->quit = true;
		script_settle(r->app, r->jobs);
		draw(r);
	}
	return OK;
}

static enum status keys(struct run *r, struct str line, struct err *err)
{
	struct str rest = line, word;
	while (str_cut(&rest, ' ', &word) && !r->quit) {
		uint32_t key;
		if (word.n == 0)
			continue;
		if (key_parse(word, &key))
			press(r, key);
		else if (word.p[0] == '<')
			return err_usage(err, "there is no key \"%.*s\"", (int)word.n, word.p);
		else
			type(r, word);
	}
	return OK;
}

enum status script_run(struct app *app, struct jobs *jobs, struct str text, int width, int height, FILE *out, struct err *err)
{
	struct run r = {.app = app, .jobs = jobs, .out = out};
	struct str rest = text, line;
	enum status st = OK;
	grid_init(&r.grid, width, height);
	script_settle(app, jobs);
	resize(&r, width, height);
	for (unsigned n = 1; st == OK && !r.quit && str_cut(&rest, '\n', &line); n++) {
		if (line.n == 0 || line.p[0] == '#')
			continue;
		st = line.p[0] == ':' ? colon(&r, str_sub(line, 1, line.n), err) : keys(&r, line, err);
		if (st != OK)
			err_prefix(err, "script line %u", n);
	}
	grid_fini(&r.grid);
	return st;
}
