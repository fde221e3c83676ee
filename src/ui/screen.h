/* SPDX-License-Identifier: MIT
 *
 * Private to ui: what a screen is, and the parts of the application that
 * screens, commands and prompts share.
 */
#ifndef UI_SCREEN_H
#define UI_SCREEN_H

#include "ui/app.h"

struct screen;

enum move { MOVE_LINE, MOVE_HALF, MOVE_PAGE, MOVE_ENDS, MOVE_SIDE, MOVE_PART, MOVE_FAIL };

/* A kind of screen. Every member but draw and close may be NULL: then the screen has no such thing. */
struct screen_ops {
	const char *name;
	enum context context;
	void (*load)(struct app *app, struct screen *s);   /* asks for its data, again after a refresh */
	bool (*ready)(struct screen *s); /* what it shows is there */
	void (*layout)(struct app *app, struct screen *s, int w, int h); /* before each draw: may ask for what will be seen */
	void (*draw)(struct app *app, struct screen *s, struct area a);
	void (*title)(struct app *app, struct screen *s, struct buf *out);    /* showable, with escape marks */
	void (*position)(struct app *app, struct screen *s, struct buf *out); /* "3/41  sort severity" */
	void (*move)(struct app *app, struct screen *s, enum move how, long by);
	void (*to)(struct app *app, struct screen *s, size_t row); /* "42G" */
	void (*open)(struct app *app, struct screen *s);
	void (*search)(struct app *app, struct screen *s, struct str text, int direction);
	void (*next_hit)(struct app *app, struct screen *s, int direction);
	void (*refilter)(struct app *app, struct screen *s); /* s->filter changed */
	bool (*export_to)(struct app *app, struct screen *s, const char *path, const char *format, bool overwrite);
	/* What y copies: showable text, and what that is, in words. NULL: the command line. */
	void (*copy)(struct app *app, struct screen *s, struct buf *text, struct buf *what);
	void (*reproduce)(struct app *app, struct screen *s, struct buf *out);
	/* Results that a rating is about; 0 = none. Caller frees *ids. */
	size_t (*targets)(struct app *app, struct screen *s, int64_t **ids);
	void (*close)(struct app *app, struct screen *s);
};

struct screen {
	const struct screen_ops *ops;
	uint32_t id;
	char *filter;
	bool stale; /* the facts moved while another screen was on top */
	void *data;
};

enum prompt_kind { PROMPT_NONE, PROMPT_COMMAND, PROMPT_SEARCH, PROMPT_FILTER, PROMPT_EXPORT, PROMPT_OVERWRITE, PROMPT_NOTE, PROMPT_CATEGORY, PROMPT_SORT, PROMPT_VIEW, PROMPT_INGEST, PROMPT_RATE, PROMPT_TOGGLE, PROMPT_COUNT };

struct prompt {
	enum prompt_kind kind;
	struct edit edit;
	int direction;     /* of a search */
	char *path;        /* of an export that would overwrite */
	char info[96];     /* what stands right of the line: "412 of 48,210" */
	bool bad;          /* info is an error */
};

/* What the rating line has gathered. */
struct rating {
	struct review_note note;
	char *category, *text;
	int64_t *ids; /* what it is about */
	size_t nids;
	bool on_turn; /* about the turn, not the result */
	uint32_t turn;
};

struct app {
	struct jobs *jobs;
	const struct policy *policy;
	char *db_path, *reviewer;
	bool read_only, loaded;
	int width, height;
	struct screen **stack;
	size_t nstack, stack_cap;
	uint32_t next_id;
	struct keymap keys;
	long count; /* digits typed before a command; 0 = none */
	unsigned flags;
	struct prompt prompt;
	struct history histories[PROMPT_COUNT];
	struct rating rating;
	struct review_note last;     /* for "." ; its text is owned by last_category, last_text */
	char *last_category, *last_text;
	bool has_last, advance;
	char *message;
	bool message_bad;
	struct buf log; /* all messages, a line each */
	struct job_progress progress;
	struct buf editor_text, copied;
	bool one_pane; /* a transcript takes the whole width, even where its list would fit beside it */
	bool wrap, raw, show_time, show_reasoning, plain_invisible;
	size_t total;
	char *draft_key; /* of the note that is being typed */
};

/* A job slot of one screen's own: screens do not supersede each other. */
static inline unsigned screen_slot(const struct screen *s, unsigned slot)
{
	return slot + 32 * s->id;
}

struct screen *app_top(struct app *app);
struct screen *app_screen(struct app *app, uint32_t id); /* NULL: closed meanwhile */
/* Pushes a screen; takes data over. filter is copied. */
struct screen *app_push(struct app *app, const struct screen_ops *ops, void *data, struct str filter);
void app_pop(struct app *app);
/* Shows and logs a message; showable text only: escape what is not ours. */
void app_say(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void app_complain(struct app *app, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The error of a job, escaped; CANCELLED says nothing. true when there was one. */
bool app_failed(struct app *app, const struct job *j);
/* Posts a job for a screen (NULL: for the application). */
void app_post(struct app *app, struct screen *s, struct job *j, unsigned slot, void (*done)(struct job *, void *));
void app_refresh(struct app *app);
void app_set_filter(struct app *app, struct str filter);
long app_take_count(struct app *app, long otherwise);

/* Prompts (prompt.c). */
void prompt_open(struct app *app, enum prompt_kind kind, struct str text);
void prompt_close(struct app *app);
void prompt_key(struct app *app, uint32_t key);
void prompt_paste(struct app *app, struct str text);
void prompt_draw(struct app *app, struct area a);
void filter_complete_app(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx);
void view_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx);
void path_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *, struct str, const char *), void *each_ctx);

/* Rating (rate.c). */
void rate_start(struct app *app);
void rate_key(struct app *app, uint32_t key);
void rate_draw(struct app *app, struct area a);
void rate_repeat(struct app *app);
void rate_note(struct app *app);
void rate_commit(struct app *app, bool advance);
void rate_set_note(struct app *app, struct str text);
void rate_set_category(struct app *app, struct str text);
void rate_undo(struct app *app);
void rate_edit(struct app *app);
void rate_draft(struct app *app, struct str text);
void rate_fini(struct app *app);

/* Screens. */
extern const struct screen_ops board_ops, list_ops, transcript_ops, text_ops;
void board_push(struct app *app, struct str filter);
void board_explain(struct app *app);
void board_go_to_worst(struct app *app);
/* The view, at a result if keep is not 0; order NULL = the view's. */
void list_push(struct app *app, const struct view *v, struct str filter, const char *order);
const struct view *list_results_view(void);
const struct view *list_view_by(enum dimension d); /* the group view of that dimension, or NULL */
void list_sort(struct app *app, struct str column);
void list_reverse(struct app *app);
/* Its rows are read again, in the order that they have. */
void list_touch(struct screen *s);
void list_mark(struct app *app);
void list_unmark(struct app *app);
void list_next_unreviewed(struct app *app);
void list_columns_complete(struct app *app, void (*each)(void *, struct str, const char *), void *each_ctx);
/* The result n rows away from the selected one, which becomes selected; 0 = there is none. */
int64_t list_step(struct app *app, struct screen *s, long by);
void transcript_push(struct app *app, int64_t result_id, uint32_t turn);
void transcript_step(struct app *app, long by);
void transcript_toggle(struct app *app, char what);
uint32_t transcript_turn(struct app *app);
bool transcript_draft(struct app *app, struct str *out);
/* Is there a list to stand beside the transcript, and room for both? */
bool app_splits(const struct app *app);
/* The nearest list under the top, or the top itself; NULL = none. */
struct screen *app_list_below(struct app *app);

/* Text screens (text.c): takes the doc over. */
void text_push(struct app *app, const char *title, struct doc *d, struct str open_filter);
void text_help(struct app *app);
void text_messages(struct app *app);
void text_starter(struct app *app);
void hints_draw(struct app *app, struct area a, int y);

/* Severity and outcome as the screen shows them. */
const char *severity_mark(enum severity s);
unsigned severity_style(enum severity s);
const char *outcome_mark(enum outcome o);
unsigned outcome_style(enum outcome o);
unsigned verdict_style(enum verdict v);
/* 48,210 */
void add_number(struct buf *out, uint64_t n);
/* In single quotes, for a shell. */
void add_shell_quoted(struct buf *out, const char *text);
/* What follows an export: a message, or the question whether to overwrite. */
void export_done(struct job *j, void *ctx);
/* Posts an export of a text. */
void export_text(struct app *app, struct screen *s, const struct doc *d, const char *path, bool overwrite);

#endif
