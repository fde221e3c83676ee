/* SPDX-License-Identifier: MIT
 *
 * The packed transcript has one spelling and keeps every byte of foreign values.
 */
#include "store_make.h"

static void canonical(const char *text)
{
	struct err err = {0};
	struct arena a = {0};
	struct transcript t;
	struct buf out = {0};
	ok(transcript_read(&a, str_c(text), &t, &err), &err);
	transcript_write(&out, &t);
	assert_string_equal(out.p, text);
	buf_fini(&out);
	arena_fini(&a);
}

static void reading_and_writing_gives_the_same_bytes(void **state)
{
	(void)state;
	canonical("[]");
	canonical(make_transcript);
	canonical("[{\"role\":\"narrator\",\"name\":\"x\",\"content\":\"\",\"at\":1700000000123,\"outcome\":\"fail\"}]");
	canonical("[{\"role\":\"other\"},{\"role\":\"assistant\",\"calls\":[{\"name\":\"f\",\"arguments\":\"{\\\"n\\\": "
		  "9007199254740993}\","
		  "\"error\":\"no\"}]}]");
	canonical("[{\"role\":\"assistant\",\"calls\":[{\"name\":\"f\",\"answer\":2,\"error\":\"own\"}]},{\"role\":\"tool\","
		  "\"content\":\"\\u0001\","
		  "\"error\":\"of the turn\"}]");
	/* An answer that points nowhere is kept as unanswered. */
	canonical("[{\"role\":\"assistant\",\"calls\":[{\"name\":\"f\"}]}]");
}

static void results_are_found_in_turns(void **state)
{
	(void)state;
	struct err err = {0};
	struct arena a = {0};
	struct transcript t;
	ok(transcript_read(&a, str_c(make_transcript), &t, &err), &err);
	assert_int_equal(t.n, 3);
	assert_int_equal(t.turns[1].role, ROLE_ASSISTANT);
	assert_int_equal(t.turns[1].ncalls, 2);
	assert_true(str_eq_c(t.turns[1].calls[0].result, "a.txt"));
	assert_true(str_eq_c(t.turns[1].calls[0].error, "exit 1"));
	assert_true(str_eq_c(t.turns[1].calls[0].arguments, "{\"cmd\": \"ls\"}"));
	assert_true(t.turns[1].calls[0].answered && t.turns[1].calls[1].answered);
	assert_true(str_eq_c(t.turns[1].calls[1].result, "42"));
	assert_true(str_eq_c(t.turns[2].tool_call_id, "c1"));
	assert_false(t.turns[0].reasoning.p);
	arena_fini(&a);
}

static void what_is_no_transcript_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "{}", "[", "[{\"role\":\"user\"}", "null"};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct err err = {0};
		struct arena a = {0};
		struct transcript t;
		assert_int_equal(transcript_read(&a, str_c(wrong[i]), &t, &err), FAIL);
		assert_non_null(strstr(err_text(&err), "packed transcript"));
		err_fini(&err);
		arena_fini(&a);
	}
}

static void strange_members_do_no_harm(void **state)
{
	(void)state;
	struct err err = {0};
	struct arena a = {0};
	struct transcript t;
	ok(transcript_read(&a,
		   str_c("[1,null,{\"role\":5,\"content\":[1],\"calls\":{\"a\":1}},{\"role\":\"assistant\",\"calls\":[7,{"
			 "\"answer\":99},"
			 "{\"answer\":-1},{\"answer\":1e30}]}]"),
		   &t, &err),
		&err);
	assert_int_equal(t.n, 4);
	assert_int_equal(t.turns[2].ncalls, 0);
	assert_int_equal(t.turns[3].ncalls, 4);
	assert_false(t.turns[3].calls[1].answered);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reading_and_writing_gives_the_same_bytes),
		cmocka_unit_test(results_are_found_in_turns),
		cmocka_unit_test(what_is_no_transcript_is_refused),
		cmocka_unit_test(strange_members_do_no_harm),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
