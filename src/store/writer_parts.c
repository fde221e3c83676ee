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

typedef enum status (*rebuild_fn)(void *ctx, const unsigned char uid[UID_SIZE], uint32_t source_id, struct str format,
	const struct in_part *parts, size_t n, struct err *err);

enum { GATHER_BYTES = 32 << 20 };

/* The parts of a few results. They are gathered first and handed out when nothing reads the table any more, so that
 * whoever gets them may write and commit, whatever other processes do. */
struct gather {
	struct writer *w;
	rebuild_fn fn;
	void *ctx;
	struct arena text;
	struct in_part *parts;
	uint32_t *sources; /* by part */
	size_t n, cap, sources_cap;
	unsigned char last[UID_SIZE]; /* all results up to this one have been handed out */
	bool begun, more;
};

static void is_touched(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const struct writer *w = sqlite3_user_data(ctx);
	(void)argc;
	const char *uid = sqlite3_value_blob(argv[0]);
	sqlite3_result_int(ctx, w->owed || (uid && dict_find(&w->parted, str_n(uid, (size_t)sqlite3_value_bytes(argv[0]))) != DICT_NONE));
}

static struct str format_of(const struct writer *w, uint32_t source_id)
{
	return source_id < w->sources.n ? w->sources.formats[source_id] : str_n("", 0);
}

static bool same_uid(const struct in_part *a, const struct in_part *b)
{
	return !memcmp(a->uid, b->uid, UID_SIZE);
}

static void gather_row(struct gather *g, sqlite3_stmt *st)
{
	struct in_part p = {.order = db_str(st, 1), .body = db_str(st, 2)};
	memcpy(p.uid, sqlite3_column_blob(st, 0), UID_SIZE);
	const struct in_part *before = g->n ? &g->parts[g->n - 1] : NULL;
	if (before && same_uid(before, &p) && str_eq(before->order, p.order) && str_eq(before->body, p.body))
		return; /* the same piece in two sources */
	if (before && !same_uid(before, &p) && g->text.used > GATHER_BYTES) {
		g->more = true;
		return;
	}
	p.order = arena_str(&g->text, p.order);
	p.body = arena_str(&g->text, p.body);
	g->parts = vec_grow(g->parts, &g->cap, g->n + 1, sizeof *g->parts);
	g->sources = vec_grow(g->sources, &g->sources_cap, g->n + 1, sizeof *g->sources);
	g->sources[g->n] = (uint32_t)sqlite3_column_int64(st, 3);
	g->parts[g->n++] = p;
}

static enum status gather_some(struct gather *g, struct err *err)
{
	struct store *s = g->w->s;
	sqlite3_stmt *st;
	enum status status = db_prepare(s,
		"SELECT uid, ord, body, source_id FROM part WHERE (:last IS NULL OR uid > :last) AND length(uid) = 16 "
		"AND is_touched(uid) ORDER BY uid, ord, body, source_id",
		&st, err);
	if (status)
		return status;
	if (g->begun)
		db_bind_blob(st, ":last", g->last, UID_SIZE);
	g->begun = true;
	g->more = false;
	while (!g->more && (status = db_step(s, st, err)) == OK)
		gather_row(g, st);
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

static enum status deliver(struct gather *g, struct err *err)
{
	enum status status = OK;
	for (size_t from = 0, to; !status && from < g->n; from = to) {
		uint32_t first = g->sources[from];
		for (to = from + 1; to < g->n && same_uid(&g->parts[from], &g->parts[to]); to++)
			if (g->sources[to] < first)
				first = g->sources[to];
		memcpy(g->last, g->parts[from].uid, UID_SIZE);
		status = g->fn(g->ctx, g->parts[from].uid, first, format_of(g->w, first), &g->parts[from], to - from, err);
	}
	g->n = 0;
	arena_reset(&g->text);
	return status;
}

static enum status each_with_parts(struct gather *g, struct err *err)
{
	enum status status;
	do {
		status = gather_some(g, err);
		if (!status)
			status = deliver(g, err);
	} while (!status && g->more);
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
			status = g->fn(g->ctx, uid, stored.source_id, format_of(g->w, stored.source_id), NULL, 0, err);
	}
	return status;
}

enum status writer_each_rebuild(struct writer *w, rebuild_fn fn, void *ctx, struct err *err)
{
	enum status status = writer_work(w, err);
	if (!status)
		status = writer_name_models(w, err);
	if (status || (!w->touched.n && !w->parted.n && !w->owed))
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
	free(g.sources);
	if (status == END)
		status = OK; /* the callback had enough */
	if (!status) {
		dict_fini(&w->touched);
		dict_fini(&w->parted);
		w->owed = false;
	}
	return status;
}

bool writer_owed(const struct writer *w)
{
	return w->owed;
}
