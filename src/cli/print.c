/* SPDX-License-Identifier: MIT
 *
 * Tables to where the user wants them, in the format that the user wants.
 */
#include "base/escape.h"
#include "base/utf8.h"
#include "cli/cli.h"

enum status cli_format(const struct cli *cli, const struct export_format **out, struct err *err)
{
	const char *option = cli->format_option ? cli->format_option : "format";
	const char *name = args_get(&cli->args, option), *path = args_get(&cli->args, "output");
	*out = name ? export_format_find(name) : path ? export_format_of_path(path) : NULL;
	if (name && !*out) {
		struct buf b = {0};
		for (const struct export_format *f = export_formats; f->name; f++)
			buf_printf(&b, "%s%s", b.n ? ", " : "", f->name);
		err_usage(err, "--%s: \"%s\" is none of %s", option, name, b.p);
		buf_fini(&b);
		return USAGE;
	}
	if (!*out)
		*out = export_format_find(strcmp(cli->command->name, "export") == 0 ? "csv" : "text");
	return OK;
}

struct writer_options cli_writer_options(const struct cli *cli)
{
	bool to_file = args_get(&cli->args, "output") && strcmp(args_get(&cli->args, "output"), "-") != 0;
	return (struct writer_options){
		.spreadsheet_safe = args_has(&cli->args, "spreadsheet-safe"),
		.text_width = to_file ? 0 : cli_terminal_width(),
		.color = cli->color_out && !to_file,
	};
}

void cli_say_left_out(size_t n)
{
	if (n)
		cli_say("%zu column%s did not fit the terminal and %s left out; --columns chooses, a pipe or --format csv shows all",
			n, n == 1 ? "" : "s", n == 1 ? "was" : "were");
}

enum status cli_print(const struct cli *cli, const struct table *t, struct err *err)
{
	const struct export_format *f;
	enum status st = cli_format(cli, &f, err);
	if (st != OK)
		return st;
	struct buf b = {0};
	struct writer_options o = cli_writer_options(cli);
	size_t left_out = export_table(&b, f, t, &o);
	st = cli_write(cli, buf_str(&b), err);
	if (st == OK)
		cli_say_left_out(left_out);
	buf_fini(&b);
	return st;
}

enum { BLOCK_WIDTH = 78, BLOCK_MARGIN = 16 };

/* Words of a text in lines, the first behind what stands there already. */
static void add_wrapped(struct buf *out, struct str text)
{
	size_t column = BLOCK_MARGIN;
	struct buf shown = {0};
	struct str rest, word;
	escape_text(&shown, text, 0);
	rest = buf_str(&shown);
	while (str_cut(&rest, ' ', &word)) {
		size_t width = utf8_width(word);
		if (!width)
			continue;
		if (column > BLOCK_MARGIN && column + 1 + width > BLOCK_WIDTH) {
			buf_printf(out, "\n%*s", BLOCK_MARGIN, "");
			column = BLOCK_MARGIN;
		}
		if (column > BLOCK_MARGIN) {
			buf_add_ch(out, ' ');
			column++;
		}
		buf_add_str(out, word);
		column += width;
	}
	buf_add_ch(out, '\n');
	buf_fini(&shown);
}

/* A row as a block: its first cell, and the others below, each with its title. */
static void add_block(struct buf *out, const struct table *t, size_t row)
{
	for (size_t c = 0; c < t->ncolumns; c++) {
		struct buf cell = {0};
		const struct cell *value = table_cell(t, row, c);
		if (value->kind == CELL_TEXT)
			buf_add_str(&cell, value->text);
		else
			cell_format(&cell, value, true);
		if (c == 0) {
			escape_text(out, buf_str(&cell), 0);
			buf_add_ch(out, '\n');
		} else if (cell.n) {
			buf_printf(out, "  %-*s", BLOCK_MARGIN - 2, t->columns[c].title);
			add_wrapped(out, buf_str(&cell));
		}
		buf_fini(&cell);
	}
}

enum status cli_print_blocks(const struct cli *cli, const struct table *t, struct err *err)
{
	const struct export_format *f;
	enum status st = cli_format(cli, &f, err);
	if (st != OK)
		return st;
	if (strcmp(f->name, "text") != 0)
		return cli_print(cli, t, err);
	struct buf b = {0};
	for (size_t i = 0; i < t->nrows; i++)
		add_block(&b, t, i);
	st = cli_write(cli, buf_str(&b), err);
	buf_fini(&b);
	return st;
}
