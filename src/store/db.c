/* SPDX-License-Identifier: MIT
 *
 * Statements, bindings, transactions.
 */
#include "store/db.h"

#include <math.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"

enum status db_fail(struct store *s, const char *doing, struct err *err)
{
	int code = sqlite3_errcode(s->db) & 0xff;
	switch (code) {
	case SQLITE_INTERRUPT:
		return err_set(err, CANCELLED, "%s %s was cancelled", doing, s->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_fail(err, "%s %s: the file is damaged or not a database (%s)", doing, s->path, sqlite3_errmsg(s->db));
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_fail(err, "%s %s: another process is using it; try again when that has ended", doing, s->path);
	case SQLITE_FULL:
		return err_fail(err, "%s %s: no space left on the disk", doing, s->path);
	case SQLITE_READONLY:
		return err_fail(
			err, "%s %s: the file or its directory can not be written (%s)", doing, s->path, sqlite3_errmsg(s->db));
	default:
		return err_fail(err, "%s %s: %s", doing, s->path, sqlite3_errmsg(s->db));
	}
}

enum status db_exec(struct store *s, const char *sql, struct err *err)
{
	if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK)
		return OK;
	log_debug("sql failed: %s", sql);
	return db_fail(s, "writing", err);
}

enum status db_prepare(struct store *s, const char *sql, sqlite3_stmt **st, struct err *err)
{
	const char *tail = NULL;
	*st = NULL;
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, st, &tail) != SQLITE_OK) {
		log_debug("sql failed: %s", sql);
		return db_fail(s, "reading", err);
	}
	if (tail && str_trim(str_c(tail)).n) {
		sqlite3_finalize(*st);
		*st = NULL;
		return err_fail(err, "reading %s: more than one statement in \"%s\"", s->path, sql);
	}
	return OK;
}

enum status db_step(struct store *s, sqlite3_stmt *st, struct err *err)
{
	int rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		return OK;
	if (rc == SQLITE_DONE)
		return END;
	log_debug("sql failed: %s", sqlite3_sql(st));
	return db_fail(s, sqlite3_stmt_readonly(st) ? "reading" : "writing", err);
}

enum status db_run(struct store *s, sqlite3_stmt *st, struct err *err)
{
	enum status status = db_step(s, st, err);
	sqlite3_reset(st);
	return status == END ? OK : status;
}

enum status db_int(struct store *s, const char *sql, int64_t otherwise, int64_t *out, struct err *err)
{
	sqlite3_stmt *st;
	enum status status = db_prepare(s, sql, &st, err);
	*out = otherwise;
	if (status)
		return status;
	status = db_step(s, st, err);
	if (status == OK && sqlite3_column_type(st, 0) != SQLITE_NULL)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return status == END ? OK : status;
}

static int position(sqlite3_stmt *st, const char *name)
{
	int i = sqlite3_bind_parameter_index(st, name);
	if (!i) {
		log_debug("no parameter %s in: %s", name, sqlite3_sql(st));
		abort();
	}
	return i;
}

void db_bind_int(sqlite3_stmt *st, const char *name, int64_t v)
{
	sqlite3_bind_int64(st, position(st, name), v);
}

void db_bind_real(sqlite3_stmt *st, const char *name, double v)
{
	bind_real(st, position(st, name), v);
}

void db_bind_str(sqlite3_stmt *st, const char *name, struct str v)
{
	bind_str(st, position(st, name), v);
}

void db_bind_blob(sqlite3_stmt *st, const char *name, const void *p, size_t n)
{
	sqlite3_bind_blob64(st, position(st, name), p, n, SQLITE_STATIC);
}

void bind_str(sqlite3_stmt *st, int i, struct str v)
{
	if (v.p)
		sqlite3_bind_text64(st, i, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8);
	else
		sqlite3_bind_null(st, i);
}

void bind_text(sqlite3_stmt *st, int i, struct str v)
{
	bind_str(st, i, v.p ? v : str_n("", 0));
}

void bind_blob(sqlite3_stmt *st, int i, struct str v)
{
	sqlite3_bind_blob64(st, i, v.p ? v.p : "", v.n, SQLITE_STATIC);
}

void bind_real(sqlite3_stmt *st, int i, double v)
{
	if (isnan(v))
		sqlite3_bind_null(st, i);
	else
		sqlite3_bind_double(st, i, v);
}

struct str db_str(sqlite3_stmt *st, int column)
{
	if (sqlite3_column_type(st, column) == SQLITE_NULL)
		return str_n(NULL, 0);
	const char *p = sqlite3_column_blob(st, column); /* NULL for empty values */
	return str_n(p ? p : "", (size_t)sqlite3_column_bytes(st, column));
}

double db_real(sqlite3_stmt *st, int column)
{
	return sqlite3_column_type(st, column) == SQLITE_NULL ? NAN : sqlite3_column_double(st, column);
}

enum status db_begin(struct store *s, bool write, struct err *err)
{
	return db_exec(s, write ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

enum status db_commit(struct store *s, struct err *err)
{
	return db_exec(s, "COMMIT", err);
}

void db_rollback(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}
