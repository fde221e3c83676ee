/* SPDX-License-Identifier: MIT
 *
 * Private to store: a column block, the saved form of 65,536 results.
 *
 *   "PLB1" | n, little endian 32 bits | version of the layout | 0 | one array of n values per column
 *
 * Columns stand in the order of block_layout; a longer layout is a new version.
 */
#ifndef STORE_BLOCK_H
#define STORE_BLOCK_H

#include "base/buf.h"
#include "store/db.h"

enum { BLOCK_HEADER = 16 };

/* Makes room for n results; new ones are gone until somebody fills them in. */
void columns_reserve(struct columns *c, size_t n);

/* The n results from index `from` on. */
void block_encode(struct buf *out, const struct columns *c, size_t from, size_t n);
/* How many results a block holds; FAIL when it is damaged. */
enum status block_count(struct str data, size_t *n, struct err *err);
/* Puts a block's results at index `at`; there must be room. */
enum status block_decode(struct columns *c, size_t at, struct str data, struct err *err);
/* Byte offset of a column in a block of n results. column: offsetof its pointer in struct columns. */
size_t block_offset(size_t column, size_t n);

/* Reads one column of a stored block into out (n values); for look-ups that need one column of all results. */
enum status block_read_column(struct store *s, int64_t block, size_t column, void *out, size_t n, struct err *err);

#endif
