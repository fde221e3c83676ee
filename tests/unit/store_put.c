/* SPDX-License-Identifier: MIT
 *
 * What is put into a database comes out again; equal things count once.
 */
#include "store_make.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_result_comes_back, fresh, gone),
		cmocka_unit_test_setup_teardown(the_second_time_adds_nothing, fresh, gone),
		cmocka_unit_test_setup_teardown(columns_agree_with_rows, fresh, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
