/* SPDX-License-Identifier: MIT
 *
 * SQL of the user's own, read-only: one statement over the documented views,
 * under an authorizer and a time limit.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "query/query.h"

const char *query_sqlite_version(void)
{
	return sqlite3_libversion();
}

struct guard {
	int64_t deadline; /* monotonic ms */
	bool timed_out;
	char refused[96]; /* what the authorizer said no to */
};

static int check_time(void *ctx)
{
	struct guard *g = ctx;
	if (g->deadline && clock_monotonic_ms() > g->deadline)
		g->timed_out = true;
	return g->timed_out;
}

static bool is_view(const char *name)
{
	return name && (strncmp(name, "v_", 2) == 0 || strncmp(name, "i_", 2) == 0);
}

/* Tables are ours to change, so only a view may read them (v_… are documented, i_… are what those are made of); the
 * documented ones, and what SQLite makes of JSON, may be read by all. */
static bool may_read(const char *table, const char *column, const char *through)
{
	/* Without a column nothing is read but that rows are there: joins of a view which a query makes no use of. */
	if (!table || !column || !*column || is_view(through))
		return true;
	static const char *const others[] = {"json_each", "json_tree", "pragma_table_info", "sqlite_master", "sqlite_schema"};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(table, others[i]) == 0)
			return true;
	return strncmp(table, "v_", 2) == 0;
}

static int authorize(void *ctx, int action, const char *one, const char *two, const char *database, const char *through)
{
	struct guard *g = ctx;
	(void)database;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_READ:
		if (may_read(one, two, through))
			return SQLITE_OK;
		snprintf(g->refused, sizeof g->refused, "table %s (only the views v_… may be read)", one);
		return SQLITE_DENY;
	case SQLITE_PRAGMA: /* the columns of a view */
		if (one && strcmp(one, "table_info") == 0)
			return SQLITE_OK;
		break;
	case SQLITE_FUNCTION:
		if (two && strcmp(two, "load_extension") != 0)
			return SQLITE_OK;
		break;
	default:
		break;
	}
	if (!*g->refused)
		snprintf(g->refused, sizeof g->refused, "anything but SELECT");
	return SQLITE_DENY;
}

static enum status open_guarded(const char *path, struct guard *g, sqlite3 **out, struct err *err)
{
	sqlite3 *db = NULL;
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
		err_fail(err, "%s: %s", path, db ? sqlite3_errmsg(db) : "out of memory");
		sqlite3_close(db);
		return FAIL;
	}
	sqlite3_busy_timeout(db, 5000);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* A table-valued function declares its table when it is first used; the authorizer would refuse that. */
	static const char prime[] = "PRAGMA query_only = 1; SELECT 1 FROM json_each('[]'); SELECT 1 FROM json_tree('[]');"
		"SELECT 1 FROM pragma_table_info('v_result')";
	if (sqlite3_exec(db, prime, NULL, NULL, NULL) != SQLITE_OK) {
		err_fail(err, "%s: %s", path, sqlite3_errmsg(db));
		sqlite3_close(db);
		return FAIL;
	}
	sqlite3_set_authorizer(db, authorize, g);
	sqlite3_progress_handler(db, 10000, check_time, g);
	*out = db;
	return OK;
}

static enum status explain_failure(sqlite3 *db, const struct guard *g, int64_t limit_ms, struct err *err)
{
	if (g->timed_out)
		return err_fail(err, "the query was stopped after %.1f s", (double)limit_ms / 1000);
	if (*g->refused)
		return err_usage(err, "the query is not allowed to use %s", g->refused);
	if (sqlite3_errcode(db) == SQLITE_ERROR)
		return err_usage(err, "%s", sqlite3_errmsg(db));
	return err_fail(err, "%s", sqlite3_errmsg(db));
}

/* A second column of the same name gets a number, so that a JSON object can hold both. */
static const char *column_name(struct arena *names, const struct column *before, size_t n, const char *name)
{
	struct str s = arena_str(names, str_c(name ? name : ""));
	for (unsigned copy = 2;; copy++) {
		size_t i = 0;
		while (i < n && !str_eq_c(s, before[i].name))
			i++;
		if (i == n)
			return s.p;
		s = arena_printf(names, "%s_%u", name ? name : "", copy);
	}
}

static struct cell cell_of(sqlite3_stmt *st, int i, struct table *t)
{
	static const char digits[] = "0123456789abcdef";
	switch (sqlite3_column_type(st, i)) {
	case SQLITE_INTEGER:
		return cell_int(sqlite3_column_int64(st, i));
	case SQLITE_FLOAT:
		return cell_real(sqlite3_column_double(st, i));
	case SQLITE_TEXT:
		return cell_text(t, str_n((const char *)sqlite3_column_text(st, i), (size_t)sqlite3_column_bytes(st, i)));
	case SQLITE_BLOB: {
		const unsigned char *p = sqlite3_column_blob(st, i);
		size_t n = (size_t)sqlite3_column_bytes(st, i);
		char *hex = arena_alloc(&t->arena, 2 * n + 1);
		for (size_t k = 0; k < n; k++) {
			hex[2 * k] = digits[p[k] >> 4];
			hex[2 * k + 1] = digits[p[k] & 15];
		}
		return cell_text_borrowed(str_n(hex, 2 * n));
	}
	default:
		return (struct cell){0};
	}
}

static void read_columns(sqlite3_stmt *st, struct arena *names, struct table *out)
{
	int n = sqlite3_column_count(st);
	struct column *columns = xcalloc((size_t)n + 1, sizeof *columns);
	for (int i = 0; i < n; i++) {
		const char *name = column_name(names, columns, (size_t)i, sqlite3_column_name(st, i));
		columns[i] = (struct column){name, name, CELL_TEXT, 20, 50, ""};
	}
	table_init(out, columns, (size_t)n);
	free(columns);
}

/* A column is of the kind of its first value that is there. */
static void settle_kinds(struct table *t)
{
	for (size_t c = 0; c < t->ncolumns; c++)
		for (size_t row = 0; row < t->nrows; row++) {
			enum cell_kind kind = table_cell(t, row, c)->kind;
			if (kind != CELL_EMPTY) {
				t->columns[c].kind = kind;
				break;
			}
		}
}

static enum status run_statement(sqlite3 *db, sqlite3_stmt *st, struct guard *g, int64_t limit_ms, struct table *out, struct err *err)
{
	struct arena names = {0};
	int rc, n = sqlite3_column_count(st);
	read_columns(st, &names, out);
	out->arena = names; /* column names live as long as the table */
	while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct cell *row = table_add_row(out);
		for (int i = 0; i < n; i++)
			row[i] = cell_of(st, i, out);
	}
	settle_kinds(out);
	return rc == SQLITE_DONE ? OK : explain_failure(db, g, limit_ms, err);
}

/* ---- names that would pass for a view ---- */

enum token { TOKEN_END, TOKEN_WORD, TOKEN_OPEN, TOKEN_OTHER };

static bool is_word_byte(char c)
{
	return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static const char *skip_blanks(const char *p)
{
	for (;;) {
		if (*p && strchr(" \t\r\n\f", *p)) {
			p++;
		} else if (strncmp(p, "--", 2) == 0) {
			p += strcspn(p, "\n");
		} else if (strncmp(p, "/*", 2) == 0) {
			const char *end = strstr(p + 2, "*/");
			p = end ? end + 2 : p + strlen(p);
		} else {
			return p;
		}
	}
}

/* The next token at *p; *word gets the name of a word, quoted or not. */
static enum token next_token(const char **p, struct str *word)
{
	const char *at = skip_blanks(*p), *quote = *at ? strchr("\"'`[", *at) : NULL;
	*p = at + (*at != '\0');
	if (!*at)
		return TOKEN_END;
	if (quote) {
		char close = *at == '[' ? ']' : *at;
		const char *end = strchr(at + 1, close);
		end = end ? end : at + strlen(at) - 1;
		*word = str_n(at + 1, end > at ? (size_t)(end - at - 1) : 0);
		*p = end + 1;
		return TOKEN_WORD;
	}
	if (is_word_byte(*at)) {
		while (is_word_byte(**p))
			(*p)++;
		*word = str_n(at, (size_t)(*p - at));
		return TOKEN_WORD;
	}
	return *at == '(' ? TOKEN_OPEN : TOKEN_OTHER;
}

/* SQLite tells the authorizer the name of a common table expression as if it were a view's. So that none passes for one of
 * ours: is there a name like theirs that is being defined, as NAME ( … or NAME AS ( … or NAME AS MATERIALIZED ( …? */
static bool defines_view_name(const char *sql)
{
	struct str word;
	enum token t;
	while ((t = next_token(&sql, &word)) != TOKEN_END) {
		if (t != TOKEN_WORD || word.n < 2 || word.p[1] != '_' || !strchr("vViI", word.p[0]))
			continue;
		const char *ahead = sql;
		t = next_token(&ahead, &word);
		if (t == TOKEN_WORD && str_eq_nocase(word, str_c("as"))) {
			t = next_token(&ahead, &word);
			if (t == TOKEN_WORD && (str_eq_nocase(word, str_c("not")) || str_eq_nocase(word, str_c("materialized"))))
				return true;
		}
		if (t == TOKEN_OPEN)
			return true;
	}
	return false;
}

/* Is there nothing behind the statement but blanks, comments and semicolons? */
static bool is_blank_tail(const char *tail)
{
	while (*tail) {
		if (strncmp(tail, "--", 2) == 0) {
			tail += strcspn(tail, "\n");
		} else if (strchr(" \t\r\n;", *tail)) {
			tail++;
		} else {
			return false;
		}
	}
	return true;
}

enum status query_sql(const char *db_path, const char *sql, int64_t limit_ms, struct table *out, struct err *err)
{
	struct guard g = {.deadline = limit_ms > 0 ? clock_monotonic_ms() + limit_ms : 0};
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	const char *tail = "";
	table_init(out, NULL, 0);
	enum status status = open_guarded(db_path, &g, &db, err);
	if (status != OK)
		return status;
	if (defines_view_name(sql)) {
		status = err_usage(err, "names that begin with v_ or i_ are those of views; call yours otherwise");
	} else if (sqlite3_prepare_v2(db, sql, -1, &st, &tail) != SQLITE_OK) {
		status = explain_failure(db, &g, limit_ms, err);
	} else if (!st) {
		status = err_usage(err, "there is no statement in the query");
	} else if (!is_blank_tail(tail)) {
		status = err_usage(err, "one statement only: there is more behind the first, at \"%.40s\"", tail);
	} else if (!sqlite3_stmt_readonly(st)) {
		status = err_usage(err, "the query is not allowed to use anything but SELECT");
	} else {
		table_fini(out);
		status = run_statement(db, st, &g, limit_ms, out, err);
	}
	sqlite3_finalize(st);
	sqlite3_close(db);
	return status;
}
