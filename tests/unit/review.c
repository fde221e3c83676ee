/* SPDX-License-Identifier: MIT
 *
 * Annotating, taking back, settling, scope and direction.
 */
#include "review/review.h"

#include "store_make.h"

struct bench {
	struct store *s;
	struct facts *f;
	struct err err;
};

static int fresh(void **state)
{
	struct bench *b = calloc(1, sizeof *b);
	drop_path();
	b->s = make_open(STORE_CREATE);
	make_load(b->s, "a.json", 1, 0, 5, 0);
	ok(facts_open(b->s, &b->f, &b->err), &b->err);
	*state = b;
	return 0;
}

static int gone(void **state)
{
	struct bench *b = *state;
	facts_close(b->f);
	store_close(b->s);
	err_fini(&b->err);
	free(b);
	drop_path();
	return 0;
}

static void annotate(struct bench *b, const char *reviewer, struct review_note n)
{
	char id[SHA256_HEX];
	ok(review_annotate(b->s, b->f, reviewer, &n, id, &b->err), &b->err);
	assert_int_equal(strlen(id), 64);
}

/* The reviewer's current entry on the whole of result 2. */
static enum status current(struct bench *b, const char *reviewer, struct arena *a, struct entry *out)
{
	struct entry like = {.kind = str_c("annotation"), .reviewer = str_c(reviewer)};
	struct result_row row;
	ok(store_result(b->s, 2, a, &row, &b->err), &b->err);
	memcpy(like.uid, row.uid, sizeof like.uid);
	return ledger_current(b->s, &like, a, out, &b->err);
}

static void later_annotations_take_over_what_they_do_not_say(void **state)
{
	struct bench *b = *state;
	struct arena a = {0};
	struct entry e;
	annotate(b, "ann", (struct review_note){.result_id = 2, .outcome = OUTCOME_FAIL, .note = str_c("why")});
	annotate(b, "ann",
		(struct review_note){.result_id = 2, .has_severity = true, .severity = SEVERITY_HIGH, .tags = str_c("t")});
	ok(current(b, "ann", &a, &e), &b->err);
	assert_int_equal(e.outcome, OUTCOME_FAIL);
	assert_true(e.has_severity && e.severity == SEVERITY_HIGH);
	assert_true(str_eq_c(e.note, "why") && str_eq_c(e.tags, "t"));
	assert_int_equal(e.supersedes.n, 64);
	annotate(b, "ann", (struct review_note){.result_id = 2, .outcome = OUTCOME_PASS, .note = str_c("")});
	ok(current(b, "ann", &a, &e), &b->err);
	assert_int_equal(e.outcome, OUTCOME_PASS);
	assert_false(e.note.p);
	assert_true(str_eq_c(e.tags, "t"));
	/* Another reviewer, another turn and other words are other annotations. */
	annotate(b, "bob", (struct review_note){.result_id = 2, .outcome = OUTCOME_FAIL});
	annotate(b, "ann", (struct review_note){.result_id = 2, .turn = 2, .outcome = OUTCOME_FAIL});
	annotate(b, "ann", (struct review_note){.result_id = 2, .turn = 2, .start = 0, .end = 2, .note = str_c("here")});
	ok(current(b, "ann", &a, &e), &b->err);
	assert_int_equal(e.outcome, OUTCOME_PASS);
	ok(facts_refresh(b->f, NULL, &b->err), &b->err);
	const struct review *r = facts_review(b->f, 2);
	assert_non_null(r);
	assert_int_equal(r->reviewers, 2);
	assert_int_equal(r->votes[OUTCOME_PASS], 1);
	assert_int_equal(r->votes[OUTCOME_FAIL], 1);
	ok(ledger_verify(b->s, &b->err), &b->err);
	arena_fini(&a);
}

static void evidence_is_named(void **state)
{
	struct bench *b = *state;
	struct arena a = {0};
	struct entry e;
	unsigned char sum[SHA256_SIZE];
	char hex[SHA256_HEX];
	annotate(b, "ann", (struct review_note){.result_id = 2, .turn = 1, .start = 3, .end = 5, .outcome = OUTCOME_FAIL});
	ok(ledger_newest(b->s, str_c("ann"), &a, &e, &b->err), &b->err);
	sha256_of(str_c("it"), sum);
	hex_encode(sum, sizeof sum, hex);
	assert_string_equal(e.words, hex);
	assert_int_equal(strlen(e.digest), 2 * DIGEST_SIZE);
	assert_int_equal(strlen(e.uid), 2 * UID_SIZE);
	arena_fini(&a);
}

static void what_can_not_be_is_refused(void **state)
{
	struct bench *b = *state;
	char id[SHA256_HEX];
	const struct review_note wrong[] = {
		{.result_id = 2},
		{.result_id = 99, .outcome = OUTCOME_FAIL},
		{.result_id = 2, .turn = 4, .outcome = OUTCOME_FAIL},
		{.result_id = 2, .turn = 1, .start = 2, .end = 1, .outcome = OUTCOME_FAIL},
		{.result_id = 2, .turn = 1, .end = 6, .outcome = OUTCOME_FAIL},
		{.result_id = 2, .end = 6, .outcome = OUTCOME_FAIL},
		{.result_id = 2, .outcome = OUTCOME_MISSING},
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(review_annotate(b->s, b->f, "ann", &wrong[i], id, &b->err), USAGE);
	assert_int_equal(review_undo(b->s, b->f, "ann", NULL, &b->err), END);
}

static void undo_walks_back(void **state)
{
	struct bench *b = *state;
	struct arena a = {0};
	struct entry e;
	struct buf what = {0};
	annotate(b, "ann", (struct review_note){.result_id = 2, .outcome = OUTCOME_FAIL});
	annotate(b, "ann", (struct review_note){.result_id = 2, .outcome = OUTCOME_PASS});
	annotate(b, "bob", (struct review_note){.result_id = 2, .outcome = OUTCOME_UNSURE});
	ok(review_undo(b->s, b->f, "ann", &what, &b->err), &b->err);
	assert_string_equal(what.p, "annotation of item-1: pass");
	ok(current(b, "ann", &a, &e), &b->err);
	assert_int_equal(e.outcome, OUTCOME_FAIL);
	ok(review_undo(b->s, b->f, "ann", NULL, &b->err), &b->err);
	assert_int_equal(current(b, "ann", &a, &e), END);
	assert_int_equal(review_undo(b->s, b->f, "ann", NULL, &b->err), END);
	ok(current(b, "bob", &a, &e), &b->err);
	buf_fini(&what);
	arena_fini(&a);
}

static void adjudication_settles(void **state)
{
	struct bench *b = *state;
	char id[SHA256_HEX];
	enum decider who;
	const struct review_note pass = {.result_id = 2, .outcome = OUTCOME_PASS},
				 fails = {.result_id = 2, .outcome = OUTCOME_FAIL};
	annotate(b, "ann", fails);
	ok(review_adjudicate(b->s, "lead", &fails, id, &b->err), &b->err);
	ok(review_adjudicate(b->s, "other lead", &pass, id, &b->err), &b->err);
	ok(facts_refresh(b->f, NULL, &b->err), &b->err);
	assert_int_equal(facts_outcome(b->f, 2, &decide_shipped, &who), OUTCOME_PASS);
	assert_int_equal(who, DECIDER_ADJUDICATED);
	ok(review_invalidate(b->s, "boss", str_c(id), str_c("no mandate"), &b->err), &b->err);
	ok(facts_refresh(b->f, NULL, &b->err), &b->err);
	assert_int_equal(facts_outcome(b->f, 2, &decide_shipped, &who), OUTCOME_FAIL);
	assert_int_equal(who, DECIDER_HUMAN);
	assert_int_equal(review_invalidate(b->s, "boss", str_c("ff"), str_c("x"), &b->err), USAGE);
	assert_int_equal(review_invalidate(b->s, "boss", str_c(id), str_c(""), &b->err), USAGE);
}

static void scope_direction_and_declarations(void **state)
{
	struct bench *b = *state;
	struct arena a = {0};
	struct entry e, like = {.kind = str_c("declaration"), .subject = str_c("bio/gpt-x")};
	assert_int_equal(review_scope(b->s, "ann", make_run.key, false, str_c(""), &b->err), USAGE);
	ok(review_scope(b->s, "ann", make_run.key, false, str_c("pilot"), &b->err), &b->err);
	ok(review_confirm_direction(b->s, "ann", str_c("chem"), &b->err), &b->err);
	ok(facts_refresh(b->f, NULL, &b->err), &b->err);
	const struct columns *c = facts_columns(b->f);
	assert_int_equal(facts_names(b->f)->run_in_scope[c->run[1]], 0);
	assert_int_equal(facts_names(b->f)->task_confirmed[c->task[1]], 1);
	ok(review_scope(b->s, "bob", make_run.key, true, str_c(""), &b->err), &b->err);
	ok(facts_refresh(b->f, NULL, &b->err), &b->err);
	assert_int_equal(facts_names(b->f)->run_in_scope[facts_columns(b->f)->run[1]], 1);
	assert_int_equal(review_declare(b->s, "ann", str_c("bio"), str_c("gpt-x"), true, str_c(""), &b->err), USAGE);
	ok(review_declare(b->s, "ann", str_c("bio"), str_c("gpt-x"), true, str_c("panel"), &b->err), &b->err);
	ok(review_declare(b->s, "bob", str_c("bio"), str_c("gpt-x"), false, str_c("second panel"), &b->err), &b->err);
	ok(ledger_current(b->s, &like, &a, &e, &b->err), &b->err);
	assert_true(str_eq_c(e.value, "not-red") && str_eq_c(e.reviewer, "bob"));
	arena_fini(&a);
}

static void rulings_are_derived(void **state)
{
	(void)state;
	assert_string_equal(review_ruling(OUTCOME_FAIL, OUTCOME_FAIL), "confirmed");
	assert_string_equal(review_ruling(OUTCOME_FAIL, OUTCOME_PASS), "false positive");
	assert_string_equal(review_ruling(OUTCOME_PASS, OUTCOME_FAIL), "missed failure");
	assert_string_equal(review_ruling(OUTCOME_PASS, OUTCOME_PASS), "agrees: pass");
	assert_string_equal(review_ruling(OUTCOME_FAIL, OUTCOME_NONE), "");
}

static void somebody_always_reviews(void **state)
{
	(void)state;
	assert_string_equal(reviewer_name("ann"), "ann");
	assert_true(strlen(reviewer_name(NULL)) > 0);
	assert_true(strlen(reviewer_name("")) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(later_annotations_take_over_what_they_do_not_say, fresh, gone),
		cmocka_unit_test_setup_teardown(evidence_is_named, fresh, gone),
		cmocka_unit_test_setup_teardown(what_can_not_be_is_refused, fresh, gone),
		cmocka_unit_test_setup_teardown(undo_walks_back, fresh, gone),
		cmocka_unit_test_setup_teardown(adjudication_settles, fresh, gone),
		cmocka_unit_test_setup_teardown(scope_direction_and_declarations, fresh, gone),
		cmocka_unit_test(rulings_are_derived),
		cmocka_unit_test(somebody_always_reviews),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
