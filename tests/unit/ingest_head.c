/* SPDX-License-Identifier: MIT
 *
 * Recognising by first bytes, and the small namings that importers share.
 */
#include "unit.h"

#include "ingest/head.h"
#include "ingest/walk.h"

static bool has(const char *text, const char *path)
{
	return head_has(str_c(text), path);
}

static void members_of_the_first_object_are_seen(void **state)
{
	(void)state;
	assert_true(has("{\"a\": 1, \"b\" : {\"c\": [], \"d\": {\"e\": null}}}", "a"));
	assert_true(has("{\"a\": 1, \"b\" : {\"c\": [], \"d\": {\"e\": null}}}", "b/d/e"));
	assert_false(has("{\"a\": 1, \"b\" : {\"c\": [], \"d\": {\"e\": null}}}", "c"));
	assert_false(has("{\"a\": 1, \"b\" : {\"c\": [], \"d\": {\"e\": null}}}", "b/e"));
	assert_false(has("{\"a\": \"b\"}", "b"));
	assert_true(has(" [ {\"a\": [{\"b\": 2}]} ]", "a/b"));
}

static void a_star_is_any_name(void **state)
{
	(void)state;
	assert_true(has("{\"a\": 1, \"b\": {\"c\": [{\"d\": 2}]}}", "*/c/d"));
	assert_true(has("{\"a\": {}, \"b\": {\"c\": [{\"d\": 2}]}}", "*/*/d"));
	assert_false(has("{\"a\": 1, \"d\": 2}", "*/d"));
}

static void only_the_first_element_counts(void **state)
{
	(void)state;
	assert_false(has("[{\"a\": 1}, {\"b\": 2}]", "b"));
	assert_false(has("{\"a\": 1}\n{\"b\": 2}\n", "b"));
	assert_false(has("{\"x\": [{\"a\": 1}, {\"b\": 2}]}", "x/b"));
	assert_true(has("{\"x\": [{\"a\": 1}, {\"b\": 2}], \"y\": 0}", "y"));
}

static void a_cut_text_is_no_matter(void **state)
{
	(void)state;
	assert_true(has("{\"a\": 1, \"b\": \"the rest is mis", "a"));
	assert_true(has("{\"a\": 1, \"b\": \"the rest is mis", "b"));
	assert_false(has("{\"a\": 1, \"b", "b"));
	assert_false(has("{\"a\": 1, \"b\\", "b"));
	assert_false(has("", "a"));
	assert_false(has("}]}]", "a"));
}

static void escapes_and_depth_do_not_confuse_it(void **state)
{
	(void)state;
	assert_true(has("{\"a\\\"\": \"}\\\\\", \"b\": 1}", "b"));
	assert_true(has("{\"a\": [[[[[[[[[[[[1]]]]]]]]]]]], \"b\": 1}", "b"));
	assert_false(has("{\"a\": [[[[[[[[[[[[{\"b\": 1}]]]]]]]]]]]]}", "b"));
}

static void names_lose_folder_and_suffix(void **state)
{
	static const char *const suffixes[] = {".report.jsonl", ".jsonl", NULL};
	(void)state;
	assert_true(str_eq_c(path_stem("a/b.c.report.jsonl", suffixes), "b.c"));
	assert_true(str_eq_c(path_stem("x.zip!in/one.jsonl.gz", suffixes), "one"));
	assert_true(str_eq_c(path_stem(".jsonl", suffixes), ".jsonl"));
	assert_true(str_eq_c(path_stem("plain", NULL), "plain"));
}

static void colons_become_steps_of_a_category(void **state)
{
	struct arena a = {0};
	(void)state;
	assert_true(str_eq_c(category_path(&a, str_c("harmful:hate:speech")), "harmful/hate/speech"));
	assert_true(str_eq_c(category_path(&a, str_c("file://own.yaml")), "file://own.yaml"));
	arena_fini(&a);
}

static void scores_are_numbers_or_truth(void **state)
{
	struct arena a = {0};
	struct in_score s;
	const struct json *node;
	(void)state;
	assert_int_equal(json_read(&a, str_c("[true, 0.25, \"0.5\", null, NaN]"), NULL, &node, NULL), OK);
	assert_true(score_of(json_at(node, 0), "x", &s));
	assert_true(s.has_num && s.num == 1);
	assert_true(score_of(json_at(node, 1), "x", &s));
	assert_true(s.num == 0.25 && str_eq_c(s.value_text, "0.25"));
	assert_false(score_of(json_at(node, 2), "x", &s));
	assert_false(score_of(json_at(node, 3), "x", &s));
	assert_true(score_of(json_at(node, 4), "x", &s));
	assert_false(s.has_num);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_the_first_object_are_seen),
		cmocka_unit_test(a_star_is_any_name),
		cmocka_unit_test(only_the_first_element_counts),
		cmocka_unit_test(a_cut_text_is_no_matter),
		cmocka_unit_test(escapes_and_depth_do_not_confuse_it),
		cmocka_unit_test(names_lose_folder_and_suffix),
		cmocka_unit_test(colons_become_steps_of_a_category),
		cmocka_unit_test(scores_are_numbers_or_truth),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
