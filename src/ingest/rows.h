/* SPDX-License-Identifier: MIT
 *
 * A row of a table, or a JSON record, through a field map into the sink.
 * Private to ingest.
 */
#ifndef INGEST_ROWS_H
#define INGEST_ROWS_H

#include "ingest/importer.h"
#include "ingest/map.h"

/* One row: cells by column, or a JSON object. */
struct row {
	const struct str *cells; /* NULL for JSON */
	size_t n;
	const struct json *object;
};

/* A map bound to the header of one table. */
struct bound_map {
	const struct fieldmap *map;
	struct import *im;
	struct arena arena; /* of the row in hand */
	size_t *columns;    /* by spec id: column from 0, SIZE_MAX = not there; for tables with a header */
	struct str file;    /* file name without directories */
	const struct json *document; /* around the records, or NULL */
	const struct str *header;    /* borrowed; NULL for JSON records */
	size_t nheader;
	bool *used;         /* by column: the map names it */
	struct arena names_arena;
	const char **names; /* JSON records: members that the map names, NULL-terminated */
	uint64_t results, undirected;
};

/* header: NULL for JSON records and for tables that have none; it must outlive b. What the map does not name becomes facts.
 * USAGE when a mapped column is not there: it names the ones that
 * are. */
enum status rows_bind(
        struct bound_map *b, struct import *im, const struct fieldmap *map, const struct str *header, size_t n, struct err *err);
enum status rows_put(struct bound_map *b, const struct row *row, const struct record *place, uint32_t repairs, struct err *err);
/* Says once what a guess could not know. */
void rows_end(struct bound_map *b);

#endif
