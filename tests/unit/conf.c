/* SPDX-License-Identifier: MIT
 *
 * Policy files: what is taken, and that everything else is refused with its
 * file, line, pointer and a hint.
 */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embed.h"
#include "conf/fields.h"
#include "conf/policy.h"

static struct policy *read_ok(const char *text)
{
	struct policy *p = NULL;
	struct err err = {0};
	if (policy_read(str_c(text), "p.json", &p, &err))
		fail_msg("%s", err_text(&err));
	err_fini(&err);
	return p;
}

static void refused(const char *text, const char *message)
{
	struct policy *p = NULL;
	struct err err = {0};
	assert_int_equal(policy_read(str_c(text), "p.json", &p, &err), FAIL);
	assert_null(p);
	if (!strstr(err_text(&err), message))
		fail_msg("\"%s\" does not say \"%s\"", err_text(&err), message);
	err_fini(&err);
}

static void shipped_policies_load(void **state)
{
	(void)state;
	for (const char *const *s = policy_shipped(); *s; s++) {
		struct policy *p = NULL;
		struct err err = {0};
		if (policy_load(*s, &p, &err))
			fail_msg("%s", err_text(&err));
		assert_string_equal(p->id, *s);
		assert_true(p->nlines > 0);
		assert_int_equal(strlen(p->sha256), 64);
		policy_free(p);
	}
}

static void f1_example_is_decoded(void **state)
{
	(void)state;
	struct policy *p = NULL;
	struct err err = {0};
	assert_int_equal(policy_load("f1-example", &p, &err), OK);
	assert_int_equal(p->nlines, 4);
	assert_int_equal(p->on_incomplete, INCOMPLETE_YELLOW);
	assert_string_equal(p->estimator, "two-phase");
	assert_int_equal(p->norder, 3);
	assert_int_equal(p->order[2], 2);
	struct policy_line *bio = &p->lines[0];
	assert_int_equal(bio->metric, METRIC_PASS_RATE);
	assert_int_equal(bio->red_kind, RED_REVIEW);
	assert_true(bio->higher_worse && bio->yellow == 0.384 && isnan(bio->red) && bio->n_min == 100);
	assert_string_equal(bio->pointer, "/lines/0");
	assert_int_equal(bio->text_line, 22);
	assert_string_equal(p->lines[1].unsupported, "metric imported");
	assert_string_equal(p->lines[2].unsupported, "metric composite");
	assert_int_equal(p->lines[3].red_kind, RED_NONE);
	assert_null(p->lines[3].unsupported);
	assert_string_equal(p->rollups[1].expect_level, "f1-areas:1");
	policy_free(p);
	assert_int_equal(policy_load("ailuminate-1.1-en", &p, &err), OK);
	assert_true(p->lines[0].grade);
	assert_string_equal(p->lines[0].unsupported, "grade ailuminate-1");
	assert_true(p->unsure_fail);
	policy_free(p);
}

static void defaults_hold_no_threshold(void **state)
{
	(void)state;
	struct policy *p = read_ok("{\"id\":\"x\",\"lines\":[{\"id\":\"a\",\"area\":\"t:a\"}]}");
	assert_true(p->confidence == 0.95 && p->min_coverage == 0.95 && p->inclusive && p->false_negative_audit);
	assert_int_equal(p->cluster, CLUSTER_ITEM);
	assert_string_equal(p->columns[0], "model");
	assert_false(p->lines[0].has_yellow);
	assert_int_equal(p->lines[0].red_kind, RED_NONE);
	assert_int_equal(p->lines[0].n_min, 1);
	assert_int_equal(p->lines[0].expect, -1);
	policy_free(p);
}

static void red_is_a_number_or_a_word(void **state)
{
	(void)state;
	struct policy *p = read_ok("{\"id\":\"x\",\"lines\":[{\"id\":\"a\",\"area\":\"t:a\",\"red\":0.2},"
				   "{\"id\":\"b\",\"area\":\"t:a\",\"red\":\"review\"}]}");
	assert_int_equal(p->lines[0].red_kind, RED_NUMBER);
	assert_true(p->lines[0].red == 0.2);
	assert_int_equal(p->lines[1].red_kind, RED_REVIEW);
	assert_true(isnan(p->lines[1].red));
	policy_free(p);
}

static void comments_keep_line_numbers(void **state)
{
	(void)state;
	struct policy *p = read_ok("\xef\xbb\xbf// a \"policy\"\n{ /* two\n lines ** */ \"id\": \"x\","
				   "\"title\": \"no // comment /* here\\\"//\",\n"
				   "\"lines\": [ // first\n{ \"id\": \"a\", \"area\": \"t:a\" } ] } // end");
	assert_string_equal(p->title, "no // comment /* here\"//");
	assert_int_equal(p->lines[0].text_line, 5);
	policy_free(p);
	refused("// one\n/* two\n three */ { \"id\": \"x\",\n\n \"titel\": \"t\" }",
		"p.json:5: /titel: unknown key \"titel\"; did you mean \"title\"?");
	refused("{\"id\":\"x\" /* never closed", "p.json:1: not a JSON document");
}

static void mistakes_are_named(void **state)
{
	(void)state;
#define LINE(more) "{\"id\":\"x\",\n\"lines\":[\n{\"id\":\"a\",\"area\":\"t:a\"" more "}]}"
	static const struct {
		const char *text, *message;
	} rows[] = {
		{LINE(",\"yelow\":0.1"), "p.json:3: /lines/0/yelow: unknown key \"yelow\"; did you mean \"yellow\"?"},
		{LINE(",\"qqqqqq\":0.1"), "unknown key \"qqqqqq\"; known are id, area"},
		{LINE(",\"yellow\":\"0.1\""), "p.json:3: /lines/0/yellow: must be a number"},
		{LINE(",\"yellow\":0.1,\"yellow\":0.2"), "/lines/0/yellow: stands twice"},
		{LINE(",\"yellow\":0.3,\"red\":0.2"), "yellow 0.3 lies beyond red 0.2, but higher values are worse"},
		{LINE(",\"metric\":\"pass_rate\",\"direction\":\"lower-worse\",\"yellow\":0.7,\"red\":0.9"), "lower values are worse"},
		{LINE(",\"yellow\":5"), "yellow is 5; it must lie between 0 and 1 (5 % is 0.05)"},
		{LINE(",\"metric\":\"fial_rate\""), "did you mean \"fail_rate\"?"},
		{LINE(",\"metric\":\"pass_rate\""), "\"direction\" is missing"},
		{LINE(",\"metric\":\"mean_score\",\"direction\":\"lower-worse\""), "\"range\" is missing"},
		{LINE(",\"metric\":\"mean_score\",\"direction\":\"lower-worse\",\"range\":[1,5],\"yellow\":6"), "must lie between 1 and 5"},
		{LINE(",\"metric\":\"mean_score\",\"direction\":\"lower-worse\",\"range\":[5,1]"), "low below high"},
		{LINE(",\"k\":3"), "\"k\" has no meaning for the metric fail_rate"},
		{LINE(",\"metric\":\"composite\",\"direction\":\"higher-worse\",\"composite\":\"no\""), "there is no composite \"no\""},
		{LINE(",\"red\":\"reviw\""), "must be a number or one of review, none; did you mean \"review\"?"},
		{LINE(",\"n_min\":0"), "/lines/0/n_min: is 0"},
		{LINE(",\"n_min\":2.5"), "must be a whole number"},
		{LINE("},{\"id\":\"a\",\"area\":\"t:b\""), "the id \"a\" is taken by /lines/0, line 3"},
		{LINE("},{\"id\":\"b/c\",\"area\":\"t:b\""), "may hold letters"},
		{LINE("},{\"id\":\"b\",\"area\":\"cyber\""), "needs \"where\""},
		{LINE("},{\"area\":\"t:b\""), "/lines/1: the key \"id\" is missing"},
		{"{\"id\":\"x\",\"lines\":{}}", "/lines: must be a list of objects"},
		{"{\"id\":\"x\",\"lines\":[3]}", "/lines/0: must be an object"},
		{"{\"id\":\"x\",\"confidence\":95}", "/confidence: is 95; it must lie between 0.5 and"},
		{"{\"id\":\"x\",\"override\":{\"order\":[\"auto\",\"humans\"]}}", "/override/order/1: must be one of"},
		{"{\"id\":\"x\",\"override\":{\"ordr\":[]}}", "did you mean \"order\"?"},
		{"{\"id\":\"x\",\"inclusive\":1}", "/inclusive: must be true or false"},
		{"{}", "(top level): the key \"id\" is missing"},
		{"[]", "must be an object"},
		{"", "not a JSON document"},
		{"{\"id\":\"x\"}}", "p.json:1: not a JSON document"},
		{"{\"id\":\n\"x\",}", "p.json:2: not a JSON document"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refused(rows[i].text, rows[i].message);
	struct policy *p = NULL;
	struct err err = {0};
	assert_int_equal(policy_read(str_n("{\"id\":\"a\0b\"}", 13), "p.json", &p, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "NUL"));
	assert_int_equal(policy_load("f1-exampel", &p, &err), USAGE);
	assert_non_null(strstr(err_text(&err), "did you mean the shipped policy \"f1-example\"?"));
	err_fini(&err);
}

static void depth_and_noise_are_survived(void **state)
{
	(void)state;
	struct buf b = {0};
	for (int i = 0; i < 100000; i++)
		buf_add_ch(&b, '[');
	struct policy *p = NULL;
	struct err err = {0};
	assert_int_equal(policy_read(buf_str(&b), "deep.json", &p, &err), FAIL);
	/* Every truncation of a real policy is refused or taken, never worse. */
	struct str text = policy_shipped_text("demo");
	for (size_t n = 0; n < text.n; n += 7) {
		char *cut = malloc(n + 1); /* exactly as long, so that reading beyond is noticed */
		assert_non_null(cut);
		memcpy(cut, text.p, n);
		if (policy_read(str_n(cut, n), "cut.json", &p, &err) == OK)
			policy_free(p);
		free(cut);
	}
	err_fini(&err);
	buf_fini(&b);
}

static void what_is_not_computed_is_kept(void **state)
{
	(void)state;
	struct policy *p = read_ok("{\"id\":\"x\",\"family\":\"holm\",\"lines\":[{\"id\":\"a\",\"area\":\"t:a\",\"unit\":\"turn\"},"
				   "{\"id\":\"b\",\"area\":\"t:a\",\"metric\":\"asr_at_k\",\"k\":5}]}");
	assert_string_equal(p->unsupported, "family holm");
	assert_string_equal(p->lines[0].unsupported, "unit turn");
	assert_string_equal(p->lines[1].unsupported, "metric asr_at_k");
	assert_string_equal(p->lines[1].metric_name, "asr_at_k");
	policy_free(p);
	p = read_ok("{\"id\":\"x\",\"columns\":[\"model\",\"condition\"]}");
	assert_string_equal(p->unsupported, "column condition");
	policy_free(p);
	p = read_ok("{\"id\":\"x\",\"cluster\":\"scenario\"}");
	assert_string_equal(p->unsupported, "cluster scenario");
	policy_free(p);
}

static void schema_is_the_one_checked_in(void **state)
{
	(void)state;
	struct buf b = {0};
	policy_schema(&b);
	struct str checked_in = embed_get("schemas/policy.schema.json");
	if (!str_eq(buf_str(&b), checked_in)) {
		FILE *f = fopen("policy.schema.json.new", "w");
		if (f) {
			fwrite(b.p, 1, b.n, f);
			fclose(f);
		}
		fail_msg("schemas/policy.schema.json is not what the field table prints (see policy.schema.json.new)");
	}
	buf_clear(&b);
	policy_help(&b);
	assert_non_null(strstr(b.p, "lines[].yellow\tnumber\t"));
	assert_non_null(strstr(b.p, "confidence\tnumber\t0.95\t"));
	buf_fini(&b);
}

struct sample {
	struct conf_map fields, weights;
	struct conf_place place;
};

static void maps_take_any_key(void **state)
{
	(void)state;
	static const struct conf_field fields[] = {
		{.name = "fields", .type = CONF_TEXT_MAP, .offset = offsetof(struct sample, fields), .help = "Columns by name."},
		{.name = "weights", .type = CONF_NUMBER_MAP, .offset = offsetof(struct sample, weights), .help = "Weights.", .max = 1},
		{0},
	};
	static const struct conf_shape shape = {"A map.", fields, sizeof(struct sample), true, offsetof(struct sample, place)};
	struct conf_file *f = NULL;
	struct arena a = {0};
	struct err err = {0};
	struct sample s;
	struct str text = str_c("\n{\"fields\":{\"a/b\":\"item\",\"c\":\"model\"},\"weights\":{\"w\":0.5}}");
	assert_int_equal(conf_open(text, "m.json", &f, &err), OK);
	assert_int_equal(conf_decode(f, &shape, &a, &s, &err), OK);
	assert_int_equal(s.fields.n, 2);
	assert_string_equal(s.fields.keys[0], "a/b");
	assert_string_equal(s.fields.texts[1], "model");
	assert_true(s.weights.numbers[0] == 0.5);
	assert_int_equal(s.place.line, 2);
	conf_close(f);
	assert_int_equal(conf_open(str_c("{\"weights\":{\"a/b\":\n7}}"), "m.json", &f, &err), OK);
	assert_int_equal(conf_decode(f, &shape, &a, &s, &err), FAIL);
	assert_string_equal(err_text(&err), "m.json:2: /weights/a~1b: is 7; it must lie between 0 and 1");
	conf_close(f);
	err_fini(&err);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shipped_policies_load), cmocka_unit_test(f1_example_is_decoded), cmocka_unit_test(defaults_hold_no_threshold),
		cmocka_unit_test(red_is_a_number_or_a_word),
		cmocka_unit_test(comments_keep_line_numbers), cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(depth_and_noise_are_survived),
		cmocka_unit_test(what_is_not_computed_is_kept), cmocka_unit_test(schema_is_the_one_checked_in),
		cmocka_unit_test(maps_take_any_key),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
