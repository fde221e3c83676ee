/* SPDX-License-Identifier: MIT
 *
 * Help and version, printed from the tables. Each fits a screen of 24 × 80; a
 * test says so.
 */
#include "base/buf.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "conf/fields.h"
#include "query/query.h"
#include "source/bundle.h"
#include "term/term.h"

enum { OPTION_COLUMN = 26 };

static void pad_to(struct buf *out, size_t start, size_t column)
{
	do
		buf_add_ch(out, ' ');
	while (out->n - start < column);
}

static void print_options(struct buf *out, const struct option *o)
{
	for (; o && o->name; o++) {
		size_t start = out->n;
		if (o->letter)
			buf_printf(out, "  -%c, --%s", o->letter, o->name);
		else
			buf_printf(out, "      --%s", o->name);
		if (o->arg)
			buf_printf(out, " %s", o->arg);
		pad_to(out, start, OPTION_COLUMN);
		buf_add_c(out, o->help);
		buf_add_ch(out, '\n');
	}
}

static void print_group(struct buf *out, enum command_group g)
{
	size_t start = out->n;
	buf_printf(out, "  %s", command_groups[g]);
	pad_to(out, start, 12);
	for (const struct command *c = commands; c->name; c++)
		if (c->group == g)
			buf_printf(out, "%s  ", c->name);
	while (out->p[out->n - 1] == ' ')
		out->p[--out->n] = '\0';
	buf_add_ch(out, '\n');
}

void help_program(struct buf *out)
{
	buf_add_c(out, "plimsoll - an audit desk for AI-safety evaluations, in the terminal\n\n"
		"usage: plimsoll [OPTION...] [FILE.db]               open the board\n"
		"       plimsoll [OPTION...] COMMAND [ARGUMENT...]   see plimsoll help COMMAND\n\n");
	for (int g = 0; g < GROUP_HIDDEN; g++)
		print_group(out, (enum command_group)g);
	buf_add_ch(out, '\n');
	print_options(out, global_options);
	buf_add_c(out, "\n  plimsoll ingest logs/                     take in what evaluation tools wrote\n"
		"  plimsoll list results -f 'outcome:fail severity>=high'\n"
		"  plimsoll zones --policy house.json        exit 0 passed, 1 gate failed\n"
		"  plimsoll export -o failures.csv -f outcome:fail\n");
}

void help_command(struct buf *out, const struct command *c)
{
	buf_printf(out, "usage: plimsoll %s%s%s\n%s\n", c->name, *c->args ? " " : "", c->args, c->help);
	if (c->options && c->options->name) {
		buf_add_ch(out, '\n');
		print_options(out, c->options);
	}
	if (c->more && *c->more)
		buf_printf(out, "\n%s", c->more);
}

const struct library cli_libraries[] = {
	{"ncurses", term_library_version}, {"SQLite", query_sqlite_version}, {"libarchive", source_library_version},
	{"utf8proc", utf8_library_version}, {"PCRE2", filter_library_version}, {"cJSON", conf_library_version},
	{"libcrypto", sha256_library_version}, {"libcsv", export_library_version}, {NULL, NULL},
};

void help_version(struct buf *out)
{
	buf_add_c(out, "plimsoll " PACKAGE_VERSION "\n");
	for (const struct library *l = cli_libraries; l->name; l++)
		buf_printf(out, "%s %s\n", l->name, l->version());
}
