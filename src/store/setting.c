/* SPDX-License-Identifier: MIT
 *
 * What the database remembers for the program, its own rules, labels of items,
 * and recorded evaluations.
 */
#include "store/db.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"

/* These are the store's own; callers may read them. */
static bool is_reserved(const char *key)
{
	static const char *const reserved[] = {"uuid", "columns_version", "names_version", "ledger_heads", "rebuild"};
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (strcmp(key, reserved[i]) == 0)
			return true;
	return false;
}

/* Prepares; a statement for writing refuses a database that was opened for reading. */
static enum status prepare_write(struct store *s, const char *sql, sqlite3_stmt **st, struct err *err)
{
	*st = NULL;
	if (s->mode == STORE_READ)
		return err_fail(err, "%s was opened for reading only", s->path);
	return db_prepare(s, sql, st, err);
}

enum status store_setting_set(struct store *s, const char *key, const char *value, struct err *err)
{
	sqlite3_stmt *st;
	if (is_reserved(key))
		return err_fail(err, "the setting \"%s\" belongs to the store", key);
	enum status status = prepare_write(s,
		value ? "INSERT OR REPLACE INTO setting VALUES (:key, :value)" : "DELETE FROM setting WHERE key = :key", &st,
		err);
	if (status)
		return status;
	db_bind_str(st, ":key", str_c(key));
	if (value)
		db_bind_str(st, ":value", str_c(value));
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	return status;
}

enum status store_setting_get(struct store *s, const char *key, char **value, struct err *err)
{
	sqlite3_stmt *st;
	*value = NULL;
	enum status status = db_prepare(s, "SELECT value FROM setting WHERE key = :key", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":key", str_c(key));
	status = db_step(s, st, err);
	if (status == OK) {
		struct str text = db_str(st, 0);
		*value = xstrndup(text.p, text.n);
	}
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

/* ---- recorded evaluations ---- */

static enum status insert_zone(struct store *s, sqlite3_stmt *st, const struct zone_row *z, struct err *err)
{
	db_bind_str(st, ":policy", z->policy);
	db_bind_str(st, ":sha256", z->policy_sha256);
	db_bind_str(st, ":area", z->area);
	db_bind_str(st, ":model", z->model);
	db_bind_str(st, ":metric", z->metric);
	db_bind_int(st, ":k", (int64_t)z->k);
	db_bind_int(st, ":n", (int64_t)z->n);
	db_bind_int(st, ":missing", (int64_t)z->missing);
	db_bind_int(st, ":unsure", (int64_t)z->unsure);
	db_bind_real(st, ":value", z->value);
	db_bind_real(st, ":low", z->low);
	db_bind_real(st, ":high", z->high);
	db_bind_str(st, ":verdict", z->verdict);
	db_bind_int(st, ":confirmed", z->confirmed);
	db_bind_int(st, ":now", clock_wall_ms());
	return db_run(s, st, err);
}

static enum status replace_zones(struct store *s, struct str policy, const struct zone_row *rows, size_t n, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, "DELETE FROM zone WHERE policy = :policy", &st, err);
	if (status)
		return status;
	db_bind_str(st, ":policy", policy);
	status = db_run(s, st, err);
	sqlite3_finalize(st);
	if (!status)
		status = db_prepare(s,
			"INSERT INTO zone SELECT NULL, :policy, :sha256, :area, :model, :metric, :k, :n, :missing, :unsure, "
			":value, :low, :high, "
			":verdict, :confirmed, CAST((SELECT value FROM setting WHERE key = 'columns_version') AS INTEGER), "
			"(SELECT value FROM setting WHERE key = 'ledger_heads'), :now",
			&st, err);
	for (size_t i = 0; !status && i < n; i++)
		status = insert_zone(s, st, &rows[i], err);
	sqlite3_finalize(st);
	return status;
}

enum status store_zones_record(struct store *s, struct str policy, const struct zone_row *rows, size_t n, struct err *err)
{
	if (s->mode == STORE_READ)
		return err_fail(err, "%s was opened for reading only", s->path);
	enum status status = db_begin(s, true, err);
	if (!status)
		status = replace_zones(s, policy, rows, n, err);
	if (!status)
		status = db_commit(s, err);
	db_rollback(s);
	return status;
}
