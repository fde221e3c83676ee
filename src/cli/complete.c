/* SPDX-License-Identifier: MIT
 *
 * Completion for bash, zsh and fish, printed from the tables of commands,
 * options, views and formats.
 */
#include "cli/cli.h"
#include "conf/taxonomy.h"
#include "export/export.h"
#include "query/query.h"

/* The words that an argument can be, blank-separated; files are the shell's own business. */
static void add_choices(struct buf *out, enum completes completes, const char *words)
{
	switch (completes) {
	case COMPLETE_VIEW:
		for (const struct view *const *v = views_all(); *v; v++)
			buf_printf(out, "%s%s", v == views_all() ? "" : " ", (*v)->name);
		break;
	case COMPLETE_FORMAT:
		for (const struct export_format *f = export_formats; f->name; f++)
			buf_printf(out, "%s%s", f == export_formats ? "" : " ", f->name);
		break;
	case COMPLETE_COMMAND:
		for (const struct command *c = commands; c->name; c++)
			if (c->group != GROUP_HIDDEN)
				buf_printf(out, "%s%s", c == commands ? "" : " ", c->name);
		break;
	case COMPLETE_TAXONOMY: {
		size_t n;
		const struct taxonomy *all = taxonomy_all(&n);
		for (size_t i = 0; i < n; i++)
			buf_printf(out, "%s%.*s", i ? " " : "", (int)all[i].id.n, all[i].id.p);
		break;
	}
	case COMPLETE_WORDS:
		buf_add_c(out, words);
		break;
	case COMPLETE_NONE:
	case COMPLETE_FILE:
		break;
	}
}

/* ---- bash ---- */

static void bash_option_names(struct buf *out, const struct option *o)
{
	for (; o && o->name; o++)
		buf_printf(out, "--%s ", o->name);
}

static void bash_option_values(struct buf *out, const char *command, const struct option *o)
{
	for (; o && o->name; o++) {
		if (!o->arg)
			continue;
		buf_printf(out, "\t%s:--%s", command, o->name);
		if (o->letter)
			buf_printf(out, "|%s:-%c", command, o->letter);
		buf_add_c(out, ") ");
		if (o->completes == COMPLETE_FILE) {
			buf_add_c(out, "COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n");
			continue;
		}
		buf_add_c(out, "COMPREPLY=($(compgen -W '");
		add_choices(out, o->completes, o->words);
		buf_add_c(out, "' -- \"$cur\")); return;;\n");
	}
}

static void bash_script(struct buf *out)
{
	buf_add_c(out, "# bash completion for plimsoll: source <(plimsoll completion bash)\n_plimsoll() {\n"
		"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i\n"
		"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n\t\tcase ${COMP_WORDS[i]} in\n\t\t");
	bool first = true;
	for (const struct command *c = commands; c->name; c++) {
		if (c->group == GROUP_HIDDEN)
			continue;
		buf_printf(out, "%s%s", first ? "" : "|", c->name);
		first = false;
	}
	buf_add_c(out, ") command=${COMP_WORDS[i]}; break;;\n\t\tesac\n\tdone\n\tcase $command:$prev in\n");
	bash_option_values(out, "*", global_options);
	for (const struct command *c = commands; c->name; c++)
		if (c->group != GROUP_HIDDEN)
			bash_option_values(out, c->name, c->options);
	buf_add_c(out, "\tesac\n\tcase $command in\n\t'') COMPREPLY=($(compgen -W '");
	bash_option_names(out, global_options);
	add_choices(out, COMPLETE_COMMAND, NULL);
	buf_add_c(out, "' -- \"$cur\") $(compgen -f -X '!*.db' -- \"$cur\"));;\n");
	for (const struct command *c = commands; c->name; c++) {
		if (c->group == GROUP_HIDDEN)
			continue;
		buf_printf(out, "\t%s) COMPREPLY=($(compgen -W '", c->name);
		bash_option_names(out, c->options);
		bash_option_names(out, global_options);
		add_choices(out, c->completes, c->words);
		buf_printf(out, "' -- \"$cur\")%s);;\n", c->completes == COMPLETE_FILE ? " $(compgen -f -- \"$cur\")" : "");
	}
	buf_add_c(out, "\tesac\n}\ncomplete -o filenames -F _plimsoll plimsoll\n");
}

/* ---- zsh ---- */

/* Text inside '…' of an _arguments specification. */
static void zsh_text(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			buf_add_c(out, "'\\''");
		else if (strchr("[]:\\", *s))
			buf_printf(out, "\\%c", *s);
		else
			buf_add_ch(out, *s);
	}
}

static void zsh_choices(struct buf *out, enum completes completes, const char *words)
{
	if (completes == COMPLETE_FILE) {
		buf_add_c(out, "_files");
	} else if (completes != COMPLETE_NONE) {
		buf_add_ch(out, '(');
		add_choices(out, completes, words);
		buf_add_ch(out, ')');
	}
}

static void zsh_option(struct buf *out, const struct option *o, bool letter)
{
	buf_printf(out, " \\\n\t\t'*%s", letter ? "-" : "--");
	if (letter)
		buf_add_ch(out, o->letter);
	else
		buf_add_c(out, o->name);
	buf_add_ch(out, '[');
	zsh_text(out, o->help);
	buf_add_ch(out, ']');
	if (o->arg) {
		buf_add_ch(out, ':');
		zsh_text(out, o->arg);
		buf_add_ch(out, ':');
		zsh_choices(out, o->completes, o->words);
	}
	buf_add_ch(out, '\'');
}

static void zsh_options(struct buf *out, const struct option *o)
{
	for (; o && o->name; o++) {
		zsh_option(out, o, false);
		if (o->letter)
			zsh_option(out, o, true);
	}
}

static void zsh_script(struct buf *out)
{
	buf_add_c(out, "#compdef plimsoll\n_plimsoll() {\n\tlocal state line\n\tlocal -a commands\n\tcommands=(\n");
	for (const struct command *c = commands; c->name; c++) {
		if (c->group == GROUP_HIDDEN)
			continue;
		buf_printf(out, "\t\t'%s:", c->name);
		zsh_text(out, c->help);
		buf_add_c(out, "'\n");
	}
	buf_add_c(out, "\t)\n\t_arguments -C");
	zsh_options(out, global_options);
	buf_add_c(out, " \\\n\t\t'1: :->command' '*:: :->rest'\n\tcase $state in\n"
		"\tcommand) _describe command commands; _files -g '*.db';;\n\trest)\n\t\tcase $line[1] in\n");
	for (const struct command *c = commands; c->name; c++) {
		if (c->group == GROUP_HIDDEN)
			continue;
		buf_printf(out, "\t\t%s) _arguments", c->name);
		zsh_options(out, c->options);
		zsh_options(out, global_options);
		buf_add_c(out, " '*:");
		zsh_text(out, *c->args ? "argument" : " ");
		buf_add_ch(out, ':');
		zsh_choices(out, c->completes, c->words);
		buf_add_c(out, "';;\n");
	}
	buf_add_c(out, "\t\tesac;;\n\tesac\n}\n_plimsoll \"$@\"\n");
}

/* ---- fish ---- */

static void fish_text(struct buf *out, const char *s)
{
	buf_add_ch(out, '\'');
	for (; *s; s++) {
		if (*s == '\'' || *s == '\\')
			buf_add_ch(out, '\\');
		buf_add_ch(out, *s);
	}
	buf_add_ch(out, '\'');
}

static void fish_options(struct buf *out, const char *condition, const struct option *o)
{
	for (; o && o->name; o++) {
		buf_printf(out, "complete -c plimsoll%s -l %s", condition, o->name);
		if (o->letter)
			buf_printf(out, " -s %c", o->letter);
		if (o->arg && o->completes == COMPLETE_FILE) {
			buf_add_c(out, " -r -F");
		} else if (o->arg) {
			buf_add_c(out, " -x -a '");
			add_choices(out, o->completes, o->words);
			buf_add_ch(out, '\'');
		}
		buf_add_c(out, " -d ");
		fish_text(out, o->help);
		buf_add_ch(out, '\n');
	}
}

static void fish_script(struct buf *out)
{
	buf_add_c(out, "# fish completion for plimsoll: plimsoll completion fish | source\ncomplete -c plimsoll -f\n");
	fish_options(out, "", global_options);
	for (const struct command *c = commands; c->name; c++) {
		if (c->group == GROUP_HIDDEN)
			continue;
		struct buf condition = {0};
		buf_printf(out, "complete -c plimsoll -n __fish_use_subcommand -a %s -d ", c->name);
		fish_text(out, c->help);
		buf_printf(&condition, " -n '__fish_seen_subcommand_from %s'", c->name);
		buf_add_ch(out, '\n');
		fish_options(out, condition.p, c->options);
		if (c->completes == COMPLETE_FILE) {
			buf_printf(out, "complete -c plimsoll%s -F\n", condition.p);
		} else if (c->completes != COMPLETE_NONE) {
			buf_printf(out, "complete -c plimsoll%s -a '", condition.p);
			add_choices(out, c->completes, c->words);
			buf_add_c(out, "'\n");
		}
		buf_fini(&condition);
	}
}

enum status complete_script(struct buf *out, const char *shell, struct err *err)
{
	static const struct { const char *shell; void (*print)(struct buf *out); } scripts[] = {
		{"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script},
	};
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		if (strcmp(shell, scripts[i].shell) == 0) {
			scripts[i].print(out);
			return OK;
		}
	}
	return err_usage(err, "no completion for \"%s\", but for bash, zsh, fish", shell);
}
