/* SPDX-License-Identifier: MIT
 *
 * Column blocks to bytes and back.
 */
#include "store/block.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

enum { BLOCK_LAYOUT = 1 };

static const struct {
	size_t member; /* of struct columns */
	size_t size;   /* of one value */
} layout[] = {
	{offsetof(struct columns, uid), 8},
	{offsetof(struct columns, run), 4},
	{offsetof(struct columns, source), 4},
	{offsetof(struct columns, task), 4},
	{offsetof(struct columns, model), 4},
	{offsetof(struct columns, item), 4},
	{offsetof(struct columns, epoch), 4},
	{offsetof(struct columns, catset), 4},
	{offsetof(struct columns, started), 4},
	{offsetof(struct columns, score), 4},
	{offsetof(struct columns, turns), 2},
	{offsetof(struct columns, tool_calls), 2},
	{offsetof(struct columns, fail_turn), 2},
	{offsetof(struct columns, fail_step), 2},
	{offsetof(struct columns, outcome), 1},
	{offsetof(struct columns, severity), 1},
	{offsetof(struct columns, item_severity), 1},
	{offsetof(struct columns, flags), 1},
};
enum { LAYOUT_N = sizeof layout / sizeof *layout };

static void **column_at(struct columns *c, size_t i)
{
	return (void **)((char *)c + layout[i].member);
}

static const char *column_values(const struct columns *c, size_t i)
{
	char *p;
	memcpy(&p, (const char *)c + layout[i].member, sizeof p);
	return p;
}

/* Copies between this machine's byte order and little endian; the same both ways. */
static void copy_little(char *to, const char *from, size_t n, size_t size)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (n)
		memcpy(to, from, n * size);
#else
	for (size_t i = 0; i < n; i++)
		for (size_t b = 0; b < size; b++)
			to[i * size + b] = from[i * size + size - 1 - b];
#endif
}

static void put_u32(char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> (8 * i) & 0xff);
}

static uint32_t get_u32(const char *p)
{
	uint32_t v = 0;
	for (int i = 0; i < 4; i++)
		v |= (uint32_t)(unsigned char)p[i] << (8 * i);
	return v;
}

static size_t row_bytes(void)
{
	size_t total = 0;
	for (size_t i = 0; i < LAYOUT_N; i++)
		total += layout[i].size;
	return total;
}

void columns_reserve(struct columns *c, size_t n)
{
	if (n > c->cap) {
		size_t cap = n + n / 8 + 1024;
		for (size_t i = 0; i < LAYOUT_N; i++) {
			void **p = column_at(c, i);
			*p = xreallocarray(*p, cap, layout[i].size);
			memset((char *)*p + c->cap * layout[i].size, 0, (cap - c->cap) * layout[i].size);
		}
		for (size_t i = c->cap; i < cap; i++) {
			c->flags[i] = COLUMN_GONE;
			c->score[i] = NAN;
		}
		c->cap = cap;
	}
	if (n > c->n)
		c->n = n;
}

void columns_fini(struct columns *c)
{
	for (size_t i = 0; i < LAYOUT_N; i++)
		free(*column_at(c, i));
	memset(c, 0, sizeof *c);
}

void block_encode(struct buf *out, const struct columns *c, size_t from, size_t n)
{
	buf_clear(out);
	buf_reserve(out, BLOCK_HEADER + n * row_bytes());
	char head[BLOCK_HEADER] = "PLB1";
	put_u32(head + 4, (uint32_t)n);
	put_u32(head + 8, BLOCK_LAYOUT);
	buf_add(out, head, sizeof head);
	for (size_t i = 0; i < LAYOUT_N; i++) {
		copy_little(out->p + out->n, column_values(c, i) + from * layout[i].size, n, layout[i].size);
		out->n += n * layout[i].size;
	}
}

enum status block_count(struct str data, size_t *n, struct err *err)
{
	if (data.n < BLOCK_HEADER || memcmp(data.p, "PLB1", 4) != 0)
		return err_fail(err, "a column block has no header");
	*n = get_u32(data.p + 4);
	if (get_u32(data.p + 8) != BLOCK_LAYOUT)
		return err_fail(err, "a column block has the unknown layout %u", get_u32(data.p + 8));
	if (*n > BLOCK_SIZE || data.n != BLOCK_HEADER + *n * row_bytes())
		return err_fail(err, "a column block of %zu results has %zu bytes", *n, data.n);
	return OK;
}

enum status block_decode(struct columns *c, size_t at, struct str data, struct err *err)
{
	size_t n;
	enum status status = block_count(data, &n, err);
	if (status)
		return status;
	const char *p = data.p + BLOCK_HEADER;
	for (size_t i = 0; i < LAYOUT_N; i++) {
		copy_little((char *)*column_at(c, i) + at * layout[i].size, p, n, layout[i].size);
		p += n * layout[i].size;
	}
	return OK;
}

size_t block_offset(size_t column, size_t n)
{
	size_t offset = BLOCK_HEADER;
	for (size_t i = 0; i < LAYOUT_N && layout[i].member != column; i++)
		offset += n * layout[i].size;
	return offset;
}

static size_t column_size(size_t column)
{
	for (size_t i = 0; i < LAYOUT_N; i++)
		if (layout[i].member == column)
			return layout[i].size;
	return 0;
}

enum status block_read_column(struct store *s, int64_t block, size_t column, void *out, size_t n, struct err *err)
{
	size_t size = column_size(column);
	sqlite3_blob *blob = NULL;
	char *raw = xmalloc(n * size + 1);
	enum status status = OK;
	if (sqlite3_blob_open(s->db, "main", "colblk", "data", block, 0, &blob) != SQLITE_OK ||
		sqlite3_blob_read(blob, raw, (int)(n * size), (int)block_offset(column, n)) != SQLITE_OK)
		status = db_fail(s, "reading columns of", err);
	else
		copy_little(out, raw, n, size);
	sqlite3_blob_close(blob);
	free(raw);
	return status;
}
