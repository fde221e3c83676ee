/* SPDX-License-Identifier: MIT
 *
 * View files: what ships reads and hangs together; what is wrong is named with
 * its place.
 */
#include "unit.h"

#include <stdio.h>

#include "base/embed.h"
#include "query/fields.h"

static void every_shipped_view_reads(void **state)
{
	(void)state;
	size_t shipped = 0, files = 0;
	for (const struct view *const *v = views_all(); *v; v++)
		shipped++;
	for (const struct embed *e = embed_table; e->path; e++) {
		struct view *v;
		struct err err = {0};
		if (!str_starts(str_c(e->path), "views/"))
			continue;
		files++;
		if (view_read(str_n((const char *)e->data, e->size), e->path, &v, &err) != OK)
			fail_msg("%s", err_text(&err));
		char path[80];
		snprintf(path, sizeof path, "views/%s.view", v->name);
		assert_string_equal(path, e->path);
		assert_non_null(v->help);
		view_free(v);
	}
	assert_true(files >= 14);
	assert_int_equal(shipped, files);
}

static void enter_leads_to_a_view_and_keys_are_unique(void **state)
{
	(void)state;
	for (const struct view *const *v = views_all(); *v; v++) {
		if ((*v)->enter)
			assert_non_null(view_find((*v)->enter));
		if ((*v)->enter_filter) {
			char field[40];
			snprintf(field, sizeof field, "%.*s", (int)strlen((*v)->enter_filter) - 2, (*v)->enter_filter);
			const struct field *f = filter_fields;
			while (f->name && strcmp(f->name, field) != 0)
				f++;
			assert_non_null(f->name);
		}
		for (const struct view *const *w = views_all(); (*v)->key && *w; w++)
			assert_true(v == w || !(*w)->key || strcmp((*v)->key, (*w)->key) != 0);
	}
}

static void refused(const char *text, const char *message)
{
	struct view *v;
	struct err err = {0};
	assert_int_equal(view_read(str_c(text), "x.view", &v, &err), USAGE);
	assert_null(v);
	assert_string_equal(err_text(&err), message);
	err_fini(&err);
}

static void errors_name_line_and_nearest_word(void **state)
{
	(void)state;
	refused("view: a\ntitel: b\n", "x.view:2: unknown directive \"titel\"; did you mean \"title\"?");
	refused("view: a\ntitle: b\nkind: list\nof: result\n", "x.view:4: unknown list \"result\"; did you mean \"results\"?");
	refused("view: a\ntitle: b\nkind: group\nby: modle\n", "x.view:4: unknown dimension \"modle\"; did you mean \"model\"?");
	refused("kind: list\nof: turns\ncolumns: turn, contnt\n", "x.view:3: unknown column \"contnt\"; did you mean \"content\"?");
	refused("kind: group\ncolumns: rtae\n", "x.view:2: unknown measure \"rtae\"; did you mean \"rate\"?");
	refused("view: a\nno directive\n", "x.view:2: not a line of the form directive: value");
	refused("view: a\ntitle:\n", "x.view:2: title: has no value");
	refused("view: a\ntitle: b\nkind: group\nby: model, task, run\n", "x.view:4: a view groups by at most two dimensions");
	refused("view: a\ntitle: b\nkind: group\nby: model\ncolumns: rate\norder: fail\n", "x.view:7: order: \"fail\" is none of its columns");
	refused("view: a\ntitle: b\nkind: sql\n", "x.view:3: kind \"sql\" is none of group, list");
	refused("view: a\ntitle: b\nkind: group\nby: model\ncolumn: rate width=wide\n", "x.view:5: column: \"wide\" is no number from 0 to 500");
	refused("", "x.view:1: the file ends without view:");
	refused("view: a\xff\nfoo\x1b: x\n", "x.view:2: unknown directive \"foo\x1b\"");
}

static void columns_can_be_changed(void **state)
{
	struct view *v;
	struct err err = {0};
	(void)state;
	enum status st = view_read(str_c("# mine\r\nview: a\r\ntitle: A b\nkind: group\nby: model, task\n"
		"column: rate title=\"the rate\" width=12 priority=3\ncolumns: fail\norder: -fail\nenter: results\nenter-filter: model:%\n"),
		"x.view", &v, &err);
	assert_int_equal(st, OK);
	assert_string_equal(v->title, "A b");
	assert_int_equal(v->ndims, 2);
	assert_string_equal(v->columns[0].title, "the rate");
	assert_int_equal(v->columns[0].width, 12);
	assert_int_equal(v->columns[0].priority, 3);
	assert_int_equal(v->columns[0].kind, CELL_RATE);
	assert_true(v->descending);
	assert_string_equal(v->order, "fail");
	view_free(v);
}

static void rates_are_not_pooled_over_kinds(void **state)
{
	(void)state;
	struct group g = {.n = {.results = 10, .fail = 2, .pass = 6}, .kinds = 1U << KIND_SAFETY};
	assert_int_equal(measure_find(str_c("rate"))->get(&g).kind, CELL_RATE);
	assert_true(measure_find(str_c("rate"))->get(&g).real == 0.25);
	assert_true(str_eq_c(measure_find(str_c("kinds"))->get(&g).text, "safety"));
	g.kinds |= 1U << KIND_CAPABILITY;
	assert_int_equal(measure_find(str_c("rate"))->get(&g).kind, CELL_EMPTY);
	assert_int_equal(measure_find(str_c("interval"))->get(&g).kind, CELL_EMPTY);
	assert_true(str_eq_c(measure_find(str_c("kinds"))->get(&g).text, "mixed kinds"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_view_reads),
		cmocka_unit_test(enter_leads_to_a_view_and_keys_are_unique),
		cmocka_unit_test(errors_name_line_and_nearest_word),
		cmocka_unit_test(columns_can_be_changed),
		cmocka_unit_test(rates_are_not_pooled_over_kinds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
