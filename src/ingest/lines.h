/* SPDX-License-Identifier: MIT
 *
 * A session that an agent wrote line by line, as a whole: its records make sense together only (an answer lies many
 * lines behind its question), so their trees are kept until all of them are read.
 */
#ifndef INGEST_LINES_H
#define INGEST_LINES_H

#include "ingest/walk.h"

struct line {
	const struct json *node;
	uint64_t number; /* in the file, from 1 */
};

/* Zero-initialised is empty. */
struct lines {
	struct arena arena;
	struct line *list;
	size_t n, cap;
	uint32_t repairs;
	struct record place; /* from the first record to the last; `text` has the length only */
};

/* Reads m's records to the end (arrays as in struct walk). What can not be parsed is skipped with its line and reason.
 * When the last record breaks off the session is not whole: that is said, and `out` is left empty. */
enum status lines_read(struct import *im, const struct member *m, const char *const *arrays, struct lines *out, struct err *err);
void lines_fini(struct lines *l);

/* The string under that key; absent when there is none. */
static inline struct str text_of(const struct json *node, const char *key)
{
	return json_str(json_get(node, key));
}

/* Text as content blocks hold it: strings, arrays of blocks with `text`, images and other data by their hash. */
void blocks_text(struct buf *out, const struct json *content);

#endif
