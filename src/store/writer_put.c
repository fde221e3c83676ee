/* SPDX-License-Identifier: MIT
 *
 * Putting results: new, identical, outranked, or a revision.
 */
#include "store/writer.h"

#include <math.h>

#include "base/clock.h"

/* Numbers of scores and labels within a result: those of its source count up from 0, attached ones down from 65,535. */
enum { ROWS_MAX = 60000 };

/* Ids of the names of one result. */
struct row_ids {
	uint32_t run, task, model, item, epoch, raw_catset, catset;
};

enum status writer_find(struct writer *w, const unsigned char uid[UID_SIZE], struct stored *out, struct err *err)
{
	uint64_t head = uid_head(uid);
	size_t at = 0;
	*out = (struct stored){0};
	for (uint32_t id; (id = uidmap_next(&w->uids, head, &at)) != 0;) {
		sqlite3_stmt *st = writer_sql(w, SQL_FIND, err);
		if (!st)
			return FAIL;
		sqlite3_bind_int64(st, 1, id);
		enum status status = db_step(w->s, st, err);
		if (status == OK && sqlite3_column_bytes(st, 0) == UID_SIZE &&
			!memcmp(sqlite3_column_blob(st, 0), uid, UID_SIZE)) {
			out->id = id;
			if (sqlite3_column_bytes(st, 1) == DIGEST_SIZE)
				memcpy(out->digest, sqlite3_column_blob(st, 1), DIGEST_SIZE);
			out->authority = (uint8_t)sqlite3_column_int(st, 2);
			out->revision = (uint32_t)sqlite3_column_int64(st, 3);
			out->source_id = (uint32_t)sqlite3_column_int64(st, 4);
		}
		sqlite3_reset(st);
		if (status == FAIL || status == CANCELLED)
			return writer_broke(w, status);
		if (out->id)
			return OK;
	}
	return OK;
}

static enum status name_ids(struct writer *w, const struct in_result *r, struct row_ids *ids, struct err *err)
{
	enum status status = writer_run_id(w, r->run, &ids->run, err);
	if (!status)
		status = writer_task(w, r->task.n ? r->task : r->run->task, &ids->task, err);
	if (!status)
		status = writer_model(w, r, &ids->model, err);
	if (!status)
		status = writer_item(w, ids->task, r->item, &ids->item, err);
	if (!status)
		status = writer_epoch(w, r->epoch, &ids->epoch, err);
	if (!status)
		status = writer_catset(w, r->categories, r->ncategories, &ids->raw_catset, err);
	if (!status)
		status = writer_catset(w, r->derived.categories, r->derived.ncategories, &ids->catset, err);
	if (!status)
		status = writer_alias(w, ids->model, r->derived.alias, err);
	if (!status)
		status = writer_kind(w, ids->task, r->derived.kind, err);
	return status;
}

static uint8_t flags_of(const struct in_result *r)
{
	return (uint8_t)((r->error.n ? COLUMN_ERROR : 0) | (r->limit.n ? COLUMN_LIMIT : 0) |
			 (r->truncated ? COLUMN_TRUNCATED : 0) | (r->has_invisible ? COLUMN_INVISIBLE : 0) |
			 (r->repairs ? COLUMN_REPAIRED : 0));
}

/* What another source attached and a revision must keep. */
struct late {
	struct str outcome;
	int64_t source_id;
};

static enum status put_row(struct writer *w, uint32_t source_id, uint64_t id, const struct in_result *r,
	const struct row_ids *ids, uint32_t revision, const struct late *late, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_RESULT, err);
	if (!st)
		return FAIL;
	int i = 0;
	sqlite3_bind_int64(st, ++i, (int64_t)id);
	sqlite3_bind_blob(st, ++i, r->uid, UID_SIZE, SQLITE_STATIC);
	sqlite3_bind_blob(st, ++i, r->digest, DIGEST_SIZE, SQLITE_STATIC);
	const int64_t first[] = {source_id, ids->run, ids->task, ids->model, ids->item, ids->epoch, r->authority, revision,
		(int64_t)r->offset, (int64_t)r->length, (int64_t)r->line};
	for (size_t j = 0; j < sizeof first / sizeof *first; j++)
		sqlite3_bind_int64(st, ++i, first[j]);
	bind_str(st, ++i, r->member);
	bind_str(st, ++i, r->raw_outcome);
	bind_str(st, ++i, r->raw_severity);
	bind_str(st, ++i, r->raw_item_severity);
	sqlite3_bind_int64(st, ++i, ids->raw_catset);
	sqlite3_bind_int64(st, ++i, r->raw_fail_turn);
	bind_str(st, ++i, r->target);
	bind_str(st, ++i, r->answer);
	bind_str(st, ++i, r->error);
	bind_str(st, ++i, r->limit);
	const int64_t second[] = {r->started_ms, r->duration_ms, r->turns, r->steps, r->tool_calls, r->answered, r->call_errors,
		r->repairs, flags_of(r)};
	for (size_t j = 0; j < sizeof second / sizeof *second; j++)
		sqlite3_bind_int64(st, ++i, second[j]);
	bind_str(st, ++i, r->meta);
	bind_str(st, ++i, late->outcome);
	if (late->source_id)
		sqlite3_bind_int64(st, ++i, late->source_id);
	else
		sqlite3_bind_null(st, ++i);
	return writer_run(w, st, err);
}

static enum status put_transcript(struct writer *w, uint64_t id, struct str body, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_TRANSCRIPT, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	bind_text(st, 2, body.n ? body : str_n("[]", 2));
	return writer_run(w, st, err);
}

static enum outcome stored_outcome(const struct derived *d)
{
	return d->outcome == OUTCOME_NONE ? OUTCOME_MISSING : d->outcome;
}

static enum status put_derived(
	struct writer *w, enum writer_sql sql, uint64_t id, const struct derived *d, uint32_t catset, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, sql, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	sqlite3_bind_int(st, 2, (int)stored_outcome(d));
	bind_str(st, 3, d->why);
	sqlite3_bind_int(st, 4, (int)d->severity);
	sqlite3_bind_int(st, 5, (int)d->item_severity);
	sqlite3_bind_int64(st, 6, catset);
	sqlite3_bind_int64(st, 7, d->fail_turn);
	sqlite3_bind_int64(st, 8, d->fail_step);
	bind_real(st, 9, d->score);
	return writer_run(w, st, err);
}

static enum status put_score(
	struct writer *w, uint32_t source_id, uint64_t id, size_t n, const struct in_score *s, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_SCORE, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)(id << BLOCK_BITS | n));
	sqlite3_bind_int64(st, 2, s->turn);
	bind_text(st, 3, s->name);
	bind_str(st, 4, s->rater);
	bind_str(st, 5, s->value_text);
	bind_real(st, 6, s->has_num ? s->num : NAN);
	bind_str(st, 7, s->reason);
	sqlite3_bind_int64(st, 8, source_id);
	sqlite3_bind_int(st, 9, 0);
	w->bytes += s->reason.n + s->value_text.n;
	return writer_run(w, st, err);
}

static enum status put_label(
	struct writer *w, uint32_t source_id, uint64_t id, size_t n, const struct in_category *c, struct err *err)
{
	uint32_t category;
	enum status status = writer_category(w, c->taxonomy, c->path, &category, err);
	sqlite3_stmt *st = status ? NULL : writer_sql(w, SQL_LABEL, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)(id << BLOCK_BITS | n));
	sqlite3_bind_int64(st, 2, c->turn);
	sqlite3_bind_int64(st, 3, c->call);
	sqlite3_bind_int64(st, 4, category);
	sqlite3_bind_int64(st, 5, source_id);
	sqlite3_bind_int(st, 6, 0);
	return writer_run(w, st, err);
}

/* Scores, and the categories of turns and calls. */
static enum status put_details(struct writer *w, uint32_t source_id, uint64_t id, const struct in_result *r, struct err *err)
{
	enum status status = OK;
	size_t nlabels = 0;
	for (size_t i = 0; !status && i < r->nscores && i < ROWS_MAX; i++)
		status = put_score(w, source_id, id, i, &r->scores[i], err);
	for (size_t i = 0; !status && i < r->ncategories && nlabels < ROWS_MAX; i++)
		if (r->categories[i].turn || r->categories[i].call)
			status = put_label(w, source_id, id, nlabels++, &r->categories[i], err);
	if (!status && (r->nscores > ROWS_MAX || nlabels == ROWS_MAX))
		status = writer_note(w, source_id, "warning", r->item,
			str_c("scores or categories of turns beyond 60,000 of one result were left out"), err);
	return status;
}

static uint16_t clamp16(uint32_t v)
{
	return v > UINT16_MAX ? UINT16_MAX : (uint16_t)v;
}

static uint32_t seconds(int64_t ms)
{
	return ms <= 0 ? 0 : ms / 1000 > UINT32_MAX ? UINT32_MAX : (uint32_t)(ms / 1000);
}

static void set_derived_columns(struct columns *c, size_t i, const struct derived *d, uint32_t catset)
{
	c->catset[i] = catset;
	c->score[i] = (float)d->score;
	c->fail_turn[i] = clamp16(d->fail_turn);
	c->fail_step[i] = clamp16(d->fail_step);
	c->outcome[i] = (uint8_t)stored_outcome(d);
	c->severity[i] = (uint8_t)d->severity;
	c->item_severity[i] = (uint8_t)d->item_severity;
}

static enum status set_columns(
	struct writer *w, uint32_t source_id, uint64_t id, const struct in_result *r, const struct row_ids *ids, struct err *err)
{
	struct columns *c;
	size_t i;
	enum status status = writer_block(w, id, &c, &i, err);
	if (status)
		return status;
	c->uid[i] = uid_head(r->uid);
	c->run[i] = ids->run;
	c->source[i] = source_id;
	c->task[i] = ids->task;
	c->model[i] = ids->model;
	c->item[i] = ids->item;
	c->epoch[i] = ids->epoch;
	c->started[i] = seconds(r->started_ms);
	c->turns[i] = clamp16(r->turns);
	c->tool_calls[i] = clamp16(r->tool_calls);
	c->flags[i] = flags_of(r);
	set_derived_columns(c, i, &r->derived, ids->catset);
	return OK;
}

static enum status put_all(struct writer *w, uint32_t source_id, uint64_t id, const struct in_result *r, uint32_t revision,
	const struct late *late, struct err *err)
{
	struct row_ids ids;
	enum status status = name_ids(w, r, &ids, err);
	if (!status)
		status = put_row(w, source_id, id, r, &ids, revision, late, err);
	if (!status)
		status = put_transcript(w, id, r->transcript, err);
	if (!status)
		status = put_derived(w, SQL_DERIVED, id, &r->derived, ids.catset, err);
	if (!status)
		status = put_details(w, source_id, id, r, err);
	if (!status)
		status = set_columns(w, source_id, id, r, &ids, err);
	w->bytes += r->transcript.n + r->target.n + r->answer.n + r->meta.n + 512;
	return status;
}

static enum status run_with_id(struct writer *w, enum writer_sql which, uint64_t id, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, which, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	return writer_run(w, st, err);
}

static enum status keep_revision(struct writer *w, uint64_t id, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_REVISION, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	sqlite3_bind_int64(st, 2, clock_wall_ms());
	return writer_run(w, st, err);
}

/* Takes the old rows away; what was attached to them stays. */
static enum status drop_rows(struct writer *w, uint64_t id, struct late *late, struct buf *text, struct err *err)
{
	static const enum writer_sql drops[] = {SQL_DROP_TRANSCRIPT, SQL_DROP_DERIVED, SQL_DROP_SCORES, SQL_DROP_LABELS};
	sqlite3_stmt *st = writer_sql(w, SQL_DROP_RESULT, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	enum status status = db_step(w->s, st, err);
	if (status == OK) {
		struct str outcome = db_str(st, 0);
		buf_add_str(text, outcome);
		late->outcome = outcome.p ? str_n(text->p ? text->p : "", text->n) : outcome;
		late->source_id = sqlite3_column_int64(st, 1);
		status = db_step(w->s, st, err);
	}
	sqlite3_reset(st);
	if (status != END)
		return writer_broke(w, status);
	status = OK;
	for (size_t i = 0; !status && i < sizeof drops / sizeof *drops; i++)
		status = run_with_id(w, drops[i], id, err);
	return status;
}

/* Rules made r->derived without seeing what other sources attached; such a result is derived anew later. */
static enum status touch_if_attached(
	struct writer *w, uint64_t id, const struct late *late, const struct in_result *r, struct err *err)
{
	sqlite3_stmt *st = writer_sql(w, SQL_HAS_ATTACHED, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	enum status status = db_step(w->s, st, err);
	if (status == OK && (late->source_id || sqlite3_column_int(st, 0)))
		writer_touch(w, r->uid);
	sqlite3_reset(st);
	return status;
}

static enum status revise(
	struct writer *w, uint32_t source_id, const struct stored *old, const struct in_result *r, struct err *err)
{
	struct buf text = {0};
	struct late late = {0};
	enum status status = keep_revision(w, old->id, err);
	if (!status)
		status = drop_rows(w, old->id, &late, &text, err);
	if (!status)
		status = put_all(w, source_id, old->id, r, old->revision + 1, &late, err);
	if (!status)
		status = touch_if_attached(w, old->id, &late, r, err);
	buf_fini(&text);
	return status;
}

/* The same record in a source that ranks higher: from now on it stands for that one, so that order does not matter. */
static enum status promote(struct writer *w, uint32_t source_id, uint64_t id, const struct in_result *r, struct err *err)
{
	struct columns *c;
	size_t i;
	sqlite3_stmt *st = writer_sql(w, SQL_PROMOTE, err);
	if (!st)
		return FAIL;
	sqlite3_bind_int64(st, 1, (int64_t)id);
	sqlite3_bind_int(st, 2, r->authority);
	sqlite3_bind_int64(st, 3, source_id);
	sqlite3_bind_int64(st, 4, (int64_t)r->offset);
	sqlite3_bind_int64(st, 5, (int64_t)r->length);
	sqlite3_bind_int64(st, 6, (int64_t)r->line);
	bind_str(st, 7, r->member);
	enum status status = writer_run(w, st, err);
	if (!status)
		status = writer_block(w, id, &c, &i, err);
	if (!status)
		c->source[i] = source_id;
	return status;
}

enum status writer_link(struct writer *w, uint64_t id, const unsigned char uid[UID_SIZE], struct err *err)
{
	char hex[2 * UID_SIZE + 1];
	sqlite3_stmt *st = writer_sql(w, SQL_ANNOTATED, err);
	if (!st)
		return FAIL;
	hex_encode(uid, UID_SIZE, hex);
	bind_text(st, 1, str_c(hex));
	sqlite3_bind_int64(st, 2, (int64_t)id);
	return writer_run(w, st, err);
}

static enum status add(
	struct writer *w, uint32_t source_id, const struct in_result *r, struct put_counts *counts, struct err *err)
{
	const struct late none = {0};
	if (w->next_id > UINT32_MAX - 1)
		return err_fail(err, "%s holds as many results as it can", w->s->path);
	uint64_t id = w->next_id;
	enum status status = put_all(w, source_id, id, r, 0, &none, err);
	if (status)
		return status;
	w->next_id++;
	uidmap_add(&w->uids, uid_head(r->uid), (uint32_t)id);
	counts->added++;
	counts->scores_added += r->nscores;
	if (w->annotated.n && dict_find(&w->annotated, str_n((const char *)r->uid, UID_SIZE)) != DICT_NONE)
		status = writer_link(w, id, r->uid, err);
	return status ? status : writer_attach_waiting(w, r->uid, counts, err);
}

enum status writer_put(
	struct writer *w, uint32_t source_id, const struct in_result *r, struct put_counts *counts, struct err *err)
{
	struct stored old;
	enum status status = writer_work(w, err);
	if (!status)
		status = writer_find(w, r->uid, &old, err);
	if (status)
		return status;
	w->nameless |= !r->model.n;
	if (!old.id)
		return writer_broke_if(w, add(w, source_id, r, counts, err));
	if (!memcmp(old.digest, r->digest, DIGEST_SIZE)) {
		counts->identical++;
		return r->authority > old.authority ? promote(w, source_id, old.id, r, err) : OK;
	}
	if (r->authority < old.authority) {
		counts->outranked++;
		return OK;
	}
	counts->revised++;
	return writer_broke_if(w, revise(w, source_id, &old, r, err));
}

enum status writer_set_derived(struct writer *w, int64_t result_id, const struct derived *d, struct err *err)
{
	struct columns *c;
	size_t i;
	uint32_t catset;
	enum status status = writer_work(w, err);
	if (!status)
		status = writer_catset(w, d->categories, d->ncategories, &catset, err);
	if (!status)
		status = put_derived(w, SQL_SET_DERIVED, (uint64_t)result_id, d, catset, err);
	if (!status && !sqlite3_changes(w->s->db))
		return err_fail(err, "there is no result %lld", (long long)result_id);
	if (!status)
		status = writer_block(w, (uint64_t)result_id, &c, &i, err);
	if (status)
		return status;
	set_derived_columns(c, i, d, catset);
	w->bytes += 64;
	status = writer_alias(w, c->model[i], d->alias, err);
	return status ? status : writer_kind(w, c->task[i], d->kind, err);
}

enum status writer_run_check(struct writer *w, const struct result_mark *marks, size_t n, bool *another, struct err *err)
{
	size_t shared = 0, identical = 0;
	*another = false;
	enum status status = writer_work(w, err);
	for (size_t i = 0; !status && i < n; i++) {
		struct stored old;
		status = writer_find(w, marks[i].uid, &old, err);
		/* A summary and a full log of one run never say the same: only equals are compared. */
		if (status || !old.id || old.authority != marks[i].authority)
			continue;
		shared++;
		identical += !memcmp(old.digest, marks[i].digest, DIGEST_SIZE);
	}
	*another = !status && shared >= RUN_CHECK_MIN && identical * 2 < shared;
	return status;
}
