/* SPDX-License-Identifier: MIT
 *
 * The rules language: what a line says, where a bad one is bad, and what is
 * derived from raw facts.
 */
#include "unit.h"

#include <math.h>

#include "ingest/rules.h"

struct made {
	struct ruleset *rs;
	struct arena a;
	struct derived d;
	uint64_t hits[2];
};

static void make(struct made *m, const char *rules)
{
	struct err err = {0};
	*m = (struct made){.rs = ruleset_new()};
	if (ruleset_add(m->rs, "t", (struct str){0}, str_c(rules), &err) != OK)
		fail_msg("%s", err_text(&err));
}

static void derive(struct made *m, const struct raw_facts *raw)
{
	m->hits[0] = m->hits[1] = 0;
	ruleset_derive(m->rs, raw, &m->a, &m->d, m->hits);
}

static void end(struct made *m)
{
	ruleset_free(m->rs);
	arena_fini(&m->a);
}

static void assert_str(struct str s, const char *want)
{
	if (!str_eq_c(s, want))
		fail_msg("got \"%.*s\", want \"%s\"", (int)s.n, s.p ? s.p : "", want);
}

static void assert_refused(const char *rules, const char *what)
{
	struct ruleset *rs = ruleset_new();
	struct err err = {0};
	assert_int_equal(ruleset_add(rs, "r", (struct str){0}, str_c(rules), &err), USAGE);
	if (!strstr(err_text(&err), what))
		fail_msg("\"%s\" does not say \"%s\"", err_text(&err), what);
	err_fini(&err);
	ruleset_free(rs);
}

static void later_rules_win_field_by_field(void **state)
{
	(void)state;
	struct made m;
	make(&m, "# first\nsaid:yes => set outcome=fail severity=high\n\nmodel:x => set outcome=pass\n");
	derive(&m, &(struct raw_facts){.raw_outcome = str_c("YES"), .model = str_c("x")});
	assert_int_equal(m.d.outcome, OUTCOME_PASS);
	assert_int_equal(m.d.severity, SEVERITY_HIGH);
	assert_str(m.d.why, "t:4");
	assert_int_equal(m.hits[0], 3);
	derive(&m, &(struct raw_facts){.raw_outcome = str_c("no"), .model = str_c("y")});
	assert_int_equal(m.d.outcome, OUTCOME_MISSING);
	assert_int_equal(m.hits[0], 0);
	end(&m);
}

static void what_is_missing_says_why(void **state)
{
	(void)state;
	struct made m;
	make(&m, "");
	const struct in_score score = {.name = str_c("success"), .value_text = str_c("1"), .has_num = true, .num = 1};
	derive(&m, &(struct raw_facts){.scores = &score, .nscores = 1});
	assert_str(m.d.why, "direction not set");
	assert_true(m.d.score > 0.99);
	derive(&m, &(struct raw_facts){.error = str_c("timeout"), .raw_outcome = str_c("x")});
	assert_str(m.d.why, "error");
	derive(&m, &(struct raw_facts){.raw_outcome = str_c("odd")});
	assert_str(m.d.why, "no rule for the word \"odd\"");
	derive(&m, &(struct raw_facts){.turns = 2});
	assert_str(m.d.why, "unscored");
	assert_true(isnan(m.d.score));
	end(&m);
}

static void scores_meta_and_categories_can_be_asked(void **state)
{
	(void)state;
	struct made m;
	make(&m, "score.harm>=0.5 => set outcome=fail score=harm\n"
	         "meta.plugin:\"a \\\"b\\\"\" => set kind=safety\n"
	         "meta.n>2 => set severity=low\n"
	         "category:tax:a => set category+=house:x category-=gone*\n"
	         "axis:tax rater:judge-* => set alias=\"Big Model\"\n");
	const struct in_score scores[] = {
	        {.name = str_c("tone"), .value_text = str_c("rude")},
	        {.name = str_c("harm"), .rater = str_c("judge-1"), .value_text = str_c("0.5"), .has_num = true, .num = 0.5},
	        {.name = str_c("other"), .value_text = str_c("9"), .has_num = true, .num = 9},
	};
	const struct in_category cats[] = {
	        {.taxonomy = str_c("tax"), .path = str_c("of a turn"), .turn = 2}, /* counts for the result, behind its own */
	        {.taxonomy = str_c("tax"), .path = str_c("a/b")},
	        {.taxonomy = str_c("tax"), .path = str_c("gone/away")},
	};
	derive(&m, &(struct raw_facts){.scores = scores,
	                   .nscores = 3,
	                   .categories = cats,
	                   .ncategories = 3,
	                   .meta = str_c("{\"k\":\"v, }\",\"plugin\":\"a \\\"b\\\"\",\"n\":3}")});
	assert_int_equal(m.d.outcome, OUTCOME_FAIL);
	assert_true(m.d.score > 0.49 && m.d.score < 0.51);
	assert_int_equal(m.d.kind, KIND_SAFETY);
	assert_int_equal(m.d.severity, SEVERITY_LOW);
	assert_str(m.d.alias, "Big Model");
	assert_int_equal(m.d.ncategories, 3);
	assert_str(m.d.categories[0].path, "a/b");
	assert_str(m.d.categories[1].path, "of a turn");
	assert_str(m.d.categories[2].taxonomy, "house");
	end(&m);
}

static void failures_are_located(void **state)
{
	(void)state;
	struct made m;
	make(&m, "said:bad => set outcome=fail\nsaid:late => set outcome=fail fail_turn=last\nsaid:fine => set outcome=pass\n");
	const uint32_t one[] = {3}, three[] = {2, 4, 6};
	struct raw_facts raw = {.raw_outcome = str_c("bad"), .turns = 4, .assistant = one, .nassistant = 1};
	derive(&m, &raw);
	assert_int_equal(m.d.fail_turn, 3);
	assert_int_equal(m.d.fail_step, 1);
	raw = (struct raw_facts){.raw_outcome = str_c("bad"), .turns = 7, .assistant = three, .nassistant = 3};
	derive(&m, &raw);
	assert_int_equal(m.d.fail_turn, 0);
	raw.raw_fail_turn = 5; /* a tool turn: the step before it */
	derive(&m, &raw);
	assert_int_equal(m.d.fail_turn, 5);
	assert_int_equal(m.d.fail_step, 2);
	raw.raw_outcome = str_c("late");
	derive(&m, &raw);
	assert_int_equal(m.d.fail_turn, 6);
	assert_int_equal(m.d.fail_step, 3);
	raw.raw_outcome = str_c("fine");
	derive(&m, &raw);
	assert_int_equal(m.d.fail_turn, 0);
	raw.raw_outcome = str_c("bad");
	raw.raw_fail_turn = 99; /* beyond the transcript */
	derive(&m, &raw);
	assert_int_equal(m.d.fail_turn, 0);
	end(&m);
}

static void rules_of_a_format_leave_others_alone(void **state)
{
	(void)state;
	struct made m;
	struct err err = {0};
	make(&m, "");
	assert_int_equal(ruleset_add(m.rs, "x", str_c("x"), str_c("turns>=0 => set outcome=fail"), &err), OK);
	derive(&m, &(struct raw_facts){.format = str_c("x")});
	assert_int_equal(m.d.outcome, OUTCOME_FAIL);
	derive(&m, &(struct raw_facts){.format = str_c("y")});
	assert_int_equal(m.d.outcome, OUTCOME_MISSING);
	end(&m);
}

static void labels_come_last(void **state)
{
	(void)state;
	struct made m;
	make(&m, "said:x => set severity=low\nanswer:B target:B => set outcome=pass\n");
	ruleset_add_label(m.rs,
	        &(struct label){.task = str_c("t"), .item = str_c("i"), .field = str_c("severity"), .value = str_c("critical")});
	ruleset_add_label(m.rs, &(struct label){.item = str_c("i"), .field = str_c("category"), .value = str_c("bank:a/b")});
	ruleset_add_label(m.rs, &(struct label){.item = str_c("i"), .field = str_c("target"), .value = str_c("B")});
	derive(&m, &(struct raw_facts){.task = str_c("t"), .item = str_c("i"), .raw_outcome = str_c("x"), .answer = str_c("B")});
	assert_int_equal(m.d.severity, SEVERITY_CRITICAL);
	assert_int_equal(m.d.outcome, OUTCOME_PASS);
	assert_str(m.d.categories[0].path, "a/b");
	derive(&m, &(struct raw_facts){.task = str_c("other"), .item = str_c("i"), .raw_outcome = str_c("x")});
	assert_int_equal(m.d.severity, SEVERITY_LOW);
	assert_int_equal(m.d.ncategories, 1);
	derive(&m, &(struct raw_facts){.task = str_c("t"), .item = str_c("j"), .raw_outcome = str_c("x")});
	assert_int_equal(m.d.ncategories, 0);
	end(&m);
}

static void our_severity_words_need_no_rule(void **state)
{
	(void)state;
	struct made m;
	make(&m, "");
	derive(&m, &(struct raw_facts){.raw_severity = str_c("High"), .raw_item_severity = str_c("3")});
	assert_int_equal(m.d.severity, SEVERITY_HIGH);
	assert_int_equal(m.d.item_severity, SEVERITY_UNRATED); /* a number is the tool's own scale */
	end(&m);
}

static void bad_lines_are_refused_with_their_place(void **state)
{
	(void)state;
	assert_refused("model:x", "r, line 1, column 1: a rule is");
	assert_refused("\n\nmodel:x => outcome=fail", "r, line 3");
	assert_refused("model:x => set outcome=wrong", "pass, fail, unsure");
	assert_refused("model:x => set severty=low", "did you mean severity?");
	assert_refused("model:x => set outcome+=fail", "outcome takes");
	assert_refused("model:x => set", "nothing is set");
	assert_refused("model:x => set fail_turn=0", "a number from 1");
	assert_refused("modle:x => set outcome=fail", "r, line 1");
	assert_refused("reviewed => set outcome=fail", "r, line 1"); /* not a raw fact */
	assert_refused("model:x => set category=a", "category+=TAXONOMY:PATH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(later_rules_win_field_by_field),
	        cmocka_unit_test(what_is_missing_says_why),
	        cmocka_unit_test(scores_meta_and_categories_can_be_asked),
	        cmocka_unit_test(failures_are_located),
	        cmocka_unit_test(rules_of_a_format_leave_others_alone),
	        cmocka_unit_test(labels_come_last),
	        cmocka_unit_test(our_severity_words_need_no_rule),
	        cmocka_unit_test(bad_lines_are_refused_with_their_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
