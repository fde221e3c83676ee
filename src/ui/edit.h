/* SPDX-License-Identifier: MIT
 *
 * A line editor: text, cursor, history, and the list of completions of the
 * word at the cursor. It draws through the grid and knows nothing of what the
 * line is for.
 */
#ifndef UI_EDIT_H
#define UI_EDIT_H

#include "ui/grid.h"
#include "ui/keys.h"

enum { HISTORY_MAX = 200 };

struct history {
	char **lines; /* oldest first */
	size_t n, cap;
};
void history_add(struct history *h, struct str line); /* no empty ones, a repeat moves to the end */
void history_fini(struct history *h);

/* Called with the text and cursor: gives each replacement for the word that starts at *word_start. */
typedef void (*edit_completer)(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *each_ctx, struct str word, const char *help), void *each_ctx);

struct edit {
	struct buf text;
	size_t cursor; /* byte offset, at a character */
	struct history *history;
	size_t history_at; /* index; history->n = the line being typed */
	char *typed;       /* what was typed before going up */
	edit_completer complete;
	void *complete_ctx;
	char **words; /* completions on show */
	size_t nwords, words_cap, word_at, word_start;
	bool completing;
};

enum edit_result { EDIT_NONE, EDIT_CHANGED, EDIT_MOVED, EDIT_ACCEPT, EDIT_CANCEL };

void edit_start(struct edit *e, struct str text, struct history *history, edit_completer complete, void *ctx);
void edit_fini(struct edit *e);
void edit_set(struct edit *e, struct str text);
/* Text is inserted as it is, line feeds and tabs become blanks. */
void edit_insert(struct edit *e, struct str text);
enum edit_result edit_key(struct edit *e, uint32_t key);
/* Draws label and text on row y; the cursor is put there. The label is showable, the text is escaped. */
void edit_draw(struct edit *e, struct area a, int y, const char *label, unsigned style);
/* Completions on one row; returns false when there are none to show. */
bool edit_draw_words(const struct edit *e, struct area a, int y);

#endif
