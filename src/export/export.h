/* SPDX-License-Identifier: MIT
 *
 * Writers over tables of typed cells: text, csv, tsv, json, jsonl, md. One row
 * a format; streaming, so an export of a million rows needs constant memory.
 * All show the same rows; csv, tsv and json write an interval as two columns,
 * NAME_low and NAME_high.
 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "base/cell.h"
#include "base/err.h"

struct writer_options {
	bool spreadsheet_safe; /* csv, tsv: neutralises cells that a spreadsheet would execute */
	int text_width;        /* text: columns of the terminal, 0 = no clipping */
	bool color;            /* text: zones, outcomes, severities in colour too */
};

struct export_format {
	const char *name, *help;
	void (*begin)(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
	void (*row)(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);
	void (*end)(struct buf *out, const struct writer_options *o);
	bool needs_widths; /* text: the widths of the table's columns are those to pad to, see export_measure */
};
extern const struct export_format export_formats[]; /* name NULL ends */
const struct export_format *export_format_find(const char *name);
/* By the file's suffix; NULL when it says nothing. */
const struct export_format *export_format_of_path(const char *path);

/* Sets the widths of columns to what the rows of t need; with a text_width narrows text and then leaves out columns
 * (width -1) of low priority until a row fits. Returns how many were left out. */
size_t export_measure(struct column *columns, const struct table *t, const struct writer_options *o);

const char *export_library_version(void); /* of libcsv */

/* A whole table at once. Returns how many columns a narrow terminal left out. */
size_t export_table(struct buf *out, const struct export_format *f, const struct table *t, const struct writer_options *o);

#endif
