/* SPDX-License-Identifier: MIT
 *
 * CSV as RFC 4180 has it, with LF, and TSV with the same quoting. Lossless by
 * default: a cell that a spreadsheet would run is only changed when asked, and
 * numbers never are.
 */
#include "export/writers.h"

#include <csv.h>

static void add_quoted(struct buf *out, struct str s)
{
	buf_reserve(out, 2 * s.n + 2);
	out->n += csv_write2(out->p + out->n, 2 * s.n + 2, s.p, s.n, '"');
	out->p[out->n] = '\0';
}

static bool needs_quotes(struct str s, char separator)
{
	if (s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' '))
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == separator)
			return true;
	return false;
}

static void add_text(struct buf *out, struct str s, char separator, bool safe)
{
	if (safe && s.n && strchr("=+-@\t\r", s.p[0]) && s.p[0]) {
		struct buf guarded = {0};
		buf_add_ch(&guarded, '\'');
		buf_add_str(&guarded, s);
		add_text(out, buf_str(&guarded), separator, false);
		buf_fini(&guarded);
		return;
	}
	if (!s.n || needs_quotes(s, separator))
		add_quoted(out, s);
	else
		buf_add_str(out, s);
}

static void add_cell(struct buf *out, const struct column *column, const struct cell *c, char separator, bool safe)
{
	if (column->kind == CELL_INTERVAL) {
		struct cell low = cell_real(c->real), high = cell_real(c->high);
		if (c->kind == CELL_INTERVAL)
			cell_format(out, &low, false);
		buf_add_ch(out, separator);
		if (c->kind == CELL_INTERVAL)
			cell_format(out, &high, false);
	} else if (c->kind == CELL_TEXT) {
		add_text(out, c->text, separator, safe);
	} else if (c->kind != CELL_EMPTY) {
		size_t start = out->n;
		cell_format(out, c, false);
		if (needs_quotes(str_n(out->p + start, out->n - start), separator)) { /* "green, yellow not ruled out" */
			struct buf copy = {0};
			buf_add(&copy, out->p + start, out->n - start);
			out->n = start;
			add_quoted(out, buf_str(&copy));
			buf_fini(&copy);
		}
	}
}

static void begin(struct buf *out, const struct column *columns, size_t n, char separator, bool safe)
{
	for (size_t i = 0; i < n; i++) {
		struct buf name = {0};
		if (i)
			buf_add_ch(out, separator);
		if (columns[i].kind == CELL_INTERVAL)
			buf_printf(&name, "%s_low%c%s_high", columns[i].name, separator, columns[i].name);
		if (name.n)
			buf_add_str(out, buf_str(&name));
		else
			add_text(out, str_c(columns[i].name), separator, safe);
		buf_fini(&name);
	}
	buf_add_ch(out, '\n');
}

static void add_row(struct buf *out, const struct table *t, size_t row, char separator, bool safe)
{
	size_t start = out->n;
	for (size_t i = 0; i < t->ncolumns; i++) {
		if (i)
			buf_add_ch(out, separator);
		add_cell(out, &t->columns[i], table_cell(t, row, i), separator, safe);
	}
	if (out->n == start)
		buf_add_c(out, "\"\""); /* a blank line would be no row at all */
	buf_add_ch(out, '\n');
}

void csv_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o)
{
	begin(out, columns, n, ',', o->spreadsheet_safe);
}

void csv_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first)
{
	(void)first;
	add_row(out, t, row, ',', o->spreadsheet_safe);
}

void tsv_begin(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o)
{
	begin(out, columns, n, '\t', o->spreadsheet_safe);
}

void tsv_row(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first)
{
	(void)first;
	add_row(out, t, row, '\t', o->spreadsheet_safe);
}

#define TEXT_OF(x) #x
#define VERSION_OF(major, minor, release) TEXT_OF(major) "." TEXT_OF(minor) "." TEXT_OF(release)

const char *export_library_version(void)
{
	return VERSION_OF(CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
}
