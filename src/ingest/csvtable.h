/* SPDX-License-Identifier: MIT
 *
 * CSV whose first row names the columns, for importers that know the names.
 */
#ifndef INGEST_CSVTABLE_H
#define INGEST_CSVTABLE_H

#include "ingest/importer.h"

struct csvtable {
	const struct str *header;
	size_t n; /* columns; each row has as many */
};

enum { NO_COLUMN = 1 << 20 };
/* Place of a column, NO_COLUMN when there is none. Names are compared without case and outer blanks. */
size_t csvtable_column(const struct csvtable *t, const char *name);
/* Of the first of these that is there (NULL-terminated). */
size_t csvtable_any(const struct csvtable *t, const char *const *names);
/* The cell at a place; absent when there is no such column or the cell is empty. */
struct str csvtable_cell(const struct csvtable *t, const struct str *cells, size_t column);

struct csvtable_ops {
	/* Once, before the rows: finds its columns. May be NULL. */
	enum status (*header)(void *ctx, const struct csvtable *t, struct err *err);
	/* Everything lives until it returns. */
	enum status (*row)(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place, struct err *err);
	void *ctx;
	bool quiet; /* a first pass: what it skips the second will tell */
};
/* Reads the member; rows with another number of cells than the header, and broken ones, are skipped with their line. */
enum status csvtable_read(struct import *im, const struct member *m, const struct csvtable_ops *ops, struct err *err);

/* For probes: the header in the head, copied into a; false when that is no CSV or its first row is not whole. */
bool csvtable_head(struct arena *a, const struct member *m, struct csvtable *out);

#endif
