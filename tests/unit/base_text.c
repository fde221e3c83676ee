/* SPDX-License-Identifier: MIT
 *
 * UTF-8, widths, making text safe to show, cells.
 */
#include "unit.h"

#include <math.h>

#include "base/cell.h"
#include "base/escape.h"
#include "base/terms.h"
#include "base/utf8.h"

#define LQ "\xE2\x80\xB9"
#define RQ "\xE2\x80\xBA"

static void decoding_is_strict(void **state)
{
	(void)state;
	static const char *const invalid[] = {
		"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82",
	};
	for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++) {
		uint32_t cp = 0;
		assert_int_equal(utf8_next(str_c(invalid[i]), &cp), 1);
		assert_true(cp == UINT32_MAX);
		assert_false(utf8_valid(str_c(invalid[i])));
	}
	assert_true(utf8_valid(str_c("plain ascii that is longer than a block \xF4\x8F\xBF\xBF end")));
	assert_false(utf8_valid(str_c("plain ascii that is longer than a block \xFF")));
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp += 7) {
		char text[4];
		uint32_t back;
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		size_t n = utf8_encode(cp, text);
		assert_int_equal(utf8_next(str_n(text, n), &back), n);
		assert_true(back == cp);
	}
}

static void repair_replaces_each_bad_byte(void **state)
{
	(void)state;
	struct buf b = {0};
	assert_int_equal(utf8_repair(&b, str_n("a\0\xFF\xC3\xA9\xC3", 6)), 3);
	assert_string_equal(b.p, "a\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD");
	buf_fini(&b);
}

static void clusters_have_one_or_two_columns(void **state)
{
	(void)state;
	int w;
	assert_int_equal(utf8_cluster(str_c("e\xCC\x81x"), &w), 3);
	assert_int_equal(w, 1);
	assert_int_equal(utf8_cluster(str_c("\xE4\xBD\xA0"), &w), 3);
	assert_int_equal(w, 2);
	/* Hand with skin tone: one cluster, two columns. */
	assert_int_equal(utf8_cluster(str_c("\xF0\x9F\x91\x8B\xF0\x9F\x8F\xBD!"), &w), 8);
	assert_int_equal(w, 2);
	assert_int_equal(utf8_cluster(str_c("\xCC\x81"), &w), 2);
	assert_int_equal(w, 1);
	assert_int_equal(utf8_cluster(str_c(""), &w), 0);
	assert_int_equal(utf8_width(str_c("a\xE4\xBD\xA0" "e\xCC\x81")), 4);
	size_t used;
	assert_int_equal(utf8_clip(str_c("\xE4\xBD\xA0\xE4\xBD\xA0"), 3, &used).n, 3);
	assert_int_equal(used, 2);
}

static void check(const char *in, size_t n, unsigned flags, const char *out, size_t escaped)
{
	struct buf b = {0};
	assert_int_equal(escape_text(&b, str_n(in, n), flags), escaped);
	assert_string_equal(b.p ? b.p : "", out);
	buf_fini(&b);
}

static void nothing_reaches_the_terminal_raw(void **state)
{
	(void)state;
	check("\x1b[2J\x01\x7f", 6, 0, "^[[2J^A^?", 3);
	check("a\0b", 3, 0, "a^@b", 1);
	check("a\tb\nc", 5, 0, "a b^Jc", 1);
	check("a\tb\nc", 5, ESCAPE_LF | ESCAPE_TAB, "a\tb\nc", 0);
	check("\xC2\x9B" "31m", 5, 0, LQ "U+009B" RQ "31m", 1);
	check("\xE2\x80\xAE\xE2\x80\x8B", 6, 0, LQ "U+202E" RQ LQ "U+200B" RQ, 2);
	check("\xF3\xA0\x81\x81", 4, 0, LQ "U+E0041" RQ, 1);
	check("\xC2\xAD", 2, 0, LQ "U+00AD" RQ, 1);
	check("\xEE\x80\x80\xEF\xBF\xBF", 6, 0, LQ "U+E000" RQ LQ "U+FFFF" RQ, 2);
	check("\xFF\xE2\x82", 3, 0, LQ "xFF" RQ LQ "xE2" RQ LQ "x82" RQ, 3);
	check("\x1b", 1, ESCAPE_MARK, "\001^[\002", 1);
	check("\001", 1, ESCAPE_MARK, "\001^A\002", 1);
}

static void marks_need_a_base_and_end_at_four(void **state)
{
	(void)state;
	check("e\xCC\x81", 3, 0, "e\xCC\x81", 0);
	check("\xCC\x81", 2, 0, LQ "U+0301" RQ, 1);
	check("\n\xCC\x81", 3, ESCAPE_LF, "\n" LQ "U+0301" RQ, 1);
	check("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81", 11, 0, "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81" LQ "U+0301" RQ, 1);
	/* A heart may say how it wants to be drawn, once; a letter hides nothing. */
	check("\xE2\x9D\xA4\xEF\xB8\x8F\xEF\xB8\x8F", 9, 0, "\xE2\x9D\xA4\xEF\xB8\x8F" LQ "U+FE0F" RQ, 1);
	check("a\xEF\xB8\x8F", 4, 0, "a" LQ "U+FE0F" RQ, 1);
	check("\xE2\x9D\xA4\xF3\xA0\x84\x80", 7, 0, "\xE2\x9D\xA4" LQ "U+E0100" RQ, 1);
}

static void ascii_terminals_get_ascii(void **state)
{
	(void)state;
	escape_set_ascii(true);
	check("\xC3\xA9\xE2\x80\xAE\xFF", 6, 0, "<U+00E9><U+202E><xFF>", 3);
	escape_set_ascii(false);
	check("\xC3\xA9", 2, 0, "\xC3\xA9", 0);
}

static void invisible_text_is_found(void **state)
{
	(void)state;
	assert_true(escape_has_invisible(str_c("tap\xE2\x80\x8Bhere")));
	assert_true(escape_has_invisible(str_c("\xF3\xA0\x81\xA8")));
	assert_true(escape_has_invisible(str_c("\x1b[0m")));
	for (size_t at = 0; at < 40; at++) {
		char text[44];
		memset(text, 'x', sizeof text);
		assert_false(escape_has_invisible(str_n(text, sizeof text)));
		memcpy(text + at, "\xE2\x80\x8B", 3);
		assert_true(escape_has_invisible(str_n(text, sizeof text)));
	}
	assert_false(escape_has_invisible(str_c("tabs\tand\nlines \xE4\xBD\xA0 \xE2\x9D\xA4\xEF\xB8\x8F")));
}

static void say(const struct cell *c, bool screen, const char *text)
{
	struct buf b = {0};
	cell_format(&b, c, screen);
	assert_string_equal(b.p ? b.p : "", text);
	buf_fini(&b);
}

static void cells_have_two_spellings(void **state)
{
	(void)state;
	struct cell c = cell_int(-1234567);
	say(&c, false, "-1234567");
	say(&c, true, "-1,234,567");
	c = cell_int(INT64_MIN);
	say(&c, true, "-9,223,372,036,854,775,808");
	c = cell_real(0.1);
	say(&c, false, "0.1");
	c = cell_real(2.0 / 3);
	say(&c, false, "0.6666666666666666");
	say(&c, true, "0.667");
	c = cell_real((double)NAN);
	say(&c, false, "");
	c = cell_rate(0.1234);
	say(&c, false, "0.1234");
	say(&c, true, "12.3 %");
	c = cell_rate(0.0001);
	say(&c, true, "<0.1 %");
	c = cell_rate(0.9999);
	say(&c, true, ">99.9 %");
	c = (struct cell){.kind = CELL_INTERVAL, .real = 0.16, .high = 0.342};
	say(&c, false, "0.16..0.342");
	say(&c, true, "16.0 \xE2\x80\x93 34.2 %");
	c = (struct cell){.kind = CELL_TIME, .integer = 0};
	say(&c, false, "1970-01-01T00:00:00.000Z");
	say(&c, true, "1970-01-01 00:00");
	c = (struct cell){.kind = CELL_BOOL, .integer = 1};
	say(&c, false, "true");
	c = (struct cell){.kind = CELL_OUTCOME, .integer = OUTCOME_FAIL};
	say(&c, false, "fail");
	c = (struct cell){.kind = CELL_SEVERITY, .integer = 99};
	say(&c, false, "");
}

static void tables_keep_what_they_are_given(void **state)
{
	(void)state;
	static const struct column columns[] = {{.name = "a"}, {.name = "b"}};
	struct table t;
	char text[] = "kept";
	table_init(&t, columns, 2);
	for (int i = 0; i < 100; i++) {
		struct cell *row = table_add_row(&t);
		row[0] = cell_text(&t, str_c(text));
		row[1] = cell_int(i);
	}
	memset(text, 'x', 4);
	say(table_cell(&t, 99, 0), false, "kept");
	say(table_cell(&t, 57, 1), false, "57");
	assert_int_equal(cell_text(&t, str_n(NULL, 0)).kind, CELL_EMPTY);
	table_clear(&t);
	assert_int_equal(table_add_row(&t)[1].kind, CELL_EMPTY);
	table_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decoding_is_strict),
		cmocka_unit_test(repair_replaces_each_bad_byte),
		cmocka_unit_test(clusters_have_one_or_two_columns),
		cmocka_unit_test(nothing_reaches_the_terminal_raw),
		cmocka_unit_test(marks_need_a_base_and_end_at_four),
		cmocka_unit_test(ascii_terminals_get_ascii),
		cmocka_unit_test(invisible_text_is_found),
		cmocka_unit_test(cells_have_two_spellings),
		cmocka_unit_test(tables_keep_what_they_are_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
