/* SPDX-License-Identifier: MIT
 *
 * The overlay of reviews, groups, sorting, cancelling: on a small database
 * whose numbers can be counted by hand.
 */
#include "store_make.h"

#include "facts/facts.h"

/* Results 1 … 20 of make_load: odd items gpt-x, even llama-y; all failed, severity high, score 0.5. */
enum { RESULTS = 20 };

static struct facts *open_facts(struct store *s)
{
	struct facts *f;
	struct err err = {0};
	ok(facts_open(s, &f, &err), &err);
	return f;
}

static struct entry entry_about(struct store *s, int64_t id, const char *kind, const char *reviewer, enum outcome outcome)
{
	struct arena a = {0};
	struct result_row row;
	struct err err = {0};
	static int64_t at = 1000;
	struct entry e = {.kind = str_c(kind), .reviewer = str_c(reviewer), .outcome = outcome, .at_ms = at++};
	ok(store_result(s, id, &a, &row, &err), &err);
	snprintf(e.uid, sizeof e.uid, "%s", row.uid);
	hex_encode(row.digest, DIGEST_SIZE, e.digest);
	arena_fini(&a);
	return e;
}

static void add(struct store *s, struct entry *e)
{
	struct err err = {0};
	ok(ledger_add(s, e, &err), &err);
}

static void say(struct store *s, int64_t id, const char *kind, const char *reviewer, enum outcome outcome)
{
	struct entry e = entry_about(s, id, kind, reviewer, outcome);
	add(s, &e);
}

static void refer(struct store *s, const char *kind, const char *id)
{
	struct entry e = {.kind = str_c(kind), .reviewer = str_c("ada"), .supersedes = str_c(id), .at_ms = 2000};
	add(s, &e);
}

static void refresh(struct facts *f)
{
	struct err err = {0};
	bool changed = false;
	ok(facts_refresh(f, &changed, &err), &err);
	assert_true(changed);
}

static size_t count(struct facts *f, struct store *s, const char *text)
{
	struct bitset set;
	struct err err = {0};
	ok(facts_select_text(f, s, str_c(text), &set, &err), &err);
	size_t n = bitset_count(&set);
	bitset_fini(&set);
	return n;
}

static enum outcome outcome(struct facts *f, int64_t id)
{
	return facts_outcome(f, id, &decide_shipped, NULL);
}

static void reviews_decide(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	enum decider who;
	assert_int_equal(facts_total(f), RESULTS);
	assert_null(facts_review(f, 1));
	assert_int_equal(facts_outcome(f, 1, &decide_shipped, &who), OUTCOME_FAIL);
	assert_int_equal(who, DECIDER_AUTO);
	assert_int_equal(facts_outcome(f, 99, &decide_shipped, &who), OUTCOME_NONE);

	say(s, 1, "annotation", "ada", OUTCOME_PASS);
	say(s, 2, "annotation", "ada", OUTCOME_PASS);
	say(s, 2, "annotation", "bob", OUTCOME_FAIL);
	say(s, 3, "annotation", "ada", OUTCOME_PASS);
	say(s, 3, "adjudication", "lead", OUTCOME_FAIL);
	refresh(f);
	assert_int_equal(facts_outcome(f, 1, &decide_shipped, &who), OUTCOME_PASS);
	assert_int_equal(who, DECIDER_HUMAN);
	assert_int_equal(outcome(f, 2), OUTCOME_UNSURE);
	assert_int_equal(facts_outcome(f, 3, &decide_shipped, &who), OUTCOME_FAIL);
	assert_int_equal(who, DECIDER_ADJUDICATED);
	assert_int_equal(review_state_of(facts_review(f, 1)), REVIEW_DONE);
	assert_int_equal(review_state_of(facts_review(f, 2)), REVIEW_CONFLICT);
	assert_int_equal(review_state_of(facts_review(f, 3)), REVIEW_ADJUDICATED);
	assert_int_equal(count(f, s, "outcome:pass"), 1);
	assert_int_equal(count(f, s, "auto:pass"), 0);
	assert_int_equal(count(f, s, "ruling:\"false positive\""), 1);
	assert_int_equal(count(f, s, "ruling:confirmed"), 1);
	assert_int_equal(count(f, s, "reviewers:2"), 1);

	/* Two reviewers are asked for: one is not enough. */
	const struct decide_order two = {.order = {DECIDER_HUMAN, DECIDER_AUTO}, .n = 2, .min_reviewers = 2};
	assert_int_equal(facts_outcome(f, 1, &two, &who), OUTCOME_FAIL);
	assert_int_equal(facts_outcome(f, 2, &two, &who), OUTCOME_UNSURE);
	struct filter *filter;
	struct bitset set;
	struct err err = {0};
	ok(filter_parse(str_c("outcome:fail"), NULL, &filter, NULL, &err), &err);
	ok(facts_select(f, NULL, filter, &two, NULL, &set, &err), &err);
	assert_int_equal(bitset_count(&set), RESULTS - 1);
	bitset_fini(&set);
	const struct decide_order automatic = {.order = {DECIDER_AUTO}, .n = 1, .min_reviewers = 1};
	ok(facts_select(f, NULL, filter, &automatic, NULL, &set, &err), &err);
	assert_int_equal(bitset_count(&set), RESULTS);
	bitset_fini(&set);
	filter_free(filter);
	facts_close(f);
}

static void undo_supersede_invalidate(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct entry first = entry_about(s, 5, "annotation", "ada", OUTCOME_PASS);
	add(s, &first);
	struct entry second = entry_about(s, 5, "annotation", "ada", OUTCOME_UNSURE);
	second.supersedes = str_c(first.id);
	add(s, &second);
	refresh(f);
	assert_int_equal(outcome(f, 5), OUTCOME_UNSURE);
	assert_int_equal(facts_review(f, 5)->reviewers, 1);
	/* Undone, it never was. */
	refer(s, "undo", second.id);
	refresh(f);
	assert_int_equal(outcome(f, 5), OUTCOME_PASS);
	/* Invalidated, it no longer counts. */
	refer(s, "invalidation", first.id);
	refresh(f);
	assert_int_equal(outcome(f, 5), OUTCOME_FAIL);
	assert_null(facts_review(f, 5));
	/* What an invalidated entry replaced does not come back. */
	struct entry third = entry_about(s, 6, "annotation", "ada", OUTCOME_PASS);
	add(s, &third);
	struct entry fourth = entry_about(s, 6, "annotation", "ada", OUTCOME_UNSURE);
	fourth.supersedes = str_c(third.id);
	add(s, &fourth);
	refer(s, "invalidation", fourth.id);
	refresh(f);
	assert_null(facts_review(f, 6));
	assert_int_equal(strlen(facts_head(f)), 64);
	facts_close(f);
}

static void turns_propagate_unless_the_whole_is_said(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct entry good = entry_about(s, 7, "annotation", "ada", OUTCOME_PASS), bad = entry_about(s, 7, "annotation", "ada", OUTCOME_FAIL);
	good.turn = 1;
	bad.turn = 2;
	add(s, &good);
	add(s, &bad);
	struct entry remark = entry_about(s, 7, "annotation", "ada", OUTCOME_NONE);
	remark.note = str_c("look here");
	remark.has_severity = true;
	remark.severity = SEVERITY_CRITICAL;
	add(s, &remark);
	refresh(f);
	const struct review *r = facts_review(f, 7);
	assert_int_equal(r->votes[OUTCOME_FAIL], 1);
	assert_int_equal(r->votes[OUTCOME_PASS], 0);
	assert_int_equal(r->fail_turn, 2);
	assert_true(r->has_note);
	assert_int_equal(facts_severity(f, 7), SEVERITY_CRITICAL);
	assert_int_equal(facts_severity(f, 8), SEVERITY_HIGH);
	say(s, 7, "annotation", "ada", OUTCOME_PASS);
	refresh(f);
	assert_int_equal(facts_review(f, 7)->votes[OUTCOME_PASS], 1);
	assert_int_equal(facts_review(f, 7)->reviewers, 1);
	assert_int_equal(count(f, s, "severity:critical"), 1);
	assert_int_equal(count(f, s, "has:note"), 1);
	facts_close(f);
}

static void moved_evidence_is_flagged(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	unsigned char sum[SHA256_SIZE];
	say(s, 1, "annotation", "ada", OUTCOME_FAIL); /* of the whole result */
	struct entry words = entry_about(s, 2, "annotation", "ada", OUTCOME_FAIL);
	words.turn = 2;
	words.end = 2;
	sha256_of(str_c("ok"), sum);
	hex_encode(sum, sizeof sum, words.words);
	add(s, &words);
	refresh(f);
	assert_false(facts_review(f, 1)->moved);
	assert_false(facts_review(f, 2)->moved);
	/* A revision: other digest, the same words. */
	make_load(s, "a.json", 9, 0, RESULTS, 1);
	refresh(f);
	assert_true(facts_review(f, 1)->moved);
	assert_false(facts_review(f, 2)->moved);
	assert_int_equal(count(f, s, "has:moved"), 1);
	/* The outcome of the rules changed, what people say stays. */
	assert_int_equal(outcome(f, 1), OUTCOME_FAIL);
	assert_int_equal(outcome(f, 3), OUTCOME_PASS);
	assert_int_equal(count(f, s, "ruling:\"missed failure\""), 2);
	facts_close(f);
}

static void annotations_wait_for_their_result(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct entry e = {.kind = str_c("annotation"), .reviewer = str_c("ada"), .outcome = OUTCOME_PASS, .at_ms = 7};
	unsigned char sum[SHA256_SIZE];
	sha256_of(str_c("item-30"), sum);
	hex_encode(sum, UID_SIZE, e.uid);
	add(s, &e);
	refresh(f);
	const struct annotation *all;
	assert_int_equal(facts_annotations(f, &all), 1);
	assert_true(all[0].current && all[0].result_id == 0);
	make_load(s, "b.json", 2, 30, 31, 0);
	refresh(f);
	facts_annotations(f, &all);
	assert_int_equal(all[0].result_id, RESULTS + 1);
	assert_int_equal(outcome(f, RESULTS + 1), OUTCOME_PASS);
	facts_close(f);
}

/* ---- selecting ---- */

static void columns_need_no_store(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	static const struct {
		const char *text;
		bool store;
	} cases[] = {
		{"", false}, {"model:x outcome:fail or -category:y", false}, {"severity>=high score<1 turns>2 reviewed has:note", false},
		{"word", true}, {"item:x", true}, {"has:reasoning", true}, {"-(model:x or meta.k:1)", true}, {"role:user", true},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct filter *filter;
		struct bitset set;
		struct err err = {0};
		ok(filter_parse(str_c(cases[i].text), NULL, &filter, NULL, &err), &err);
		assert_int_equal(facts_needs_store(filter), cases[i].store);
		assert_int_equal(facts_select(f, NULL, filter, NULL, NULL, &set, &err), cases[i].store ? FAIL : OK);
		bitset_fini(&set);
		filter_free(filter);
		err_fini(&err);
	}
	assert_int_equal(count(f, s, "model:gpt-x"), RESULTS / 2);
	assert_int_equal(count(f, s, "item:item-3"), 1);
	assert_int_equal(count(f, s, "\"do it\" -role:system"), RESULTS);
	assert_int_equal(count(f, s, "tool:bash tool.arg.cmd:ls in:results 42"), RESULTS);
	assert_int_equal(count(f, s, "in:arguments 42"), 0);
	facts_close(f);
}

static void a_set_can_be_cancelled(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	static const char *const cases[] = {"model:gpt-x", "word", "", "score>0.1"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		atomic_bool cancel = true;
		struct filter *filter;
		struct bitset set;
		ok(filter_parse(str_c(cases[i]), NULL, &filter, NULL, NULL), NULL);
		assert_int_equal(facts_select(f, s, filter, NULL, &cancel, &set, NULL), CANCELLED);
		assert_int_equal(bitset_count(&set), 0);
		bitset_fini(&set);
		filter_free(filter);
	}
	facts_close(f);
}

static void wrong_filters_are_explained(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct bitset set;
	struct err err = {0};
	assert_int_equal(facts_select_text(f, s, str_c("modle:x"), &set, &err), USAGE);
	assert_string_equal(err_text(&err), "column 1: unknown field \"modle\"; did you mean \"model\"?");
	assert_int_equal(bitset_count(&set), 0);
	bitset_fini(&set);
	struct filter_env env = facts_filter_env(f);
	struct filter *filter;
	env.check_values = true;
	assert_int_equal(filter_parse(str_c("model:gpt-z"), &env, &filter, NULL, &err), USAGE);
	assert_string_equal(err_text(&err), "column 7: unknown model \"gpt-z\"; did you mean \"gpt-x\"?");
	ok(filter_parse(str_c("model:alias ax:a/b category:c axis:ax"), &env, &filter, NULL, &err), &err);
	filter_free(filter);
	assert_int_equal(filter_parse(str_c("reviewer:me"), &env, &filter, NULL, &err), USAGE);
	facts_set_reviewer(f, str_c("ada"));
	env = facts_filter_env(f);
	ok(filter_parse(str_c("reviewer:me"), &env, &filter, NULL, &err), &err);
	filter_free(filter);
	err_fini(&err);
	facts_close(f);
}

static void runs_out_of_scope(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct bitset set;
	facts_in_scope(f, &set);
	assert_int_equal(bitset_count(&set), RESULTS);
	bitset_fini(&set);
	struct entry e = {.kind = str_c("scope"), .reviewer = str_c("ada"), .subject = make_run.key, .value = str_c("out"), .at_ms = 1};
	add(s, &e);
	refresh(f);
	facts_in_scope(f, &set);
	assert_int_equal(bitset_count(&set), 0);
	bitset_fini(&set);
	assert_int_equal(count(f, s, "scope:out"), RESULTS);
	assert_int_equal(count(f, s, ""), RESULTS);
	facts_close(f);
}

/* ---- groups ---- */

static void groups_add_up(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct bitset set;
	struct group_counts *g;
	size_t n;
	say(s, 1, "annotation", "ada", OUTCOME_PASS);
	refresh(f);
	ok(facts_select_text(f, s, str_c(""), &set, NULL), NULL);

	ok(facts_group(f, &set, NULL, 0, str_c(""), 0, &g, &n), NULL);
	assert_int_equal(n, 1);
	assert_int_equal(g->results, RESULTS);
	assert_int_equal(g->fail, RESULTS - 1);
	assert_int_equal(g->pass, 1);
	assert_int_equal(g->reviewed, 1);
	assert_int_equal(g->human, 1);
	assert_int_equal(g->turns, 3 * RESULTS);
	assert_int_equal(g->tool_calls, 2 * RESULTS);
	assert_int_equal(g->worst_severity, SEVERITY_HIGH);
	assert_int_equal(g->by_severity[SEVERITY_HIGH], RESULTS);
	free(g);

	ok(facts_group(f, &set, (enum dimension[]){DIM_MODEL, DIM_OUTCOME}, 2, str_c(""), 0, &g, &n), NULL);
	assert_int_equal(n, 3);
	for (size_t i = 1; i < n; i++)
		assert_true(g[i - 1].key[0] < g[i].key[0] || (g[i - 1].key[0] == g[i].key[0] && g[i - 1].key[1] < g[i].key[1]));
	free(g);

	/* Each result has ax:a/b and ax:c. */
	ok(facts_group(f, &set, (enum dimension[]){DIM_CATEGORY}, 1, str_c(""), 0, &g, &n), NULL);
	assert_int_equal(n, 2);
	assert_int_equal(g[0].results, RESULTS);
	assert_int_equal(g[1].results, RESULTS);
	free(g);
	ok(facts_group(f, &set, (enum dimension[]){DIM_MODEL, DIM_CATEGORY}, 2, str_c("AX"), 1, &g, &n), NULL);
	assert_int_equal(n, 4);
	assert_int_equal(g[0].results, RESULTS / 2);
	free(g);
	ok(facts_group(f, &set, (enum dimension[]){DIM_CATEGORY}, 1, str_c("other"), 0, &g, &n), NULL);
	assert_int_equal(n, 1);
	assert_int_equal(g->key[0], UINT32_MAX);
	assert_int_equal(g->results, RESULTS);
	free(g);
	bitset_fini(&set);
	facts_close(f);
}

/* Every dimension and pair counts each result once, but for categories. */
static void every_pair_of_dimensions_counts_all(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct bitset set;
	ok(facts_select_text(f, s, str_c("model:gpt-x"), &set, NULL), NULL);
	for (int a = 0; a < DIM_COUNT; a++)
		for (int b = 0; b < DIM_COUNT; b++) {
			struct group_counts *g;
			size_t n;
			uint64_t sum = 0, expected = RESULTS / 2;
			const enum dimension dims[2] = {(enum dimension)a, (enum dimension)b};
			ok(facts_group(f, &set, dims, 2, str_c(""), 0, &g, &n), NULL);
			for (size_t i = 0; i < n; i++)
				sum += g[i].results;
			expected *= (a == DIM_CATEGORY ? 2u : 1u) * (b == DIM_CATEGORY ? 2u : 1u);
			assert_int_equal(sum, expected);
			free(g);
		}
	bitset_fini(&set);
	struct group_counts *none;
	size_t n;
	bitset_init(&set, RESULTS + 1);
	ok(facts_group(f, &set, NULL, 0, str_c(""), 0, &none, &n), NULL);
	assert_int_equal(n, 1);
	assert_int_equal(none->results, 0);
	free(none);
	ok(facts_group(f, &set, (enum dimension[]){DIM_MODEL}, 1, str_c(""), 0, &none, &n), NULL);
	assert_int_equal(n, 0);
	free(none);
	bitset_fini(&set);
	facts_close(f);
}

/* ---- sorting ---- */

static void check_order(const struct facts *f, enum sort_key key, bool descending, const uint32_t *first, size_t nfirst)
{
	struct bitset set;
	size_t n;
	bitset_init(&set, RESULTS + 1);
	for (size_t i = 1; i <= RESULTS; i++)
		bitset_set(&set, i);
	uint32_t *ids = facts_sorted(f, &set, key, descending, &n);
	assert_int_equal(n, RESULTS);
	for (size_t i = 0; i < nfirst; i++)
		if (ids[i] != first[i])
			fail_msg("key %d: place %zu has %u, not %u", (int)key, i, ids[i], first[i]);
	free(ids);
	bitset_fini(&set);
}

static void sorted_with_ties_by_id(void **state)
{
	struct store *s = *state;
	struct facts *f = open_facts(s);
	struct entry e = entry_about(s, 9, "annotation", "ada", OUTCOME_PASS);
	e.has_severity = true;
	e.severity = SEVERITY_CRITICAL;
	add(s, &e);
	refresh(f);
	check_order(f, SORT_ID, false, (uint32_t[]){1, 2, 3}, 3);
	check_order(f, SORT_ID, true, (uint32_t[]){20, 19}, 2);
	check_order(f, SORT_SEVERITY, true, (uint32_t[]){9, 1, 2}, 3);
	check_order(f, SORT_SEVERITY, false, (uint32_t[]){1, 2, 3}, 3);
	check_order(f, SORT_OUTCOME, false, (uint32_t[]){9, 1, 2}, 3);
	check_order(f, SORT_REVIEW, true, (uint32_t[]){9, 1, 2}, 3);
	/* Item i has id i + 1: gpt-x are the even ids, and the others are shown as Alias. */
	check_order(f, SORT_MODEL, false, (uint32_t[]){1, 3, 5}, 3);
	check_order(f, SORT_MODEL, true, (uint32_t[]){2, 4, 6}, 3);
	for (int key = 0; key < SORT_COUNT; key++)
		check_order(f, (enum sort_key)key, false, NULL, 0);
	facts_close(f);
}

static int fresh(void **state)
{
	drop_path();
	*state = make_open(STORE_CREATE);
	make_load(*state, "a.json", 1, 0, RESULTS, 0);
	return 0;
}

static int gone(void **state)
{
	store_close(*state);
	drop_path();
	return 0;
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, fresh, gone)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(reviews_decide),
		WITH_STORE(undo_supersede_invalidate),
		WITH_STORE(turns_propagate_unless_the_whole_is_said),
		WITH_STORE(moved_evidence_is_flagged),
		WITH_STORE(annotations_wait_for_their_result),
		WITH_STORE(columns_need_no_store),
		WITH_STORE(a_set_can_be_cancelled),
		WITH_STORE(wrong_filters_are_explained),
		WITH_STORE(runs_out_of_scope),
		WITH_STORE(groups_add_up),
		WITH_STORE(every_pair_of_dimensions_counts_all),
		WITH_STORE(sorted_with_ties_by_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
