/* SPDX-License-Identifier: MIT
 *
 * Tables in a Markdown text.
 */
#ifndef INGEST_MDTABLE_H
#define INGEST_MDTABLE_H

#include "base/str.h"

enum { MDTABLE_COLUMNS = 64 };

struct mdtable_ops {
	/* title: the heading or caption before the table, absent when there is none. false: this table is not wanted. */
	bool (*header)(void *ctx, struct str title, const struct str *cells, size_t n);
	/* As many cells as the header has; missing ones are empty. line: of the text, from 1. */
	void (*row)(void *ctx, const struct str *cells, uint64_t line);
	void *ctx;
};
/* Goes through all tables; the text may be cut. Wider ones than MDTABLE_COLUMNS are passed over. */
void mdtable_each(struct str text, const struct mdtable_ops *ops);

#endif
