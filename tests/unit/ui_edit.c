/* SPDX-License-Identifier: MIT
 *
 * The line editor, its history and completion, and the names of keys.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "ui/edit.h"
#include "ui/keys.h"

static void press(struct edit *e, const char *names)
{
	struct str rest = str_c(names), word;
	while (str_cut(&rest, ' ', &word)) {
		uint32_t key;
		assert_true(key_parse(word, &key));
		edit_key(e, key);
	}
}

static void expect(const struct edit *e, const char *text, size_t cursor)
{
	assert_string_equal(e->text.p ? e->text.p : "", text);
	assert_int_equal(e->cursor, cursor);
}

static void keys_are_spelt_as_they_are_read(void **state)
{
	(void)state;
	static const char *const names[] = {"j", "^D", "<Enter>", "<Esc>", "<Tab>", "<BTab>", "<Up>", "<PgDn>", "<F1>", "<F12>", "é", ":", "<Space>"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		uint32_t key;
		struct buf out = {0};
		assert_true(key_parse(str_c(names[i]), &key));
		key_spell(&out, key);
		assert_string_equal(out.p, names[i]);
		buf_fini(&out);
	}
	uint32_t key;
	assert_false(key_parse(str_c("<Nope>"), &key));
	assert_false(key_parse(str_c("jj"), &key));
	assert_false(key_parse(str_c(""), &key));
	assert_true(key_parse(str_c("<C-x>"), &key));
	assert_int_equal(key, KEY_CTRL('x'));
}

static void editing_moves_by_characters(void **state)
{
	(void)state;
	struct edit e = {0};
	edit_start(&e, str_c("aé"), NULL, NULL, NULL);
	expect(&e, "aé", 3);
	press(&e, "<Left> x");
	expect(&e, "axé", 2);
	press(&e, "<Right> <BS>");
	expect(&e, "ax", 2);
	press(&e, "<Home> <Del>");
	expect(&e, "x", 0);
	edit_set(&e, str_c("one two  three"));
	press(&e, "^W");
	expect(&e, "one two  ", 9);
	press(&e, "^W ^U");
	expect(&e, "", 0);
	assert_int_equal(edit_key(&e, KEY_ERASE), EDIT_CANCEL);
	edit_fini(&e);
}

static void pasted_line_feeds_run_nothing(void **state)
{
	(void)state;
	struct edit e = {0};
	edit_start(&e, str_c(""), NULL, NULL, NULL);
	edit_insert(&e, str_c("a\nb\tc\x1b"));
	expect(&e, "a b c ", 6);
	edit_fini(&e);
}

static void history_comes_back_and_keeps_what_was_typed(void **state)
{
	(void)state;
	struct history h = {0};
	struct edit e = {0};
	history_add(&h, str_c("first"));
	history_add(&h, str_c("second"));
	history_add(&h, str_c("first"));
	assert_int_equal(h.n, 2);
	edit_start(&e, str_c("ty"), &h, NULL, NULL);
	press(&e, "<Up>");
	expect(&e, "first", 5);
	press(&e, "<Up> <Up>");
	expect(&e, "second", 6);
	press(&e, "<Down> <Down>");
	expect(&e, "ty", 2);
	edit_fini(&e);
	for (int i = 0; i < 2 * HISTORY_MAX; i++) {
		char line[16];
		snprintf(line, sizeof line, "line %d", i);
		history_add(&h, str_c(line));
	}
	assert_int_equal(h.n, HISTORY_MAX);
	history_fini(&h);
}

static void offer(void *ctx, struct str text, size_t cursor, size_t *word_start,
	void (*each)(void *each_ctx, struct str word, const char *help), void *each_ctx)
{
	static const char *const words[] = {"model:", "modest:", "task:"};
	(void)ctx;
	*word_start = cursor;
	while (*word_start > 0 && text.p[*word_start - 1] != ' ')
		--*word_start;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!strncmp(words[i], text.p + *word_start, cursor - *word_start))
			each(each_ctx, str_c(words[i]), "");
}

static void completion_walks_through_the_words(void **state)
{
	(void)state;
	struct edit e = {0};
	edit_start(&e, str_c("x mod"), NULL, offer, NULL);
	press(&e, "<Tab>");
	expect(&e, "x model:", 8);
	press(&e, "<Tab>");
	expect(&e, "x modest:", 9);
	press(&e, "<Tab>");
	expect(&e, "x model:", 8);
	press(&e, "<BTab>");
	expect(&e, "x modest:", 9);
	edit_set(&e, str_c("t"));
	press(&e, "<Tab>");
	expect(&e, "task:", 5);
	edit_set(&e, str_c("zz"));
	press(&e, "<Tab>");
	expect(&e, "zz", 2);
	edit_fini(&e);
}

static void a_long_line_keeps_its_cursor_in_sight(void **state)
{
	(void)state;
	struct edit e = {0};
	for (int w = 0; w < 12; w++) {
		struct grid g;
		grid_init(&g, w, 1);
		edit_start(&e, str_c("日本語 a long line\x1b of text"), NULL, NULL, NULL);
		edit_draw(&e, grid_area(&g), 0, "> ", STYLE_NORMAL);
		if (w > 3)
			assert_true(g.cursor_x > 0 && g.cursor_x < w);
		grid_fini(&g);
	}
	edit_fini(&e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_spelt_as_they_are_read),
		cmocka_unit_test(editing_moves_by_characters),
		cmocka_unit_test(pasted_line_feeds_run_nothing),
		cmocka_unit_test(history_comes_back_and_keeps_what_was_typed),
		cmocka_unit_test(completion_walks_through_the_words),
		cmocka_unit_test(a_long_line_keeps_its_cursor_in_sight),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
