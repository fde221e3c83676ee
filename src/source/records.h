/* SPDX-License-Identifier: MIT
 *
 * Splits a member into records without holding it in memory: JSON Lines, the
 * elements of a top-level array, concatenated documents, or the elements of
 * arrays inside one big document (Inspect's /samples, promptfoo's
 * /results/results). Content decides, never the file's suffix.
 */
#ifndef SOURCE_RECORDS_H
#define SOURCE_RECORDS_H

#include "source/bundle.h"

enum records_shape {
	RECORDS_NONE, /* not JSON */
	RECORDS_LINES,
	RECORDS_ARRAY,    /* a top-level array */
	RECORDS_DOCUMENT, /* one object (or scalar) */
};

struct record {
	struct str text;  /* the record's bytes, valid until the next call */
	uint64_t offset;  /* of its first byte in the decompressed member */
	uint64_t line;    /* from 1 */
	uint64_t ordinal; /* from 0, in its array or file */
	int array;        /* which of `arrays` it comes from; -1 for lines and top-level elements */
	struct str key;   /* the member's name that the last "*" on its way stands for, until the next call; absent without one */
};

/* From the first bytes: tells JSON Lines from one document from an array. A first object that does not end within
 * the head counts as a document, though lines may follow: for probing, take both. records_shape is sure. */
enum records_shape records_sniff(struct str head);

struct records;

/* arrays: NULL-terminated JSON pointers whose elements are records ("/samples"); NULL for lines and top-level
 * arrays. A top-level array is split in either case; with `arrays` given and a JSON Lines member, lines are records.
 * "*" as a step matches any key. */
enum status records_open(struct reader *r, const struct member *m, const char *const *arrays, struct records **out, struct err *err);

/* For a document: everything but the elements of `arrays`, each of those arrays left as []. Reads the member
 * once on its own, before the first record, so header fields after the array are there too. Owned by the records.
 * Of a document that breaks off, what stands before that place, closed. Absent for lines and a top-level array. */
enum status records_skeleton(struct records *rs, struct str *out, struct err *err);
/* Does the document break off? Then records_next will FAIL behind the last whole record. Of lines it is known at their END:
 * whether the last one was cut short. */
bool records_cut(const struct records *rs);

/* OK, END, or FAIL. A record over SOURCE_MAX_RECORD or a broken line is skipped with on_skip's message and reading
 * goes on; FAIL is for what can not go on (truncated document: the message names the offset). */
enum status records_next(struct records *rs, struct record *out, struct err *err);
/* What the member turned out to be. */
enum records_shape records_shape(const struct records *rs);
void records_on_skip(struct records *rs, void (*fn)(void *ctx, uint64_t line, uint64_t offset, const char *why), void *ctx);
void records_close(struct records *rs);

#endif
