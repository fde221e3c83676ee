/* SPDX-License-Identifier: MIT
 *
 * The parts of the manual that are lists, printed from the tables in mdoc. The
 * pages hold them between marks; man/update.sh refreshes them, a test compares.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "query/query.h"

/* Characters that roff would take for something else, and all beyond ASCII. */
static void escaped(struct buf *out, const char *s, bool in_quotes)
{
	struct str rest = str_c(s);
	uint32_t cp;
	for (size_t n = utf8_next(rest, &cp); n; n = utf8_next(rest, &cp)) {
		if (cp == '\\')
			buf_add_c(out, "\\e");
		else if (cp == '-')
			buf_add_c(out, "\\-");
		else if (cp == '"' && in_quotes)
			buf_add_c(out, "\\(dq");
		else if (cp < 0x80)
			buf_add_ch(out, (char)cp);
		else
			buf_printf(out, "\\[u%04X]", cp);
		rest = str_sub(rest, n, rest.n);
	}
}

/* Text of a line: a dot or quote in front must not become a request. */
static void text(struct buf *out, const char *s)
{
	if (*s == '.' || *s == '\'')
		buf_add_c(out, "\\&");
	escaped(out, s, false);
	buf_add_ch(out, '\n');
}

/* An argument of a request: quoted, so that words like Ar or punctuation stay text. */
static void quoted(struct buf *out, const char *s)
{
	buf_add_c(out, " \"");
	escaped(out, s, true);
	buf_add_c(out, "\"\n");
}

static void entry(struct buf *out, const char *name, const char *help)
{
	buf_add_c(out, ".It Sy");
	quoted(out, name);
	text(out, help);
}

static void begin_list(struct buf *out)
{
	buf_add_c(out, ".Bl -tag -width indent -compact\n");
}

static void end_list(struct buf *out)
{
	buf_add_c(out, ".El\n");
}

static void options(struct buf *out, const struct option *o)
{
	if (!o || !o->name)
		return;
	begin_list(out);
	for (; o->name; o++) {
		buf_add_c(out, ".It");
		if (o->letter)
			buf_printf(out, " Fl %c ,", o->letter);
		buf_printf(out, " Fl \\-%s", o->name);
		if (o->arg)
			buf_printf(out, " Ar %s", o->arg);
		buf_add_ch(out, '\n');
		text(out, o->help);
	}
	end_list(out);
}

static void print_global_options(struct buf *out)
{
	options(out, global_options);
}

static void literal_lines(struct buf *out, const char *more)
{
	struct str rest = str_c(more), line;
	buf_add_c(out, ".Bd -literal\n");
	while (str_cut(&rest, '\n', &line)) {
		char *copy = xstrndup(line.p, line.n);
		if (rest.p || line.n)
			text(out, copy);
		free(copy);
	}
	buf_add_c(out, ".Ed\n");
}

static void print_commands(struct buf *out)
{
	for (const struct command *c = commands; c->name; c++) {
		if (c->group == GROUP_HIDDEN)
			continue;
		buf_add_c(out, ".Ss");
		struct buf heading = {0};
		buf_printf(&heading, "%s%s%s", c->name, *c->args ? " " : "", c->args);
		quoted(out, heading.p);
		buf_fini(&heading);
		text(out, c->help);
		buf_add_c(out, ".Pp\n");
		options(out, c->options);
		if (*c->more)
			literal_lines(out, c->more);
	}
}

static void print_filter_fields(struct buf *out)
{
	begin_list(out);
	for (const struct field *f = filter_fields; f->name; f++) {
		struct buf b = {0};
		buf_add_c(&b, f->help);
		if (f->example && *f->example)
			buf_printf(&b, " (%s)", f->example);
		entry(out, f->name, b.p);
		buf_fini(&b);
	}
	end_list(out);
}

static void print_views(struct buf *out)
{
	begin_list(out);
	for (const struct view *const *v = views_all(); *v; v++)
		entry(out, (*v)->name, (*v)->help);
	end_list(out);
}

static void one_entry(void *ctx, const char *name, const char *help)
{
	entry(ctx, name, help);
}

static void print_measures(struct buf *out)
{
	begin_list(out);
	query_each_measure(one_entry, out);
	end_list(out);
}

static void print_dimensions(struct buf *out)
{
	begin_list(out);
	query_each_dimension(one_entry, out);
	end_list(out);
}

static void print_lists(struct buf *out)
{
	const char *const *name = query_lists();
	for (; *name; name++) {
		buf_add_c(out, ".Ss");
		quoted(out, *name);
		begin_list(out);
		query_each_column(*name, one_entry, out);
		end_list(out);
	}
}

static void one_directive(void *ctx, const char *name, const char *args, const char *help)
{
	struct buf b = {0};
	buf_printf(&b, "%s: %s", name, args);
	entry(ctx, b.p, help);
	buf_fini(&b);
}

static void print_directives(struct buf *out)
{
	begin_list(out);
	view_directives(one_directive, out);
	end_list(out);
}

static void print_formats(struct buf *out)
{
	begin_list(out);
	for (const struct export_format *f = export_formats; f->name; f++)
		entry(out, f->name, f->help);
	end_list(out);
}

static const struct {
	const char *name;
	void (*print)(struct buf *out);
} parts[] = {
	{"options", print_global_options}, {"commands", print_commands}, {"fields", print_filter_fields}, {"views", print_views},
	{"measures", print_measures}, {"dimensions", print_dimensions}, {"lists", print_lists}, {"directives", print_directives},
	{"formats", print_formats},
};

enum status cmd_mdoc(struct cli *cli, struct err *err)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (strcmp(cli->args.words[0], parts[i].name) != 0)
			continue;
		struct buf b = {0};
		parts[i].print(&b);
		enum status st = cli_write(cli, buf_str(&b), err);
		buf_fini(&b);
		return st;
	}
	return err_usage(err, "no part \"%s\" of the manual is printed from tables", cli->args.words[0]);
}
