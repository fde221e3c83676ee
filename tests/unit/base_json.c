/* SPDX-License-Identifier: MIT
 *
 * JSON as tools really write it, read and written.
 */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

static struct arena arena;
static struct json_repairs repairs;

static const struct json *read_n(const char *text, size_t n)
{
	struct err err = {0};
	const struct json *node;
	arena_reset(&arena);
	memset(&repairs, 0, sizeof repairs);
	enum status st = json_read(&arena, str_n(text, n), &repairs, &node, &err);
	if (st != OK)
		print_message("# %s\n", err_text(&err));
	err_fini(&err);
	assert_int_equal(st, OK);
	return node;
}

static const struct json *read_c(const char *text)
{
	return read_n(text, strlen(text));
}

static void refuse_n(const char *text, size_t n, const char *message)
{
	struct err err = {0};
	const struct json *node;
	arena_reset(&arena);
	assert_int_equal(json_read(&arena, str_n(text, n), NULL, &node, &err), FAIL);
	if (!strstr(err_text(&err), message))
		fail_msg("\"%s\" is not in \"%s\"", message, err_text(&err));
	err_fini(&err);
}

static void refuse(const char *text, const char *message)
{
	refuse_n(text, strlen(text), message);
}

static void tree_keeps_slices_and_order(void **state)
{
	(void)state;
	const struct json *n = read_c(" {\"a\" : [1, 2.50 ,\"x\"], \"b\":{ } } \n");
	assert_int_equal(n->count, 2);
	assert_true(str_eq_c(n->src, "{\"a\" : [1, 2.50 ,\"x\"], \"b\":{ } }"));
	assert_true(str_eq_c(json_get(n, "a")->src, "[1, 2.50 ,\"x\"]"));
	assert_true(str_eq_c(json_at(json_get(n, "a"), 1)->src, "2.50"));
	assert_true(str_eq_c(json_plain(json_at(json_get(n, "a"), 2)), "x"));
	assert_int_equal(json_get(n, "b")->count, 0);
	assert_int_equal(json_get(json_get(n, "nothing"), "deeper")->type, JSON_ABSENT);
	assert_null(json_plain(json_get(n, "nothing")).p);
}

static void strings_are_decoded(void **state)
{
	(void)state;
	const struct json *n = read_c("[\"\\u00e9\\ud83d\\ude00\\n\\/\\\"\\\\\",\"\xC3\xA9\",\"a long plain string without any escapes\"]");
	assert_true(str_eq_c(json_at(n, 0)->text, "\xC3\xA9\xF0\x9F\x98\x80\n/\"\\"));
	assert_true(str_eq_c(json_at(n, 1)->text, "\xC3\xA9"));
	assert_ptr_equal(json_at(n, 2)->text.p, json_at(n, 2)->src.p + 1);
	assert_true(str_eq_c(read_c("\"0123456789abcdef\\t0123456789abcdef\\t\"")->text, "0123456789abcdef\t0123456789abcdef\t"));
}

static void what_text_can_not_hold_is_replaced_and_counted(void **state)
{
	(void)state;
	assert_true(str_eq_c(read_c("\"a\\u0000b\"")->text, "a\xEF\xBF\xBD" "b"));
	assert_int_equal(repairs.nul, 1);
	assert_true(str_eq_c(read_c("\"\\ud800x\\udc00\\ud800\\ud83d\\ude00\"")->text,
		"\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD\xF0\x9F\x98\x80"));
	assert_int_equal(repairs.surrogates, 3);
	assert_true(str_eq_c(read_c("\"\xFF\xC3(\\n\xED\xA0\x80\"")->text,
		"\xEF\xBF\xBD\xEF\xBF\xBD(\n\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"));
	assert_int_equal(repairs.invalid_utf8, 5);
	assert_true(str_eq_c(read_n("\"a\0b\"", 5)->text, "a\xEF\xBF\xBD" "b"));
	assert_int_equal(repairs.nul, 1);
	assert_true(str_eq_c(read_c("\"raw\ttab\x01\n\"")->text, "raw\ttab\x01\n"));
}

static void numbers_keep_their_digits(void **state)
{
	(void)state;
	const struct json *n = read_c("[9007199254740993,-0,0.1,1e3,123456789012345678901234567890,3.0,1e-320]");
	int64_t i;
	double d;
	assert_true(json_i64(json_at(n, 0), &i) && i == INT64_C(9007199254740993));
	assert_true(str_eq_c(json_at(n, 0)->text, "9007199254740993"));
	assert_true(json_num(json_at(n, 1), false, &d) && signbit(d));
	assert_true(json_num(json_at(n, 2), false, &d) && d >= 0.1 && d <= 0.1);
	assert_true(json_i64(json_at(n, 3), &i) && i == 1000);
	assert_false(json_i64(json_at(n, 4), &i));
	assert_true(str_eq_c(json_plain(json_at(n, 4)), "123456789012345678901234567890"));
	assert_true(json_i64(json_at(n, 5), &i) && i == 3);
	assert_true(json_num(json_at(n, 6), false, &d) && d > 0 && d < 1e-300);
	assert_false(json_num(read_c("\"1.5\""), false, &d));
	assert_true(json_num(read_c("\" 1.5 \""), true, &d) && d > 1.4 && d < 1.6);
}

static void not_a_number_is_a_value_of_its_own(void **state)
{
	(void)state;
	const struct json *n = read_c("[NaN,Infinity,-Infinity,1e999,-1e999,-1]");
	double d;
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(json_at(n, i)->type, JSON_NAN);
		assert_false(json_num(json_at(n, i), true, &d));
	}
	assert_int_equal(repairs.nan, 5);
	assert_true(str_eq_c(json_plain(json_at(n, 2)), "-Infinity"));
	assert_true(str_eq_c(json_plain(json_at(n, 3)), "1e999"));
	assert_int_equal(json_at(n, 5)->type, JSON_NUMBER);
}

static void last_of_equal_names_counts(void **state)
{
	(void)state;
	const struct json *n = read_c("{\"a\":1,\"b\":2,\"a\":3,\"\\u0061\":4,\"\":5,\"\":6}");
	assert_int_equal(n->count, 3);
	assert_true(str_eq_c(json_plain(json_get(n, "a")), "4"));
	assert_true(str_eq_c(json_plain(json_get(n, "")), "6"));
	struct buf b = {0};
	buf_add_ch(&b, '{');
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "%s\"k%d\":%d", i ? "," : "", i % 7000, i);
	buf_add_ch(&b, '}');
	n = read_n(b.p, b.n);
	assert_int_equal(n->count, 7000);
	assert_true(str_eq_c(json_plain(json_get(n, "k5999")), "19999"));
	buf_fini(&b);
}

static void pointers_follow_rfc_6901(void **state)
{
	(void)state;
	const struct json *n = read_c("{\"a/b\":{\"m~n\":[10,{\"\":7}]}}");
	assert_true(str_eq_c(json_plain(json_pointer(n, str_c("/a~1b/m~0n/0"))), "10"));
	assert_true(str_eq_c(json_plain(json_pointer(n, str_c("/a~1b/m~0n/1/"))), "7"));
	assert_ptr_equal(json_pointer(n, str_c("")), n);
	assert_int_equal(json_pointer(n, str_c("/a~1b/m~0n/2"))->type, JSON_ABSENT);
	assert_int_equal(json_pointer(n, str_c("a"))->type, JSON_ABSENT);
}

static void broken_text_is_refused_with_its_place(void **state)
{
	(void)state;
	refuse("", "byte 0: there is no value");
	refuse(" \n", "no value");
	refuse("{\"a\":1} x", "byte 8: more text");
	refuse("[1,2", "ends in the middle");
	refuse("{\"a\"", "ends in the middle");
	refuse("{\"a\":", "ends in the middle");
	refuse("\"abc", "byte 0: a string that does not end");
	refuse("\"abc\\", "does not end");
	refuse("\"abc\\\"", "does not end");
	refuse("[\"\\x41\"]", "byte 2: an escape");
	refuse("\"\\u12g4\"", "an escape");
	refuse_n("\"\\\0\"", 4, "an escape");
	refuse("[1,]", "byte 3: not a JSON value");
	refuse("[1 2]", "byte 3: expected ','");
	refuse("{\"a\" 1}", "expected ':'");
	refuse("{a:1}", "name in quotes");
	refuse("{\"a\":1,}", "name in quotes");
	refuse("007", "not a number");
	refuse("1.", "not a number");
	refuse("[-]", "not a number");
	refuse("[.5]", "not a JSON value");
	refuse("tru", "not a JSON value");
	refuse("[1}", "expected ',' or ']'");
}

static void depth_is_bounded(void **state)
{
	(void)state;
	static char text[20000];
	memset(text, '[', 10000);
	memset(text + 10000, ']', 10000);
	refuse_n(text, 20000, "byte 512: nested deeper than 512 levels");
	const struct json *n = read_n(text + 10000 - JSON_MAX_DEPTH, 2 * JSON_MAX_DEPTH);
	struct buf b = {0};
	json_write_node(&b, n);
	assert_int_equal(b.n, 2 * JSON_MAX_DEPTH);
	buf_fini(&b);
}

static void byte_order_mark_is_skipped(void **state)
{
	(void)state;
	assert_int_equal(read_c("\xEF\xBB\xBF{}")->type, JSON_OBJECT);
}

static void canonical_form_is_fixed(void **state)
{
	(void)state;
	struct buf b = {0};
	json_write_node(&b, read_c("{ \"b\\u0041\" : [ 1.50, true, false, null, NaN, {} , [ ] ], \"a\": \"\\u00e9\\/\\u001F\\u007f\" }"));
	assert_string_equal(b.p, "{\"bA\":[1.50,true,false,null,null,{},[]],\"a\":\"\xC3\xA9/\\u001f\x7f\"}");
	buf_clear(&b);
	json_write_str(&b, str_n("a\0\"\\\b\f\n\r\t\x01\xFF", 11));
	assert_string_equal(b.p, "\"a\xEF\xBF\xBD\\\"\\\\\\b\\f\\n\\r\\t\\u0001\xEF\xBF\xBD\"");
	buf_fini(&b);
}

static void numbers_are_written_shortest(void **state)
{
	(void)state;
	static const struct {
		double v;
		const char *text;
	} rows[] = {
		{0.1, "0.1"}, {1.0, "1"}, {-0.0, "-0"}, {1e21, "1e+21"}, {0.30000000000000004, "0.30000000000000004"},
		{1.0 / 3, "0.3333333333333333"}, {123456789, "123456789"}, {5e-324, "5e-324"}, {1e15, "1e+15"},
	};
	struct buf b = {0};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&b);
		json_write_num(&b, rows[i].v);
		assert_string_equal(b.p, rows[i].text);
	}
	buf_clear(&b);
	json_write_num(&b, (double)NAN);
	assert_string_equal(b.p, "null");
	/* Any double comes back, bit for bit. */
	uint64_t bits = 88172645463325252u;
	for (int i = 0; i < 2000; i++) {
		bits ^= bits << 13;
		bits ^= bits >> 7;
		bits ^= bits << 17;
		double v, back;
		memcpy(&v, &bits, sizeof v);
		if (!isfinite(v))
			continue;
		buf_clear(&b);
		json_write_num(&b, v);
		assert_true(json_num(read_n(b.p, b.n), false, &back));
		assert_memory_equal(&v, &back, sizeof v);
	}
	buf_fini(&b);
}

/* Written byte by byte, as the canonical form says; what is faster must give the same. */
static void write_plainly(struct buf *out, const char *p, size_t n)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	buf_add_ch(out, '"');
	for (size_t i = 0; i < n; i++) {
		const char *known = p[i] ? strchr(from, p[i]) : NULL;
		if (known)
			buf_printf(out, "\\%c", to[known - from]);
		else if (p[i] == 0 || p[i] == '\xFF')
			buf_add_c(out, "\xEF\xBF\xBD");
		else if (p[i] > 0 && p[i] < 0x20)
			buf_printf(out, "\\u%04x", (unsigned)p[i]);
		else
			buf_add_ch(out, p[i]);
	}
	buf_add_ch(out, '"');
}

/* Each odd byte at each place of texts around the size of a block. */
static void strings_are_written_alike_at_any_place(void **state)
{
	(void)state;
	static const char *const odd[] = {"", "\"", "\\", "\n", "\x01", "\x1f", "\x7f", "\xFF", "\xC3\xA9", "\xF0\x9F\x98\x80"};
	struct buf want = {0}, got = {0};
	for (size_t n = 0; n <= 40; n++)
		for (size_t at = 0; at <= n; at++)
			for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
				char text[64];
				size_t len = k ? strlen(odd[k]) : 1; /* the first one is a NUL */
				memset(text, 'a' + (int)at % 26, sizeof text);
				memcpy(text + at, odd[k], len);
				buf_clear(&want);
				buf_clear(&got);
				write_plainly(&want, text, n + len);
				json_write_str(&got, str_n(text, n + len));
				assert_true(str_eq(buf_str(&want), buf_str(&got)));
			}
	buf_fini(&want);
	buf_fini(&got);
}

static void shortest_is_what_was_written(void **state)
{
	(void)state;
	struct buf b = {0};
	uint64_t x = 88172645463325252u;
	char want[40];
	for (int i = 0; i < 20000; i++) {
		double v;
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		memcpy(&v, &x, sizeof v);
		if (i % 2)
			v = (double)(x % 1000000) / 1000000;
		if (i % 7 == 0)
			v *= 1e-308; /* down to where digits get lost */
		if (!isfinite(v) || (fabs(v) < 1e15 && fabs(v - trunc(v)) <= 0))
			continue;
		for (int digits = 1; digits <= 17; digits++) {
			snprintf(want, sizeof want, "%.*g", digits, v);
			if (fabs(strtod(want, NULL) - v) <= 0)
				break;
		}
		buf_clear(&b);
		json_write_num(&b, v);
		assert_string_equal(b.p, want);
	}
	buf_fini(&b);
}

static int done(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_keeps_slices_and_order),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(what_text_can_not_hold_is_replaced_and_counted),
		cmocka_unit_test(numbers_keep_their_digits),
		cmocka_unit_test(not_a_number_is_a_value_of_its_own),
		cmocka_unit_test(last_of_equal_names_counts),
		cmocka_unit_test(pointers_follow_rfc_6901),
		cmocka_unit_test(broken_text_is_refused_with_its_place),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(byte_order_mark_is_skipped),
		cmocka_unit_test(canonical_form_is_fixed),
		cmocka_unit_test(numbers_are_written_shortest),
		cmocka_unit_test(strings_are_written_alike_at_any_place),
		cmocka_unit_test(shortest_is_what_was_written),
	};
	return cmocka_run_group_tests(tests, NULL, done);
}
