/* SPDX-License-Identifier: MIT
 *
 * The table of formats, and a whole table through one of them.
 */
#include "export/export.h"

#include <stdlib.h>

#include "base/mem.h"
#include "export/writers.h"

const struct export_format export_formats[] = {
	{"text", "aligned columns, for people; hostile text made visible", text_begin, text_row, text_end, true},
	{"csv", "RFC 4180 with LF; the bytes as they are, see --spreadsheet-safe", csv_begin, csv_row, none_end, false},
	{"tsv", "tab-separated, quoted like CSV where it must be", tsv_begin, tsv_row, none_end, false},
	{"json", "one document: {\"schema\":…,\"rows\":[{…}]}", json_begin, json_row, json_end, false},
	{"jsonl", "one JSON object a line", none_begin, jsonl_row, none_end, false},
	{"md", "a Markdown table", md_begin, md_row, none_end, false},
	{0},
};

const struct export_format *export_format_find(const char *name)
{
	for (const struct export_format *f = export_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

const struct export_format *export_format_of_path(const char *path)
{
	const char *dot = strrchr(path, '.');
	static const struct { const char *suffix, *name; } also[] = {{"ndjson", "jsonl"}, {"markdown", "md"}, {"txt", "text"}};
	if (!dot || strchr(dot, '/'))
		return NULL;
	for (size_t i = 0; i < sizeof also / sizeof *also; i++)
		if (strcmp(dot + 1, also[i].suffix) == 0)
			return export_format_find(also[i].name);
	return export_format_find(dot + 1);
}

size_t export_table(struct buf *out, const struct export_format *f, const struct table *t, const struct writer_options *o)
{
	struct table shown = *t;
	struct column *columns = xcalloc(t->ncolumns + 1, sizeof *columns);
	size_t left_out = 0;
	if (t->ncolumns)
		memcpy(columns, t->columns, t->ncolumns * sizeof *columns);
	if (f->needs_widths)
		left_out = export_measure(columns, t, o);
	shown.columns = columns;
	f->begin(out, columns, t->ncolumns, o);
	for (size_t i = 0; i < t->nrows; i++)
		f->row(out, &shown, i, o, i == 0);
	f->end(out, o);
	free(columns);
	return left_out;
}
