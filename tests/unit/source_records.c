/* SPDX-License-Identifier: MIT
 *
 * Splitting members into records, whatever their suffix says.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/records.h"

/* The records of a text as one line: text@line, skips as !line:why, a failure as its message. */
struct told {
	struct buf text;
	struct buf skeleton;
	enum records_shape shape;
	bool cut;
};

static void told_skip(void *ctx, uint64_t line, uint64_t offset, const char *why)
{
	struct told *t = ctx;
	buf_printf(&t->text, "!%llu@%llu:%s|", (unsigned long long)line, (unsigned long long)offset, why);
}

static char *write_file(const char *text, size_t n)
{
	char *file = xstrdup("/tmp/plimsoll-records-XXXXXX");
	int fd = mkstemp(file);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), (ssize_t)n);
	close(fd);
	return file;
}

static void tell_records(struct records *rs, struct told *t, struct err *err)
{
	struct record rec;
	enum status st;
	records_on_skip(rs, told_skip, t);
	t->shape = records_shape(rs);
	t->cut = records_cut(rs);
	struct str skeleton;
	assert_int_equal(records_skeleton(rs, &skeleton, err), OK);
	buf_add_str(&t->skeleton, skeleton);
	while ((st = records_next(rs, &rec, err)) == OK) {
		buf_add_str(&t->text, rec.text);
		buf_printf(&t->text, "@%llu/%llu", (unsigned long long)rec.offset, (unsigned long long)rec.line);
		if (rec.array >= 0)
			buf_printf(&t->text, "/%d.%llu", rec.array, (unsigned long long)rec.ordinal);
		if (rec.key.p)
			buf_printf(&t->text, "(%.*s)", (int)rec.key.n, rec.key.p);
		buf_add_ch(&t->text, '|');
	}
	if (st == FAIL)
		buf_printf(&t->text, "FAIL %s", strstr(err_text(err), ": ") + 2);
}

static void tell(const char *text, size_t n, const char *const *arrays, struct told *t)
{
	struct err err = {0};
	struct bundle *b;
	struct records *rs = NULL;
	char *file = write_file(text, n);
	*t = (struct told){0};
	assert_int_equal(bundle_open(file, &b, &err), OK);
	struct reader *r = reader_new();
	if (records_open(r, &b->members[0], arrays, &rs, &err) == OK)
		tell_records(rs, t, &err);
	else
		buf_printf(&t->text, "FAIL %s", strstr(err_text(&err), ": ") + 2);
	records_close(rs);
	reader_free(r);
	bundle_free(b);
	unlink(file);
	free(file);
	err_fini(&err);
}

static void told_fini(struct told *t)
{
	buf_fini(&t->text);
	buf_fini(&t->skeleton);
}

static void expect(const char *text, const char *const *arrays, enum records_shape shape, const char *records)
{
	struct told t;
	tell(text, strlen(text), arrays, &t);
	assert_string_equal(t.text.p ? t.text.p : "", records);
	assert_int_equal(t.shape, shape);
	told_fini(&t);
}

static void lines_are_records(void **state)
{
	(void)state;
	expect("{\"a\":1}\n\n  \r\n{\"b\":\"}\\\"\\n\"}\r\n[3]", NULL, RECORDS_LINES, "{\"a\":1}@0/1|{\"b\":\"}\\\"\\n\"}@13/4|[3]@28/5|");
	expect("\xEF\xBB\xBF{\"a\":1}\n", NULL, RECORDS_LINES, "{\"a\":1}@3/1|");
	expect("{}{}\n", NULL, RECORDS_LINES, "{}@0/1|{}@2/1|");
	expect("", NULL, RECORDS_NONE, "");
	expect(" \n\t", NULL, RECORDS_NONE, "");
}

static void a_broken_line_costs_itself_alone(void **state)
{
	(void)state;
	expect("{\"a\":1}\n{\"b\":\"x\n{\"c\":3}\n", NULL, RECORDS_LINES,
		"{\"a\":1}@0/1|!2@8:a record that does not end in its line|{\"c\":3}@16/3|");
	expect("{\"a\":\"x\n{\"c\":3}\n", NULL, RECORDS_LINES, "!1@0:a record that does not end in its line|{\"c\":3}@8/2|");
	expect("{\"a\":1,\n{\"c\":3}\n", NULL, RECORDS_LINES, "!1@0:a record that does not end in its line|{\"c\":3}@8/2|");
	expect("{\"a\":1}\nhello\n{\"c\":[", NULL, RECORDS_LINES, "{\"a\":1}@0/1|!2@8:not JSON|!3@14:the last record is cut short|");
}

static void an_array_is_its_elements(void **state)
{
	(void)state;
	expect("[ {\"a\":[1]},\n \"x,]\" , 3 ]\n", NULL, RECORDS_ARRAY, "{\"a\":[1]}@2/1|\"x,]\"@14/2|3@22/2|");
	expect("[\n]", NULL, RECORDS_ARRAY, "");
	expect("[1,2", NULL, RECORDS_ARRAY, "1@1/1|2@3/1|FAIL the text ends at byte 4 in the middle of the value that begins at byte 4");
	expect("[{},{\"a\":", NULL, RECORDS_ARRAY, "{}@1/1|FAIL the text ends at byte 9 in the middle of the value that begins at byte 4");
	expect("[1 2]", NULL, RECORDS_ARRAY, "1@1/1|FAIL byte 3, line 1: expected ',' or ']'");
	expect("[1]x", NULL, RECORDS_ARRAY, "1@1/1|FAIL byte 3, line 1: expected the end of the file behind the array");
	expect("[1]\n[2]\n", NULL, RECORDS_LINES, "[1]@0/1|[2]@4/2|");
}

static void documents_may_span_lines(void **state)
{
	(void)state;
	expect("{\n \"a\": 1\n}\n{\n}\n", NULL, RECORDS_LINES, "{\n \"a\": 1\n}@0/1|{\n}@12/4|");
	expect("{\n\"a\": [\n{\n}]}", NULL, RECORDS_LINES, "{\n\"a\": [\n{\n}]}@0/1|");
	expect("{\n \"a\": 1", NULL, RECORDS_LINES, "FAIL the text ends at byte 9 in the middle of the value that begins at byte 0");
}

static void what_is_not_json_is_refused(void **state)
{
	(void)state;
	expect("id,prompt\n1,x\n", NULL, RECORDS_NONE, "FAIL not JSON");
}

static const char *const samples[] = {"/samples", NULL};

static void arrays_inside_a_document(void **state)
{
	(void)state;
	struct told t;
	const char *text = "{\"version\": 2,\n \"samples\": [ {\"id\":1} , {\"samples\":[9]}\n], \"x\":{\"samples\":[7]}, \"end\":true}";
	tell(text, strlen(text), samples, &t);
	assert_string_equal(t.text.p, "{\"id\":1}@29/2/0.0|{\"samples\":[9]}@40/2/0.1|");
	assert_string_equal(t.skeleton.p, "{\"version\": 2,\n \"samples\": [], \"x\":{\"samples\":[7]}, \"end\":true}");
	assert_int_equal(t.shape, RECORDS_DOCUMENT);
	assert_false(t.cut);
	told_fini(&t);
	/* No such array, an object under its name, escapes in the name. */
	expect("{\"a\":1}", samples, RECORDS_DOCUMENT, "");
	expect("{\"samples\":{\"a\":[1]}}", samples, RECORDS_DOCUMENT, "");
	expect("{\"s\\u0061mples\":[5]}", samples, RECORDS_DOCUMENT, "5@17/1/0.0|");
	expect("{\"a\":1}\n{\"samples\":[1]}\n", samples, RECORDS_LINES, "{\"a\":1}@0/1|{\"samples\":[1]}@8/2|");
	expect("[1,2]", samples, RECORDS_ARRAY, "1@1/1|2@3/1|");
	expect("{\"samples\":[1,{\"a\":", samples, RECORDS_DOCUMENT,
		"1@12/1/0.0|FAIL the text ends at byte 19 in the middle of the value that begins at byte 14");
}

static void a_cut_document_gives_its_whole_records(void **state)
{
	static const char *const arrays[] = {"/r/s", NULL};
	static const char text[] = "{\"id\": 7, \"r\": {\"v\": 2, \"s\": [{\"a\": 1}, {\"a\": 2}, {\"a\": 3}], \"end\": 1}}";
	struct told t;
	(void)state;
	tell(text, strlen("{\"id\": 7, \"r\": {\"v\": 2, \"s\": [{\"a\": 1}, {\"a\": 2}, {\"a"), arrays, &t);
	assert_string_equal(t.skeleton.p, "{\"id\": 7, \"r\": {\"v\": 2, \"s\": []}}");
	assert_true(t.cut);
	assert_string_equal(t.text.p, "{\"a\": 1}@30/1/0.0|{\"a\": 2}@40/1/0.1|"
		"FAIL the text ends at byte 53 in the middle of the value that begins at byte 50");
	told_fini(&t);
	tell(text, strlen("{\"id\": 7, \"r\": {\"v\""), arrays, &t);
	assert_string_equal(t.skeleton.p, "{\"id\": 7, \"r\": {}}");
	assert_true(strncmp(t.text.p, "FAIL ", 5) == 0);
	told_fini(&t);
	tell(text, strlen("{\"id\": 7, \"r"), arrays, &t);
	assert_string_equal(t.skeleton.p, "{\"id\": 7}");
	assert_true(strncmp(t.text.p, "FAIL ", 5) == 0);
	told_fini(&t);
}

static void pointers_have_steps_and_stars(void **state)
{
	(void)state;
	static const char *const arrays[] = {"/results/results", "/runs/*/rows", "/list/1", NULL};
	expect("{\"results\":{\"version\":3,\"results\":[1,2]},\"runs\":{\"a\":{\"rows\":[3]},\"b\":{\"n\":0,\"rows\":[4]}},"
	       "\"list\":[[8],[9]]}",
		arrays, RECORDS_DOCUMENT, "1@35/1/0.0|2@37/1/0.1|3@62/1/1.0(a)|4@85/1/1.1(b)|9@103/1/2.0|");
}

static void blocks_do_not_matter(void **state)
{
	(void)state;
	/* Records that straddle the blocks of one MiB, in three shapes. */
	struct buf lines = {0}, array = {0}, document = {0};
	buf_add_c(&document, "{\"samples\":");
	for (int i = 0; i < 3000; i++) {
		buf_printf(&array, "%s{\"id\":%d,\"text\":\"", i ? ",\n" : "[", i);
		for (int k = 0; k < i % 97; k++)
			buf_add_c(&array, "words \\\"in quotes\\\" and {brackets] ");
		buf_add_c(&array, "\"}");
	}
	buf_add_ch(&array, ']');
	buf_add_str(&document, buf_str(&array));
	buf_add_ch(&document, '}');
	for (size_t i = 1; i + 1 < array.n; i++)
		if (!(array.p[i] == ',' && array.p[i + 1] == '\n'))
			buf_add_ch(&lines, array.p[i]);
	const struct buf *texts[] = {&lines, &array, &document};
	for (int i = 0; i < 3; i++) {
		struct told t;
		size_t records = 0;
		tell(texts[i]->p, texts[i]->n, samples, &t);
		for (const char *p = t.text.p; (p = strstr(p, "\"}@")); p++)
			records++;
		assert_int_equal(records, 3000);
		assert_null(strstr(t.text.p, "FAIL"));
		told_fini(&t);
	}
	buf_fini(&lines);
	buf_fini(&array);
	buf_fini(&document);
}

static void first_bytes_tell_the_shape(void **state)
{
	(void)state;
	assert_int_equal(records_sniff(str_c("{\"a\":1}\n{\"b\"")), RECORDS_LINES);
	assert_int_equal(records_sniff(str_c("{\"a\":1}\n")), RECORDS_DOCUMENT);
	assert_int_equal(records_sniff(str_c("{\n \"a\":1,")), RECORDS_DOCUMENT);
	assert_int_equal(records_sniff(str_c("\xEF\xBB\xBF [ {\"a\":1},")), RECORDS_ARRAY);
	assert_int_equal(records_sniff(str_c("[1]\n[2]")), RECORDS_LINES);
	assert_int_equal(records_sniff(str_c("id,prompt")), RECORDS_NONE);
	assert_int_equal(records_sniff(str_c("{a} is a word")), RECORDS_NONE);
	assert_int_equal(records_sniff(str_c("")), RECORDS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_records),
		cmocka_unit_test(a_broken_line_costs_itself_alone),
		cmocka_unit_test(a_cut_document_gives_its_whole_records),
		cmocka_unit_test(an_array_is_its_elements),
		cmocka_unit_test(documents_may_span_lines),
		cmocka_unit_test(what_is_not_json_is_refused),
		cmocka_unit_test(arrays_inside_a_document),
		cmocka_unit_test(pointers_have_steps_and_stars),
		cmocka_unit_test(blocks_do_not_matter),
		cmocka_unit_test(first_bytes_tell_the_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
