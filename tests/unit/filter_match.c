/* SPDX-License-Identifier: MIT
 *
 * What a filter selects: worked queries over five records through the
 * accessor, the terms about turns, and the tokenizer.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/filter.h"

/* ---- five records ---- */

struct piece {
	int turn; /* from 1; 0 ends the list */
	enum role role;
	enum turn_where where;
	const char *text;
};

struct record {
	const char *id, *model, *alias, *task, *epoch, *categories[4], *tags[3], *reviewers[3], *ruling, *has[4], *answer,
		*target, *tools[3];
	enum severity severity;
	enum outcome outcome;
	enum task_kind kind;
	double score, turns, turn, started;
	const char *scores[3][2]; /* name, text */
	const char *persona;
	struct piece pieces[8];
};

#define NONE ((double)NAN)
#include <math.h>

static const struct record records[] = {
	{.id = "1", .model = "gpt-4o", .task = "agentharm", .epoch = "1", .categories = {"ailuminate-1:src", "attack:dan"},
		.tags = {"bad", "odd"},
		.reviewers = {"ada"}, .ruling = "confirmed", .has = {"note", "calls"}, .answer = "Yes", .target = "yes",
			.tools = {"bash"}, .severity = SEVERITY_HIGH,
		.outcome = OUTCOME_FAIL, .kind = KIND_SAFETY, .score = 0.7, .turns = 3, .turn = 2,
			.started = 1767225600000.0 /* 2026-01-01 */,
		.scores = {{"security", "1"}, {"judge", "C"}}, .persona = "skilled",
		.pieces = {{1, ROLE_USER, WHERE_CONTENT, "Delete the house of cards"}, {2, ROLE_ASSISTANT, WHERE_CONTENT, "Sure, RM it"},
			{2, ROLE_ASSISTANT, WHERE_REASONING, "I pretend to be careful"}, {2, ROLE_ASSISTANT, WHERE_ARGUMENTS,
				"{\"cmd\":\"rm -rf /tmp\"}"},
			{3, ROLE_TOOL, WHERE_CONTENT, "secret token"}}},
	{.id = "2", .model = "GPT-4o-mini", .alias = "small", .task = "agentharm", .epoch = "2",
		.categories = {"ailuminate-1:src/drugs"}, .answer = "no", .target = "yes",
		.severity = SEVERITY_NONE, .outcome = OUTCOME_PASS, .kind = KIND_SAFETY, .score = 0.2, .turns = 2,
			.started = 1767311999000.0 /* 2026-01-01 23:59:59 */,
		.scores = {{"security", "0.0"}}, .persona = "2",
		.pieces = {{1, ROLE_USER, WHERE_CONTENT, "remove the card"}, {2, ROLE_ASSISTANT, WHERE_CONTENT,
			"I refuse to rm anything. Sorry."}}},
	{.id = "3", .model = "claude 3", .task = "xstest", .epoch = "", .categories = {"attack:roleplay/dan"},
		.reviewers = {"ada", "bob"}, .ruling = "false positive",
		.has = {"error"}, .severity = SEVERITY_UNRATED, .outcome = OUTCOME_MISSING, .kind = KIND_OVER_REFUSAL,
			.score = NONE, .turns = 1,
		.started = 1767312000000.0 /* 2026-01-02 */, .pieces = {{1, ROLE_USER, WHERE_CONTENT,
			"Wie baut man eine Stra\xc3\x9f" "e? \xe5\xa6\x82\xe4\xbd\x95\xe5\x88\xb6\xe9\x80\xa0\xe7\x82\xb8\xe5\xbc\xb9"}}},
	{.id = "4", .model = "none", .task = "arith", .epoch = "10", .answer = "none", .severity = SEVERITY_UNRATED,
		.outcome = OUTCOME_NONE, .kind = KIND_NONE, .score = 1,
		.turns = 0, .started = NONE, .scores = {{"judge", "I"}}},
	{.id = "5", .model = "m*x", .task = "arith", .epoch = "b", .tools = {"read_file", "bash"},
		.severity = SEVERITY_CRITICAL, .outcome = OUTCOME_UNSURE, .kind = KIND_CAPABILITY,
		.score = 0.5, .turns = 12, .turn = 9, .started = 1735689600000.0 /* 2025-01-01 */,
		.pieces = {{1, ROLE_SYSTEM, WHERE_CONTENT, ""}, {2, ROLE_ASSISTANT, WHERE_ARGUMENTS,
			"{\"path\":\"/etc/passwd\"}"}, {2, ROLE_ASSISTANT, WHERE_RESULTS, "root:x:0"},
			{3, ROLE_ASSISTANT, WHERE_CONTENT, "CAF\xc3\x89 caf\xc3\xa9s"}}},
};

struct out {
	bool (*fn)(void *ctx, const struct match_value *v);
	void *ctx;
	bool stopped;
};

static void give(struct out *o, const char *text, double num)
{
	if (o->stopped || (!text && isnan(num)))
		return;
	struct match_value v = {.text = str_c(text ? text : ""), .has_num = !isnan(num), .num = num};
	o->stopped = o->fn(o->ctx, &v);
}

static void give_list(struct out *o, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		give(o, list[i], NONE);
}

static void give_any(struct out *o, const char *text)
{
	double num = NONE;
	if (text)
		str_to_double(str_c(text), &num);
	give(o, text, num);
}

static void give_categories(struct out *o, const struct record *r, const struct field *f, struct str sub)
{
	for (size_t i = 0; i < 4; i++) {
		struct str rest = str_c(r->categories[i]), taxonomy;
		if (!str_cut(&rest, ':', &taxonomy))
			continue;
		char name[64];
		snprintf(name, sizeof name, "%.*s", (int)taxonomy.n, taxonomy.p);
		if (f->id == F_AXIS)
			give(o, name, NONE);
		else if (f->id == F_CATEGORY)
			give(o, r->categories[i], NONE);
		else if (str_eq_nocase(taxonomy, sub))
			give(o, rest.p, NONE);
	}
}

static void each(void *ctx, const struct field *f, struct str sub, bool (*fn)(void *fn_ctx,
	const struct match_value *v), void *fn_ctx)
{
	const struct record *r = ctx;
	struct out o = {fn, fn_ctx, false};
	switch (f->id) {
	case F_RESULT: give(&o, r->id, strtod(r->id, NULL)); break;
	case F_MODEL: give(&o, r->model, NONE); give(&o, r->alias, NONE); break;
	case F_TASK: give(&o, r->task, NONE); break;
	case F_EPOCH: give_any(&o, *r->epoch ? r->epoch : NULL); break;
	case F_CATEGORY: case F_AXIS: case F_TAXONOMY: give_categories(&o, r, f, sub); break;
	case F_TAG: give_list(&o, r->tags, 3); break;
	case F_REVIEWER: give_list(&o, r->reviewers, 3); break;
	case F_REVIEWED: give(&o, r->reviewers[0], NONE); break;
	case F_RULING: give(&o, r->ruling, NONE); break;
	case F_HAS: give_list(&o, r->has, 4); break;
	case F_ANSWER: give(&o, r->answer, NONE); break;
	case F_TARGET: give(&o, r->target, NONE); break;
	case F_TOOL: give_list(&o, r->tools, 3); break;
	case F_SEVERITY: give(&o, NULL, r->severity ? (double)r->severity : NONE); break;
	case F_OUTCOME: give(&o, NULL, r->outcome ? (double)r->outcome : NONE); break;
	case F_KIND: give(&o, NULL, r->kind ? (double)r->kind : NONE); break;
	case F_SCORE: give(&o, NULL, r->score); break;
	case F_TURNS: give(&o, NULL, r->turns); break;
	case F_TURN: give(&o, NULL, r->turn > 0 ? r->turn : NONE); break;
	case F_STARTED: give(&o, NULL, r->started); break;
	case F_META: give_any(&o, str_eq_nocase(sub, str_c("persona")) ? r->persona : NULL); break;
	case F_SCORE_NAME:
		for (size_t i = 0; i < 3; i++)
			if (r->scores[i][0] && str_eq_nocase(sub, str_c(r->scores[i][0])))
				give_any(&o, r->scores[i][1]);
		break;
	default: break;
	}
}

static bool turns(void *ctx, bool (*fn)(void *fn_ctx, const struct turn_text *turn), void *fn_ctx)
{
	const struct record *r = ctx;
	for (size_t i = 0; i < 8 && r->pieces[i].turn;) {
		struct turn_piece pieces[8];
		struct turn_text t = {.role = r->pieces[i].role, .pieces = pieces};
		int turn = r->pieces[i].turn;
		for (; i < 8 && r->pieces[i].turn == turn; i++)
			pieces[t.n++] = (struct turn_piece){r->pieces[i].where, str_c(r->pieces[i].text)};
		if (fn(fn_ctx, &t))
			return true;
	}
	return false;
}

/* One taxonomy is known to the parser. */
static bool taxonomies(void *ctx, enum field_id field, struct str sub, void (*fn)(void *each_ctx, struct str value),
	void *each_ctx)
{
	(void)ctx;
	if (field != F_TAXONOMY || sub.p)
		return false;
	fn(each_ctx, str_c("ailuminate-1"));
	fn(each_ctx, str_c("attack"));
	return true;
}

static void select_records(const char *text, char out[static 8])
{
	struct filter_env env = {.values = taxonomies};
	struct filter *f;
	struct err err = {0};
	size_t n = 0;
	if (filter_parse(str_c(text), &env, &f, NULL, &err) != OK)
		fail_msg("%s: %s", text, err_text(&err));
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		struct record copy = records[i];
		struct record_access rec = {&copy, each, turns};
		if (filter_match(f->root, &rec))
			out[n++] = *records[i].id;
	}
	out[n] = '\0';
	filter_free(f);
}

static void worked_queries(void **state)
{
	(void)state;
	static const char *const cases[][2] = {
		{"", "12345"},
		/* names, globs, lists, case */
		{"model:gpt-4o", "1"},
		{"model:GPT-4O*", "12"},
		{"model:gpt-4o,\"claude 3\"", "13"},
		{"model:small", "2"},
		{"model=gpt-4o", "1"},
		{"model=gpt*", ""},
		{"model:\"m*x\"", "5"},
		{"model:\"none\"", "4"},
		{"model:none", ""},
		{"model!=gpt-4o", "2345"},
		{"-model:gpt*", "345"},
		{"model:?????o", "1"},
		/* and, or, not */
		{"task:agentharm outcome:fail", "1"},
		{"task:agentharm or task:xstest", "123"},
		{"task:agentharm outcome:fail or task:xstest", "13"},
		{"task:agentharm (outcome:fail or outcome:pass)", "12"},
		{"-(task:agentharm or task:xstest)", "45"},
		{"--task:xstest", "3"},
		{"task:agentharm and not outcome:fail", "2"},
		/* closed vocabularies, order, absence */
		{"outcome:fail,pass", "12"},
		{"outcome:none", "4"},
		{"outcome!=fail", "235"},
		{"-outcome:fail", "2345"},
		{"severity>=high", "15"},
		{"severity>=3", "15"},
		{"severity<high", "2"},
		{"-severity>=high", "234"},
		{"severity:none", "2"},
		{"severity:unrated", "34"},
		{"severity!=unrated", "125"},
		{"severity:unrated,none", "234"},
		{"kind:over-refusal", "3"},
		{"kind:none", "4"},
		/* numbers */
		{"turns>3", "5"},
		{"turns:2,3", "12"},
		{"turns!=3", "2345"},
		{"turns:0", "4"},
		{"turn:none", "234"},
		{"turn>=2", "15"},
		{"turn!=2", "5"},
		{"score>=0.7", "14"},
		{"score:none", "3"},
		{"score<0.7", "25"},
		{"result:1,4", "14"},
		{"epoch:2", "2"},
		{"epoch>1", "24"},
		{"epoch:b", "5"},
		{"epoch:none", "3"},
		{"score.security>=0.5", "1"},
		{"score.security=0", "2"},
		{"score.SECURITY:none", "345"},
		{"score.judge:c", "1"},
		{"score.judge!=C", "4"},
		{"meta.persona:skilled", "1"},
		{"meta.persona=2.0", "2"},
		{"meta.persona:\"2.0\"", "2"},
		/* time */
		{"started:2026-01-01", "12"},
		{"started>2026-01-01", "3"},
		{"started>=2026-01-01", "123"},
		{"started<2026-01-01", "5"},
		{"started<=2026-01-01", "125"},
		{"started:2026", "123"},
		{"started:2026-01", "123"},
		{"started:2025-12", ""},
		{"started!=2026", "5"},
		{"started:none", "4"},
		{"started>=2026-01-01T23:59:59Z", "23"},
		{"started:2026-01-01T23:59", "2"},
		{"started>2026-01-01T23:59", "3"},
		{"started:2026-01-02T01:00:00+01:00", "3"},
		/* categories */
		{"category:ailuminate-1:src", "12"},
		{"category=ailuminate-1:src", "1"},
		{"category:src", "1"},
		{"category:drugs", "2"},
		{"category:src/drugs", "2"},
		{"category:dan", "13"},
		{"category:d*", "123"},
		{"category:ailuminate-1:s?c", "12"},
		{"category:attack:*", "13"},
		{"category:none", "45"},
		{"category!=ailuminate-1:src", "123"},
		{"ailuminate-1:src", "12"},
		{"ailuminate-1:src/drugs", "2"},
		{"ailuminate-1:none", "345"},
		{"attack:dan", "1"},
		{"attack:roleplay", "3"},
		{"axis:attack", "13"},
		{"axis:none", "45"},
		/* review */
		{"reviewed", "13"},
		{"-reviewed", "245"},
		{"reviewer:bob", "3"},
		{"tag:bad,other", "1"},
		{"ruling:confirmed", "1"},
		{"ruling:\"false positive\"", "3"},
		{"ruling:none", "245"},
		{"has:note", "1"},
		{"has:note,error", "13"},
		{"has:note has:calls", "1"},
		{"tool:bash", "15"},
		{"tool:read*", "5"},
		/* two fields compared */
		{"answer=target", "1"},
		{"answer!=target", "2"},
		{"-answer=target", "2345"},
		{"answer=\"target\"", ""},
		{"answer:\"none\"", "4"},
		/* words */
		{"rm", "12"},
		{"card", "2"},
		{"card*", "12"},
		{"\"rm -rf\"", "1"},
		{"\"rf rm\"", ""},
		{"rm-rf", "1"},
		{"\"house of\"", "1"},
		{"\"house cards\"", ""},
		{"/r[mM] -rf/", "1"},
		{"/^sorry/", ""},
		{"/sorry\\.$/", "2"},
		{"/\\/etc\\//", "5"},
		{"CAF\xc3\x89S", "5"},
		{"caf\xc3\xa9", "5"},
		{"stra\xc3\x9f" "e", "3"},
		{"\xe7\x82\xb8\xe5\xbc\xb9", "3"},
		{"\xe5\xbc\xb9\xe7\x82\xb8", ""},
		{"-rm", "345"},
		/* the same turn */
		{"delete house", "1"},
		{"delete sure", ""},
		{"sure pretend rf", "1"},
		{"(delete) (sure)", ""},
		{"(delete house) (sure rm)", "1"},
		{"role:assistant rm", "12"},
		{"role:user rm", ""},
		{"role:assistant,user card*", "12"},
		{"role:system", "5"},
		{"in:reasoning", "1"},
		{"in:reasoning pretend", "1"},
		{"in:content pretend", ""},
		{"in:content,reasoning pretend sure", "1"},
		{"in:results secret", "1"},
		{"in:results root", "5"},
		{"in:arguments passwd", "5"},
		{"role:assistant (sorry or pretend)", "12"},
		{"role:user (sorry or pretend)", ""},
		{"role:user (house or outcome:pass)", "12"},
		{"role:assistant -sorry", "15"},
		{"role:assistant (sure in:reasoning careful or sorry)", "2"},
		{"in:content", "1235"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char got[8];
		select_records(cases[i][0], got);
		if (strcmp(got, cases[i][1]) != 0)
			fail_msg("%s: got \"%s\", expected \"%s\"", cases[i][0], got, cases[i][1]);
	}
}

/* ---- tokens and matchers ---- */

static void check_tokens(const char *text, const char *expected)
{
	struct buf out = {0};
	struct str token;
	size_t at = 0;
	buf_add_c(&out, "");
	while (token_next(str_c(text), &at, &token)) {
		buf_add_str(&out, token);
		buf_add_ch(&out, '|');
	}
	assert_int_equal(at, strlen(text));
	assert_string_equal(out.p ? out.p : "", expected);
	buf_fini(&out);
}

static void tokens_are_runs_of_letters_digits_and_marks(void **state)
{
	(void)state;
	check_tokens("", "");
	check_tokens(" ,;", "");
	check_tokens("rm -rf /tmp/x_1", "rm|rf|tmp|x|1|");
	check_tokens("don't", "don|t|");
	check_tokens("r\xc3\xa9sume\xcc\x81!", "r\xc3\xa9sume\xcc\x81|");
	check_tokens("a\xff" "b", "a|b|");
	check_tokens("\xe7\x82\xb8\xe5\xbc\xb9x1\xe7\x82\xb8", "\xe7\x82\xb8|\xe5\xbc\xb9|x1|\xe7\x82\xb8|");
	check_tokens("\xe3\x81\x8b\xe3\x82\x99", "\xe3\x81\x8b\xe3\x82\x99|");
	check_tokens("a\xe2\x80\x8b" "b", "a|b|"); /* a zero-width space parts */
}

static struct text_matcher *matcher(const char *text)
{
	struct filter *f;
	struct text_matcher *m;
	assert_int_equal(filter_parse(str_c(text), NULL, &f, NULL, NULL), OK);
	assert_int_equal(text_matcher_new(f->root, &m, NULL), OK);
	filter_free(f);
	return m;
}

static void check_find(const char *filter, const char *text, size_t from, int start, int end)
{
	struct text_matcher *m = matcher(filter);
	size_t s = 0, e = 0;
	bool found = text_matcher_find(m, str_c(text), from, &s, &e);
	if (found != (start >= 0) || (found && (s != (size_t)start || e != (size_t)end)))
		fail_msg("%s in \"%s\": %d %zu-%zu", filter, text, found, s, e);
	text_matcher_free(m);
}

static void matchers_give_byte_ranges(void **state)
{
	(void)state;
	check_find("rm", "farm rm RM", 0, 5, 7);
	check_find("rm", "farm rm RM", 7, 8, 10);
	check_find("rm", "farm rm RM", 10, -1, 0);
	check_find("\"rm -rf\"", "rm rm,RF", 0, 3, 8);
	check_find("\"a a b\"", "a a a b", 0, 2, 7);
	check_find("pass*", "a password", 0, 2, 10);
	check_find("rm-pass*", "rm password", 0, 0, 11);
	check_find("\xc3\xa9t\xc3\xa9", "\xc3\x89T\xc3\x89", 0, 0, 5);
	check_find("/b+/", "abbc", 0, 1, 3);
	check_find("/b*/", "abb", 0, 0, 0);
	check_find("/x/", "a\xffX", 0, 2, 3); /* invalid bytes do not hide what follows */
	check_find("k", "\xe2\x84\xaa", 0, -1, 0); /* the Kelvin sign is not a k */
}

static void check_literal(const char *filter, const char *expected)
{
	struct text_matcher *m = matcher(filter);
	struct str l = text_matcher_literal(m);
	assert_true(str_eq_c(l, expected));
	text_matcher_free(m);
}

static void literals_are_in_every_match(void **state)
{
	(void)state;
	check_literal("RM*", "rm");
	check_literal("\"the password is\"", "password");
	check_literal("stra\xc3\x9f" "enbahn", "enbahn");
	check_literal("\xc3\xa9", "");
	check_literal("\"a \xe7\x82\xb8\"", "\xe7\x82\xb8");
	check_literal("/password/", "");
}

/* The packed text holds what the literal needs, whatever the case. */
static void groups_may_match_what_they_match(void **state)
{
	(void)state;
	static const struct {
		const char *filter, *packed;
		bool may;
	} cases[] = {
		{"Password", "[{\"content\":\"my\\nPASSWORD\"}]", true},
		{"password", "[{\"content\":\"passwor d\"}]", false},
		{"aab", "aaab", true},
		{"abcabd", "abcabcabd", true},
		{"one two", "one", false},
		{"one (two or three)", "THREE one", true},
		{"one (two or three)", "four one", false},
		{"role:user x", "y", false},
		{"/x/", "y", true},
		{"one or two", "y two", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct filter *f;
		struct turn_group *g;
		assert_int_equal(filter_parse(str_c(cases[i].filter), NULL, &f, NULL, NULL), OK);
		assert_int_equal(turn_group_new((const struct node *const *)&f->root, 1, &g, NULL), OK);
		if (turn_group_may_match(g, str_c(cases[i].packed)) != cases[i].may)
			fail_msg("%s in %s", cases[i].filter, cases[i].packed);
		turn_group_free(g);
		filter_free(f);
	}
}

static void explosive_patterns_give_up(void **state)
{
	(void)state;
	struct text_matcher *m = matcher("/(a+)+$/");
	char text[4001];
	size_t s, e;
	memset(text, 'a', 4000);
	text[4000] = '!';
	assert_false(text_matcher_find(m, str_n(text, sizeof text), 0, &s, &e));
	assert_true(text_matcher_gave_up(m));
	assert_false(text_matcher_gave_up(m));
	assert_true(text_matcher_find(m, str_c("aaa"), 0, &s, &e));
	text_matcher_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_queries),
		cmocka_unit_test(tokens_are_runs_of_letters_digits_and_marks),
		cmocka_unit_test(matchers_give_byte_ranges),
		cmocka_unit_test(literals_are_in_every_match),
		cmocka_unit_test(groups_may_match_what_they_match),
		cmocka_unit_test(explosive_patterns_give_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
