/* SPDX-License-Identifier: MIT
 *
 * What arrives apart from its result: scores, categories and outcomes that
 * attach at once or wait, and pieces from which results are rebuilt. The
 * outcome is the same whichever comes first.
 */
#include "store/writer.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

void writer_touch(struct writer *w, const unsigned char uid[UID_SIZE])
{
	dict_add(&w->touched, str_n((const char *)uid, UID_SIZE));
}

void writer_await(struct writer *w, const unsigned char uid[UID_SIZE], int64_t waiting_id)
{
	size_t before = w->awaited.n;
	uint32_t index = dict_add(&w->awaited, str_n((const char *)uid, UID_SIZE));
	w->awaited_first = vec_grow(w->awaited_first, &w->awaited_cap, w->awaited.n, sizeof *w->awaited_first);
	if (w->awaited.n != before)
		w->awaited_first[index] = 0;
	w->waiting = vec_grow(w->waiting, &w->waiting_cap, w->nwaiting + 1, sizeof *w->waiting);
	w->waiting[w->nwaiting] = (struct waiting){waiting_id, w->awaited_first[index]};
	w->awaited_first[index] = ++w->nwaiting;
}

/* ---- attaching to a result that is there ---- */

static bool same_path(const struct writer *w, uint32_t a, uint32_t b)
{
	return a == b || (a < w->sources.n && b < w->sources.n && str_eq(w->sources.paths[a], w->sources.paths[b]));
}

static bool same_text(struct str a, struct str b)
{
	return (a.p != NULL) == (b.p != NULL) && (!a.p || str_eq(a, b));
}

static bool same_number(double a, double b)
{
	return (isnan(a) && isnan(b)) || (a <= b && a >= b);
}

/* The next free number for an attached row, from the top down; 0 when there is none. */
static enum status free_row(struct writer *w, enum writer_sql which, uint64_t id, int64_t *row, struct err *err)
{
	int64_t top = (int64_t)(id << BLOCK_BITS | (BLOCK_SIZE - 1));
	sqlite3_stmt *st = writer_sql(w, which, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	enum status status = db_step(w->s, st, err);
	*row = status == OK && sqlite3_column_type(st, 0) != SQLITE_NULL ? sqlite3_column_int64(st, 0) - 1 : top;
	sqlite3_reset(st);
	if (*row <= top - 5000)
		*row = 0;
	return status == OK || status == END ? OK : writer_broke(w, status);
}

/* What to do with a score that arrives beside those that are there. */
enum score_fit {
	SCORE_NEW,     /* none of them is it */
	SCORE_SAME,    /* one says all of it */
	SCORE_FILLS,   /* one lacks its value or its reason: judges' tables hold them apart */
	SCORE_REPLACES /* an older version of this source said something else */
};

static enum score_fit fit_score(const struct writer *w, sqlite3_stmt *st, uint32_t source_id, const struct in_score *s)
{
	struct str value = db_str(st, 2), reason = db_str(st, 4);
	bool has_value = s->value_text.p || s->has_num;
	bool same_value = same_text(value, s->value_text) && same_number(db_real(st, 3), s->has_num ? s->num : NAN);
	bool same_reason = same_text(reason, s->reason);
	if ((same_value || !has_value) && (same_reason || !s->reason.p))
		return SCORE_SAME;
	bool attached = sqlite3_column_int(st, 5);
	bool value_fits = same_value || !has_value || (!value.p && isnan(db_real(st, 3)));
	if (attached && value_fits && (same_reason || !s->reason.p || !reason.p))
		return SCORE_FILLS;
	return same_path(w, (uint32_t)sqlite3_column_int64(st, 1), source_id) ? SCORE_REPLACES : SCORE_NEW;
}

/* How it fits, and the row that it fits. */
static enum status find_score(struct writer *w, uint32_t source_id, uint64_t id, const struct in_score *s, int64_t *row,
	enum score_fit *fit, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_ATTACHED_SCORES, err);
	if (!st)
		return FAIL;
	*row = 0;
	*fit = SCORE_NEW;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	sqlite3_bind_int64(st, 2, s->turn);
	bind_text(st, 3, s->name);
	bind_str(st, 4, s->rater);
	enum status status;
	while (*fit != SCORE_SAME && (status = db_step(w->s, st, err)) == OK) {
		enum score_fit this = fit_score(w, st, source_id, s);
		if (this == SCORE_NEW || (this == SCORE_REPLACES && *fit == SCORE_FILLS))
			continue;
		*fit = this;
		*row = sqlite3_column_int64(st, 0);
	}
	sqlite3_reset(st);
	return *fit == SCORE_SAME || status == END ? OK : writer_broke(w, status);
}

/* Another value of a row that is there. */
static enum status change_score(
	struct writer *w, uint32_t source_id, int64_t row, const struct in_score *s, bool fill, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, fill ? SQL_ATTACH_SCORE_FILL : SQL_ATTACH_SCORE_SET, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, row);
	bind_str(st, 2, s->value_text);
	bind_real(st, 3, s->has_num ? s->num : NAN);
	bind_str(st, 4, s->reason);
	if (!fill)
		sqlite3_bind_int64(st, 5, source_id);
	return writer_run(w, st, err);
}

static enum status attach_score(
	struct writer *w, uint32_t source_id, uint64_t id, const struct in_score *s, bool *new, struct err *err)
{
	int64_t row;
	enum score_fit fit;
	enum status status = find_score(w, source_id, id, s, &row, &fit, err);
	if (status || fit == SCORE_SAME)
		return status;
	*new = true;
	if (fit != SCORE_NEW)
		return change_score(w, source_id, row, s, fit == SCORE_FILLS, err);
	status = free_row(w, SQL_LAST_SCORE, id, &row, err);
	*new = !status && row;
	if (!status && !row)
		return writer_note(
			w, source_id, "skip", s->name, str_c("more scores were attached to one result than it can hold"), err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_SCORE, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, row);
	sqlite3_bind_int64(st, 2, s->turn);
	bind_text(st, 3, s->name);
	bind_str(st, 4, s->rater);
	bind_str(st, 5, s->value_text);
	bind_real(st, 6, s->has_num ? s->num : NAN);
	bind_str(st, 7, s->reason);
	sqlite3_bind_int64(st, 8, source_id);
	sqlite3_bind_int(st, 9, 1);
	return writer_run(w, st, err);
}

static enum status attach_category(
	struct writer *w, uint32_t source_id, uint64_t id, const struct in_category *c, bool *new, struct err *err)
{
	uint32_t category;
	int64_t row;
	enum status status = writer_category(w, c->taxonomy, c->path, &category, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_ATTACHED_LABELS, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	sqlite3_bind_int64(st, 2, c->turn);
	sqlite3_bind_int64(st, 3, c->call);
	sqlite3_bind_int64(st, 4, category);
	status = db_step(w->s, st, err);
	sqlite3_reset(st);
	if (status != END)
		return status == OK ? OK : writer_broke(w, status);
	status = free_row(w, SQL_LAST_LABEL, id, &row, err);
	if (!status && !row)
		return writer_note(w, source_id, "skip", c->path,
			str_c("more categories were attached to one result than it can hold"), err);
	st = status ? NULL : writer_sql(w, SQL_LABEL, err);
	if (!st)
		return FAIL;
	*new = true;
	sqlite3_bind_int64(st, 1, row);
	sqlite3_bind_int64(st, 2, c->turn);
	sqlite3_bind_int64(st, 3, c->call);
	sqlite3_bind_int64(st, 4, category);
	sqlite3_bind_int64(st, 5, source_id);
	sqlite3_bind_int(st, 6, 1);
	return writer_run(w, st, err);
}

/* Of two sources that state an outcome the one whose path sorts last counts, in either order. */
static enum status attach_outcome(
	struct writer *w, uint32_t source_id, uint64_t id, struct str outcome, bool *new, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_LATE_OUTCOME, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	bind_text(st, 2, outcome);
	sqlite3_bind_int64(st, 3, source_id);
	enum status status = writer_run(w, st, err);
	*new = !status &&sqlite3_changes(w->s->db) > 0;
	return status;
}

static enum status attach(
	struct writer *w, uint32_t source_id, uint64_t id, const struct in_attach *a, struct put_counts *counts, struct err *err)
{
	bool new = false;
	enum status status = OK;
	if (a->score)
		status = attach_score(w, source_id, id, a->score, &new, err);
	else if (a->category)
		status = attach_category(w, source_id, id, a->category, &new, err);
	else
		status = attach_outcome(w, source_id, id, a->raw_outcome, &new, err);
	counts->attached += new;
	counts->scores_added += new && a->score;
	writer_touch(w, a->uid);
	w->bytes += 64;
	return status;
}

/* ---- waiting ---- */

static enum status wait_for(struct writer *w, uint32_t source_id, const struct in_attach *a, struct err *err)
{
	const struct in_score *s = a->score;
	const struct in_category *c = a->category;
	sqlite3_stmt *st = writer_sql(w, SQL_WAIT, err);
	if (!st)
		return FAIL;
	sqlite3_bind_blob(st, 1, a->uid, UID_SIZE, SQLITE_STATIC);
	sqlite3_bind_int64(st, 2, source_id);
	bind_text(st, 3, str_c(s ? "score" : c ? "category" : "outcome"));
	sqlite3_bind_int64(st, 4, s ? s->turn : c ? c->turn : 0);
	sqlite3_bind_int64(st, 5, c ? c->call : 0);
	bind_str(st, 6, s ? s->name : c ? c->taxonomy : a->raw_outcome);
	bind_str(st, 7, c ? c->path : str_n(NULL, 0));
	bind_str(st, 8, s ? s->rater : str_n(NULL, 0));
	bind_str(st, 9, s ? s->value_text : str_n(NULL, 0));
	bind_real(st, 10, s && s->has_num ? s->num : NAN);
	bind_str(st, 11, s ? s->reason : str_n(NULL, 0));
	enum status status = writer_run(w, st, err);
	if (!status)
		writer_await(w, a->uid, sqlite3_last_insert_rowid(w->s->db));
	w->bytes += 128;
	return status;
}

enum status writer_attach(
	struct writer *w, uint32_t source_id, const struct in_attach *a, struct put_counts *counts, struct err *err)
{
	struct stored old;
	enum status status = writer_work(w, err);
	if (!status)
		status = writer_find(w, a->uid, &old, err);
	if (status)
		return status;
	if (old.id)
		return writer_broke_if(w, attach(w, source_id, old.id, a, counts, err));
	counts->waiting++;
	return wait_for(w, source_id, a, err);
}

/* One waiting row as what it was; text is copied, because attaching steps other statements. */
static enum status read_waiting(
	struct writer *w, int64_t waiting_id, struct arena *a, uint32_t *source_id, struct in_attach *out, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_WAIT_FIND, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, waiting_id);
	enum status status = db_step(w->s, st, err);
	if (status == OK) {
		struct str kind = db_str(st, 1), name = arena_str(a, db_str(st, 4));
		*source_id = (uint32_t)sqlite3_column_int64(st, 0);
		uint32_t turn = (uint32_t)sqlite3_column_int64(st, 2);
		if (str_eq_c(kind, "score")) {
			struct in_score *s = arena_calloc(a, 1, sizeof *s);
			double num = db_real(st, 8);
			*s = (struct in_score){.turn = turn,
				.name = name,
				.rater = arena_str(a, db_str(st, 6)),
				.value_text = arena_str(a, db_str(st, 7)),
				.has_num = !isnan(num),
				.num = num,
				.reason = arena_str(a, db_str(st, 9))};
			out->score = s;
		} else if (str_eq_c(kind, "category")) {
			struct in_category *c = arena_calloc(a, 1, sizeof *c);
			*c = (struct in_category){.taxonomy = name,
				.path = arena_str(a, db_str(st, 5)),
				.turn = turn,
				.call = (uint32_t)sqlite3_column_int64(st, 3)};
			out->category = c;
		} else {
			out->raw_outcome = name;
		}
	}
	sqlite3_reset(st);
	return status;
}

static enum status attach_one(
	struct writer *w, int64_t waiting_id, const unsigned char uid[UID_SIZE], struct put_counts *counts, struct err *err)
{
	struct stored stored;
	struct arena a = {0};
	struct in_attach in = {0};
	uint32_t source_id = 0;
	memcpy(in.uid, uid, UID_SIZE);
	enum status status = writer_find(w, uid, &stored, err);
	if (!status)
		status = read_waiting(w, waiting_id, &a, &source_id, &in, err);
	if (status == OK)
		status = attach(w, source_id, stored.id, &in, counts, err);
	if (status == OK) {
		sqlite3_stmt *st = writer_sql(w, SQL_WAIT_DROP, err);
		if (st)
			sqlite3_bind_int64(st, 1, waiting_id);
		status = st ? writer_run(w, st, err) : FAIL;
	}
	arena_fini(&a);
	return status == END ? OK : status; /* END: another load was faster */
}

enum status writer_attach_waiting(struct writer *w, const unsigned char uid[UID_SIZE], struct put_counts *counts, struct err *err)
{
	uint32_t index = w->awaited.n ? dict_find(&w->awaited, str_n((const char *)uid, UID_SIZE)) : DICT_NONE;
	if (index == DICT_NONE)
		return OK;
	enum status status = OK;
	for (size_t i = w->awaited_first[index]; !status && i; i = w->waiting[i - 1].next)
		status = attach_one(w, w->waiting[i - 1].id, uid, counts, err);
	w->awaited_first[index] = 0;
	return status;
}
