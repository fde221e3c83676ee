/* SPDX-License-Identifier: MIT
 *
 * Sources: known by content, format, importer version and settings; what they
 * publish besides results; what there is to say about them.
 */
#include "store/writer.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

enum { NOTES_MAX = 1000 }; /* distinct ones of a source; what is beyond is counted in one */

static void identity(struct buf *out, struct str sha256, struct str format, int version, struct str settings)
{
	buf_clear(out);
	buf_add_str(out, sha256);
	buf_add_ch(out, '\0');
	buf_add_str(out, format);
	buf_printf(out, "%c%d%c", '\0', version, '\0');
	buf_add_str(out, settings);
}

static void place(struct buf *out, struct str format, struct str path)
{
	buf_clear(out);
	buf_add_str(out, format);
	buf_add_ch(out, '\0');
	buf_add_str(out, path);
}

/* Room up to `id`; the three arrays have one size. */
static void reserve(struct writer_sources *s, size_t id)
{
	if (id < s->n)
		return;
	if (id >= s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		while (cap <= id)
			cap *= 2;
		s->paths = xreallocarray(s->paths, cap, sizeof *s->paths);
		s->formats = xreallocarray(s->formats, cap, sizeof *s->formats);
		s->complete = xreallocarray(s->complete, cap, 1);
		s->by_identity = xreallocarray(s->by_identity, cap, sizeof *s->by_identity);
		s->cap = cap;
	}
	for (; s->n <= id; s->n++) {
		s->paths[s->n] = s->formats[s->n] = str_n("", 0);
		s->complete[s->n] = 0;
		s->by_identity[s->n] = 0;
	}
}

static void remember(struct writer *w, uint32_t id, struct str path, struct str format, struct str key, bool complete)
{
	struct writer_sources *s = &w->sources;
	reserve(s, id);
	s->paths[id] = arena_str(&s->text, path);
	s->formats[id] = arena_str(&s->text, format);
	s->complete[id] = complete;
	/* Equal identities can not come twice, so index and id go in step but for gaps. */
	uint32_t index = dict_add(&s->identity, key);
	reserve(s, index);
	s->by_identity[index] = id;
}

enum status writer_sources_load(struct writer *w, struct err *err)
{
	sqlite3_stmt *st;
	struct buf key = {0};
	enum status status = db_prepare(w->s,
		"SELECT source_id, path, format, importer_version, sha256, settings, status = 'complete' FROM source ORDER BY "
		"source_id",
		&st, err);
	reserve(&w->sources, 0);
	while (!status && (status = db_step(w->s, st, err)) == OK) {
		uint32_t id = (uint32_t)sqlite3_column_int64(st, 0);
		identity(&key, db_str(st, 4), db_str(st, 2), sqlite3_column_int(st, 3), db_str(st, 5));
		remember(w, id, db_str(st, 1), db_str(st, 2), buf_str(&key), sqlite3_column_int(st, 6));
		place(&key, db_str(st, 2), db_str(st, 1));
		dict_add(&w->sources.path, buf_str(&key));
	}
	sqlite3_finalize(st);
	buf_fini(&key);
	return status == END ? OK : status;
}

void writer_sources_fini(struct writer *w)
{
	struct writer_sources *s = &w->sources;
	dict_fini(&s->identity);
	dict_fini(&s->path);
	arena_fini(&s->text);
	free(s->by_identity);
	free(s->paths);
	free(s->formats);
	free(s->complete);
	memset(s, 0, sizeof *s);
}

static enum status insert_source(struct writer *w, uint32_t id, const struct in_source *src, const char *sha256, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_SOURCE, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, id);
	bind_text(st, 2, src->path);
	bind_text(st, 3, src->format);
	sqlite3_bind_int(st, 4, src->importer_version);
	bind_text(st, 5, str_c(sha256));
	sqlite3_bind_int64(st, 6, (int64_t)src->bytes);
	sqlite3_bind_int64(st, 7, src->mtime_ms);
	bind_text(st, 8, src->settings);
	sqlite3_bind_int64(st, 9, clock_wall_ms());
	w->names.dirty = true;
	return writer_run(w, st, err);
}

/* Reading was cut short: what results do not tell apart by themselves is said anew. */
static enum status resume_source(struct writer *w, uint32_t id, struct err *err)
{
	static const enum writer_sql clears[] = {SQL_SOURCE_CLEAR_NOTES, SQL_SOURCE_CLEAR_AGGREGATES, SQL_SOURCE_CLEAR_PARTS};
	enum status status = OK;
	sqlite3_stmt *st = writer_sql(w, SQL_SOURCE_AGAIN, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int64(st, 2, clock_wall_ms());
	status = writer_run(w, st, err);
	for (size_t i = 0; !status && i < sizeof clears / sizeof *clears; i++) {
		st = writer_sql(w, clears[i], err);
		if (!st)
			return FAIL;
		sqlite3_bind_int64(st, 1, id);
		status = writer_run(w, st, err);
	}
	return status;
}

enum status writer_source_begin(
	struct writer *w, const struct in_source *src, enum source_state *state, uint32_t *source_id, struct err *err)
{
	struct writer_sources *s = &w->sources;
	char sha256[SHA256_HEX];
	struct buf key = {0}, where = {0};
	enum status status = writer_work(w, err);
	if (status)
		return status;
	hex_encode(src->sha256, SHA256_SIZE, sha256);
	identity(&key, str_c(sha256), src->format, src->importer_version, src->settings);
	place(&where, src->format, src->path);
	uint32_t index = dict_find(&s->identity, buf_str(&key));
	if (index != DICT_NONE) {
		*source_id = s->by_identity[index];
		*state = s->complete[*source_id] ? SOURCE_KNOWN : SOURCE_PARTIAL;
		if (*state == SOURCE_PARTIAL)
			status = resume_source(w, *source_id, err);
	} else {
		*state = dict_find(&s->path, buf_str(&where)) == DICT_NONE ? SOURCE_NEW : SOURCE_CHANGED;
		*source_id = (uint32_t)s->n;
		remember(w, *source_id, src->path, src->format, buf_str(&key), false);
		dict_add(&s->path, buf_str(&where));
		status = insert_source(w, *source_id, src, sha256, err);
	}
	buf_fini(&key);
	buf_fini(&where);
	return status;
}

enum status writer_source_end(struct writer *w, uint32_t source_id, const struct source_totals *t, struct err *err)
{
	enum status status = writer_work(w, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_SOURCE_END, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, source_id);
	bind_text(st, 2, str_c(t->complete ? "complete" : "partial"));
	sqlite3_bind_int64(st, 3, (int64_t)t->results);
	sqlite3_bind_int64(st, 4, (int64_t)t->turns);
	sqlite3_bind_int64(st, 5, (int64_t)t->tool_calls);
	sqlite3_bind_int64(st, 6, (int64_t)t->skipped);
	sqlite3_bind_int64(st, 7, (int64_t)t->warnings);
	bind_str(st, 8, t->declared);
	bind_str(st, 9, t->mismatch);
	bind_str(st, 10, t->ignored);
	if (source_id < w->sources.n)
		w->sources.complete[source_id] = t->complete;
	return writer_run(w, st, err);
}

enum status writer_source_recount(struct writer *w, const uint32_t *ids, size_t n, struct err *err)
{
	sqlite3_stmt *all;
	enum status status = writer_work(w, err);
	if (status || n == 0)
		return status;
	bool *among = xcalloc(w->sources.n + 1, sizeof *among);
	for (size_t i = 0; i < n; i++)
		if (ids[i] < w->sources.n)
			among[ids[i]] = true;
	status = db_prepare(w->s, "SELECT source_id, count(*), sum(turns), sum(tool_calls) FROM result GROUP BY source_id", &all, err);
	while (!status && (status = db_step(w->s, all, err)) == OK) {
		uint32_t id = (uint32_t)sqlite3_column_int64(all, 0);
		if (id >= w->sources.n || !among[id])
			continue;
		sqlite3_stmt *st = writer_sql(w, SQL_SOURCE_RECOUNT, err);
		for (int i = 0; st && i < 4; i++)
			sqlite3_bind_int64(st, i + 1, sqlite3_column_int64(all, i));
		status = st ? writer_run(w, st, err) : FAIL;
	}
	sqlite3_finalize(all);
	free(among);
	return status == END ? OK : status;
}

/* ---- what there is to say ---- */

static uint32_t *notes_of(struct writer *w, uint32_t source_id)
{
	if (source_id >= w->nnotes_of) {
		size_t n = (size_t)source_id * 2 + 16;
		w->notes_of = xreallocarray(w->notes_of, n, sizeof *w->notes_of);
		memset(w->notes_of + w->nnotes_of, 0, (n - w->nnotes_of) * sizeof *w->notes_of);
		w->nnotes_of = n;
	}
	return &w->notes_of[source_id];
}

enum status writer_note(
	struct writer *w, uint32_t source_id, const char *kind, struct str where, struct str text, struct err *err)
{
	enum status status = writer_work(w, err);
	if (status)
		return status;
	uint32_t *distinct = notes_of(w, source_id);
	if (*distinct >= NOTES_MAX)
		text = str_c("further notes of other wordings were counted, not kept");
	buf_clear(&w->scratch);
	buf_printf(&w->scratch, "%u %s ", source_id, kind);
	buf_add_str(&w->scratch, text);
	size_t before = w->notes.n;
	uint32_t index = dict_add(&w->notes, buf_str(&w->scratch));
	bool fresh = w->notes.n != before;
	sqlite3_stmt *st = writer_sql(w, fresh ? SQL_NOTE : SQL_NOTE_AGAIN, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, w->first_note + index);
	if (fresh) {
		++*distinct;
		sqlite3_bind_int64(st, 2, source_id);
		bind_text(st, 3, str_c(kind));
		bind_str(st, 4, where);
		bind_text(st, 5, text);
	}
	return writer_run(w, st, err);
}

enum status writer_aggregate(
	struct writer *w, uint32_t source_id, const struct in_aggregate *a, struct put_counts *counts, struct err *err)
{
	enum status status = writer_work(w, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_AGGREGATE, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, source_id);
	bind_str(st, 2, a->run);
	bind_str(st, 3, a->model);
	bind_str(st, 4, a->task);
	bind_str(st, 5, a->category);
	bind_str(st, 6, a->metric);
	const int64_t counted[] = {a->k, a->n};
	for (int i = 0; i < 2; i++)
		if (counted[i] < 0)
			sqlite3_bind_null(st, 7 + i);
		else
			sqlite3_bind_int64(st, 7 + i, counted[i]);
	bind_real(st, 9, a->value);
	bind_real(st, 10, a->low);
	bind_real(st, 11, a->high);
	counts->aggregates++;
	w->nameless |= a->model.n > 0;
	return writer_run(w, st, err);
}

enum status writer_rater(struct writer *w, struct str rater, struct str attribute, struct str value, struct err *err)
{
	enum status status = writer_work(w, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_RATER, err);
	if (!st)
		return FAIL;
	bind_text(st, 1, rater);
	bind_text(st, 2, attribute);
	bind_text(st, 3, value);
	return writer_run(w, st, err);
}
