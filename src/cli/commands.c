/* SPDX-License-Identifier: MIT
 *
 * The command table.
 */
#include "cli/commands.h"

const char *const command_groups[GROUP_COUNT] = {"read in", "look", "judge", "review", "about", ""};

const struct option global_options[] = {
	{"db", 'd', "FILE", COMPLETE_FILE, NULL, "the database; else $PLIMSOLL_DB, ./plimsoll.db, ..."},
	{"read-only", 'R', NULL, COMPLETE_NONE, NULL, "write nothing, run no editor, shell or pipe"},
	{"color", 0, "WHEN", COMPLETE_WORDS, "auto always never", "auto, always, never (and NO_COLOR)"},
	{"as", 0, "NAME", COMPLETE_NONE, NULL, "who annotates; else the login name"},
	{"help", 'h', NULL, COMPLETE_NONE, NULL, "help for the program or a command"},
	{"version", 'V', NULL, COMPLETE_NONE, NULL, "version, and those of the libraries"},
	{0},
};

const struct command commands[] = {
	{"help", GROUP_ABOUT, "[COMMAND]", "Help for the program or a command.", "", NULL, 0, 1, COMPLETE_COMMAND, NULL, cmd_help},
	{0},
};

const struct command *command_find(struct str name)
{
	for (const struct command *c = commands; c->name; c++)
		if (str_eq_c(name, c->name))
			return c;
	return NULL;
}

enum status command_unknown(const char *word, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	for (const struct command *c = commands; c->name && n < 63; c++)
		if (c->group != GROUP_HIDDEN)
			names[n++] = c->name;
	names[n] = NULL;
	const char *near = nearest_name(word, names);
	if (near)
		return err_usage(err, "unknown command \"%s\"; did you mean %s?", word, near);
	return err_usage(err, "unknown command \"%s\" (see plimsoll --help)", word);
}
