/* SPDX-License-Identifier: MIT
 *
 * Private to store: one connection, and a thin layer over SQLite that binds by
 * name and turns every failure into one sentence that names the file.
 */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <sqlite3.h>

#include "base/err.h"
#include "base/sha256.h"
#include "store/store.h"

struct writer;

struct store {
	sqlite3 *db;
	char *path;
	enum store_mode mode;
	char *notice;          /* a network file system and the like; NULL = nothing to say */
	bool network;          /* WAL is not safe here */
	bool shared;           /* others read while it is filled */
	struct writer *writer; /* the load that runs on this connection */
};

/* "doing FILE: reason"; the status is FAIL, or CANCELLED when the connection was interrupted. */
enum status db_fail(struct store *s, const char *doing, struct err *err);
/* Statements without results. */
enum status db_exec(struct store *s, const char *sql, struct err *err);
/* Refuses text after the first statement. *st is NULL on failure. */
enum status db_prepare(struct store *s, const char *sql, sqlite3_stmt **st, struct err *err);
/* OK: a row; END: done. */
enum status db_step(struct store *s, sqlite3_stmt *st, struct err *err);
/* Steps a statement that gives no rows, and resets it. */
enum status db_run(struct store *s, sqlite3_stmt *st, struct err *err);
/* The first column of the first row, or `otherwise` when there is none. */
enum status db_int(struct store *s, const char *sql, int64_t otherwise, int64_t *out, struct err *err);

/* Bindings by name, borrowed until the statement is reset. An unknown name is our bug and ends the program. */
void db_bind_int(sqlite3_stmt *st, const char *name, int64_t v);
void db_bind_real(sqlite3_stmt *st, const char *name, double v);    /* NaN binds NULL */
void db_bind_str(sqlite3_stmt *st, const char *name, struct str v); /* absent binds NULL */
void db_bind_blob(sqlite3_stmt *st, const char *name, const void *p, size_t n);

/* Bindings by position for the hot path, 1 …; same rules. */
void bind_str(sqlite3_stmt *st, int i, struct str v);
void bind_text(sqlite3_stmt *st, int i, struct str v); /* absent binds '' */
void bind_blob(sqlite3_stmt *st, int i, struct str v); /* absent binds an empty blob */
void bind_real(sqlite3_stmt *st, int i, double v);

/* Columns of the current row; borrowed until the next step. */
struct str db_str(sqlite3_stmt *st, int column); /* NULL gives the absent str */
double db_real(sqlite3_stmt *st, int column);    /* NULL gives NaN */

/* Transactions. A read transaction holds one state of the database over several statements. */
enum status db_begin(struct store *s, bool write, struct err *err);
enum status db_commit(struct store *s, struct err *err);
void db_rollback(struct store *s);

/* ---- shared by the files of this module ---- */

enum { BLOCK_BITS = 16, BLOCK_SIZE = 1 << BLOCK_BITS };

/* Brings a new or older database to the present schema. */
enum status schema_apply(struct store *s, struct err *err);
/* FAIL unless it is ours and not newer than we are; *fresh: an empty file. */
enum status schema_check(struct store *s, bool *fresh, struct err *err);

/* A number in the settings, 0 when absent. */
enum status setting_int(struct store *s, const char *key, int64_t *out, struct err *err);
enum status setting_raise(struct store *s, const char *key, int64_t *out, struct err *err);

/* The result with exactly this uid; END: none. Reads column blocks. */
enum status result_find(struct store *s, const unsigned char uid[UID_SIZE], int64_t *result_id, struct err *err);

/* Is the run in scope, the direction of the task confirmed, as the ledger says now? */
enum status ledger_in_scope(struct store *s, struct str run_key, bool *in, struct err *err);
enum status ledger_confirmed(struct store *s, struct str task, bool *confirmed, struct err *err);

/* SQL functions of our own on this connection. */
enum status functions_register(struct store *s, struct err *err);

static inline uint64_t uid_head(const unsigned char *uid)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | uid[i];
	return v;
}

#endif
