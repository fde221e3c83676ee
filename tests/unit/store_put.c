/* SPDX-License-Identifier: MIT
 *
 * What is put into a database comes out again; equal things count once.
 */
#include "store_make.h"

#include "store/db.h"

static int fresh(void **state)
{
	drop_path();
	*state = make_open(STORE_CREATE);
	return 0;
}

static int gone(void **state)
{
	store_close(*state);
	drop_path();
	return 0;
}

static void a_result_comes_back(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct arena a = {0};
	struct result_row row;
	struct put_counts counts = make_load(s, "a.json", 1, 0, 10, 0);
	assert_int_equal(counts.added, 10);
	assert_int_equal(counts.scores_added, 20);
	ok(store_result(s, 4, &a, &row, &err), &err);
	assert_true(str_eq_c(row.item, "item-3"));
	assert_true(str_eq_c(row.model, "gpt-x"));
	assert_true(str_eq_c(row.provider, "prov"));
	assert_true(str_eq_c(row.run, "run a"));
	assert_true(str_eq_c(row.run_key, "runs/a.json"));
	assert_true(str_eq_c(row.epoch, "2"));
	assert_true(str_eq_c(row.raw_outcome, "I"));
	assert_true(str_eq_c(row.source_path, "a.json"));
	assert_true(str_eq_c(row.why, "tool:1"));
	assert_int_equal(row.kind, KIND_SAFETY);
	assert_int_equal(row.outcome, OUTCOME_FAIL);
	assert_int_equal(row.severity, SEVERITY_HIGH);
	assert_int_equal(row.offset, 300);
	assert_int_equal(row.line, 4);
	assert_int_equal(row.fail_step, 1);
	assert_int_equal(row.call_errors, 1);
	assert_int_equal(row.nscores, 2);
	assert_true(row.scores[0].has_num && row.scores[0].num > 0.49 && !row.scores[1].has_num);
	assert_true(str_eq_c(row.scores[1].value_text, "C") && !row.scores[1].rater.p);
	assert_int_equal(row.ncategories, 3);
	assert_true(str_eq_c(row.categories[0].path, "a/b") && str_eq_c(row.categories[2].path, "turn"));
	assert_int_equal(row.nraw_categories, 2);
	assert_int_equal(store_result(s, 11, &a, &row, &err), END);
	arena_fini(&a);
}

static void the_second_time_adds_nothing(void **state)
{
	struct store *s = *state;
	make_load(s, "a.json", 1, 0, 10, 0);
	struct put_counts counts = make_load(s, "b.json", 2, 0, 12, 0);
	assert_int_equal(counts.identical, 10);
	assert_int_equal(counts.added, 2);
}

static void columns_agree_with_rows(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct columns c = {0};
	struct names n = {0};
	bool changed;
	make_load(s, "a.json", 1, 0, 10, 0);
	ok(columns_load(s, &c, &n, &changed, &err), &err);
	assert_true(changed);
	assert_int_equal(c.n, 11);
	assert_true(c.flags[0] & COLUMN_GONE);
	assert_true(str_eq_c(dict_name(&n.model, c.model[2]), "gpt-x"));
	assert_true(str_eq_c(dict_name(&n.epoch, c.epoch[1]), "2"));
	assert_true(str_eq_c(dict_name(&n.epoch, c.epoch[2]), ""));
	assert_true(str_eq_c(dict_name(&n.model_alias, n.model_alias_of[c.model[1]]), "Alias"));
	assert_true(str_eq_c(dict_name(&n.category, n.catset[c.catset[1]][0]), "ax:a/b"));
	assert_int_equal(n.task_kind[c.task[1]], KIND_SAFETY);
	assert_int_equal(n.run_in_scope[c.run[1]], 1);
	assert_true(str_eq_c(dict_name(&n.format, n.source_format[c.source[1]]), "tool"));
	ok(columns_load(s, &c, &n, &changed, &err), &err);
	assert_false(changed);
	make_load(s, "b.json", 2, 10, 12, 0);
	ok(columns_load(s, &c, &n, &changed, &err), &err);
	assert_true(changed);
	assert_int_equal(c.n, 13);
	columns_fini(&c);
	names_fini(&n);
}

static void check(struct store *s)
{
	struct err err = {0};
	ok(store_check_columns(s, &err), &err);
}

static int64_t number(struct store *s, const char *sql)
{
	struct err err = {0};
	int64_t v;
	ok(db_int(s, sql, -1, &v, &err), &err);
	return v;
}

static void a_changed_result_is_a_revision(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct arena a = {0};
	struct result_row row;
	make_load(s, "a.json", 1, 0, 10, 0);
	struct put_counts counts = make_load(s, "a.json", 2, 0, 10, 1);
	assert_int_equal(counts.revised, 10);
	assert_int_equal(counts.added, 0);
	ok(store_result(s, 4, &a, &row, &err), &err);
	assert_int_equal(row.revision, 1);
	assert_int_equal(row.outcome, OUTCOME_PASS);
	assert_true(str_eq_c(row.raw_outcome, "C"));
	assert_int_equal(row.nscores, 2);
	assert_int_equal(number(s, "SELECT count(*) FROM revision WHERE json_extract(row, '$.raw_outcome') = 'I'"), 10);
	assert_int_equal(number(s, "SELECT json_array_length(scores) FROM revision WHERE result_id = 4"), 2);
	assert_int_equal(number(s, "SELECT json_array_length(body) FROM revision WHERE result_id = 4"), 3);
	assert_int_equal(number(s, "SELECT count(*) FROM result"), 10);
	check(s);
	arena_fini(&a);
}

/* Puts one version of result 0 with an authority. */
static struct put_counts put_one(struct store *s, int version, uint8_t authority)
{
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	char item[24];
	struct in_result r = make_result(0, version, item);
	struct in_source src = make_source("s", (unsigned char)(100 + version * 10 + authority));
	enum source_state state;
	uint32_t id;
	r.authority = authority;
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &state, &id, &err), &err);
	ok(writer_put(w, id, &r, &counts, &err), &err);
	ok(writer_end(w, &err), &err);
	return counts;
}

static void the_higher_authority_wins_in_either_order(void **state)
{
	struct store *s = *state;
	assert_int_equal(put_one(s, 0, 2).added, 1);
	assert_int_equal(put_one(s, 1, 1).outranked, 1);
	assert_int_equal(number(s, "SELECT raw_outcome = 'I' AND revision = 0 FROM result"), 1);
	store_close(s);
	drop_path();
	*state = s = make_open(STORE_CREATE);
	assert_int_equal(put_one(s, 1, 1).added, 1);
	assert_int_equal(put_one(s, 0, 2).revised, 1);
	assert_int_equal(number(s, "SELECT raw_outcome = 'I' FROM result"), 1);
	check(s);
}

static void the_same_record_of_higher_rank_lends_its_rank(void **state)
{
	struct store *s = *state;
	put_one(s, 0, 1);
	assert_int_equal(put_one(s, 0, 2).identical, 1);
	assert_int_equal(put_one(s, 1, 1).outranked, 1);
	assert_int_equal(number(s, "SELECT source_id FROM result"), 2);
	check(s);
}

static void rules_can_derive_anew(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct writer *w;
	const struct in_category only[] = {{{"new", 3}, {"n", 1}, 0, 0}};
	const struct derived d = {.outcome = OUTCOME_NONE,
		.why = str_c("direction not set"),
		.severity = SEVERITY_CRITICAL,
		.score = NAN,
		.kind = KIND_UTILITY,
		.categories = only,
		.ncategories = 1};
	make_load(s, "a.json", 1, 0, 10, 0);
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_forget_kinds(w, &err), &err);
	ok(writer_set_derived(w, 3, &d, &err), &err);
	assert_int_equal(writer_set_derived(w, 999, &d, &err), FAIL);
	ok(writer_end(w, &err), &err);
	err_fini(&err);
	assert_int_equal(
		number(s, "SELECT outcome = 'missing' AND severity = 'critical' AND score IS NULL AND category = 'new:n' AND "
			  "kind = 'utility' AND model_alias IS NULL AND why = 'direction not set' AND fail_turn IS NULL "
			  "FROM v_result WHERE result_id = 3"),
		1);
	check(s);
}

static void sources_are_known_partial_or_changed(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct writer *w;
	enum source_state st;
	uint32_t first, id;
	struct in_source src = make_source("a.json", 1);
	const struct source_totals done = {.results = 1, .complete = true};
	const struct in_aggregate agg = {.metric = str_c("asr"), .k = 1, .n = 2, .value = 0.5, .low = NAN, .high = NAN};
	struct put_counts counts = {0};
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &st, &first, &err), &err);
	assert_int_equal(st, SOURCE_NEW);
	ok(writer_aggregate(w, first, &agg, &counts, &err), &err);
	for (int i = 0; i < 3; i++)
		ok(writer_note(w, first, "skip", str_c("line 1"), str_c("no model"), &err), &err);
	ok(writer_end(w, &err), &err);
	assert_int_equal(number(s, "SELECT count FROM source_note"), 3);
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	assert_int_equal(st, SOURCE_PARTIAL);
	assert_int_equal(id, first);
	ok(writer_aggregate(w, first, &agg, &counts, &err), &err);
	ok(writer_source_end(w, id, &done, &err), &err);
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	assert_int_equal(st, SOURCE_KNOWN);
	src.sha256[0] = 9;
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	assert_int_equal(st, SOURCE_CHANGED);
	assert_int_not_equal(id, first);
	src.settings = str_c("{\"a\":1}");
	src.path = str_c("b.json");
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	assert_int_equal(st, SOURCE_NEW);
	ok(writer_end(w, &err), &err);
	assert_int_equal(number(s, "SELECT count(*) FROM v_aggregate WHERE k = 1 AND n = 2 AND low IS NULL"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM source_note"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM v_source WHERE status = 'partial'"), 2);
}

static void another_run_under_a_taken_key_is_noticed(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct writer *w;
	struct result_mark marks[8], lower[8];
	bool another;
	make_load(s, "a.json", 1, 0, 8, 0);
	for (int i = 0; i < 8; i++) {
		char item[24];
		struct in_result r = make_result(i, i >= 3, item);
		memcpy(marks[i].uid, r.uid, UID_SIZE);
		memcpy(marks[i].digest, r.digest, DIGEST_SIZE);
		marks[i].authority = 1;
		lower[i] = marks[i];
		lower[i].authority = 0;
	}
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_run_check(w, marks, 8, &another, &err), &err);
	assert_true(another); /* 3 of 8 */
	ok(writer_run_check(w, marks, 6, &another, &err), &err);
	assert_false(another); /* 3 of 6 */
	ok(writer_run_check(w, marks + 5, 3, &another, &err), &err);
	assert_false(another); /* too few to tell */
	ok(writer_run_check(w, lower, 8, &another, &err), &err);
	assert_false(another); /* another kind of source */
	ok(writer_end(w, &err), &err);
}

static void names_of_runs_are_unique(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	struct in_source src = make_source("a.json", 1);
	enum source_state st;
	uint32_t id;
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	for (int i = 0; i < 3; i++) {
		char item[24];
		struct in_result r = make_result(i, 0, item);
		struct in_run run = make_run;
		const char *const keys[] = {"k", "k#2", "k"};
		run.key = str_c(keys[i]);
		run.status = str_c(i == 2 ? "cancelled" : "success");
		r.run = &run;
		ok(writer_put(w, id, &r, &counts, &err), &err);
	}
	ok(writer_end(w, &err), &err);
	assert_int_equal(number(s, "SELECT count(*) FROM run"), 2);
	assert_int_equal(number(s, "SELECT count(*) FROM run WHERE name = 'run a #2' AND key = 'k#2'"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM run WHERE key = 'k' AND status = 'cancelled'"), 1);
}

static void revisions_reach_blocks_far_back(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	struct in_source src = make_source("big", 1);
	enum source_state st;
	uint32_t id;
	enum { MANY = 70000 };
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < MANY; i += pass ? 13000 : 1) {
			char item[24];
			struct in_result r = make_result(i, pass, item);
			r.nscores = 0;
			ok(writer_put(w, id, &r, &counts, &err), &err);
		}
	ok(writer_end(w, &err), &err);
	assert_int_equal(counts.added, MANY);
	assert_int_equal(counts.revised, 6);
	assert_int_equal(number(s, "SELECT count(*) FROM colblk"), 2);
	check(s);
	/* A load that begins now finds every uid. */
	counts = make_load(s, "again", 2, MANY - 5, MANY + 1, 0);
	assert_int_equal(counts.identical, 5);
	assert_int_equal(counts.added, 1);
	check(s);
}

static void blocks_that_lie_are_found(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	make_load(s, "a.json", 1, 0, 10, 0);
	ok(db_exec(s, "UPDATE derived SET severity = 1 WHERE result_id = 7", &err), &err);
	assert_int_equal(store_check_columns(s, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "result 7"));
	assert_non_null(strstr(err_text(&err), "severity"));
	ok(db_exec(s, "UPDATE derived SET severity = 4 WHERE result_id = 7; DELETE FROM result WHERE result_id = 5", &err), &err);
	assert_int_equal(store_check_columns(s, &err), FAIL);
	ok(db_exec(s, "UPDATE colblk SET data = substr(data, 1, 100)", &err), &err);
	assert_int_equal(store_check_columns(s, &err), FAIL);
	struct columns c = {0};
	struct names n = {0};
	assert_int_equal(columns_load(s, &c, &n, NULL, &err), FAIL);
	columns_fini(&c);
	names_fini(&n);
	err_fini(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_result_comes_back, fresh, gone),
		cmocka_unit_test_setup_teardown(the_second_time_adds_nothing, fresh, gone),
		cmocka_unit_test_setup_teardown(columns_agree_with_rows, fresh, gone),
		cmocka_unit_test_setup_teardown(a_changed_result_is_a_revision, fresh, gone),
		cmocka_unit_test_setup_teardown(the_higher_authority_wins_in_either_order, fresh, gone),
		cmocka_unit_test_setup_teardown(the_same_record_of_higher_rank_lends_its_rank, fresh, gone),
		cmocka_unit_test_setup_teardown(rules_can_derive_anew, fresh, gone),
		cmocka_unit_test_setup_teardown(sources_are_known_partial_or_changed, fresh, gone),
		cmocka_unit_test_setup_teardown(another_run_under_a_taken_key_is_noticed, fresh, gone),
		cmocka_unit_test_setup_teardown(names_of_runs_are_unique, fresh, gone),
		cmocka_unit_test_setup_teardown(revisions_reach_blocks_far_back, fresh, gone),
		cmocka_unit_test_setup_teardown(blocks_that_lie_are_found, fresh, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
