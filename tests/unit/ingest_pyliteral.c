/* SPDX-License-Identifier: MIT
 *
 * Python literals as JSON.
 */
#include "unit.h"

#include "ingest/pyliteral.h"

static void is(const char *python, const char *json)
{
	struct buf out = {0};
	struct err err = {0};
	if (pyliteral_json(&out, str_c(python), NULL, &err) != OK)
		fail_msg("%s: %s", python, err_text(&err));
	assert_int_equal(out.n, strlen(json));
	assert_memory_equal(out.p, json, out.n);
	buf_fini(&out);
	err_fini(&err);
}

static void is_not(const char *python, const char *why)
{
	struct buf out = {0};
	struct err err = {0};
	buf_add_c(&out, "kept");
	assert_int_equal(pyliteral_json(&out, str_c(python), NULL, &err), FAIL);
	assert_non_null(strstr(err_text(&err), why));
	assert_true(str_eq_c(buf_str(&out), "kept"));
	buf_fini(&out);
	err_fini(&err);
}

static void strings_lose_their_quoting(void **state)
{
	(void)state;
	is("'a'", "\"a\"");
	is("\"it's\"", "\"it's\"");
	is("'it\\'s \\\"so\\\"'", "\"it's \\\"so\\\"\"");
	is("'''a\n'b' \"\"\" c'''", "\"a\\n'b' \\\"\\\"\\\" c\"");
	is("'a' \"b\"\n'c'", "\"abc\"");
	is("r'\\d\\'' b'\\xe9' u'x' Rb'\\n'", "\"\\\\d\\\\'\xc3\xa9x\\\\n\"");
	is("''", "\"\"");
}

static void escapes_are_decoded(void **state)
{
	(void)state;
	is("'\\n\\t\\\\ \\x41 \\u00e9 \\U0001F600 \\101'", "\"\\n\\t\\\\ A \xc3\xa9 \xf0\x9f\x98\x80 A\"");
	is("'\\ud83d\\ude00'", "\"\xf0\x9f\x98\x80\"");
	is("'\\ud83d'", "\"\xef\xbf\xbd\"");
	is("'\\x00\\0'", "\"\xef\xbf\xbd\xef\xbf\xbd\"");
	is("'\\q \\x4 \\N{DASH}'", "\"\\\\q \\\\x4 \\\\N{DASH}\"");
	is("'a\\\nb'", "\"ab\"");
}

static void numbers_keep_their_digits(void **state)
{
	(void)state;
	is("9007199254740993", "9007199254740993");
	is("123456789012345678901234567890", "123456789012345678901234567890");
	is("-1_000", "-1000");
	is("[0x1F, 0o17, 0b101, -0xff]", "[31,15,5,-255]");
	is("[1., .5, 1e5, 2.5E-3, 007]", "[1.0,0.5,1e5,2.5e-3,7]");
	is("[nan, -inf, inf]", "[NaN,-Infinity,Infinity]");
	is("--1", "1");
}

static void containers_become_arrays_and_objects(void **state)
{
	(void)state;
	is(" [ ] ", "[]");
	is("{}", "{}");
	is("{'a': [1, 2,], 'b': {'c': None}, }", "{\"a\":[1,2],\"b\":{\"c\":null}}");
	is("(1, 2)", "[1,2]");
	is("(1,)", "[1]");
	is("(1)", "1");
	is("((('a')))", "\"a\"");
	is("()", "[]");
	is("{1, 'b'}", "[1,\"b\"]");
	is("{1: True, None: False, (1, 'x'): 2}", "{\"1\":true,\"null\":false,\"[1,\\\"x\\\"]\":2}");
	is("[True, false, null] # said so", "[true,false,null]");
	is("[{'id': 'c1', 'function': {'name': 'bash', 'arguments': '{\"cmd\":\"echo \\'hi\\'\"}'}}]",
		"[{\"id\":\"c1\",\"function\":{\"name\":\"bash\",\"arguments\":\"{\\\"cmd\\\":\\\"echo 'hi'\\\"}\"}}]");
}

static void what_is_no_literal_is_refused(void **state)
{
	(void)state;
	is_not("", "byte 0: a value is missing");
	is_not("'open", "byte 0: this string does not end");
	is_not("[1, 2", "the text ends inside brackets");
	is_not("[1 2]", "byte 3: a comma or the closing bracket is missing");
	is_not("{'a' 1}", "byte 5: a comma or the closing bracket is missing");
	is_not("{'a': 1, 'b'}", "a colon is missing");
	is_not("os.system('x')", "byte 0: not a Python literal");
	is_not("Trueish", "not a Python literal");
	is_not("1 + 2", "byte 2: something follows the literal");
	is_not("1j", "not a number");
	is_not("0x", "not a number");
	is_not("{f'{x}': 1}", "not a Python literal");
}

static void nesting_has_an_end(void **state)
{
	(void)state;
	struct buf deep = {0}, out = {0};
	struct err err = {0};
	for (int i = 0; i < 100000; i++)
		buf_add_c(&deep, i % 2 ? "{" : "[");
	assert_int_equal(pyliteral_json(&out, buf_str(&deep), NULL, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "nested too deep"));
	buf_fini(&deep);
	buf_fini(&out);
	err_fini(&err);
}

static void a_literal_may_be_followed_by_text(void **state)
{
	(void)state;
	struct buf out = {0};
	struct err err = {0};
	size_t used = 0;
	assert_int_equal(pyliteral_json(&out, str_c("{'a': 1} and more"), &used, &err), OK);
	assert_int_equal(used, 8);
	assert_true(str_eq_c(buf_str(&out), "{\"a\":1}"));
	buf_fini(&out);
	err_fini(&err);
}

static void a_tree_is_read(void **state)
{
	(void)state;
	struct arena a = {0};
	struct err err = {0};
	const struct json *node;
	assert_int_equal(pyliteral_read(&a, str_c("[{'name': 'x', 'n': 3}]"), &node, &err), OK);
	assert_true(str_eq_c(json_str(json_pointer(node, str_c("/0/name"))), "x"));
	assert_int_equal(pyliteral_read(&a, str_c("[{'name'"), &node, &err), FAIL);
	arena_fini(&a);
	err_fini(&err);
}

static void calls_are_recognised(void **state)
{
	(void)state;
	assert_int_equal(pyliteral_call(str_c("search_web('x', n=2)")), 10);
	assert_int_equal(pyliteral_call(str_c("Mail.Read{'id': 1}")), 9);
	assert_int_equal(pyliteral_call(str_c("no (call)")), 0);
	assert_int_equal(pyliteral_call(str_c("2x(1)")), 0);
	assert_int_equal(pyliteral_call(str_c("(x)")), 0);
	assert_int_equal(pyliteral_call(str_c("name")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_lose_their_quoting),
		cmocka_unit_test(escapes_are_decoded),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(containers_become_arrays_and_objects),
		cmocka_unit_test(what_is_no_literal_is_refused),
		cmocka_unit_test(nesting_has_an_end),
		cmocka_unit_test(a_literal_may_be_followed_by_text),
		cmocka_unit_test(a_tree_is_read),
		cmocka_unit_test(calls_are_recognised),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
