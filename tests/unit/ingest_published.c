/* SPDX-License-Identifier: MIT
 *
 * Numbers in published tables, and tables in Markdown.
 */
#include "unit.h"

#include <math.h>

#include "ingest/mdtable.h"
#include "ingest/published.h"

static bool near(double a, double b)
{
	return (isnan(a) && isnan(b)) || fabs(a - b) < 1e-9;
}

static void is(const char *cell, int64_t k, int64_t n, double value, double low, double high)
{
	struct in_aggregate a;
	if (!published_cell(str_c(cell), &a))
		fail_msg("no number: %s", cell);
	if (a.k != k || a.n != n || !near(a.value, value) || !near(a.low, low) || !near(a.high, high))
		fail_msg("%s: %lld of %lld, %g (%g, %g)", cell, (long long)a.k, (long long)a.n, a.value, a.low, a.high);
}

static void numbers_are_read_as_printed(void **state)
{
	(void)state;
	is("12", -1, -1, 12, NAN, NAN);
	is(".576", -1, -1, .576, NAN, NAN);
	is("**0.58**", -1, -1, .58, NAN, NAN);
	is("-.5", -1, -1, -.5, NAN, NAN);
	is("58.8%", -1, -1, .588, NAN, NAN);
	is("1,234,567", -1, -1, 1234567, NAN, NAN);
	is("24.5\xe2\x80\xa0", -1, -1, 24.5, NAN, NAN);
}

static void counts_and_intervals_too(void **state)
{
	(void)state;
	is("10/17", 10, 17, 10.0 / 17, NAN, NAN);
	is("10 of 17", 10, 17, 10.0 / 17, NAN, NAN);
	is("58.8% (10/17)", 10, 17, .588, NAN, NAN);
	is("0.57 \xc2\xb1 0.20", -1, -1, .57, .37, .77);
	is("20% \xc2\xb1 5%", -1, -1, .2, .15, .25);
	is("25.7 (21.0-30.1)", -1, -1, 25.7, 21, 30.1);
	is("25.7% [21.0%, 30.1%]", -1, -1, .257, .21, .301);
	is("0.3 (0.1\xe2\x80\x93" "0.5)", -1, -1, .3, .1, .5);
}

static void what_is_no_number_is_none(void **state)
{
	static const char *const cells[] = {"", "-", "N/A", "x 1", "1 x", "17/", "\xe2\x80\x93", "...", "gpt-4"};
	struct in_aggregate a;
	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		if (published_cell(str_c(cells[i]), &a))
			fail_msg("a number: %s", cells[i]);
}

struct seen {
	struct buf text;
	bool wanted;
};

static bool on_header(void *ctx, struct str title, const struct str *cells, size_t n)
{
	struct seen *s = ctx;
	buf_printf(&s->text, "[%.*s]%zu:%.*s ", (int)title.n, title.p ? title.p : "", n, (int)cells[0].n, cells[0].p);
	return s->wanted;
}

static void on_row(void *ctx, const struct str *cells, uint64_t line)
{
	struct seen *s = ctx;
	buf_printf(&s->text, "%llu(%.*s,%.*s) ", (unsigned long long)line, (int)cells[0].n, cells[0].p, (int)cells[1].n, cells[1].p);
}

static void is_table(const char *text, bool wanted, const char *seen)
{
	struct seen s = {.wanted = wanted};
	const struct mdtable_ops ops = {on_header, on_row, &s};
	mdtable_each(str_c(text), &ops);
	buf_add_ch(&s.text, '\0');
	assert_string_equal(s.text.p, seen);
	buf_fini(&s.text);
}

static void tables_stand_between_other_text(void **state)
{
	(void)state;
	is_table("# A\n\nx | y\n\n|a|b|\n|-|-|\n|1|2|\r\n| 3 |\n\n|c|\n|:-:|\n", true, "[A]2:a 7(1,2) 8(3,) []1:c ");
	is_table("**Table 1**: rates\na \\| b | c\n---|---\n1 | 2 \\| 3", true, "[Table 1**: rates]2:a \\| b 4(1,2 \\| 3) ");
	is_table("|a|b|\n|-|-|\n|1|2|\n", false, "[]2:a ");
	is_table("a\n---\nb | c\n", true, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_printed),
		cmocka_unit_test(counts_and_intervals_too),
		cmocka_unit_test(what_is_no_number_is_none),
		cmocka_unit_test(tables_stand_between_other_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
