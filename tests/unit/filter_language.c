/* SPDX-License-Identifier: MIT
 *
 * The filter language: what parses, what is refused and where, that printing
 * and parsing are inverse, completion, and hostile input.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/filter.h"

/* ---- a database's worth of values ---- */

static const char *const models[] = {"gpt-4o", "claude 3", "none", NULL};
static const char *const tasks[] = {"agentharm", "xstest", NULL};
static const char *const taxonomies[] = {"ailuminate-1", "attack", NULL};
static const char *const categories[] = {"ailuminate-1:src", "ailuminate-1:src/drugs", "attack:dan", NULL};
static const char *const paths[] = {"src", "src/drugs", NULL};
static const char *const scores[] = {"security", "model graded", NULL};
static const char *const empty[] = {NULL};

static bool values(void *ctx, enum field_id field, struct str sub, void (*each)(void *each_ctx, struct str value),
	void *each_ctx)
{
	(void)ctx;
	const char *const *list = NULL;
	switch (field) {
	case F_MODEL: list = models; break;
	case F_TASK: list = tasks; break;
	case F_AXIS: list = taxonomies; break;
	case F_TAXONOMY: list = !sub.p ? taxonomies : str_eq_c(sub, "ailuminate-1") ? paths : empty; break;
	case F_CATEGORY: list = categories; break;
	case F_SCORE_NAME: list = sub.p ? NULL : scores; break;
	default: break;
	}
	for (; list && *list; list++)
		each(each_ctx, str_c(*list));
	return list != NULL;
}

static const struct filter_env screen = {.values = values, .check_values = true, .me = {"ada", 3}};
static const struct filter_env blind = {.values = values, .check_values = true, .masked = true, .me = {"ada", 3}};
static const struct filter_env rules = {.rules = true};

/* ---- printing ---- */

static char *canonical(const char *text, const struct filter_env *env)
{
	struct filter *f;
	struct err err = {0};
	if (filter_parse(str_c(text), env, &f, NULL, &err) != OK)
		fail_msg("%s: %s", text, err_text(&err));
	struct buf out = {0};
	filter_print(&out, f->root);
	filter_free(f);
	return buf_detach(&out);
}

static void check_canonical(const char *text, const char *expected)
{
	char *once = canonical(text, &screen);
	assert_string_equal(once, expected);
	char *twice = canonical(once, &screen);
	assert_string_equal(twice, once);
	free(once);
	free(twice);
}

static void canonical_forms(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"", ""},
		{"  ", ""},
		{"model:gpt-4*", "model:gpt-4*"},
		{"MODEL:GPT-4O", "model:GPT-4O"},
		{"model:\"claude 3\",gpt-4o", "model:\"claude 3\",gpt-4o"},
		{"severity>=high", "severity>=high"},
		{"a b or c", "a b or c"},
		{"a AND b OR c", "a b or c"},
		{"(a)", "a"},
		{"a (b or c)", "a (b or c)"},
		{"a (b c)", "a (b c)"},
		{"(a or b) or c", "(a or b) or c"},
		{"not a", "-a"},
		{"not not a", "--a"},
		{"-(a b)", "-(a b)"},
		{"-reviewed", "-reviewed"},
		{"reviewed:no", "-reviewed"},
		{"reviewed:yes", "reviewed"},
		{"\"or\"", "\"or\""},
		{"\"reviewed\"", "\"reviewed\""},
		{"\"say \\\"hi\\\" \\\\ there\"", "\"say \\\"hi\\\" \\\\ there\""},
		{"rm*", "rm*"},
		{"rm-rf*", "rm-rf*"},
		{"don't", "don't"},
		{"/a\\/b (c|d)/", "/a\\/b (c|d)/"},
		{"score.security>=0.5", "score.security>=0.5"},
		{"score.\"model graded\":C", "score.\"model graded\":C"},
		{"meta.persona:skilled", "meta.persona:skilled"},
		{"tool.arg.path:/etc/*", "tool.arg.path:/etc/*"},
		{"ailuminate-1:src", "ailuminate-1:src"},
		{"category:drugs", "category:drugs"},
		{"category:none", "category:none"},
		{"reviewer:me", "reviewer:\"ada\""},
		{"reviewer:\"me\"", "reviewer:\"me\""},
		{"ruling:false-positive", "ruling:\"false positive\""},
		{"has:note,invisible", "has:note,invisible"},
		{"started>=2026-01-01", "started>=2026-01-01"},
		{"answer!=target", "answer!=target"},
		{"answer:\"\"", "answer:\"\""},
		{"severity:unrated", "severity:unrated"},
		{"role:assistant in:arguments \"rm -rf\"", "role:assistant in:arguments \"rm -rf\""},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_canonical(cases[i][0], cases[i][1]);
}

/* ---- refusals ---- */

static void check_error(const char *text, const struct filter_env *env, size_t at, const char *message)
{
	struct filter *f;
	struct err err = {0};
	size_t where = SIZE_MAX;
	if (filter_parse(str_c(text), env, &f, &where, &err) != USAGE)
		fail_msg("accepted: %s", text);
	assert_null(f);
	if (where != at || strcmp(err_text(&err), message) != 0)
		fail_msg("%s\n  at %zu, not %zu\n  \"%s\"\n  expected \"%s\"", text, where, at, err_text(&err), message);
	err_fini(&err);
}

static void errors_name_the_place(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t at;
		const char *message;
	} cases[] = {
		{"serverity>=high", 0, "column 1: unknown field \"serverity\"; did you mean \"severity\"?"},
		{"model:gpt-4o mdel:x", 13, "column 14: unknown field \"mdel\"; did you mean \"model\"?"},
		{"\xc3\xa9t\xc3\xa9 colour:red", 6,
			"column 5: unknown field \"colour\"; for a category write category:TAXONOMY:NAME, for words use quotes"},
		{"ailuminate1:src", 0, "column 1: unknown field \"ailuminate1\"; did you mean \"ailuminate-1\"?"},
		{"model:gpt-4", 6, "column 7: unknown model \"gpt-4\"; did you mean \"gpt-4o\"?"},
		{"model:gpt-4o,zzzz", 13, "column 14: unknown model \"zzzz\" (no result has it; a * at its end finds what starts so)"},
		{"category:drgs", 9, "column 10: unknown category \"drgs\"; did you mean \"drugs\"?"},
		{"category:ailuminate-1:sxc", 9, "column 10: unknown category \"ailuminate-1:sxc\"; did you mean \"ailuminate-1:src\"?"},
		{"ailuminate-1:srk", 13, "column 14: unknown category of ailuminate-1 \"srk\"; did you mean \"src\"?"},
		{"score.securty>1", 0, "column 1: unknown score \"securty\"; did you mean \"security\"?"},
		{"outcome:failed", 8, "column 9: unknown value of outcome \"failed\"; did you mean \"fail\"?"},
		{"severity>=bad", 10,
			"column 11: unknown value of severity \"bad\"; it is one of: unrated, none, low, medium, high, critical"},
		{"severity>unrated", 9, "column 10: \"unrated\" has no place in the order of severity"},
		{"has:notes", 4, "column 5: unknown value of has \"notes\"; did you mean \"note\"?"},
		{"role:bot", 5, "column 6: unknown value of role \"bot\"; it is one of: system, user, assistant, tool, other"},
		{"turns>many", 6, "column 7: turns needs a number, not \"many\""},
		{"turns:>3", 6, "column 7: write turns>3 without the colon"},
		{"started>=yesterday", 9, "column 10: started needs a time such as 2026-01-31 or 2026-01-31T12:00, not \"yesterday\""},
		{"score.security>high", 15, "column 16: > needs a number, not \"high\""},
		{"model>gpt-4o", 5, "column 6: model has no order; use a colon"},
		{"answer=a,b", 8, "column 9: a list needs a colon: answer:a,b"},
		{"model:", 6, "column 7: a value is missing behind \"model:\""},
		{"model:gpt-4o,", 13, "column 14: a value is missing behind \"model:gpt-4o,\""},
		{"a \"b c", 2, "column 3: this quotation does not end"},
		{"model:\"b c", 6, "column 7: this quotation does not end"},
		{"/a", 0, "column 1: this regular expression does not end; to find a slash use quotes"},
		{"/a(/", 0, "column 1: the regular expression is wrong at its character 2: missing closing parenthesis"},
		{"//", 0, "column 1: the regular expression is empty"},
		{"(a", 0, "column 1: this parenthesis is not closed"},
		{"a)", 1, "column 2: this parenthesis closes nothing"},
		{"a ()", 2, "column 3: there is nothing in these parentheses"},
		{"a or", 4, "column 5: a term is missing at the end"},
		{"or a", 0, "column 1: a term is missing in front of \"or\" (to find the word itself, quote it)"},
		{"a and", 5, "column 6: a term is missing at the end"},
		{"a - b", 2, "column 3: a term must stand right behind the minus"},
		{"not", 3, "column 4: a term is missing at the end"},
		{"a\"b\"", 1, "column 2: a blank is missing here; text with such signs needs quotes"},
		{"f(x)", 1, "column 2: a blank is missing here; text with such signs needs quotes"},
		{"r*m", 0, "column 1: a word takes a * at its end only; for more use /a regular expression/"},
		{"*", 0, "column 1: \"*\" has no letter or digit; to find signs use /a regular expression/"},
		{"\"!!!\"", 0, "column 1: \"!!!\" has no letter or digit; to find signs use /a regular expression/"},
		{"reviewed>1", 8, "column 9: reviewed has no order; use a colon"},
		{"severity >= high", 9, "column 10: a comparison takes no blank in front of it: field>=value"},
		{"reviewed:maybe", 9, "column 10: reviewed stands alone, or takes yes or no"},
		{"a\xff" "b", 1, "column 2: a byte that is not UTF-8"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_error(cases[i].text, &screen, cases[i].at, cases[i].message);
}

static void sessions_have_their_fields(void **state)
{
	(void)state;
	/* What is hidden does not exist, not even as a suggestion. */
	check_error("model:gpt-4o", &blind, 0,
		"column 1: unknown field \"model\"; for a category write category:TAXONOMY:NAME, for words use quotes");
	check_error("modell:gpt-4o", &blind, 0,
		"column 1: unknown field \"modell\"; for a category write category:TAXONOMY:NAME, for words use quotes");
	check_error("has:note", &blind, 4,
		"column 5: unknown value of has \"note\"; it is one of: error, limit, truncated, invisible, repaired, calls, reasoning");
	free(canonical("task:agentharm -reviewed words", &blind));
}

static void policies_leave_values_open(void **state)
{
	(void)state;
	free(canonical("model:not-yet task:soon score.new>1", NULL));
	/* but closed vocabularies and fields are checked everywhere */
	check_error("outcome:bad", NULL, 8,
		"column 9: unknown value of outcome \"bad\"; it is one of: pass, fail, unsure, missing, invalid, none");
	check_error("f1-areas:bio", NULL, 0,
		"column 1: unknown field \"f1-areas\"; for a category write category:TAXONOMY:NAME, for words use quotes");
	check_error("reviewer:me", NULL, 9, "column 10: nobody is \"me\" here; give the reviewer's name");
}

static void rules_see_raw_facts(void **state)
{
	(void)state;
	free(canonical("score.x<0.5 said:unsafe format:inspect task:a* -category:none", &rules));
	check_error("outcome:fail", &rules, 0, "column 1: outcome can not be used in a rule: rules see raw facts only");
	check_error("secret", &rules, 0, "column 1: a rule sees no transcript: words need a field");
}

/* ---- drilling down ---- */

static void check_and(const char *base, const char *field, struct str value, const char *expected)
{
	struct buf out = {0};
	filter_and_term(&out, str_c(base), str_c(field), value);
	assert_string_equal(out.p, expected);
	buf_fini(&out);
}

static void terms_are_added_and_quoted(void **state)
{
	(void)state;
	check_and("", "model", str_c("gpt-4o"), "model:gpt-4o");
	check_and("outcome:fail", "model", str_c("claude 3"), "outcome:fail model:\"claude 3\"");
	check_and("a or b", "model", str_c("x"), "(a or b) model:x");
	check_and("(a or b) c", "model", str_c("x"), "(a or b) c model:x");
	check_and("\"a or b\"", "model", str_c("x"), "\"a or b\" model:x");
	check_and("house:x or b", "turns", str_c("3"), "(house:x or b) turns:3");
	check_and("", "model", str_c("none"), "model:\"none\"");
	check_and("", "model", str_n(NULL, 0), "model:none");
	check_and("", "severity", str_n(NULL, 0), "severity:unrated");
	check_and("", "task", str_c("a*b"), "task:\"a*b\"");
	check_and("", "task", str_c("say \"x\\\""), "task:\"say \\\"x\\\\\\\"\"");
	check_and("", "task", str_c(""), "task:\"\"");
	check_and("", "score.model graded", str_c("C"), "score.\"model graded\":C");
}

/* ---- completion ---- */

static void collect(void *ctx, struct str word, const char *help)
{
	struct buf *b = ctx;
	assert_non_null(help);
	buf_add_str(b, word);
	buf_add_ch(b, '|');
}

static void check_completion(const char *text, const struct filter_env *env, size_t start, const char *expected)
{
	struct buf out = {0};
	size_t at = SIZE_MAX;
	buf_add_c(&out, "");
	filter_complete(str_c(text), strlen(text), env, &at, collect, &out);
	assert_int_equal(at, start);
	assert_string_equal(out.p ? out.p : "", expected);
	buf_fini(&out);
}

static void completion_offers_fields_then_values(void **state)
{
	(void)state;
	check_completion("sev", &screen, 0, "severity:|");
	check_completion("a -sev", &screen, 3, "severity:|");
	check_completion("(rev", &screen, 1, "reviewed|reviewer:|reviewers:|");
	check_completion("ail", &screen, 0, "ailuminate-1:|");
	check_completion("score.", &screen, 0, "score.security:|score.\"model graded\":|");
	check_completion("model:", &screen, 6, "gpt-4o|\"claude 3\"|\"none\"|");
	check_completion("model:GP", &screen, 6, "gpt-4o|");
	check_completion("model:gpt-4o,\"cl", &screen, 13, "\"claude 3\"|");
	check_completion("category:dr", &screen, 9, "ailuminate-1:src/drugs|");
	check_completion("ailuminate-1:s", &screen, 13, "src|src/drugs|");
	check_completion("severity>=", &screen, 10, "unrated|none|low|medium|high|critical|");
	check_completion("ruling:f", &screen, 7, "\"false positive\"|");
	check_completion("\"sev", &screen, 4, "");
	check_completion("\"a b\" sev", &screen, 6, "severity:|");
	check_completion("/sev", &screen, 4, "");
	check_completion("has:n", &screen, 4, "note|");
	check_completion("has:n", &blind, 4, "");
	check_completion("mod", &blind, 0, "");
	check_completion("model:g", &blind, 6, "");
	check_completion("sev", NULL, 0, "severity:|");
}

static void completion_survives_anything(void **state)
{
	(void)state;
	static const char signs[] = "()\"/-:,=<>! ab\\*.\xff";
	unsigned seed = 7;
	for (int i = 0; i < 20000; i++) {
		char text[24];
		size_t n = (size_t)rand_r(&seed) % sizeof text;
		for (size_t k = 0; k < n; k++)
			text[k] = signs[(size_t)rand_r(&seed) % (sizeof signs)];
		size_t at = SIZE_MAX;
		struct buf out = {0};
		filter_complete(str_n(text, n), n, &screen, &at, collect, &out);
		assert_true(at <= n);
		buf_fini(&out);
	}
}

/* ---- printing and parsing are inverse ---- */

static bool same_tree(const struct node *a, const struct node *b)
{
	if (a->kind != b->kind || a->field != b->field || a->op != b->op || !str_eq(a->sub, b->sub) ||
		a->nvalues != b->nvalues || a->nchildren != b->nchildren)
		return false;
	for (size_t i = 0; i < a->nvalues; i++)
		if (!str_eq(a->values[i], b->values[i]) || a->quoted[i] != b->quoted[i])
			return false;
	for (size_t i = 0; i < a->nchildren; i++)
		if (!same_tree(a->children[i], b->children[i]))
			return false;
	return true;
}

static void random_term(struct buf *out, unsigned *seed, int depth)
{
	static const char *const atoms[] = {
		"word", "rm*", "\"two words\"", "\"one\"", "\"or\"", "\"a \\\"q\\\" \\\\\"", "/re(g|x)/", "reviewed",
			"model:gpt*,\"x y\"", "model:none",
		"severity>=high", "severity:none", "outcome:fail,pass", "turns!=3", "score<=0.5", "score.f1>0", "score.\"a b\":C",
			"meta.k:\"1\"",
		"has:note", "role:user", "in:arguments", "category:a:b/c", "category:x*", "tool.arg.p:/etc/*", "started<2026-01-31T10:00",
		"ruling:\"missed failure\"", "answer=target", "kind:none", "scope:in", "caf\xc3\xa9", "\xe7\x82\xb8\xe5\xbc\xb9", "x-y",
	};
	int kind = depth > 4 ? 9 : rand_r(seed) % 10;
	if (kind == 0) {
		buf_add_c(out, rand_r(seed) % 2 ? "-" : "not ");
		random_term(out, seed, depth + 1);
	} else if (kind < 4) {
		const char *between = rand_r(seed) % 2 ? " or " : rand_r(seed) % 4 ? " " : " and ";
		buf_add_c(out, "( ");
		for (int i = 0, n = 1 + rand_r(seed) % 3; i <= n; i++) {
			buf_add_c(out, i ? between : "");
			random_term(out, seed, depth + 1);
		}
		buf_add_ch(out, ')');
	} else {
		buf_add_c(out, atoms[(size_t)rand_r(seed) % (sizeof atoms / sizeof *atoms)]);
	}
}

static void print_and_parse_are_inverse(void **state)
{
	(void)state;
	unsigned seed = 11;
	for (int i = 0; i < 5000; i++) {
		struct buf text = {0}, printed = {0};
		struct filter *f, *g;
		struct err err = {0};
		random_term(&text, &seed, 0);
		if (filter_parse(buf_str(&text), NULL, &f, NULL, &err) != OK)
			fail_msg("%s: %s", text.p, err_text(&err));
		filter_print(&printed, f->root);
		if (filter_parse(buf_str(&printed), NULL, &g, NULL, &err) != OK)
			fail_msg("%s: %s", printed.p, err_text(&err));
		if (!same_tree(f->root, g->root))
			fail_msg("%s\n%s", text.p, printed.p);
		filter_free(f);
		filter_free(g);
		buf_fini(&text);
		buf_fini(&printed);
	}
}

/* ---- hostile input ---- */

static void check_refused(struct str text)
{
	struct filter *f;
	struct err err = {0};
	size_t at = SIZE_MAX;
	assert_int_equal(filter_parse(text, &screen, &f, &at, &err), USAGE);
	assert_null(f);
	assert_true(at <= text.n);
	assert_true(strlen(err_text(&err)) > 10 && strlen(err_text(&err)) < 400);
	err_fini(&err);
}

static void hostile_text_is_refused(void **state)
{
	(void)state;
	struct buf b = {0};
	for (int i = 0; i < 10000; i++)
		buf_add_ch(&b, '(');
	check_refused(buf_str(&b));
	buf_clear(&b);
	for (int i = 0; i < 10000; i++)
		buf_add_ch(&b, '-');
	buf_add_c(&b, "a");
	check_refused(buf_str(&b));
	buf_clear(&b);
	for (int i = 0; i < 10000; i++)
		buf_add_c(&b, "not ");
	check_refused(buf_str(&b));
	buf_clear(&b);
	for (int i = 0; i < (1 << 20) + 1; i++)
		buf_add_ch(&b, 'a');
	check_refused(buf_str(&b));
	buf_fini(&b);
	check_refused(str_n("a\0b", 3));
	check_refused(str_n("model:\"a\0b\"", 11));
	check_refused(str_n("\0", 1));
	check_refused(str_c("\xed\xa0\x80"));
	check_refused(str_c("model:\xc3"));
	check_refused(str_c("\"\\"));
	check_refused(str_c("\"\\\""));
	check_refused(str_c("/\\"));
	check_refused(str_c("score.:1 x:"));
	check_refused(str_c("score.\"a"));
	check_refused(str_c("score.\"a\" b"));
	check_refused(str_c(":"));
	check_refused(str_c("=1"));
	check_refused(str_c("!"));
	check_refused(str_c("!="));
}

static void long_filters_are_fine(void **state)
{
	(void)state;
	struct buf b = {0};
	buf_add_c(&b, "result:1");
	for (int i = 2; i < 100000; i++)
		buf_printf(&b, ",%d", i);
	for (int i = 0; i < 10000; i++)
		buf_add_c(&b, " \"a b\"");
	struct filter *f;
	assert_int_equal(filter_parse(buf_str(&b), &screen, &f, NULL, NULL), OK);
	assert_int_equal(f->root->nchildren, 10001);
	assert_int_equal(f->root->children[0]->nvalues, 99999);
	filter_free(f);
	buf_fini(&b);
}

static void any_bytes_end_in_an_answer(void **state)
{
	(void)state;
	static const char *const bits[] = {
		"(", ")", "\"", "/", "-", ":", ",", "=", "<", ">=", "!=", " ", "or", "not", "and", "a", "model", "score.",
			"severity", "high", "none", "*",
		"\\", "\xc3\xa9", "reviewed", "has", "1", "2026-01-01", "started", "role", "in", "category", "attack", "\t", ".",
	};
	unsigned seed = 3;
	int parsed = 0;
	for (int i = 0; i < 50000; i++) {
		struct buf b = {0};
		for (int n = rand_r(&seed) % 12; n >= 0; n--)
			buf_add_c(&b, bits[(size_t)rand_r(&seed) % (sizeof bits / sizeof *bits)]);
		struct filter *f, *g;
		size_t at = 0;
		if (filter_parse(buf_str(&b), &screen, &f, &at, NULL) == OK) {
			struct buf out = {0};
			parsed++;
			filter_print(&out, f->root);
			if (filter_parse(buf_str(&out), &screen, &g, NULL, NULL) != OK || !same_tree(f->root, g->root))
				fail_msg("%s\n%s", b.p, out.p);
			filter_free(f);
			filter_free(g);
			buf_fini(&out);
		} else {
			assert_true(at <= b.n);
		}
		buf_fini(&b);
	}
	assert_true(parsed > 500);
}

static void every_field_explains_itself(void **state)
{
	(void)state;
	bool seen[F_COUNT] = {false};
	for (const struct field *f = filter_fields; f->name; f++) {
		assert_true(strlen(f->help) > 3);
		assert_false(seen[f->id]);
		seen[f->id] = true;
		assert_ptr_equal(filter_field(f->id), f);
		char *text = canonical(f->example, &(struct filter_env){.values = values, .me = {"ada", 3}});
		assert_true(strlen(text) > 0);
		free(text);
	}
	for (int id = 0; id < F_COUNT; id++)
		assert_true(seen[id]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_forms),
		cmocka_unit_test(errors_name_the_place),
		cmocka_unit_test(sessions_have_their_fields),
		cmocka_unit_test(policies_leave_values_open),
		cmocka_unit_test(rules_see_raw_facts),
		cmocka_unit_test(terms_are_added_and_quoted),
		cmocka_unit_test(completion_offers_fields_then_values),
		cmocka_unit_test(completion_survives_anything),
		cmocka_unit_test(print_and_parse_are_inverse),
		cmocka_unit_test(hostile_text_is_refused),
		cmocka_unit_test(long_filters_are_fine),
		cmocka_unit_test(any_bytes_end_in_an_answer),
		cmocka_unit_test(every_field_explains_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
