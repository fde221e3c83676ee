/* SPDX-License-Identifier: MIT
 *
 * Predicates as sets, scans of transcripts, and looking up by uid.
 */
#include "store_make.h"

#include "store/compare.h"

enum { MANY = 5000 };

static int filled(void **state)
{
	drop_path();
	struct store *s = make_open(STORE_CREATE);
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	struct in_source src = make_source("a.json", 1);
	enum source_state st;
	uint32_t id;
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	for (int i = 0; i < MANY; i++) {
		char item[24];
		struct in_result r = make_result(i, i % 10 == 0, item);
		if (i % 2)
			r.nscores = 0;
		ok(writer_put(w, id, &r, &counts, &err), &err);
	}
	ok(writer_end(w, &err), &err);
	*state = s;
	return 0;
}

static int gone(void **state)
{
	store_close(*state);
	drop_path();
	return 0;
}

static size_t count(struct store *s, enum store_predicate what, const char *sub, enum compare op, const char *value)
{
	struct err err = {0};
	struct bitset set;
	bitset_init(&set, MANY + 1);
	ok(store_predicate(s, what, str_c(sub), op, str_c(value), &set, &err), &err);
	size_t n = bitset_count(&set);
	bitset_fini(&set);
	return n;
}

static void predicates_select(void **state)
{
	struct store *s = *state;
	assert_int_equal(count(s, PREDICATE_ITEM, NULL, COMPARE_EQ, "ITEM-7"), 1);
	assert_int_equal(count(s, PREDICATE_ITEM, NULL, COMPARE_GLOB, "item-12*"), 111);
	assert_int_equal(count(s, PREDICATE_ITEM, NULL, COMPARE_NE, "item-7"), MANY - 1);
	assert_int_equal(count(s, PREDICATE_SCORE, "ACC", COMPARE_GE, "0.5"), MANY / 2);
	assert_int_equal(count(s, PREDICATE_SCORE, "acc", COMPARE_GT, "0.5"), 0);
	assert_int_equal(count(s, PREDICATE_SCORE, "acc", COMPARE_EQ, ".50"), MANY / 2);
	assert_int_equal(count(s, PREDICATE_SCORE, "harm", COMPARE_EQ, "c"), MANY / 2);
	assert_int_equal(count(s, PREDICATE_SCORE, "harm", COMPARE_EXISTS, NULL), MANY / 2);
	assert_int_equal(count(s, PREDICATE_SCORE, "nope", COMPARE_EXISTS, NULL), 0);
	assert_int_equal(count(s, PREDICATE_SCORE_TEXT, "harm", COMPARE_GLOB, "*"), MANY / 2);
	assert_int_equal(count(s, PREDICATE_META, "level", COMPARE_LT, "10"), MANY);
	assert_int_equal(count(s, PREDICATE_META, "style", COMPARE_GLOB, "P*m"), MANY);
	assert_int_equal(count(s, PREDICATE_META, "nope", COMPARE_NE, "x"), 0);
	assert_int_equal(count(s, PREDICATE_META, "a\"b", COMPARE_EXISTS, NULL), 0);
	assert_int_equal(count(s, PREDICATE_TARGET, NULL, COMPARE_EQ, "b"), MANY);
	assert_int_equal(count(s, PREDICATE_ANSWER, NULL, COMPARE_NE, "A"), 0);
	assert_int_equal(count(s, PREDICATE_ERROR, NULL, COMPARE_EXISTS, NULL), 0);
	assert_int_equal(count(s, PREDICATE_RAW_OUTCOME, NULL, COMPARE_EQ, "C"), MANY / 10);
	assert_int_equal(count(s, PREDICATE_RAW_SEVERITY, NULL, COMPARE_EXISTS, NULL), 0);
	assert_int_equal(count(s, PREDICATE_RATER, NULL, COMPARE_GLOB, "jud*"), MANY / 2);
	assert_int_equal(count(s, PREDICATE_UID, NULL, COMPARE_GLOB, "*"), MANY);
	/* Values are bound, never pasted. */
	assert_int_equal(count(s, PREDICATE_TARGET, NULL, COMPARE_EQ, "' OR 1=1 --"), 0);
}

static void one_comparison_for_all(void **state)
{
	(void)state;
	const struct str absent = {0};
	assert_false(value_compare(COMPARE_NE, absent, false, 0, str_c("x")));
	assert_false(value_compare(COMPARE_EXISTS, absent, false, 0, absent));
	assert_true(value_compare(COMPARE_EXISTS, absent, true, 0, absent));
	assert_true(value_compare(COMPARE_LT, str_c("9"), false, 0, str_c("10")));
	assert_true(value_compare(COMPARE_GT, str_c("b9"), false, 0, str_c("B10")));
	assert_true(value_compare(COMPARE_LE, str_c(""), false, 0, str_c("a")));
	assert_false(value_compare(COMPARE_EQ, absent, true, 5, str_c("x")));
}

struct walk {
	int64_t last;
	size_t n, stop_at;
	int step;
};

static enum status visit(void *ctx, int64_t id, struct str body, struct err *err)
{
	struct walk *w = ctx;
	(void)err;
	assert_true(str_starts(body, "[{\"role\":\"user\""));
	assert_int_equal(body.n, strlen(make_transcript));
	if (w->last)
		assert_true(w->step > 0 ? id > w->last : id < w->last);
	w->last = id;
	return ++w->n == w->stop_at ? END : OK;
}

static void scans_walk_in_order(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct walk up = {.step = 1}, down = {.step = -1}, some = {.step = -1}, stopped = {.step = 1, .stop_at = 3};
	struct bitset set;
	ok(store_scan(s, NULL, false, visit, &up, &err), &err);
	assert_int_equal(up.n, MANY);
	ok(store_scan(s, NULL, true, visit, &down, &err), &err);
	assert_int_equal(down.n, MANY);
	bitset_init(&set, MANY + 1);
	for (size_t i = 1; i < 2000; i++)
		bitset_set(&set, i);
	bitset_set(&set, 4500);
	bitset_set(&set, MANY);
	ok(store_scan(s, &set, true, visit, &some, &err), &err);
	assert_int_equal(some.n, 2001);
	ok(store_scan(s, NULL, false, visit, &stopped, &err), &err);
	assert_int_equal(stopped.n, 3);
	bitset_fini(&set);
}

static enum status count_row(void *ctx, const struct result_row *row, struct err *err)
{
	size_t *n = ctx;
	(void)err;
	++*n;
	assert_int_equal(row->result_id, *n);
	assert_int_equal(row->nscores, row->result_id % 2 ? 2 : 0);
	return OK;
}

static void every_result_is_visited(void **state)
{
	struct err err = {0};
	size_t n = 0;
	ok(store_each_result(*state, count_row, &n, &err), &err);
	assert_int_equal(n, MANY);
}

static void uids_are_found_by_prefix(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct arena a = {0};
	struct result_row row;
	int64_t id;
	ok(store_result(s, 77, &a, &row, &err), &err);
	ok(store_result_by_uid(s, row.uid, &id, &err), &err);
	assert_int_equal(id, 77);
	row.uid[12] = '\0';
	row.uid[3] = row.uid[3] >= 'a' ? (char)(row.uid[3] - 32) : row.uid[3];
	ok(store_result_by_uid(s, row.uid, &id, &err), &err);
	assert_int_equal(id, 77);
	row.uid[1] = '\0';
	assert_int_equal(store_result_by_uid(s, row.uid, &id, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "several"));
	err_fini(&err);
	assert_int_equal(store_result_by_uid(s, "xyz", &id, &err), END);
	assert_int_equal(store_result_by_uid(s, "", &id, &err), END);
	assert_int_equal(store_result_by_uid(s, "0123456789abcdef0123456789abcdef0", &id, &err), END);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(predicates_select),
		cmocka_unit_test(one_comparison_for_all),
		cmocka_unit_test(scans_walk_in_order),
		cmocka_unit_test(every_result_is_visited),
		cmocka_unit_test(uids_are_found_by_prefix),
	};
	return cmocka_run_group_tests(tests, filled, gone);
}
