/* SPDX-License-Identifier: MIT
 *
 * A scratch database for the tests over real files.
 */
#include "corpus.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

const char *corpus_dir(void)
{
	struct stat st;
	const char *dir = getenv("PLIMSOLL_CORPUS");
	if (dir && *dir && stat(dir, &st) == 0 && S_ISDIR(st.st_mode))
		return dir;
	printf("1..0 # SKIP no real files: PLIMSOLL_CORPUS names no directory\n");
	return NULL;
}

void scratch_make(struct scratch *s)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(s->dir, sizeof s->dir, "%.40s/plimsoll-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(s->dir)) {
		perror(s->dir);
		exit(99);
	}
	snprintf(s->db, sizeof s->db, "%s/t.db", s->dir);
}

void scratch_clear(struct scratch *s)
{
	static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".lock", NULL};
	for (const char *const *e = ends; *e; e++) {
		char path[96];
		snprintf(path, sizeof path, "%s%s", s->db, *e);
		unlink(path);
	}
}

void scratch_remove(struct scratch *s)
{
	scratch_clear(s);
	rmdir(s->dir);
}

enum status scratch_ingest(struct scratch *s, const char *path, struct ingest_report *report, struct err *err)
{
	struct ingest_options options = {.jobs = 1};
	atomic_bool stop = false;
	struct store *store;
	enum status st = store_open(s->db, STORE_CREATE, &store, err);
	if (st != OK)
		return st;
	st = ingest_run(store, &path, 1, &options, NULL, NULL, NULL, &stop, report, err);
	store_close(store);
	return st;
}

static sqlite3 *open_read(const struct scratch *s, const char *other)
{
	sqlite3 *db = NULL;
	char *sql;
	if (sqlite3_open_v2(s->db, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
		printf("# %s: %s\n", s->db, sqlite3_errmsg(db));
		sqlite3_close(db);
		return NULL;
	}
	if (other) {
		sql = sqlite3_mprintf("attach %Q as whole", other);
		sqlite3_exec(db, sql, NULL, NULL, NULL);
		sqlite3_free(sql);
	}
	return db;
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int64_t n = INT64_MIN;
	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	else
		printf("# %s: %s\n", sql, sqlite3_errmsg(db));
	sqlite3_finalize(st);
	return n;
}

int64_t scratch_number(const struct scratch *s, const char *other, const char *sql)
{
	sqlite3 *db = open_read(s, other);
	int64_t n = db ? number(db, sql) : INT64_MIN;
	sqlite3_close(db);
	return n;
}

struct str scratch_rows(const struct scratch *s, struct arena *a)
{
	struct buf all = {0};
	sqlite3_stmt *st = NULL;
	sqlite3 *db = open_read(s, NULL);
	if (db)
		sqlite3_prepare_v2(db, "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name",
			-1, &st, NULL);
	while (st && sqlite3_step(st) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(st, 0);
		char *sql = sqlite3_mprintf("select count(*) from \"%w\"", name);
		buf_printf(&all, "%s=%lld ", name, (long long)number(db, sql));
		sqlite3_free(sql);
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	struct str out = arena_str(a, buf_str(&all));
	buf_fini(&all);
	return out;
}
