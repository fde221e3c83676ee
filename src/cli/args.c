/* SPDX-License-Identifier: MIT
 *
 * Reads a command line against the option tables: --name value, --name=value,
 * -o value, -ovalue, and -- for the end of options. A misspelt option is an
 * error that names the nearest one; nothing is abbreviated, so that scripts do
 * not break when options are added.
 */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

const char *nearest_name(const char *typed, const char *const *names)
{
	size_t limit = strlen(typed) < 4 ? 1 : 2, best = limit + 1;
	const char *found = NULL;
	for (; *names; names++) {
		size_t d = str_distance(str_c(typed), str_c(*names), limit);
		if (d < best) {
			best = d;
			found = *names;
		}
	}
	return found;
}

static const struct option *find_in(const struct option *table, struct str name)
{
	for (; table && table->name; table++)
		if (str_eq_c(name, table->name))
			return table;
	return NULL;
}

static const struct option *find_long(const struct command *command, struct str name)
{
	const struct option *o = command ? find_in(command->options, name) : NULL;
	return o ? o : find_in(global_options, name);
}

static const struct option *find_letter(const struct command *command, char letter)
{
	for (const struct option *o = command ? command->options : NULL; o && o->name; o++)
		if (o->letter == letter)
			return o;
	for (const struct option *o = global_options; o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

static enum status unknown_option(const struct command *command, const char *word, struct err *err)
{
	const char *names[64];
	size_t n = 0;
	char typed[64];
	snprintf(typed, sizeof typed, "%s", word + strspn(word, "-"));
	typed[strcspn(typed, "=")] = '\0';
	for (const struct option *o = command ? command->options : NULL; o && o->name && n < 62; o++)
		names[n++] = o->name;
	for (const struct option *o = global_options; o->name && n < 63; o++)
		names[n++] = o->name;
	names[n] = NULL;
	const char *near = nearest_name(typed, names);
	if (near)
		return err_usage(err, "unknown option %s; did you mean --%s?", word, near);
	return err_usage(err, "unknown option %s (see plimsoll%s%s --help)", word, command ? " " : "", command ? command->name : "");
}

static void add_given(struct args *a, const struct option *o, const char *value)
{
	a->given = vec_grow(a->given, &a->cap, a->ngiven + 1, sizeof *a->given);
	a->given[a->ngiven++] = (struct given){o, value};
}

/* One word that begins with a dash; *took gets 1 or 2. */
static enum status parse_option(struct args *a, const struct command *command, char **argv, size_t left, size_t *took, struct err *err)
{
	const char *word = argv[0], *value = NULL;
	const struct option *o;
	if (word[1] == '-') {
		const char *eq = strchr(word, '=');
		o = find_long(command, eq ? str_n(word + 2, (size_t)(eq - word - 2)) : str_c(word + 2));
		value = eq ? eq + 1 : NULL;
	} else {
		o = find_letter(command, word[1]);
		if (o && word[2] && !o->arg)
			return err_usage(err, "-%c takes no value: write %s apart", word[1], word + 2);
		value = o && word[2] ? word + 2 : NULL;
	}
	if (!o)
		return unknown_option(command, word, err);
	*took = 1;
	if (!o->arg && value)
		return err_usage(err, "--%s takes no value", o->name);
	if (o->arg && !value) {
		if (left < 2)
			return err_usage(err, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
		value = argv[1];
		*took = 2;
	}
	add_given(a, o, value);
	return OK;
}

enum status args_parse(struct args *a, const struct command *command, char **argv, size_t argc, size_t *used, struct err *err)
{
	if (!a->words) {
		a->words = xcalloc(argc + 1, sizeof *a->words);
		a->nwords = 0;
	}
	bool options = true;
	size_t i = 0;
	while (i < argc) {
		const char *word = argv[i];
		size_t took = 1;
		if (options && strcmp(word, "--") == 0) {
			options = false;
		} else if (options && word[0] == '-' && word[1]) {
			enum status st = parse_option(a, command, argv + i, argc - i, &took, err);
			if (st != OK)
				return st;
		} else if (!command) {
			break;
		} else {
			a->words[a->nwords++] = word;
		}
		i += took;
	}
	*used = i;
	return OK;
}

void args_fini(struct args *a)
{
	free(a->given);
	free(a->words);
	memset(a, 0, sizeof *a);
}

const char *args_get(const struct args *a, const char *option)
{
	for (size_t i = a->ngiven; i-- > 0;)
		if (strcmp(a->given[i].option->name, option) == 0)
			return a->given[i].value;
	return NULL;
}

bool args_has(const struct args *a, const char *option)
{
	for (size_t i = 0; i < a->ngiven; i++)
		if (strcmp(a->given[i].option->name, option) == 0)
			return true;
	return false;
}

const char **args_all(const struct args *a, const char *option)
{
	const char **all = xcalloc(a->ngiven + 1, sizeof *all);
	size_t n = 0;
	for (size_t i = 0; i < a->ngiven; i++)
		if (strcmp(a->given[i].option->name, option) == 0)
			all[n++] = a->given[i].value;
	if (n)
		return all;
	free(all);
	return NULL;
}

enum status args_number(const struct args *a, const char *option, int64_t min, int64_t dflt, int64_t *out, struct err *err)
{
	const char *text = args_get(a, option);
	*out = dflt;
	if (!text)
		return OK;
	if (!str_to_i64(str_c(text), out) || *out < min)
		return err_usage(err, "--%s: \"%s\" is not a whole number of at least %lld", option, text, (long long)min);
	return OK;
}
