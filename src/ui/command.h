/* SPDX-License-Identifier: MIT
 *
 * The one table of commands, which serves keys, the ":" line and scripts, and
 * the key map, whose rows are written in the same language:
 *
 *     bind CONTEXT KEY COMMAND [ARGUMENT]
 *
 * The rows that ship go through the same parser as those of the user. A key is
 * looked up in the screen's context first, then in "general".
 */
#ifndef UI_COMMAND_H
#define UI_COMMAND_H

#include "base/err.h"
#include "ui/edit.h"

struct app;

enum context {
	CONTEXT_GENERAL = 1,
	CONTEXT_BOARD = 2,
	CONTEXT_LIST = 4,
	CONTEXT_TRANSCRIPT = 8,
	CONTEXT_TEXT = 16,
	CONTEXT_ALL = 31,
};

struct command {
	const char *name, *args; /* args: "", "FILTER", "[PATH]": in brackets when it may be left out */
	unsigned contexts;       /* where it means something */
	bool writes;             /* writes to the database or to a file: refused in read-only mode */
	void (*run)(struct app *app, struct str arg);
	edit_completer complete; /* of the argument; ctx is the app; may be NULL */
	const char *help;
};
extern const struct command ui_commands[]; /* ends with name NULL */
const struct command *ui_command_find(struct str name);

struct binding {
	enum context context;
	uint32_t key;
	char *line; /* command and argument */
	char *hint; /* a word or two for the last line of the screen; NULL = not shown there */
};

struct keymap {
	struct binding *rows;
	size_t n, cap;
};

void keymap_init(struct keymap *m); /* the rows that ship */
void keymap_fini(struct keymap *m);
/* One row, as above, without "bind"; a later row for the same key wins. An empty command unbinds. USAGE says what is wrong. */
enum status keymap_bind(struct keymap *m, struct str row, struct err *err);
const struct binding *keymap_find(const struct keymap *m, unsigned context, uint32_t key);
/* "general", "board" … */
const char *context_name(enum context c);

/* Completes command names at the start of the line, then what the command's own completer offers. ctx is the app. */
void ui_command_complete(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *each_ctx, struct str word, const char *help), void *each_ctx);

#endif
