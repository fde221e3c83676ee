/* SPDX-License-Identifier: MIT
 *
 * The cell grid: clipping, wide characters, hostile text, tiny sizes; and
 * scrolled documents, which draw through it.
 */
#include "unit.h"

#include <string.h>

#include "base/escape.h"
#include "ui/copy.h"
#include "ui/doc.h"
#include "ui/grid.h"
#include "ui/theme.h"

static void expect(const struct grid *g, const char *text)
{
	struct buf out = {0};
	grid_dump(g, false, &out);
	assert_string_equal(out.p ? out.p : "", text);
	buf_fini(&out);
}

static void text_is_clipped_to_its_area(void **state)
{
	(void)state;
	struct grid g;
	grid_init(&g, 8, 2);
	struct area a = area_sub(grid_area(&g), 2, 0, 4, 1);
	assert_int_equal(grid_put_c(a, 1, 0, STYLE_NORMAL, "abcdef"), 3);
	grid_put_c(a, 0, 1, STYLE_NORMAL, "below");
	grid_put_c(a, -2, 0, STYLE_NORMAL, "xyz");
	expect(&g, "  zabc\n\n");
	grid_fini(&g);
}

static void wide_characters_keep_two_cells(void **state)
{
	(void)state;
	struct grid g;
	grid_init(&g, 5, 1);
	struct area a = grid_area(&g);
	assert_int_equal(grid_put_c(a, 0, 0, STYLE_NORMAL, "日本語"), 5);
	/* The third does not fit: a blank stands where half of it would. */
	expect(&g, "日本\n");
	assert_int_equal(grid_cell(&g, 0, 0)->width, 2);
	assert_int_equal(grid_cell(&g, 1, 0)->width, 0);
	/* Overwriting one half blanks the other. */
	grid_put_c(a, 1, 0, STYLE_NORMAL, "x");
	expect(&g, " x本\n");
	grid_put_c(a, 2, 0, STYLE_NORMAL, "y");
	expect(&g, " xy\n");
	grid_fini(&g);
}

static void wide_character_cut_at_the_left(void **state)
{
	(void)state;
	struct grid g;
	grid_init(&g, 4, 1);
	grid_put_c(grid_area(&g), -1, 0, STYLE_NORMAL, "日ab");
	expect(&g, " ab\n");
	grid_fini(&g);
}

static void tiny_grids_hold(void **state)
{
	(void)state;
	for (int w = 0; w <= 3; w++)
		for (int h = 0; h <= 3; h++) {
			struct grid g;
			grid_init(&g, w, h);
			struct area a = grid_area(&g);
			for (int x = -3; x <= 3; x++)
				for (int y = -1; y <= 3; y++) {
					grid_put_c(a, x, y, STYLE_NORMAL, "日本e\xcc\x81x");
					grid_put_raw(a, x, y, 3, STYLE_NORMAL, str_c("\x1b[31m日"));
					grid_blank(a, x, y, 5, STYLE_NORMAL);
					grid_add_style(a, x, y, 5, STYLE_SELECTED);
					grid_rule(a, y, STYLE_DIM);
				}
			grid_resize(&g, h, w);
			grid_fini(&g);
		}
}

static void marks_stay_with_their_base(void **state)
{
	(void)state;
	struct grid g;
	grid_init(&g, 6, 1);
	assert_int_equal(grid_put_c(grid_area(&g), 0, 0, STYLE_NORMAL, "e\xcc\x81x"), 2);
	assert_int_equal(grid_cell(&g, 0, 0)->len, 3);
	assert_memory_equal(grid_cell(&g, 1, 0)->text, "x", 1);
	grid_fini(&g);
}

static void nothing_that_acts_on_a_terminal_is_stored(void **state)
{
	(void)state;
	static const char hostile[] = "a\x1b]52;c;eA==\x07\x9b\x7f\xe2\x80\xae\xf3\xa0\x81\x81\xc2\x9bz";
	struct grid g;
	grid_init(&g, 120, 2);
	grid_put(grid_area(&g), 0, 0, STYLE_NORMAL, str_n(hostile, sizeof hostile - 1));
	grid_put_raw(grid_area(&g), 0, 1, 120, STYLE_NORMAL, str_n(hostile, sizeof hostile - 1));
	for (int y = 0; y < 2; y++)
		for (int x = 0; x < 120; x++) {
			const struct gcell *c = grid_cell(&g, x, y);
			for (size_t i = 0; i < c->len; i++)
				assert_true((unsigned char)c->text[i] >= 0x20 && c->text[i] != 0x7f);
			assert_false(c->len == 3 && !memcmp(c->text, "\xe2\x80\xae", 3));
			assert_false(c->len >= 2 && (unsigned char)c->text[0] == 0xc2 && (unsigned char)c->text[1] < 0xa0);
			assert_false(c->len == 4 && (unsigned char)c->text[0] == 0xf3);
		}
	grid_fini(&g);
}

static void escapes_are_styled(void **state)
{
	(void)state;
	struct grid g;
	grid_init(&g, 10, 1);
	grid_put_raw(grid_area(&g), 0, 0, 10, STYLE_NORMAL, str_c("a\x01z"));
	assert_int_equal(grid_cell(&g, 0, 0)->style, STYLE_NORMAL);
	assert_int_equal(grid_cell(&g, 1, 0)->style, STYLE_ESCAPE);
	assert_memory_equal(grid_cell(&g, 1, 0)->text, "^", 1);
	assert_int_equal(grid_cell(&g, 3, 0)->style, STYLE_NORMAL);
	grid_fini(&g);
}

static void what_is_cut_says_so(void **state)
{
	(void)state;
	struct grid g;
	grid_init(&g, 10, 1);
	assert_int_equal(grid_put_raw(grid_area(&g), 0, 0, 6, STYLE_NORMAL, str_c("abcdefgh")), 6);
	expect(&g, "abcde…\n");
	grid_fini(&g);
}

static void rows_compare_by_text_and_style(void **state)
{
	(void)state;
	struct grid a, b;
	grid_init(&a, 4, 2);
	grid_init(&b, 4, 2);
	grid_put_c(grid_area(&a), 0, 1, STYLE_NORMAL, "ab");
	assert_true(grid_row_equal(&a, &b, 0));
	assert_false(grid_row_equal(&a, &b, 1));
	grid_put_c(grid_area(&b), 0, 1, STYLE_RED, "ab");
	assert_false(grid_row_equal(&a, &b, 1));
	grid_copy(&b, &a);
	assert_true(grid_row_equal(&a, &b, 1));
	grid_fini(&a);
	grid_fini(&b);
}

static void every_style_has_a_look_without_colour(void **state)
{
	(void)state;
	for (unsigned s = 0; s < STYLE_COUNT; s++) {
		struct look look = theme_look(s, 0);
		assert_int_equal(look.fg, -1);
		assert_int_equal(look.bg, -1);
		assert_true(theme_letter(s) > ' ');
	}
	assert_true(theme_look(STYLE_NORMAL | STYLE_SELECTED, 0).attrs & LOOK_REVERSE);
}

static void documents_wrap_at_blanks_and_keep_wide_characters_whole(void **state)
{
	(void)state;
	struct doc d = {.hit = SIZE_MAX};
	struct grid g;
	doc_add_raw(&d, STYLE_NORMAL, 0, str_c("one two three\n日本語日本"), 1);
	doc_layout(&d, 9, true);
	grid_init(&g, 9, 5);
	doc_draw(&d, grid_area(&g), 0);
	expect(&g, "one two\nthree\n日本語日\n本\n\n");
	doc_layout(&d, 9, false);
	assert_int_equal(d.nrows, 2);
	doc_layout(&d, 1, true);
	grid_fini(&g);
	doc_fini(&d);
}

static void searches_count_hits_and_mind_case_only_when_asked(void **state)
{
	(void)state;
	struct doc d = {.hit = SIZE_MAX};
	struct grid g;
	doc_add_raw(&d, STYLE_NORMAL, 0, str_c("Alpha beta\nalpha\ngamma ALPHA alpha"), 1);
	doc_layout(&d, 80, true);
	grid_init(&g, 80, 1);
	doc_draw(&d, grid_area(&g), 0);
	assert_int_equal(doc_search(&d, str_c("alpha")), 4);
	assert_int_equal(doc_search(&d, str_c("Alpha")), 1);
	assert_int_equal(doc_search(&d, str_c("alpha")), 4);
	assert_true(doc_next_hit(&d, 1));
	assert_int_equal(d.hit, 0);
	assert_true(doc_next_hit(&d, 1));
	assert_int_equal(d.top, 1);
	assert_true(doc_next_hit(&d, -1));
	assert_true(doc_next_hit(&d, -1));
	assert_int_equal(d.hit, 3);
	assert_int_equal(doc_search(&d, str_c("delta")), 0);
	assert_false(doc_next_hit(&d, 1));
	grid_fini(&g);
	doc_fini(&d);
}

static void the_clipboard_gets_base64(void **state)
{
	static const char *const rows[][2] = {
		{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xe6\x97\xa5?>", "5pelPz4="},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = {0}, want = {0};
		copy_sequence(&out, str_c(rows[i][0]));
		buf_printf(&want, "\033]52;c;%s\a", rows[i][1]);
		assert_string_equal(out.p, want.p);
		buf_fini(&out);
		buf_fini(&want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_clipped_to_its_area),
		cmocka_unit_test(wide_characters_keep_two_cells),
		cmocka_unit_test(wide_character_cut_at_the_left),
		cmocka_unit_test(tiny_grids_hold),
		cmocka_unit_test(marks_stay_with_their_base),
		cmocka_unit_test(nothing_that_acts_on_a_terminal_is_stored),
		cmocka_unit_test(escapes_are_styled),
		cmocka_unit_test(what_is_cut_says_so),
		cmocka_unit_test(rows_compare_by_text_and_style),
		cmocka_unit_test(every_style_has_a_look_without_colour),
		cmocka_unit_test(documents_wrap_at_blanks_and_keep_wide_characters_whole),
		cmocka_unit_test(the_clipboard_gets_base64),
		cmocka_unit_test(searches_count_hits_and_mind_case_only_when_asked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
