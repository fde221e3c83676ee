/* SPDX-License-Identifier: MIT
 *
 * The application as a step function: events in, cells and flags out. It owns
 * the stack of screens, the prompt, the message line and the jobs' receiver;
 * it knows no terminal and no clock.
 */
#ifndef UI_APP_H
#define UI_APP_H

#include "conf/policy.h"
#include "job/request.h"
#include "ui/command.h"
#include "ui/doc.h"

enum {
	APP_DRAW = 1,    /* the screen has to be drawn again */
	APP_QUIT = 2,
	APP_SUSPEND = 4,
	APP_REDRAW = 8,  /* send every cell again */
	APP_COPY = 32,   /* send app_copied to the terminal's clipboard */
	APP_EDITOR = 16, /* let the user's editor have app_editor_text, then send EVENT_EDITED */
};

struct app_config {
	struct jobs *jobs;           /* borrowed */
	const struct policy *policy; /* borrowed, or NULL */
	const char *db_path, *filter;
	const char *reviewer; /* NULL: config, else the login name */
	bool read_only;
};

/* The policy that was asked for, else the one used last with this database; NULL when there is none (any more). */
enum status app_choose_policy(const char *db_path, const char *asked, struct policy **out, struct err *err);

/* What --policy takes to mean this policy. */
const char *app_policy_name(const struct policy *p);

struct app *app_new(const struct app_config *c);
/* Hands unfinished notes to the writer first. */
void app_free(struct app *app);
/* Returns flags. */
unsigned app_step(struct app *app, const struct event *ev);
void app_draw(struct app *app, struct grid *g);
/* The screen on top when what it shows has not come yet, else 0: keys typed ahead had better wait a moment. */
uint32_t app_waits(struct app *app);
/* Now and then: looks whether another program wrote to the database. */
void app_poll(struct app *app);
/* Runs a command line, as typed after ":". */
unsigned app_command(struct app *app, struct str line);
/* What y took; showable text. */
struct str app_copied(const struct app *app);
/* What the editor is to begin with. */
struct str app_editor_text(const struct app *app);
/* View, filter, position of every screen of the stack, one line each. */
void app_dump_state(struct app *app, struct buf *out);
/* The message on show, "" when there is none. */
const char *app_message(const struct app *app);

#endif
