/* SPDX-License-Identifier: MIT
 *
 * The command table and what every command gets. One row a command; the row
 * prints its own help, its completion and its part of the manual.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/err.h"
#include "base/str.h"

/* What the shell may offer for an argument. */
enum completes { COMPLETE_NONE, COMPLETE_FILE, COMPLETE_VIEW, COMPLETE_FORMAT, COMPLETE_COMMAND, COMPLETE_TAXONOMY, COMPLETE_WORDS };

struct option {
	const char *name; /* without the dashes; NULL ends a table */
	char letter;      /* 0 = none */
	const char *arg;  /* NULL = takes none */
	enum completes completes;
	const char *words; /* COMPLETE_WORDS: blank-separated */
	const char *help;
};

struct given {
	const struct option *option;
	const char *value; /* NULL when it takes none */
};

/* A parsed command line, what the program was told before the command included. */
struct args {
	struct given *given;
	size_t ngiven, cap;
	const char **words; /* what is not an option; NULL-terminated */
	size_t nwords;
};

enum { MAX_WORDS = -1 };

struct cli;

enum command_group { GROUP_IN, GROUP_LOOK, GROUP_JUDGE, GROUP_REVIEW, GROUP_ABOUT, GROUP_HIDDEN, GROUP_COUNT };

struct command {
	const char *name; /* NULL ends the table */
	enum command_group group;
	const char *args; /* synopsis behind the name */
	const char *help; /* one line */
	const char *more; /* lines of at most 78 columns: details and examples */
	const struct option *options; /* its own; NULL = none */
	size_t min_words;
	int max_words;    /* MAX_WORDS = any number */
	enum completes completes;
	const char *words;
	/* OK, USAGE, FAIL or CANCELLED; cli->exit_status is what OK becomes. */
	enum status (*run)(struct cli *cli, struct err *err);
};

extern const struct command commands[];
extern const char *const command_groups[GROUP_COUNT];
extern const struct option global_options[];

const struct command *cli_command_find(struct str name);
/* USAGE, with the nearest command. */
enum status cli_command_unknown(const char *word, struct err *err);
/* The one of `names` (NULL-terminated) that is nearest to what was typed, or NULL. */
const char *nearest_name(const char *typed, const char *const *names);

/* Splits argv (without the program's name) into options and words. With `command` NULL it reads the program's own options
 * and stops at the first word; *used tells how many it took. */
enum status args_parse(struct args *a, const struct command *command, char **argv, size_t argc, size_t *used, struct err *err);
void args_fini(struct args *a);
const char *args_get(const struct args *a, const char *option); /* the last value, or NULL */
bool args_has(const struct args *a, const char *option);
/* All values of an option that may be repeated; NULL-terminated, the caller frees the array; NULL when there are none. */
const char **args_all(const struct args *a, const char *option);
/* A whole number of at least `min`; the default when not given. */
enum status args_number(const struct args *a, const char *option, int64_t min, int64_t dflt, int64_t *out, struct err *err);

#endif
