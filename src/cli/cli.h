/* SPDX-License-Identifier: MIT
 *
 * What the commands share: the chosen database, opening it, and where output
 * goes. Data go to standard output or --output, everything else to standard
 * error as "plimsoll: …".
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/cell.h"
#include "cli/command.h"
#include "export/export.h"
#include "facts/facts.h"

struct cli {
	struct args args;   /* of the program and of the command */
	const struct command *command;
	int exit_status;    /* what OK ends with: 0, or 1 for a failed gate */
	bool read_only, color_out, color_err;
	char *db_path;      /* chosen, not necessarily there */
	const char *format_option; /* the option that names the output's format, if not "format" */
};

enum { EXIT_PASSED = 0, EXIT_GATE = 1, EXIT_USAGE = 2, EXIT_DATA = 3, EXIT_CANCELLED = 130 };

/* Set by SIGINT and SIGTERM; commands that run long look at it. */
extern atomic_bool cli_stop;

/* --db, $PLIMSOLL_DB, ./plimsoll.db if it exists, $XDG_DATA_HOME/plimsoll/plimsoll.db. The caller frees. */
char *cli_choose_db(const char *given);
/* A line on standard error: "plimsoll: …". Escapes what a terminal should not see. */
void cli_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Columns of the terminal on standard output; 0 when it is none. */
int cli_terminal_width(void);
/* Whether colour is wanted on this descriptor: --color, NO_COLOR, TERM=dumb, a terminal. USAGE for other words. */
enum status cli_color(const struct args *a, int fd, bool *out, struct err *err);

/* Writes bytes to --output (atomically: a new file beside it, then renamed) or to standard output. */
enum status cli_write(const struct cli *cli, struct str bytes, struct err *err);

/* A destination written piece by piece: a new file beside `path`, renamed over it by output_close when `keep`; else removed.
 * NULL and "-" are standard output; a device or pipe is written in place. */
struct output;
enum status output_open(const char *path, struct output **out, struct err *err);
enum status output_write(struct output *o, struct str bytes, struct err *err);
enum status output_close(struct output *o, bool keep, struct err *err); /* frees */

/* ---- database.c ---- */

/* Opens the chosen database. READ on one that is not there says how to make it; WRITE and CREATE are refused with --read-only. */
enum status cli_open(const struct cli *cli, enum store_mode mode, struct store **out, struct err *err);
/* Store and facts in one go; close in this order: facts, store. */
enum status cli_open_facts(const struct cli *cli, enum store_mode mode, struct store **s, struct facts **f, struct err *err);
/* A number or the beginning of a uid. USAGE when there is none, or several. */
enum status cli_find_result(struct store *s, const char *word, int64_t *result_id, struct err *err);
/* Reads --filter against the database, so that a mistake is shown with a caret under its place. *out is the text ("" when
 * not given); borrowed from the command line. */
enum status cli_filter(const struct cli *cli, struct facts *f, struct str *out, struct err *err);
/* mkdir -p for the directory of a file. */
enum status cli_make_parents(const char *path, struct err *err);

/* ---- print.c ---- */

/* --format, else the suffix of --output, else text (export: csv). */
enum status cli_format(const struct cli *cli, const struct export_format **out, struct err *err);
struct writer_options cli_writer_options(const struct cli *cli);
/* A whole table to --output or standard output; says so when columns had to be left out. */
enum status cli_print(const struct cli *cli, const struct table *t, struct err *err);
void cli_say_left_out(size_t n);
/* The same, but as text each row is a block of lines: for tables with long texts. */
enum status cli_print_blocks(const struct cli *cli, const struct table *t, struct err *err);

/* help.c */
void help_program(struct buf *out);
void help_command(struct buf *out, const struct command *c);
void help_version(struct buf *out);
struct library {
	const char *name; /* NULL ends the table */
	const char *(*version)(void);
};
extern const struct library cli_libraries[];

/* complete.c: bash, zsh, fish. USAGE for another shell. */
enum status complete_script(struct buf *out, const char *shell, struct err *err);

#endif
