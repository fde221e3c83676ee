/* SPDX-License-Identifier: MIT
 *
 * Strings, buffers, arenas, dictionaries, time, hashes.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/dict.h"
#include "base/err.h"
#include "base/sha256.h"

static void glob_matches_runs_and_ignores_case(void **state)
{
	(void)state;
	assert_true(str_glob(str_c("gpt-4*"), str_c("GPT-4o-mini")));
	assert_true(str_glob(str_c("*/src"), str_c("a/b/src")));
	assert_true(str_glob(str_c("a?c*"), str_c("abcd")));
	assert_false(str_glob(str_c("gpt-4"), str_c("gpt-4o")));
	assert_true(str_glob(str_c("*"), str_c("")));
}

static void distance_counts_transposition_once(void **state)
{
	(void)state;
	assert_int_equal(str_distance(str_c("severity"), str_c("serverity"), 3), 1);
	assert_int_equal(str_distance(str_c("mdoel"), str_c("model"), 3), 1);
	assert_int_equal(str_distance(str_c("task"), str_c("category"), 2), 3);
}

static void numbers_are_strict(void **state)
{
	(void)state;
	int64_t i;
	double d;
	assert_true(str_to_i64(str_c("-9223372036854775808"), &i));
	assert_true(i == INT64_MIN);
	assert_false(str_to_i64(str_c("9223372036854775808"), &i));
	assert_false(str_to_i64(str_c("1 "), &i));
	assert_true(str_to_double(str_c("-1.5e3"), &d));
	assert_true(d < -1499 && d > -1501);
	assert_false(str_to_double(str_c("0x10"), &d));
	assert_false(str_to_double(str_c("nan"), &d));
	assert_false(str_to_double(str_c("1e999"), &d));
}

static void cut_walks_parts(void **state)
{
	(void)state;
	struct str rest = str_c("a,,b"), part;
	assert_true(str_cut(&rest, ',', &part) && str_eq_c(part, "a"));
	assert_true(str_cut(&rest, ',', &part) && part.n == 0);
	assert_true(str_cut(&rest, ',', &part) && str_eq_c(part, "b"));
	assert_false(str_cut(&rest, ',', &part));
}

static void dict_gives_dense_ids(void **state)
{
	(void)state;
	struct dict d = {0};
	for (int i = 0; i < 1000; i++) {
		char *name = (char[16]){0};
		snprintf(name, 16, "n%d", i);
		assert_int_equal(dict_add(&d, str_c(name)), i);
	}
	assert_int_equal(dict_add(&d, str_c("n77")), 77);
	assert_int_equal(dict_find(&d, str_c("n999")), 999);
	assert_int_equal(dict_find(&d, str_c("absent")), DICT_NONE);
	assert_true(str_eq_c(dict_name(&d, 5), "n5"));
	dict_fini(&d);
}

static void arena_survives_big_and_small(void **state)
{
	(void)state;
	struct arena a = {0};
	struct str s = arena_str(&a, str_c("kept"));
	memset(arena_alloc(&a, 200000), 1, 200000);
	assert_true(str_eq_c(s, "kept"));
	arena_reset(&a);
	assert_int_equal(a.used, 0);
	arena_fini(&a);
}

static void time_round_trips(void **state)
{
	(void)state;
	int64_t ms;
	bool zone;
	char text[25];
	assert_true(clock_parse(str_c("2024-02-29T23:59:58.123456+02:00"), &ms, &zone));
	assert_true(zone);
	clock_format(ms, text);
	assert_string_equal(text, "2024-02-29T21:59:58.123Z");
	assert_true(clock_parse(str_c("2024-02-06 06:28:16.896800"), &ms, &zone));
	assert_false(zone);
	assert_true(clock_parse(str_c("1969-12-31"), &ms, &zone));
	assert_int_equal(ms, -86400000);
	assert_false(clock_parse(str_c("yesterday"), &ms, &zone));
	assert_false(clock_parse(str_c("2024-13-01"), &ms, &zone));
}

static void err_takes_context(void **state)
{
	(void)state;
	struct err err = {0};
	assert_int_equal(err_fail(&err, "line %d: bad", 3), FAIL);
	err_prefix(&err, "a.json");
	assert_string_equal(err_text(&err), "a.json: line 3: bad");
	err_fini(&err);
}

static void sha256_matches_fips(void **state)
{
	(void)state;
	unsigned char sum[SHA256_SIZE];
	char hex[SHA256_HEX];
	sha256_of(str_c("abc"), sum);
	hex_encode(sum, sizeof sum, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(glob_matches_runs_and_ignores_case),
		cmocka_unit_test(distance_counts_transposition_once),
		cmocka_unit_test(numbers_are_strict),
		cmocka_unit_test(cut_walks_parts),
		cmocka_unit_test(dict_gives_dense_ids),
		cmocka_unit_test(arena_survives_big_and_small),
		cmocka_unit_test(time_round_trips),
		cmocka_unit_test(err_takes_context),
		cmocka_unit_test(sha256_matches_fips),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
