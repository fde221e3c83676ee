/* SPDX-License-Identifier: MIT
 *
 * The SQL views are a promise: names and columns that people's own queries,
 * R and other tools rely on. This list changes only by growing.
 */
#include "store_make.h"

#include "base/embed.h"
#include "store/db.h"

static const struct {
	const char *view, *columns;
} promised[] = {
	{"v_source", "source_id path format sha256 bytes status results skipped warnings declared ingested_at"},
	{"v_result", "result_id uid source_id run task kind model provider item epoch category item_severity severity outcome "
		     "target answer score "
		     "error turns tool_calls fail_turn fail_step started_at review_state effective_outcome effective_severity "
		     "effective_category"},
	{"v_turn", "result_id turn role content reasoning tool_call_id error outcome"},
	{"v_tool_call", "result_id turn call name arguments result error answered"},
	{"v_score", "result_id turn name rater value_text value_num reason"},
	{"v_rater", "rater attribute value"},
	{"v_category", "result_id turn call taxonomy category"},
	{"v_aggregate", "source_id model task category metric k n value low high"},
	{"v_annotation", "annotation_id result_id turn start end reviewer outcome severity category tags note created_at state"},
	{"v_zone", "policy policy_sha256 area model metric k n missing unsure value low high verdict confirmed stale"},
};

static int filled(void **state)
{
	drop_path();
	*state = make_open(STORE_CREATE);
	make_load(*state, "a.json", 1, 0, 5, 0);
	return 0;
}

static int gone(void **state)
{
	store_close(*state);
	drop_path();
	return 0;
}

static bool has_column(sqlite3_stmt *st, struct str name)
{
	for (int i = 0; i < sqlite3_column_count(st); i++)
		if (str_eq_c(name, sqlite3_column_name(st, i)))
			return true;
	return false;
}

static void promised_columns_are_there(void **state)
{
	struct err err = {0};
	for (size_t i = 0; i < sizeof promised / sizeof *promised; i++) {
		char sql[100];
		sqlite3_stmt *st;
		struct str rest = str_c(promised[i].columns), name;
		snprintf(sql, sizeof sql, "SELECT * FROM %s", promised[i].view);
		ok(db_prepare(*state, sql, &st, &err), &err);
		while (str_cut(&rest, ' ', &name))
			if (!has_column(st, name))
				fail_msg("%s has no column %.*s", promised[i].view, (int)name.n, name.p);
		sqlite3_finalize(st);
	}
}

/* The first column of one row as text. */
static void says(struct store *s, const char *sql, const char *expected)
{
	struct err err = {0};
	sqlite3_stmt *st;
	ok(db_prepare(s, sql, &st, &err), &err);
	ok(db_step(s, st, &err), &err);
	const char *text = (const char *)sqlite3_column_text(st, 0);
	if (!text || strcmp(text, expected) != 0)
		fail_msg("%s gives \"%s\", not \"%s\"", sql, text ? text : "NULL", expected);
	assert_int_equal(db_step(s, st, &err), END);
	sqlite3_finalize(st);
}

static void values_are_words_and_iso_times(void **state)
{
	struct store *s = *state;
	says(s,
		"SELECT outcome || ' ' || severity || ' ' || item_severity || ' ' || kind || ' ' || category FROM v_result WHERE "
		"result_id = 2",
		"fail high low safety ax:a/b");
	says(s, "SELECT started_at FROM v_result WHERE result_id = 2", "2023-11-14T22:13:21.500Z");
	says(s,
		"SELECT effective_outcome || ' ' || effective_severity || ' ' || effective_category || ' ' || review_state FROM "
		"v_result WHERE "
		"result_id = 2",
		"fail high ax:a/b unreviewed");
	says(s, "SELECT length(uid) || ' ' || (uid = lower(uid)) FROM v_result WHERE result_id = 2", "32 1");
	says(s, "SELECT status || ' ' || results || ' ' || sha256 FROM v_source",
		"complete 5 0101010101010101010101010101010101010101010101010101010101010101");
	says(s,
		"SELECT group_concat(name || coalesce(':' || turn, '') || coalesce('=' || value_num, '') || '/' || value_text, ' "
		"') FROM v_score WHERE "
		"result_id = 2",
		"acc=0.5/0.5 harm:2/C");
	says(s,
		"SELECT group_concat(taxonomy || ':' || category || coalesce('@' || turn, ''), ' ') FROM v_category WHERE "
		"result_id = 2",
		"ax:a/b ax:c raw:turn@2");
}

static void turns_and_calls_are_rows(void **state)
{
	struct store *s = *state;
	says(s,
		"SELECT group_concat(turn || role || coalesce(content, '') || coalesce(reasoning, '') || coalesce(error, ''), ' "
		"') FROM v_turn "
		"WHERE result_id = 1",
		"1userdo it 2assistantokhm 3toola.txtexit 1");
	says(s,
		"SELECT group_concat(turn || '.' || call || name || arguments || result || coalesce(error, '') || answered, ' ') "
		"FROM v_tool_call "
		"WHERE result_id = 1",
		"2.1bash{\"cmd\": \"ls\"}a.txtexit 11 2.2get{}421");
	says(s, "SELECT tool_call_id FROM v_turn WHERE result_id = 1 AND role = 'tool'", "c1");
	says(s, "SELECT count(*) FROM v_turn", "15");
}

static void words_are_those_of_the_program(void **state)
{
	char sql[100];
	for (int o = OUTCOME_PASS; o < OUTCOME_COUNT; o++) {
		snprintf(sql, sizeof sql, "SELECT name FROM outcome WHERE outcome_id = %d", o);
		says(*state, sql, outcome_name((enum outcome)o));
	}
	for (int v = 0; v < SEVERITY_COUNT; v++) {
		snprintf(sql, sizeof sql, "SELECT name FROM severity WHERE severity_id = %d", v);
		says(*state, sql, severity_name((enum severity)v));
	}
	for (int k = KIND_SAFETY; k < KIND_COUNT; k++) {
		snprintf(sql, sizeof sql, "SELECT name FROM kind WHERE kind_id = %d", k);
		says(*state, sql, kind_name((enum task_kind)k));
	}
}

static void every_column_is_commented(void **state)
{
	struct str rest = embed_get("schemas/db/0001_init.sql"), line;
	bool in_table = false;
	size_t columns = 0;
	assert_non_null(rest.p);
	while (str_cut(&rest, '\n', &line)) {
		if (str_starts(line, "CREATE TABLE"))
			in_table = true;
		else if (str_starts(line, ")"))
			in_table = false;
		else if (in_table && line.n > 1 && line.p[1] >= 'a' && line.p[1] <= 'z') {
			columns++;
			if (str_find(line, str_c("-- ")) < 0)
				fail_msg("no comment: %.*s", (int)line.n, line.p);
		}
	}
	assert_true(columns > 150);
	says(*state,
		"SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT "
		"LIKE 'sqlite%'",
		"0");
}

static void zones_become_stale(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	const struct zone_row rows[] = {
		{.policy = str_c("p"),
			.policy_sha256 = str_c("ab"),
			.area = str_c("ax:a"),
			.model = str_c("m"),
			.metric = str_c("fail_rate"),
			.k = 1,
			.n = 3,
			.value = 0.33,
			.low = NAN,
			.high = NAN,
			.verdict = str_c("red"),
			.confirmed = true},
		{.policy = str_c("p"),
			.policy_sha256 = str_c("ab"),
			.area = str_c("b"),
			.model = str_c("m"),
			.metric = str_c("fail_rate"),
			.value = NAN,
			.low = NAN,
			.high = NAN,
			.verdict = str_c("no data")},
	};
	ok(store_zones_record(s, str_c("p"), rows, 2, &err), &err);
	ok(store_zones_record(s, str_c("p"), rows, 2, &err), &err);
	says(s, "SELECT group_concat(area || ' ' || verdict || ' ' || stale, ', ') FROM v_zone", "ax:a red 0, b no data 0");
	make_load(s, "b.json", 2, 5, 6, 0);
	says(s, "SELECT sum(stale) FROM v_zone", "2");
	ok(store_zones_record(s, str_c("p"), rows, 2, &err), &err);
	says(s, "SELECT sum(stale) FROM v_zone", "0");
	struct entry e = {.kind = str_c("declaration"), .reviewer = str_c("a"), .subject = str_c("l/m"), .value = str_c("red")};
	ok(ledger_add(s, &e, &err), &err);
	says(s, "SELECT sum(stale) FROM v_zone", "2");
}

/* A page of rows by id must never read everything. */
static void pages_are_searches(void **state)
{
	static const char *const pages[] = {
		"SELECT * FROM v_result WHERE result_id = 3",
		"SELECT * FROM v_turn WHERE result_id = 3",
		"SELECT * FROM v_tool_call WHERE result_id = 3",
	};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct err err = {0};
		char sql[200];
		sqlite3_stmt *st;
		snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", pages[i]);
		ok(db_prepare(*state, sql, &st, &err), &err);
		while (db_step(*state, st, &err) == OK) {
			const char *detail = (const char *)sqlite3_column_text(st, 3);
			if (!strcmp(detail, "SCAN r") || !strcmp(detail, "SCAN d") || !strcmp(detail, "SCAN t"))
				fail_msg("%s: %s", pages[i], detail);
		}
		sqlite3_finalize(st);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(promised_columns_are_there, filled, gone),
		cmocka_unit_test_setup_teardown(values_are_words_and_iso_times, filled, gone),
		cmocka_unit_test_setup_teardown(turns_and_calls_are_rows, filled, gone),
		cmocka_unit_test_setup_teardown(words_are_those_of_the_program, filled, gone),
		cmocka_unit_test_setup_teardown(every_column_is_commented, filled, gone),
		cmocka_unit_test_setup_teardown(zones_become_stale, filled, gone),
		cmocka_unit_test_setup_teardown(pages_are_searches, filled, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
