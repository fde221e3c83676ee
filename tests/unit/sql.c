/* SPDX-License-Identifier: MIT
 *
 * SQL of the user's own: what it may read, what it may not, and that it ends.
 */
#include "unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "query/query.h"

static char path[] = "/tmp/plimsoll-sql-XXXXXX";

static int make_database(void **state)
{
	sqlite3 *db;
	int fd = mkstemp(path);
	(void)state;
	if (fd < 0)
		return -1;
	close(fd);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
		"CREATE TABLE secret (a INTEGER, b TEXT, c REAL, d BLOB);"
		"INSERT INTO secret VALUES (1, 'x', 0.5, x'00ff'), (-2, NULL, NULL, NULL);"
		"CREATE VIEW v_open AS SELECT a, b, c, d FROM secret;", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	return 0;
}

static int remove_database(void **state)
{
	(void)state;
	return unlink(path);
}

static void views_may_be_read(void **state)
{
	struct table t;
	struct err err = {0};
	(void)state;
	if (query_sql(path, "SELECT * FROM v_open ORDER BY a DESC; -- that is all", 1000, &t, &err) != OK)
		fail_msg("%s", err_text(&err));
	assert_int_equal(t.nrows, 2);
	assert_int_equal(t.ncolumns, 4);
	assert_string_equal(t.columns[1].name, "b");
	assert_int_equal(table_cell(&t, 0, 0)->integer, 1);
	assert_true(str_eq_c(table_cell(&t, 0, 1)->text, "x"));
	assert_int_equal(table_cell(&t, 0, 2)->kind, CELL_REAL);
	assert_true(str_eq_c(table_cell(&t, 0, 3)->text, "00ff"));
	assert_int_equal(table_cell(&t, 1, 1)->kind, CELL_EMPTY);
	table_fini(&t);
}

static void json_and_recursion_work(void **state)
{
	struct table t;
	struct err err = {0};
	(void)state;
	enum status st = query_sql(path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) "
		"SELECT sum(i) AS s, (SELECT count(*) FROM json_each('[1,2,3]')) AS j FROM n", 1000, &t, &err);
	if (st != OK)
		fail_msg("%s", err_text(&err));
	assert_int_equal(table_cell(&t, 0, 0)->integer, 15);
	assert_int_equal(table_cell(&t, 0, 1)->integer, 3);
	table_fini(&t);
}

static void same_names_are_told_apart(void **state)
{
	struct table t;
	struct err err = {0};
	(void)state;
	assert_int_equal(query_sql(path, "SELECT 1 AS x, 2 AS x", 1000, &t, &err), OK);
	assert_string_equal(t.columns[0].name, "x");
	assert_string_equal(t.columns[1].name, "x_2");
	table_fini(&t);
}

static void refused(const char *sql, const char *message)
{
	struct table t;
	struct err err = {0};
	assert_int_equal(query_sql(path, sql, 1000, &t, &err), USAGE);
	if (!strstr(err_text(&err), message))
		fail_msg("\"%s\" gives \"%s\"", sql, err_text(&err));
	table_fini(&t);
	err_fini(&err);
}

static void everything_else_is_refused(void **state)
{
	(void)state;
	refused("SELECT * FROM secret", "table secret");
	refused("SELECT a FROM v_open UNION SELECT a FROM secret", "table secret");
	refused("WITH v_x AS (SELECT a FROM secret) SELECT * FROM v_x", "begin with v_");
	refused("WITH \"v_x\"(a) AS (SELECT a FROM secret) SELECT * FROM v_x", "begin with v_");
	refused("WITH y AS (SELECT 1), V_OPEN AS NOT MATERIALIZED (SELECT a FROM secret) SELECT * FROM v_open", "begin with v_");
	refused("WITH i_x /* ( */ as -- (\n (SELECT a FROM secret) SELECT * FROM i_x", "begin with v_");
	refused("WITH x AS (SELECT a FROM secret) SELECT * FROM x", "table secret");
	refused("SELECT * FROM (SELECT a FROM secret) AS v_x", "table secret");
	refused("DELETE FROM secret", "not allowed");
	refused("INSERT INTO secret VALUES (1,2,3,4)", "not allowed");
	refused("CREATE TABLE x (a)", "not allowed");
	refused("DROP VIEW v_open", "not allowed");
	refused("ATTACH '/tmp/other' AS o", "not allowed");
	refused("PRAGMA query_only = 0", "not allowed");
	refused("PRAGMA writable_schema = 1", "not allowed");
	refused("VACUUM INTO '/tmp/copy'", "not allowed");
	refused("SELECT load_extension('x')", "not");
	refused("SELECT 1; DROP TABLE secret", "one statement only");
	refused("  -- nothing\n", "no statement");
	refused("SELEC 1", "syntax error");
	refused("SELECT nosuch FROM v_open", "no such column");
}

static void endless_queries_end(void **state)
{
	struct table t;
	struct err err = {0};
	(void)state;
	enum status st = query_sql(path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", 100, &t, &err);
	assert_int_equal(st, FAIL);
	assert_string_equal(err_text(&err), "the query was stopped after 0.1 s");
	table_fini(&t);
	err_fini(&err);
}

static void missing_file_is_an_error(void **state)
{
	struct table t;
	struct err err = {0};
	(void)state;
	assert_int_equal(query_sql("/nonexistent/x.db", "SELECT 1", 1000, &t, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "/nonexistent/x.db"));
	table_fini(&t);
	err_fini(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_may_be_read),
		cmocka_unit_test(json_and_recursion_work),
		cmocka_unit_test(same_names_are_told_apart),
		cmocka_unit_test(everything_else_is_refused),
		cmocka_unit_test(endless_queries_end),
		cmocka_unit_test(missing_file_is_an_error),
	};
	return cmocka_run_group_tests(tests, make_database, remove_database);
}
