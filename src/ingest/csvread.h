/* SPDX-License-Identifier: MIT
 *
 * CSV and TSV in rows that know their place. Private to ingest.
 */
#ifndef INGEST_CSVREAD_H
#define INGEST_CSVREAD_H

#include "source/records.h"

#define CSV_UNENDED "the last line has no end: the file may be cut short"

struct csvread_ops {
	/* The cells live until it returns. place.text is not set; its offset, line and ordinal are. */
	enum status (*row)(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err);
	void (*skip)(void *ctx, uint64_t line, const char *why);
	/* May be NULL. The last line has no end: it may be cut in its last cell, which nobody can tell. */
	void (*unended)(void *ctx);
	bool (*stopped)(void *ctx);
	void *ctx;
};

/* What most likely separates the cells of a table, from its first line: one of , ; TAB | */
char csvread_delimiter(struct str head);
/* Reads the whole member; a line with broken quoting is skipped. */
enum status csvread_member(
        struct reader *r, const struct member *m, char delimiter, const struct csvread_ops *ops, struct err *err);
/* The cells of the first row, copied into a; false when the head does not hold a whole row of at least two. */
bool csvread_header(struct arena *a, struct str head, char delimiter, struct str **cells, size_t *n);

#endif
