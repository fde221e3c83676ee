/* SPDX-License-Identifier: MIT
 *
 * Do the column blocks say what the rows say? For `doctor` and for tests.
 */
#include "store/block.h"

#include <math.h>

static uint32_t saturated(int64_t v)
{
	return v > UINT16_MAX ? UINT16_MAX : (uint32_t)v;
}

/* Columns of CHECK_SQL in order: name and what the block says. */
struct check {
	const char *name;
	int64_t (*value)(const struct columns *c, size_t i);
	bool saturates;
};

#define GETTER(column)                                                                                                           \
	static int64_t get_##column(const struct columns *c, size_t i)                                                           \
	{                                                                                                                        \
		return (int64_t)c->column[i];                                                                                    \
	}
GETTER(run)
GETTER(source)
GETTER(task)
GETTER(model)
GETTER(item)
GETTER(epoch)
GETTER(catset)
GETTER(started)
GETTER(turns)
GETTER(tool_calls)
GETTER(fail_turn)
GETTER(fail_step)
GETTER(outcome)
GETTER(severity)
GETTER(item_severity)
GETTER(flags)

#define CHECK_SQL                                                                                                                \
	"SELECT r.result_id, r.uid, d.score, r.run_id, r.source_id, r.task_id, r.model_id, r.item_id, r.epoch_id, d.catset_id, " \
	"max(r.started_ms, 0) / 1000, r.turns, r.tool_calls, d.fail_turn, d.fail_step, d.outcome, d.severity, d.item_severity, " \
	"r.flags "                                                                                                               \
	"FROM result r LEFT JOIN derived d ON d.result_id = r.result_id WHERE r.result_id BETWEEN :from AND :to ORDER BY "       \
	"r.result_id"

static const struct check checks[] = {
	{"run", get_run, false},
	{"source", get_source, false},
	{"task", get_task, false},
	{"model", get_model, false},
	{"item", get_item, false},
	{"epoch", get_epoch, false},
	{"categories", get_catset, false},
	{"start", get_started, false},
	{"turns", get_turns, true},
	{"tool calls", get_tool_calls, true},
	{"failing turn", get_fail_turn, true},
	{"failing step", get_fail_step, true},
	{"outcome", get_outcome, false},
	{"severity", get_severity, false},
	{"item severity", get_item_severity, false},
	{"flags", get_flags, false},
};
enum { FIRST_CHECK = 3 };

static bool same_score(float block, double row)
{
	float rounded = (float)row;
	return (isnan(block) && isnan(rounded)) || (block <= rounded && block >= rounded);
}

static enum status differs(struct store *s, int64_t id, const char *what, struct err *err)
{
	return err_fail(err, "%s: the columns of result %lld do not agree with its row (%s)", s->path, (long long)id, what);
}

static enum status check_row(struct store *s, const struct columns *c, sqlite3_stmt *st, struct err *err)
{
	int64_t id = sqlite3_column_int64(st, 0);
	size_t i = (size_t)id & (BLOCK_SIZE - 1);
	if (i >= c->n || (c->flags[i] & COLUMN_GONE))
		return differs(s, id, "it is not there", err);
	if (sqlite3_column_bytes(st, 1) != UID_SIZE || uid_head(sqlite3_column_blob(st, 1)) != c->uid[i])
		return differs(s, id, "uid", err);
	if (!same_score(c->score[i], db_real(st, 2)))
		return differs(s, id, "score", err);
	for (size_t j = 0; j < sizeof checks / sizeof *checks; j++) {
		int64_t row = sqlite3_column_int64(st, FIRST_CHECK + (int)j);
		if (checks[j].value(c, i) != (checks[j].saturates ? (int64_t)saturated(row) : row))
			return differs(s, id, checks[j].name, err);
	}
	return OK;
}

static enum status check_rows(struct store *s, const struct columns *c, int64_t block, struct err *err)
{
	sqlite3_stmt *st;
	size_t rows = 0, there = 0;
	enum status status = db_prepare(s, CHECK_SQL, &st, err);
	if (status)
		return status;
	db_bind_int(st, ":from", block << BLOCK_BITS);
	db_bind_int(st, ":to", (block << BLOCK_BITS) + BLOCK_SIZE - 1);
	while ((status = db_step(s, st, err)) == OK) {
		rows++;
		status = check_row(s, c, st, err);
		if (status)
			break;
	}
	sqlite3_finalize(st);
	for (size_t i = 0; i < c->n; i++)
		there += !(c->flags[i] & COLUMN_GONE);
	if (status == END && rows != there)
		return err_fail(err, "%s: column block %lld has %zu results, but there are %zu rows", s->path, (long long)block,
			there, rows);
	return status == END ? OK : status;
}

static enum status check_block(struct store *s, int64_t block, struct str data, struct err *err)
{
	struct columns c = {0};
	size_t n;
	enum status status = block_count(data, &n, err);
	if (!status) {
		columns_reserve(&c, n);
		status = block_decode(&c, 0, data, err);
	}
	if (!status)
		status = check_rows(s, &c, block, err);
	columns_fini(&c);
	return status;
}

static enum status check_all(struct store *s, struct err *err)
{
	sqlite3_stmt *st;
	int64_t strays;
	enum status status =
		db_int(s, "SELECT count(*) FROM result WHERE result_id >> 16 NOT IN (SELECT block FROM colblk)", 0, &strays, err);
	if (!status && strays)
		return err_fail(err, "%s: %lld results are in no column block", s->path, (long long)strays);
	if (!status)
		status = db_prepare(s, "SELECT block, data FROM colblk ORDER BY block", &st, err);
	if (status)
		return status;
	while (!status && (status = db_step(s, st, err)) == OK)
		status = check_block(s, sqlite3_column_int64(st, 0), db_str(st, 1), err);
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

enum status store_check_columns(struct store *s, struct err *err)
{
	bool own = sqlite3_get_autocommit(s->db) != 0;
	enum status status = own ? db_begin(s, false, err) : OK;
	if (!status)
		status = check_all(s, err);
	if (own)
		db_rollback(s);
	return status;
}
