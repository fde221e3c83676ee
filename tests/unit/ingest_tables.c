/* SPDX-License-Identifier: MIT
 *
 * Field maps, guesses, sniffing, and what CSV gives.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ingest/csvread.h"
#include "ingest/importer.h"
#include "ingest/map.h"
#include "ingest/refusal.h"
#include "ingest/sniff.h"

extern const struct importer imp_native, imp_table;

static struct fieldmap *read_map(const char *text)
{
	struct fieldmap *m;
	struct err err = {0};
	if (fieldmap_read(str_c(text), "m.json", &m, &err) != OK)
		fail_msg("%s", err_text(&err));
	return m;
}

static void assert_refused(const char *text, const char *what)
{
	struct fieldmap *m;
	struct err err = {0};
	assert_int_not_equal(fieldmap_read(str_c(text), "m.json", &m, &err), OK);
	assert_null(m);
	if (!strstr(err_text(&err), what))
		fail_msg("\"%s\" does not say \"%s\"", err_text(&err), what);
	err_fini(&err);
}

static void maps_are_strict(void **state)
{
	(void)state;
	assert_refused("{\"promt\":\"x\"}", "/promt: unknown key; did you mean prompt?");
	assert_refused("{\"prompt\":true}", "/prompt: a value comes from");
	assert_refused("{\"prompt\":0}", "/prompt");
	assert_refused("{\"words\":{\"bad\":[\"x\"]}}", "/words");
	assert_refused("{\"words\":{\"fail\":\"x\"}}", "/words");
	assert_refused("{\"model\":{\"file_name\":\"no braces\"}}", "/model");
	assert_refused("{\"model\":{\"document\":\"no slash\"}}", "/model");
	assert_refused("{\"ratings\":[]}", "/ratings");
	assert_refused("{\"models\":[]}", "/models");
	assert_refused("{\"models\":[{\"words\":{}}]}", "/models/0/words: belongs to the whole map");
	assert_refused("{\"delimiter\":\";;\"}", "/delimiter");
	assert_refused("{\"prompt\":[]}", "/prompt");
	assert_refused("{\"prompt\":", "m.json");
	assert_refused("[]", "an object is wanted");
}

static void maps_hold_what_they_say(void **state)
{
	(void)state;
	struct fieldmap *m = read_map("{\"prompt\":\"P\",\"scores\":{\"a\":1,\"b\":\"/x/y\"},\"category\":[\"l1\",\"l2\"],"
	                              "\"words\":{\"fail\":[\"no\",1,true]},\"models\":[{\"model\":{\"const\":\"g\"}},{\"model\":"
	                              "\"M\",\"prompt\":\"Q\",\"score\":\"s\"}]}");
	assert_int_equal(m->nvariants, 2);
	assert_int_equal(m->nwords, 3);
	assert_int_equal(m->variants[0].nscores, 2); /* taken over */
	assert_int_equal(m->variants[1].nscores, 1);
	assert_true(str_eq_c(m->variants[0].fields[MAP_PROMPT]->name, "P"));
	assert_true(str_eq_c(m->variants[1].fields[MAP_PROMPT]->name, "Q"));
	assert_int_equal(m->variants[1].categories[0].spec->nparts, 2);
	assert_int_equal(m->variants[0].scores[0].spec->position, 1);
	fieldmap_free(m);
}

static void guesses_need_an_answer_and_a_question(void **state)
{
	(void)state;
	const struct str table[] = {str_c("Prompt"), str_c("Model Output"), str_c("success"), str_c("judge"), str_c("hazard"),
	        str_c("weird"), str_c("score"), str_c("Score")};
	struct fieldmap *m = fieldmap_guess(table, 8);
	assert_non_null(m);
	assert_int_equal(m->variants[0].fields[MAP_RESPONSE]->position, 2);
	assert_null(m->variants[0].fields[MAP_OUTCOME]); /* no direction */
	assert_int_equal(m->variants[0].nscores, 3);
	assert_true(str_eq_c(m->variants[0].scores[2].name, "Score#2"));
	assert_int_equal(m->variants[0].ncategories, 1);
	assert_int_equal(m->variants[0].nmeta, 1);
	fieldmap_free(m);
	const struct str bank[] = {str_c("prompt_text"), str_c("hazard"), str_c("locale")};
	assert_null(fieldmap_guess(bank, 3)); /* prompts without answers are no results */
	const struct str numbers[] = {str_c("a"), str_c("score")};
	assert_null(fieldmap_guess(numbers, 2));
}

static void the_first_object_is_sniffed(void **state)
{
	(void)state;
	static const char *const ab[] = {"a", "b", NULL};
	assert_int_equal(sniff_has(str_c("\xef\xbb\xbf [ {\"a\": {\"b\": 1}, \"c\": [\"b\"]}"), ab), 1);
	assert_int_equal(sniff_has(str_c("{\"a\\\"\": 1, \"b\": \"cut he"), ab), 1);
	assert_int_equal(sniff_has(str_c("{\"a\": 1}\n{\"b\": 1}"), ab), 1);
	assert_int_equal(sniff_has(str_c("\"a\": 1"), ab), 0);
	assert_int_equal(sniff_has(str_c(""), ab), 0);
	assert_true(str_eq_c(sniff_value(str_c("{\"x\":[1,{\"type\":\"no\"}],\"type\":\"run\"}"), "type"), "run"));
	assert_null(sniff_value(str_c("{\"type\":7}"), "type").p);
	assert_null(sniff_value(str_c("{\"type\":\"ru"), "type").p);
}

static int probe(const struct importer *imp, const char *name, const char *head)
{
	char why[160] = "";
	struct member m = {.path = name, .name = name, .head = str_c(head), .container = CONTAINER_PLAIN};
	return imp->probe(&m, NULL, why);
}

static void native_records_are_recognised(void **state)
{
	(void)state;
	assert_true(probe(&imp_native, "a.jsonl",
	                    "{\"run_id\":\"r\",\"result_id\":\"x\",\"model\":\"m\",\"item_id\":\"i\",\"outcome\":\"pass\","
	                    "\"turns\":[]}") >= 80);
	assert_true(probe(&imp_native, "a.json", "{\"type\":\"run\",\"plimsoll\":1,\"run\":\"r\"}") > 90);
	assert_true(probe(&imp_native, "a.json", "[{\"model\":\"m\",\"id\":1,\"prompt\":\"p\",\"response\":\"r\"}]") > 0);
	assert_true(probe(&imp_native, "a.json", "{\"type\":\"result\",\"model\":\"m\",\"outcome\":\"pass\"}") > 0);
	assert_int_equal(probe(&imp_native, "a.json", "[{\"model\":\"m\",\"prompt\":\"p\",\"response\":\"r\"}]"), 0);
	assert_int_equal(probe(&imp_native, "a.json", "[{\"model\":\"m\",\"id\":1,\"prompt\":\"p\"}]"), 0);
	assert_int_equal(probe(&imp_native, "a.json", "{\"type\":\"score\",\"value\":1}"), 0);
	assert_int_equal(probe(&imp_native, "a.json", "{\"eval\":{\"model\":\"m\"},\"samples\":[]}"), 0);
	assert_int_equal(probe(&imp_native, "a.txt", "model prompt"), 0);
	assert_int_equal(probe(&imp_table, "a.csv", "x,y\n1,2\n"), 0);
	assert_true(probe(&imp_table, "a.csv", "prompt,response,model\n1,2,3\n") > 0);
	assert_int_equal(probe(&imp_table, "a.json", "{\"prompt\":\"p\",\"response\":\"r\"}"), 0);
	assert_int_equal(probe(&imp_table, "a.bin", ""), 0);
}

struct rows {
	char text[4096];
	size_t skips;
};

static enum status on_row(void *ctx, const struct str *cells, size_t n, const struct record *place, struct err *err)
{
	struct rows *r = ctx;
	size_t at = strlen(r->text);
	(void)err;
	at += (size_t)snprintf(r->text + at, sizeof r->text - at, "%llu@%llu:", (unsigned long long)place->line,
	        (unsigned long long)place->offset);
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(r->text + at, sizeof r->text - at, "[%.*s]", (int)cells[i].n, cells[i].p);
	return OK;
}

static void on_skip(void *ctx, uint64_t line, const char *why)
{
	struct rows *r = ctx;
	size_t at = strlen(r->text);
	(void)why;
	r->skips++;
	snprintf(r->text + at, sizeof r->text - at, "!%llu", (unsigned long long)line);
}

static bool never(void *ctx)
{
	(void)ctx;
	return false;
}

static void read_csv(struct rows *r, const char *text, size_t n, char delimiter)
{
	char path[] = "/tmp/plimsoll-csv-XXXXXX";
	int fd = mkstemp(path);
	struct bundle *b;
	struct err err = {0};
	*r = (struct rows){0};
	assert_true(fd >= 0 && write(fd, text, n) == (ssize_t)n);
	close(fd);
	assert_int_equal(bundle_open(path, &b, &err), OK);
	struct reader *reader = reader_new();
	const struct csvread_ops ops = {.row = on_row, .skip = on_skip, .stopped = never, .ctx = r};
	assert_int_equal(csvread_member(reader, &b->members[0], delimiter, &ops, &err), OK);
	reader_free(reader);
	bundle_free(b);
	unlink(path);
}

static void csv_rows_know_their_place(void **state)
{
	(void)state;
	struct rows r;
	const char plain[] = "\xef\xbb\xbf\"a\",b\r\n\"x\n\"\"y\"\"\r\nz\", sp \r\n\r\n,\n";
	read_csv(&r, plain, sizeof plain - 1, ',');
	assert_string_equal(r.text, "1@3:[a][b]2@10:[x\n\"y\"\r\nz][ sp ]6@31:[][]");
	const char broken[] = "a,b\nx\"y,1\n2,3\n\"open,4\n5,6\n";
	read_csv(&r, broken, sizeof broken - 1, ',');
	assert_string_equal(r.text, "1@0:[a][b]!23@10:[2][3]!4");
	read_csv(&r, "a\tb c\n1\t\n", 9, '\t');
	assert_string_equal(r.text, "1@0:[a][b c]2@6:[1][]");
	read_csv(&r, "", 0, ',');
	assert_string_equal(r.text, "");
	read_csv(&r, "no end", 6, ',');
	assert_string_equal(r.text, "1@0:[no end]");
	read_csv(&r, "n\0ul,x\n", 7, ',');
	assert_int_equal(r.skips, 0);
	assert_int_equal(csvread_delimiter(str_c("a;b,c;d\n,,,,")), ';');
	assert_int_equal(csvread_delimiter(str_c("\"a\t\t\t\",b")), ',');
}

static void refusals_are_read_by_their_opening(void **state)
{
	(void)state;
	assert_true(refusal_opening(str_c("  I\xe2\x80\x99m sorry, but no")));
	assert_true(refusal_opening(str_c("I cannot help")));
	assert_false(refusal_opening(str_c("Sure, I can")));
	assert_false(refusal_opening(str_c("")));
	assert_false(refusal_opening((struct str){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(maps_are_strict),
	        cmocka_unit_test(maps_hold_what_they_say),
	        cmocka_unit_test(guesses_need_an_answer_and_a_question),
	        cmocka_unit_test(the_first_object_is_sniffed),
	        cmocka_unit_test(native_records_are_recognised),
	        cmocka_unit_test(csv_rows_know_their_place),
	        cmocka_unit_test(refusals_are_read_by_their_opening),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
