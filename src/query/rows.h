/* SPDX-License-Identifier: MIT
 *
 * Private to query: an opened view, and how each kind of it is filled.
 */
#ifndef QUERY_ROWS_H
#define QUERY_ROWS_H

#include "query/fields.h"

struct rows {
	struct arena arena;
	const struct view *view;
	struct facts *facts;
	struct column *columns; /* in the arena */
	size_t ncolumns;
	size_t count;

	/* lists of results and of what belongs to them */
	const struct list_source *source;
	const struct list_field **fields; /* by column */
	unsigned needs;
	uint32_t *ids; /* results in order */
	size_t nids;
	uint64_t *ends;    /* lists of turns, calls: rows of the results up to and with this one; NULL = a row a result */
	uint32_t *numbers;   /* which turns or calls of each result are shown, from 1; NULL = all */
	size_t *numbers_at;  /* by place in ids: its first in numbers */
	uint32_t *entries; /* list of annotations: indices in those of facts */
	char *policy_sha256;

	/* tables made whole */
	bool is_made;
	struct table made;
	struct str *enter; /* by row: the value that Enter adds to the filter; absent = none */
	struct str enter_field;
	struct dict nodes; /* category tree: names of its nodes */
};

struct opening {
	struct facts *facts;
	struct store *store; /* may be NULL: then what needs it stays empty */
	const struct view *view;
	struct str filter;
	bool filtered; /* the filter is not blank */
	const struct bitset *set;
	const struct query_options *options;
	const char *order; /* column, or NULL */
	bool descending;
	atomic_bool *cancel;
	const struct filter *parsed; /* of `filter` */
};

enum status rows_open_list(struct rows *r, const struct opening *o, struct err *err);
enum status rows_fetch_list(struct rows *r, struct store *s, size_t from, size_t n, struct table *out, struct err *err);
size_t rows_list_index(const struct rows *r, size_t row); /* of the result in ids */
/* Of a list of turns or calls: the number, from 1, of what the row shows in the transcript of the i-th result. */
uint32_t rows_list_number(const struct rows *r, size_t i, size_t row);
enum status rows_open_group(struct rows *r, const struct opening *o, struct err *err);
enum status rows_open_made(struct rows *r, const struct opening *o, struct err *err);

/* Orders cells: numbers, texts by bytes, times; empty ones last in either direction. */
int cell_compare(const struct cell *a, const struct cell *b, bool descending);
/* Sorts rows of a table by a column, keeping the order of equal ones, and `enter` with them (may be NULL). */
void table_sort(struct table *t, size_t column, bool descending, struct str *enter);
/* The columns named in a comma list, looked up among n; out has room for `max`. USAGE names the nearest. */
enum status columns_pick(const char *list, const struct column *known, size_t n, size_t *out, size_t max, size_t *nout, struct err *err);

#endif
