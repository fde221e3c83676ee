/* SPDX-License-Identifier: MIT
 *
 * Writers: quoting, neutralising, hostile text, the same rows in each format.
 */
#include "unit.h"

#include "base/terms.h"
#include "export/export.h"

static const struct column columns[] = {
	{"name", "name", CELL_TEXT, 8, 9, ""},
	{"n", "n", CELL_INT, 4, 8, ""},
	{"ci", "ci", CELL_INTERVAL, 9, 7, ""},
	{"outcome", "outcome", CELL_OUTCOME, 8, 6, ""},
};

static void add(struct table *t, const char *name, int64_t n)
{
	struct cell *row = table_add_row(t);
	row[0] = name ? cell_text(t, str_c(name)) : (struct cell){0};
	row[1] = cell_int(n);
	row[2] = (struct cell){.kind = CELL_INTERVAL, .real = 0.25, .high = 0.5};
	row[3] = (struct cell){.kind = CELL_OUTCOME, .integer = OUTCOME_FAIL};
}

static void written(const char *format, const char *name, int64_t n, bool safe, int width, const char *want)
{
	struct table t;
	struct buf out = {0};
	struct writer_options o = {.spreadsheet_safe = safe, .text_width = width};
	table_init(&t, columns, 4);
	add(&t, name, n);
	export_table(&out, export_format_find(format), &t, &o);
	assert_string_equal(out.p, want);
	buf_fini(&out);
	table_fini(&t);
}

static void csv_quotes_what_must_be(void **state)
{
	(void)state;
	written("csv", "plain", 1, false, 0, "name,n,ci_low,ci_high,outcome\nplain,1,0.25,0.5,fail\n");
	written("csv", "a,\"b\"\nc", 1, false, 0, "name,n,ci_low,ci_high,outcome\n\"a,\"\"b\"\"\nc\",1,0.25,0.5,fail\n");
	written("csv", NULL, 1, false, 0, "name,n,ci_low,ci_high,outcome\n,1,0.25,0.5,fail\n");
	written("csv", "", 1, false, 0, "name,n,ci_low,ci_high,outcome\n\"\",1,0.25,0.5,fail\n");
	written("tsv", "a,b\tc", 1, false, 0, "name\tn\tci_low\tci_high\toutcome\n\"a,b\tc\"\t1\t0.25\t0.5\tfail\n");
}

static void spreadsheet_safe_changes_texts_only(void **state)
{
	static const char *const starts[] = {"=", "+", "-", "@", "\t", "\r"};
	(void)state;
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		struct buf name = {0}, want = {0};
		bool quoted = *starts[i] == '\r';
		buf_printf(&name, "%s1+1", starts[i]);
		buf_printf(&want, "name,n,ci_low,ci_high,outcome\n%s'%s1+1%s,-5,0.25,0.5,fail\n", quoted ? "\"" : "", starts[i], quoted ? "\"" : "");
		written("csv", name.p, -5, true, 0, want.p);
		buf_fini(&name);
		buf_fini(&want);
	}
	written("csv", "=1+1", -5, false, 0, "name,n,ci_low,ci_high,outcome\n=1+1,-5,0.25,0.5,fail\n");
}

static void json_keeps_bytes_and_kinds(void **state)
{
	(void)state;
	written("jsonl", "a\033]0;x\007", 7, false, 0,
		"{\"name\":\"a\\u001b]0;x\\u0007\",\"n\":7,\"ci_low\":0.25,\"ci_high\":0.5,\"outcome\":\"fail\"}\n");
	written("json", NULL, 7, false, 0,
		"{\"schema\":\"plimsoll-rows-1\",\"rows\":[\n{\"name\":null,\"n\":7,\"ci_low\":0.25,\"ci_high\":0.5,\"outcome\":\"fail\"}\n]}\n");
}

static void text_shows_hostile_bytes(void **state)
{
	(void)state;
	written("text", "a\033[2J\nb", 7, false, 0,
		"name       n             ci  outcome\na^[[2J^Jb  7  25.0 \xE2\x80\x93 50.0 %  fail\n");
}

static void text_narrows_then_leaves_out(void **state)
{
	struct table t;
	struct buf out = {0};
	struct writer_options o = {.text_width = 24};
	(void)state;
	table_init(&t, columns, 4);
	add(&t, "a very long name of a model", 7);
	assert_int_equal(export_table(&out, export_format_find("text"), &t, &o), 2);
	assert_string_equal(out.p, "name                   n\na very long name of \xE2\x80\xA6  7\n");
	buf_fini(&out);
	table_fini(&t);
}

static void markdown_can_not_be_broken_out_of(void **state)
{
	(void)state;
	written("md", "a|<b>\n`c`", 7, false, 0,
		"| name | n | ci | outcome |\n| --- | ---: | ---: | --- |\n| a\\|&lt;b&gt;<br>\\`c\\` | 7 | 25.0 \xE2\x80\x93 50.0 % | fail |\n");
}

static void suffix_names_the_format(void **state)
{
	(void)state;
	assert_string_equal(export_format_of_path("a/b.csv")->name, "csv");
	assert_string_equal(export_format_of_path("b.ndjson")->name, "jsonl");
	assert_null(export_format_of_path("a.csv/b"));
	assert_null(export_format_of_path("report"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_quotes_what_must_be),
		cmocka_unit_test(spreadsheet_safe_changes_texts_only),
		cmocka_unit_test(json_keeps_bytes_and_kinds),
		cmocka_unit_test(text_shows_hostile_bytes),
		cmocka_unit_test(text_narrows_then_leaves_out),
		cmocka_unit_test(markdown_can_not_be_broken_out_of),
		cmocka_unit_test(suffix_names_the_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
