/* SPDX-License-Identifier: MIT
 *
 * What arrives apart from its result ends in the same place whichever comes first.
 */
#include "store_make.h"

#include "store/db.h"

static int fresh(void **state)
{
	drop_path();
	*state = make_open(STORE_CREATE);
	return 0;
}

static int gone(void **state)
{
	store_close(*state);
	drop_path();
	return 0;
}

static int64_t number(struct store *s, const char *sql)
{
	struct err err = {0};
	int64_t v;
	ok(db_int(s, sql, -1, &v, &err), &err);
	return v;
}

struct load {
	struct writer *w;
	uint32_t id;
	struct put_counts counts;
	struct err err;
};

static struct load begin(struct store *s, const char *path, unsigned char content)
{
	struct load l = {0};
	struct in_source src = make_source(path, content);
	enum source_state state;
	ok(writer_begin(s, &l.w, &l.err), &l.err);
	ok(writer_source_begin(l.w, &src, &state, &l.id, &l.err), &l.err);
	return l;
}

static void put(struct load *l, int i, int version)
{
	char item[24];
	struct in_result r = make_result(i, version, item);
	ok(writer_put(l->w, l->id, &r, &l->counts, &l->err), &l->err);
}

/* A score, a category of the whole and one of a turn, and an outcome for result 0. */
static void attach(struct load *l, const char *value)
{
	char item[24];
	struct in_result r = make_result(0, 0, item);
	struct in_attach a = {0};
	memcpy(a.uid, r.uid, UID_SIZE);
	const struct in_score score = {
		.turn = 2, .name = str_c("human"), .rater = str_c("r1"), .value_text = str_c(value), .has_num = true, .num = 3};
	a.score = &score;
	ok(writer_attach(l->w, l->id, &a, &l->counts, &l->err), &l->err);
	const struct in_category whole = {.taxonomy = str_c("late"), .path = str_c("w")},
				 turn = {.taxonomy = str_c("late"), .path = str_c("t"), .turn = 3};
	a.score = NULL;
	a.category = &whole;
	ok(writer_attach(l->w, l->id, &a, &l->counts, &l->err), &l->err);
	a.category = &turn;
	ok(writer_attach(l->w, l->id, &a, &l->counts, &l->err), &l->err);
	a.category = NULL;
	a.raw_outcome = str_c("unsafe");
	ok(writer_attach(l->w, l->id, &a, &l->counts, &l->err), &l->err);
}

static void is_attached(struct store *s)
{
	struct err err = {0};
	struct arena a = {0};
	struct result_row row;
	ok(store_result(s, 1, &a, &row, &err), &err);
	assert_int_equal(row.nscores, 3);
	assert_true(str_eq_c(row.scores[2].name, "human") && row.scores[2].has_num);
	assert_int_equal(row.nraw_categories, 4);
	assert_true(str_eq_c(row.raw_outcome, "unsafe"));
	arena_fini(&a);
	assert_int_equal(number(s, "SELECT count(*) FROM waiting"), 0);
	assert_int_equal(number(s, "SELECT count(*) FROM v_category WHERE result_id = 1 AND turn = 3 AND category = 't'"), 1);
	ok(store_check_columns(s, &err), &err);
}

static void attached_after_the_result(void **state)
{
	struct load l = begin(*state, "a", 1);
	put(&l, 0, 0);
	attach(&l, "3");
	assert_int_equal(l.counts.attached, 4);
	attach(&l, "3");
	assert_int_equal(l.counts.attached, 4);
	ok(writer_end(l.w, &l.err), &l.err);
	is_attached(*state);
}

static void attached_before_the_result(void **state)
{
	struct load l = begin(*state, "labels", 1);
	attach(&l, "3");
	assert_int_equal(l.counts.waiting, 4);
	ok(writer_end(l.w, &l.err), &l.err);
	assert_int_equal(number(*state, "SELECT count(*) FROM waiting"), 4);
	l = begin(*state, "a", 2);
	put(&l, 0, 0);
	assert_int_equal(l.counts.attached, 4);
	ok(writer_end(l.w, &l.err), &l.err);
	is_attached(*state);
}

static void attached_things_survive_a_revision(void **state)
{
	struct load l = begin(*state, "a", 1);
	put(&l, 0, 0);
	attach(&l, "3");
	put(&l, 0, 1);
	assert_int_equal(l.counts.revised, 1);
	ok(writer_end(l.w, &l.err), &l.err);
	is_attached(*state);
}

static void a_newer_file_of_labels_replaces(void **state)
{
	struct load l = begin(*state, "a", 1);
	put(&l, 0, 0);
	ok(writer_end(l.w, &l.err), &l.err);
	l = begin(*state, "labels", 2);
	attach(&l, "3");
	ok(writer_end(l.w, &l.err), &l.err);
	l = begin(*state, "labels", 3);
	attach(&l, "4");
	ok(writer_end(l.w, &l.err), &l.err);
	assert_int_equal(number(*state, "SELECT count(*) FROM v_score WHERE name = 'human' AND value_text = '4'"), 1);
	is_attached(*state);
	l = begin(*state, "other", 4);
	attach(&l, "5");
	ok(writer_end(l.w, &l.err), &l.err);
	assert_int_equal(number(*state, "SELECT count(*) FROM v_score WHERE name = 'human'"), 2);
}

/* One rating, its value or its reason or both. */
static void rate(struct load *l, const char *value, const char *reason)
{
	char item[24];
	struct in_result r = make_result(0, 0, item);
	struct in_score score = {.name = str_c("misuse"), .rater = str_c("judge"), .value_text = str_c(value), .reason = str_c(reason)};
	struct in_attach a = {.score = &score};
	memcpy(a.uid, r.uid, UID_SIZE);
	if (value)
		score.has_num = str_to_double(score.value_text, &score.num);
	ok(writer_attach(l->w, l->id, &a, &l->counts, &l->err), &l->err);
}

static int64_t ratings(struct store *s, const char *where)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM v_score WHERE name = 'misuse' AND %s", where);
	return number(s, sql);
}

static void a_value_and_its_reason_are_one_rating(void **state)
{
	static const char *const files[][2] = {{"4", NULL}, {NULL, "because"}};
	for (size_t first = 0; first < 2; first++) {
		struct load l = begin(*state, "a", 1);
		put(&l, 0, 0);
		ok(writer_end(l.w, &l.err), &l.err);
		for (size_t i = 0; i < 4; i++) { /* each twice: the second time adds nothing */
			const char *const *f = files[(first + i) % 2];
			l = begin(*state, f[0] ? "scores" : "reasons", (unsigned char)(2 + i));
			rate(&l, f[0], f[1]);
			assert_int_equal(l.counts.attached, i < 2);
			ok(writer_end(l.w, &l.err), &l.err);
		}
		assert_int_equal(ratings(*state, "1"), 1);
		assert_int_equal(ratings(*state, "value_num = 4 AND value_text = '4' AND reason = 'because'"), 1);
		gone(state);
		fresh(state);
	}
}

static void ratings_that_disagree_stay_apart(void **state)
{
	struct load l = begin(*state, "a", 1);
	put(&l, 0, 0);
	rate(&l, "4", "because");
	ok(writer_end(l.w, &l.err), &l.err);
	l = begin(*state, "b", 2);
	rate(&l, "3", NULL);
	rate(&l, NULL, "for another reason");
	ok(writer_end(l.w, &l.err), &l.err);
	assert_int_equal(ratings(*state, "value_num = 4 AND reason = 'because'"), 1);
	assert_int_equal(ratings(*state, "value_num = 3 AND reason = 'for another reason'"), 1);
}

/* ---- rebuilding ---- */

struct seen {
	char text[200]; /* bodies of parts, "-" for none, "|" between results */
	struct store *s;
	struct writer *w;
	int calls;
	uint32_t source_id;
};

static enum status rebuild(
	void *ctx, const unsigned char uid[UID_SIZE], uint32_t source_id, struct str format, const struct in_part *parts, size_t n,
	struct err *err)
{
	struct seen *seen = ctx;
	char hex[2 * UID_SIZE + 1];
	int64_t id;
	assert_true(str_eq_c(format, "tool"));
	seen->source_id = source_id;
	for (size_t i = 0; i < n; i++)
		strncat(seen->text, parts[i].body.p, parts[i].body.n);
	strcat(seen->text, n ? "|" : "-|");
	seen->calls++;
	if (n)
		return OK;
	/* A result of this very load is found before it is committed. */
	hex_encode(uid, UID_SIZE, hex);
	ok(store_result_by_uid(seen->s, hex, &id, err), err);
	const struct derived d = {.outcome = OUTCOME_UNSURE, .score = NAN};
	return writer_set_derived(seen->w, id, &d, err);
}

static void parts_come_in_order_and_once(void **state)
{
	struct store *s = *state;
	struct load l = begin(s, "spans", 1);
	struct seen seen = {.s = s, .w = l.w};
	static const char *const pieces[][2] = {{"2", "b"}, {"1", "a"}, {"3", "c"}, {"1", "a"}};
	for (size_t i = 0; i < 4; i++) {
		struct in_part p = {.order = str_c(pieces[i][0]), .body = str_c(pieces[i][1])};
		ok(writer_part(l.w, l.id, &p, &l.counts, &l.err), &l.err);
	}
	ok(writer_each_rebuild(l.w, rebuild, &seen, &l.err), &l.err);
	assert_string_equal(seen.text, "abc|");
	ok(writer_each_rebuild(l.w, rebuild, &seen, &l.err), &l.err);
	assert_int_equal(seen.calls, 1);
	ok(writer_end(l.w, &l.err), &l.err);
	/* A piece that comes later brings all the others with it. */
	l = begin(s, "more", 2);
	struct in_part p = {.order = str_c("15"), .body = str_c("x")};
	ok(writer_part(l.w, l.id, &p, &l.counts, &l.err), &l.err);
	memset(&seen, 0, sizeof seen);
	ok(writer_each_rebuild(l.w, rebuild, &seen, &l.err), &l.err);
	assert_string_equal(seen.text, "axbc|");
	assert_int_equal(seen.source_id, 1);
	ok(writer_end(l.w, &l.err), &l.err);
}

/* A load that dies behind a commit, before its results were made anew, leaves them to the next one. */
static void a_dead_load_leaves_its_parts_to_the_next(void **state)
{
	struct store *s = *state;
	struct load l = begin(s, "spans", 1);
	struct in_part p = {.order = str_c("1"), .body = str_c("a")};
	ok(writer_part(l.w, l.id, &p, &l.counts, &l.err), &l.err);
	ok(writer_end(l.w, &l.err), &l.err); /* as if killed: what was read is committed, nothing was rebuilt */
	l = begin(s, "other", 2);
	assert_true(writer_owed(l.w));
	struct seen seen = {.s = s, .w = l.w};
	ok(writer_each_rebuild(l.w, rebuild, &seen, &l.err), &l.err);
	assert_string_equal(seen.text, "a|");
	ok(writer_end(l.w, &l.err), &l.err);
	l = begin(s, "last", 3);
	assert_false(writer_owed(l.w));
	memset(&seen, 0, sizeof seen);
	ok(writer_each_rebuild(l.w, rebuild, &seen, &l.err), &l.err);
	assert_int_equal(seen.calls, 0);
	ok(writer_end(l.w, &l.err), &l.err);
}

static void attached_results_are_derived_anew(void **state)
{
	struct load l = begin(*state, "a", 1);
	put(&l, 0, 0);
	put(&l, 1, 0);
	attach(&l, "3");
	struct seen seen = {.s = *state, .w = l.w};
	ok(writer_each_rebuild(l.w, rebuild, &seen, &l.err), &l.err);
	assert_string_equal(seen.text, "-|");
	ok(writer_end(l.w, &l.err), &l.err);
	assert_int_equal(number(*state, "SELECT count(*) FROM v_result WHERE outcome = 'unsure' AND result_id = 1"), 1);
	is_attached(*state);
}

/* A result without a model, of the run that the values speak of. */
static void put_nameless(struct load *l)
{
	char item[24];
	struct in_result r = make_result(1, 0, item);
	r.model = str_n(NULL, 0);
	ok(writer_put(l->w, l->id, &r, &l->counts, &l->err), &l->err);
}

static void publish(struct load *l, const char *model)
{
	const struct in_aggregate a = {.run = make_run.key, .model = str_c(model), .metric = str_c("acc"), .k = -1, .n = -1, .value = 1};
	ok(writer_aggregate(l->w, l->id, &a, &l->counts, &l->err), &l->err);
}

static void end(struct load *l, struct store *s)
{
	struct seen seen = {.s = s, .w = l->w};
	ok(writer_each_rebuild(l->w, rebuild, &seen, &l->err), &l->err);
	ok(writer_end(l->w, &l->err), &l->err);
}

static void published_values_name_the_model(void **state)
{
	static const char named[] = "SELECT count(*) FROM v_result WHERE model = 'late-model'";
	struct load l = begin(*state, "samples", 1);
	put_nameless(&l);
	put(&l, 0, 0);
	end(&l, *state);
	assert_int_equal(number(*state, named), 0);
	l = begin(*state, "results", 2);
	publish(&l, "late-model");
	publish(&l, "late-model");
	end(&l, *state);
	assert_int_equal(number(*state, named), 1);
	assert_int_equal(number(*state, "SELECT count(*) FROM v_result WHERE model = 'llama-y' OR model = 'Alias'"), 1);
	l = begin(*state, "samples again", 3);
	put_nameless(&l);
	end(&l, *state);
	assert_int_equal(l.counts.identical, 1);
	assert_int_equal(number(*state, named), 1);
}

static void published_values_may_come_first(void **state)
{
	struct load l = begin(*state, "results", 1);
	publish(&l, "late-model");
	end(&l, *state);
	l = begin(*state, "samples", 2);
	put_nameless(&l);
	end(&l, *state);
	assert_int_equal(number(*state, "SELECT count(*) FROM v_result WHERE model = 'late-model'"), 1);
}

static void a_run_of_two_models_names_none(void **state)
{
	struct load l = begin(*state, "both", 1);
	publish(&l, "late-model");
	publish(&l, "other-model");
	put_nameless(&l);
	end(&l, *state);
	assert_int_equal(number(*state, "SELECT count(*) FROM v_result WHERE model IS NULL OR model = ''"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(attached_after_the_result, fresh, gone),
		cmocka_unit_test_setup_teardown(attached_before_the_result, fresh, gone),
		cmocka_unit_test_setup_teardown(attached_things_survive_a_revision, fresh, gone),
		cmocka_unit_test_setup_teardown(a_newer_file_of_labels_replaces, fresh, gone),
		cmocka_unit_test_setup_teardown(a_value_and_its_reason_are_one_rating, fresh, gone),
		cmocka_unit_test_setup_teardown(ratings_that_disagree_stay_apart, fresh, gone),
		cmocka_unit_test_setup_teardown(parts_come_in_order_and_once, fresh, gone),
		cmocka_unit_test_setup_teardown(a_dead_load_leaves_its_parts_to_the_next, fresh, gone),
		cmocka_unit_test_setup_teardown(attached_results_are_derived_anew, fresh, gone),
		cmocka_unit_test_setup_teardown(published_values_name_the_model, fresh, gone),
		cmocka_unit_test_setup_teardown(published_values_may_come_first, fresh, gone),
		cmocka_unit_test_setup_teardown(a_run_of_two_models_names_none, fresh, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
