/* SPDX-License-Identifier: MIT
 *
 * Tables in a Markdown text: a line of cells, a line of dashes, lines of cells.
 */
#include "ingest/mdtable.h"

struct cells {
	struct str list[MDTABLE_COLUMNS];
	size_t n; /* more than MDTABLE_COLUMNS: too many */
};

/* Cells between bars; a bar behind a backslash is text. */
static void split_cells(struct str line, struct cells *out)
{
	out->n = 0;
	line = str_trim(line);
	if (line.n && line.p[0] == '|')
		line = str_sub(line, 1, line.n);
	if (line.n && line.p[line.n - 1] == '|')
		line.n--;
	for (size_t i = 0, from = 0; i <= line.n; i++) {
		if (i < line.n && (line.p[i] != '|' || (i > 0 && line.p[i - 1] == '\\')))
			continue;
		if (out->n < MDTABLE_COLUMNS)
			out->list[out->n] = str_trim(str_sub(line, from, i - from));
		out->n++;
		from = i + 1;
	}
}

static bool has_bar(struct str line)
{
	return line.n && memchr(line.p, '|', line.n);
}

static bool is_rule(struct str line)
{
	bool dash = false;
	for (size_t i = 0; i < line.n; i++) {
		if (!strchr("|-: \t\r", line.p[i]))
			return false;
		dash |= line.p[i] == '-';
	}
	return dash && has_bar(line);
}

/* "## Results", "**Table 3**: rates" and "Table 3: rates" are titles. */
static struct str title_of(struct str line)
{
	line = str_trim(line);
	if (!line.n || !(strchr("#*", line.p[0]) || str_starts(line, "Table")))
		return (struct str){0};
	while (line.n && strchr("#* ", line.p[0]))
		line = str_sub(line, 1, line.n);
	while (line.n && strchr("*: ", line.p[line.n - 1]))
		line.n--;
	return str_sub(line, 0, 120);
}

static void give_row(const struct mdtable_ops *ops, struct str line, size_t n, uint64_t number)
{
	struct cells cells;
	split_cells(line, &cells);
	for (size_t i = cells.n; i < n; i++)
		cells.list[i] = str_c("");
	ops->row(ops->ctx, cells.list, number);
}

void mdtable_each(struct str text, const struct mdtable_ops *ops)
{
	struct str line, before = {0}, title = {0};
	struct cells header = {.n = 0};
	bool inside = false, wanted = false;
	uint64_t number = 0;
	while (str_cut(&text, '\n', &line)) {
		number++;
		if (!inside && is_rule(line) && has_bar(before)) {
			split_cells(before, &header);
			inside = true;
			wanted = header.n <= MDTABLE_COLUMNS && ops->header(ops->ctx, title, header.list, header.n);
			title = (struct str){0};
		} else if (inside && has_bar(line)) {
			if (wanted && !is_rule(line))
				give_row(ops, line, header.n, number);
		} else {
			inside = false;
			if (title_of(line).n)
				title = title_of(line);
		}
		before = inside ? (struct str){0} : line;
	}
}
