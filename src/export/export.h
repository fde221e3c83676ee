/* SPDX-License-Identifier: MIT
 *
 * Writers over tables of typed cells: text, csv, tsv, json, jsonl, md. One row
 * a format; streaming, so an export of a million rows needs constant memory.
 */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "base/cell.h"
#include "base/err.h"

struct writer_options {
	bool spreadsheet_safe; /* csv, tsv: neutralises cells that a spreadsheet would execute */
	int text_width;        /* text: columns of the terminal, 0 = no clipping */
};

struct export_format {
	const char *name, *help;
	void (*begin)(struct buf *out, const struct column *columns, size_t n, const struct writer_options *o);
	void (*row)(struct buf *out, const struct table *t, size_t row, const struct writer_options *o, bool first);
	void (*end)(struct buf *out, const struct writer_options *o);
	bool needs_widths; /* text, md: looks at the whole table first */
};
extern const struct export_format export_formats[]; /* name NULL ends */
const struct export_format *export_format_find(const char *name);

/* A whole table at once. */
void export_table(struct buf *out, const struct export_format *f, const struct table *t, const struct writer_options *o);

#endif
