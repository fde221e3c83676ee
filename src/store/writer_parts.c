/* SPDX-License-Identifier: MIT
 *
 * Pieces of results, and going through what must be rebuilt.
 */
#include "store/writer.h"

#include <stdlib.h>

#include "base/mem.h"

enum status writer_part(struct writer *w, uint32_t source_id, const struct in_part *p, struct put_counts *counts, struct err *err)
{
	enum status status = writer_work(w, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_PART, err);
	if (!st)
		return FAIL;
	sqlite3_bind_blob(st, 1, p->uid, UID_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, source_id);
	bind_blob(st, 3, p->order);
	bind_blob(st, 4, p->body);
	counts->parts++;
	w->bytes += p->body.n + p->order.n + 64;
	dict_add(&w->parted, str_n((const char *)p->uid, UID_SIZE));
	return writer_run(w, st, err);
}

typedef enum status (*rebuild_fn)(
	void *ctx, const unsigned char uid[UID_SIZE], struct str format, const struct in_part *parts, size_t n, struct err *err);

/* The parts of one result, while they are gathered. */
struct gather {
	struct writer *w;
	rebuild_fn fn;
	void *ctx;
	struct arena text;
	struct in_part *parts;
	size_t n, cap;
	struct str format;
};

static void is_touched(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const struct writer *w = sqlite3_user_data(ctx);
	(void)argc;
	const char *uid = sqlite3_value_blob(argv[0]);
	sqlite3_result_int(ctx, uid && dict_find(&w->parted, str_n(uid, (size_t)sqlite3_value_bytes(argv[0]))) != DICT_NONE);
}

static struct str format_of(const struct writer *w, uint32_t source_id)
{
	return source_id < w->sources.n ? w->sources.formats[source_id] : str_n("", 0);
}

static enum status deliver(struct gather *g, struct err *err)
{
	if (!g->n)
		return OK;
	enum status status = g->fn(g->ctx, g->parts[0].uid, g->format, g->parts, g->n, err);
	g->n = 0;
	arena_reset(&g->text);
	return status;
}

static enum status gather_row(struct gather *g, sqlite3_stmt *st, struct err *err)
{
	const unsigned char *uid = sqlite3_column_blob(st, 0);
	struct str order = db_str(st, 1), body = db_str(st, 2);
	if (sqlite3_column_bytes(st, 0) != UID_SIZE)
		return OK;
	enum status status = OK;
	if (g->n && memcmp(g->parts[0].uid, uid, UID_SIZE) != 0)
		status = deliver(g, err);
	if (status)
		return status;
	if (g->n && str_eq(g->parts[g->n - 1].order, order) && str_eq(g->parts[g->n - 1].body, body))
		return OK; /* the same piece in two sources */
	if (!g->n)
		g->format = format_of(g->w, (uint32_t)sqlite3_column_int64(st, 3));
	g->parts = vec_grow(g->parts, &g->cap, g->n + 1, sizeof *g->parts);
	struct in_part *p = &g->parts[g->n++];
	memcpy(p->uid, uid, UID_SIZE);
	p->order = arena_str(&g->text, order);
	p->body = arena_str(&g->text, body);
	return OK;
}

static enum status each_with_parts(struct gather *g, struct err *err)
{
	struct store *s = g->w->s;
	sqlite3_stmt *st;
	enum status status = db_prepare(s,
		"SELECT uid, ord, body, source_id FROM part WHERE is_touched(uid) ORDER BY uid, ord, body, source_id", &st, err);
	while (!status && (status = db_step(s, st, err)) == OK)
		status = gather_row(g, st, err);
	if (status == END)
		status = deliver(g, err);
	sqlite3_finalize(st);
	return status;
}

/* Results to which something is attached, also those just rebuilt from parts. */
static enum status each_attached(struct gather *g, struct err *err)
{
	enum status status = OK;
	size_t n = g->w->touched.n;
	for (uint32_t i = 0; !status && i < n; i++) {
		struct stored stored;
		const unsigned char *uid = (const unsigned char *)dict_name(&g->w->touched, i).p;
		status = writer_find(g->w, uid, &stored, err);
		if (!status && stored.id)
			status = g->fn(g->ctx, uid, format_of(g->w, stored.source_id), NULL, 0, err);
	}
	return status;
}

enum status writer_each_rebuild(struct writer *w, rebuild_fn fn, void *ctx, struct err *err)
{
	enum status status = writer_work(w, err);
	if (status || (!w->touched.n && !w->parted.n))
		return status;
	if (sqlite3_create_function_v2(
		    w->s->db, "is_touched", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, w, is_touched, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(w->s, "reading", err);
	struct gather g = {.w = w, .fn = fn, .ctx = ctx};
	status = each_with_parts(&g, err);
	if (!status)
		status = each_attached(&g, err);
	sqlite3_create_function_v2(w->s->db, "is_touched", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, NULL, NULL, NULL, NULL);
	arena_fini(&g.text);
	free(g.parts);
	if (status == END)
		status = OK; /* the callback had enough */
	if (!status) {
		dict_fini(&w->touched);
		dict_fini(&w->parted);
	}
	return status;
}
