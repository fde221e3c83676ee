/* SPDX-License-Identifier: MIT
 *
 * Between the header and the rows of promptfoo's CSV exports.
 */
#ifndef INGEST_PROMPTFOO_CSV_H
#define INGEST_PROMPTFOO_CSV_H

#include "ingest/csvtable.h"
#include "ingest/imp_promptfoo.h"

/* The columns of a prompt and provider. */
struct block {
	size_t output, end; /* columns, end not included */
	bool old;
	struct str model, provider, label;
};

struct csv_export {
	struct import *im;
	struct str task;
	struct arena keep, row;
	struct block *blocks;
	size_t n;
	bool *vars; /* by column: a variable of the test */
	size_t description;
	bool variants; /* a provider answers several prompts */
	/* Columns of red teaming, behind the last block; what they say is of the first one. NO_COLUMN: not there. */
	size_t messages, history, plugin, strategy, session;
};

/* A test: a result for each block. */
enum status promptfoo_csv_row(void *ctx, const struct csvtable *t, const struct str *cells, const struct record *place,
	struct err *err);

#endif
