/* SPDX-License-Identifier: MIT
 *
 * The column blocks that a load changes: a few in memory, written in the
 * transaction whose rows they describe.
 */
#include "store/writer.h"

#include "base/mem.h"

static enum status write_block(struct writer *w, struct writer_block *b, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_BLOCK_WRITE, err);
	if (!st)
		return FAIL;
	block_encode(&w->scratch, &b->columns, 0, b->columns.n);
	sqlite3_bind_int64(st, 1, b->number);
	sqlite3_bind_int64(st, 2, w->columns_version + 1);
	sqlite3_bind_int64(st, 3, (int64_t)b->columns.n);
	bind_blob(st, 4, buf_str(&w->scratch));
	b->dirty = false;
	return writer_run(w, st, err);
}

static enum status read_block(struct writer *w, struct writer_block *b, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_BLOCK_READ, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, b->number);
	enum status status = db_step(w->s, st, err);
	if (status == OK) {
		size_t n;
		struct str data = db_str(st, 0);
		status = block_count(data, &n, err);
		if (!status) {
			columns_reserve(&b->columns, n);
			status = block_decode(&b->columns, 0, data, err);
		}
	}
	sqlite3_reset(st);
	return status && status != END ? writer_broke(w, status) : OK;
}

/* The block in memory, read when needed; the least used one makes room. */
static struct writer_block *block_at(struct writer *w, int64_t number, struct err *err)
{
	struct writer_block *oldest = &w->blocks[0];
	for (size_t i = 0; i < WRITER_BLOCKS; i++) {
		struct writer_block *b = &w->blocks[i];
		if (b->number == number)
			return b;
		if (b->used < oldest->used)
			oldest = b;
	}
	if (oldest->dirty && write_block(w, oldest, err))
		return NULL;
	/* A block that was given up is part of this transaction, so the commit must raise the version. */
	columns_fini(&oldest->columns);
	oldest->number = number;
	return read_block(w, oldest, err) ? NULL : oldest;
}

enum status writer_block(struct writer *w, uint64_t result_id, struct columns **c, size_t *index, struct err *err)
{
	struct writer_block *b = block_at(w, (int64_t)(result_id >> BLOCK_BITS), err);
	if (!b)
		return FAIL;
	b->used = ++w->clock;
	b->dirty = true;
	w->columns_moved = true;
	*index = result_id & (BLOCK_SIZE - 1);
	columns_reserve(&b->columns, *index + 1);
	*c = &b->columns;
	return OK;
}

enum status writer_blocks_flush(struct writer *w, struct err *err)
{
	enum status status = OK;
	for (size_t i = 0; !status && i < WRITER_BLOCKS; i++)
		if (w->blocks[i].dirty)
			status = write_block(w, &w->blocks[i], err);
	return status;
}

void writer_blocks_forget(struct writer *w)
{
	for (size_t i = 0; i < WRITER_BLOCKS; i++) {
		columns_fini(&w->blocks[i].columns);
		w->blocks[i] = (struct writer_block){.number = -1};
	}
}
