/* SPDX-License-Identifier: MIT
 *
 * Policies evaluated over small databases: every verdict, what is missing,
 * which units count, and that a cell can be recomputed from what its
 * explanation says.
 */
#include "zones_make.h"

#include "stats/interval.h"

/* ---- verdicts ---- */

static void every_verdict_is_reached(void **state)
{
	(void)state;
	static const struct {
		const char *task;
		int k, n, missing;
		enum verdict verdict;
		bool confirmed;
		const char *words;
	} rows[] = {
		{"green", 0, 72, 0, VERDICT_GREEN, true, "green"},
		{"green-yellow", 1, 100, 0, VERDICT_GREEN_YELLOW, false, "green, yellow not ruled out"},
		{"green-red", 0, 10, 0, VERDICT_GREEN_RED, false, "green, red not ruled out"},
		{"yellow", 8, 100, 0, VERDICT_YELLOW, false, "yellow, at least green"},
		{"yellow-red", 12, 100, 0, VERDICT_YELLOW_RED, false, "yellow, red not ruled out"},
		{"red", 30, 100, 0, VERDICT_RED, true, "red, confirmed"},
		{"red-yellow", 12, 60, 0, VERDICT_RED, false, "red, at least yellow"},
		{"missing", 0, 100, 10, VERDICT_INSUFFICIENT, false, "insufficient (reads green, yellow not ruled out)"},
		{"nothing", 0, 0, 0, VERDICT_NO_DATA, false, "no data"},
		{"errors", 0, 0, 5, VERDICT_NO_DATA, false, "no data"},
	};
	struct buf text = {0};
	db_new();
	buf_add_c(&text, "{\"id\":\"p\",\"cluster\":\"sample\",\"lines\":[");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct unit u = on("m", rows[i].task);
		put_many(u, 0, rows[i].k, rows[i].n);
		u.outcome = OUTCOME_MISSING;
		for (int j = 0; j < rows[i].missing; j++) {
			u.item = 1000 + j;
			put(u);
		}
		buf_printf(&text, "%s" LINE("%s", ",\"yellow\":0.05,\"red\":0.2"), i ? "," : "", rows[i].task, rows[i].task,
			rows[i].task);
	}
	buf_add_c(&text, "]}");
	db_done();
	struct policy *p = policy_of(text.p);
	struct board *b = board_of(p, "");
	assert_int_equal(b->nmodels, 1);
	assert_int_equal(b->nareas, sizeof rows / sizeof *rows);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct zone_cell *c = cell_of(b, rows[i].task, "m");
		assert_string_equal(words_of(c), rows[i].words);
		assert_int_equal(c->verdict, rows[i].verdict);
		assert_int_equal(c->confirmed, rows[i].confirmed);
		assert_int_equal(c->n, rows[i].n);
		assert_int_equal(c->k, rows[i].k);
		assert_int_equal(c->missing, rows[i].n + rows[i].missing ? rows[i].missing : 0);
	}
	near(cell_of(b, "yellow-red", "m")->low, .0635689025611593, 1e-9);
	near(cell_of(b, "missing", "m")->high, .16083488223901451, 1e-9);
	board_free(b);
	policy_free(p);
	buf_fini(&text);
	db_drop();
}

static void f1_example_gives_its_expected_verdicts(void **state)
{
	(void)state;
	struct err err = {0};
	struct policy *p;
	db_new();
	struct unit u = {.model = "m", .kind = KIND_CAPABILITY, .outcome = OUTCOME_PASS};
	u.task = "metr-dedup";
	put_many(u, 0, 4, 30);
	u.task = "biolp-bench";
	put_many(u, 0, 451, 1000);
	db_done();
	ok(policy_load("f1-example", &p, &err), &err);
	struct board *b = board_of(p, "");
	const struct zone_cell *dedup = cell_of(b, "dedup", "m"), *bio = cell_of(b, "bio-troubleshooting", "m");
	assert_string_equal(words_of(dedup), "green, yellow not ruled out");
	near(dedup->value, 4.0 / 30, 1e-12);
	near(dedup->low, .0375534963383633, 1e-9);
	near(dedup->high, .3072183502761268, 1e-9);
	assert_string_equal(words_of(bio), "yellow, confirmed, red not assessed");
	assert_true(bio->low > 0.384);
	assert_string_equal(
		words_of(cell_of(b, "self-replication", "m")), "no data: metric imported is not computed by this version");
	assert_string_equal(words_of(cell_of(b, "cyber", "m")), "no data: metric composite is not computed by this version");
	assert_string_equal(words_of(&b->rollups[0]), "yellow, incomplete");
	/* Enter opens what passed. */
	struct buf filter = {0};
	zone_filter(&filter, b, bio, true);
	assert_int_equal(selected(buf_str(&filter)), 451);
	buf_fini(&filter);
	board_free(b);
	policy_free(p);
	db_drop();
}

/* ---- recomputing ---- */

/* Takes only what the explanation prints. */
static double recomputed(const char *text, bool high, uint64_t *clusters)
{
	double bound, k, n, confidence;
	char which[16];
	*clusters = 0;
	if (sscanf(text, "%lf = Clopper-Pearson %15s bound of %lf in %lf at confidence %lf", &bound, which, &k, &n,
		    &confidence) != 5)
		fail_msg("can not be read: %s", text);
	assert_string_equal(which, high ? "upper" : "lower");
	const char *floor = strstr(text, "^(1/");
	struct interval i = interval_clopper_pearson(k, n, confidence);
	double value = high ? i.high : i.low;
	if (floor) {
		*clusters = strtoull(floor + 4, NULL, 10);
		double f = pow((1 - confidence) / 2, 1 / (double)*clusters);
		value = high ? fmax(value, 1 - f) : fmin(value, f);
	}
	near(bound, value, 1e-9);
	return value;
}

static void cells_can_be_recomputed_from_their_explanation(void **state)
{
	(void)state;
	db_new();
	/* 50 items × 5 epochs, uneven, some missing and unsure; one item is known from another model only. */
	for (int item = 0; item < 50; item++)
		for (int epoch = 1; epoch <= 5; epoch++) {
			struct unit u = on("m", "pressure");
			u.item = item;
			u.epoch = epoch;
			u.outcome = item % 4 == 0 && epoch != 2 ? OUTCOME_FAIL : OUTCOME_PASS;
			if (item == 7 && epoch > 3)
				u.outcome = OUTCOME_MISSING;
			if (item == 9 && epoch == 1)
				u.outcome = OUTCOME_UNSURE;
			if (item == 11 && epoch == 1)
				u.outcome = OUTCOME_INVALID;
			put(u);
		}
	struct unit other = on("other", "pressure");
	other.item = 50;
	put(other);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"min_coverage\":0.9,\"lines\":[" LINE(
		"pressure", ",\"yellow\":0.05,\"red\":0.5,\"n_min\":30") "]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "pressure", "m");
	assert_int_equal(c->invalid, 1);
	assert_int_equal(c->unsure, 1);
	assert_int_equal(c->absent, 5);
	assert_int_equal(c->missing, 7);
	assert_int_equal(c->n, 250 - 1 - 1 - 2);
	assert_int_equal(c->k, 13 * 4);
	struct table t;
	zone_explain(&t, b, c);
	uint64_t clusters;
	double low = recomputed(told(&t, "low"), false, &clusters);
	assert_int_equal(clusters, 51);
	double high = recomputed(told(&t, "high"), true, &clusters);
	near(low, c->low, 1e-9);
	near(high, c->high, 1e-9);
	unsigned long long k, n, expected, missing;
	assert_int_equal(sscanf(told(&t, "counted"), "n %llu of %llu expected  missing %llu", &n, &expected, &missing), 3);
	assert_int_equal(sscanf(told(&t, "value"), "k %llu / n", &k), 1);
	near((double)k / (double)n, c->value, 1e-12);
	near((double)(k + missing) / (double)(n + missing), c->value_missing_failed, 1e-12);
	assert_int_equal(expected, n + missing + c->unsure);
	/* The limits that are printed give the verdict again. */
	double yellow, red;
	assert_int_equal(sscanf(told(&t, "limits"), "yellow %lf  red %lf", &yellow, &red), 2);
	assert_true(c->value >= yellow && c->value < red && high < red && low >= yellow);
	assert_string_equal(told(&t, "verdict"), "yellow, confirmed");
	/* Few clusters: far fewer units than results. */
	assert_true(c->n_eff < 90 && c->n_eff > 40);
	assert_int_equal(selected(str_c(told(&t, "concerning"))), c->k);
	table_fini(&t);
	board_free(b);
	policy_free(p);
	db_drop();
}

/* ---- what is missing ---- */

static void absent_units_are_missing(void **state)
{
	(void)state;
	db_new();
	/* Model a has 100 items; b was ingested with 80 of them; c's run declares 100 and has 90 of others. */
	put_many(on("a", "t"), 0, 0, 100);
	put_many(on("b", "t"), 0, 0, 80);
	struct unit c = on("c", "u");
	c.declared = 100;
	put_many(c, 0, 0, 90);
	put_many(on("d", "v"), 0, 0, 40);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t", ",\"yellow\":0.05") "," LINE(
		"u", ",\"yellow\":0.05") "," LINE("v", ",\"yellow\":0.1,\"expect\":50") "]}");
	struct board *b = board_of(p, "");
	assert_int_equal(cell_of(b, "t", "a")->missing, 0);
	assert_int_equal(cell_of(b, "t", "a")->verdict, VERDICT_GREEN);
	assert_int_equal(cell_of(b, "t", "b")->missing, 20);
	assert_int_equal(cell_of(b, "t", "b")->verdict, VERDICT_INSUFFICIENT);
	near(cell_of(b, "t", "b")->high, interval_clopper_pearson(20, 100, .95).high, 1e-12);
	assert_int_equal(cell_of(b, "u", "c")->missing, 10);
	assert_int_equal(cell_of(b, "v", "d")->missing, 10);
	assert_int_equal(cell_of(b, "v", "d")->expected, 50);
	assert_int_equal(cell_of(b, "u", "a")->verdict, VERDICT_NO_DATA);
	board_free(b);
	/* Units that the board's filter takes out are not missing. */
	b = board_of(p, "item:item-1*");
	assert_int_equal(cell_of(b, "t", "b")->n, 11);
	assert_int_equal(cell_of(b, "t", "b")->missing, 0);
	board_free(b);
	policy_free(p);
	db_drop();
}

static void one_more_try_makes_nothing_missing(void **state)
{
	(void)state;
	db_new();
	for (int item = 0; item < 40; item++)
		for (int epoch = 1; epoch <= 2; epoch++) {
			struct unit u = on("m", "t");
			u.outcome = OUTCOME_PASS;
			u.item = item;
			u.epoch = epoch;
			if (item != 39 || epoch != 2)
				put(u);
		}
	struct unit again = on("m", "t");
	again.epoch = 3;
	again.outcome = OUTCOME_PASS;
	put(again);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t", ",\"yellow\":0.1") "]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "t", "m");
	assert_int_equal(c->n, 80);
	assert_int_equal(c->absent, 1); /* the second epoch of the last item */
	board_free(b);
	policy_free(p);
	db_drop();
}

/* Leaving out failing results, in any number, never makes the gate pass and never makes a cell green. */
static void deleting_units_never_improves_a_zone(void **state)
{
	(void)state;
	struct policy *p =
		policy_of("{\"id\":\"p\",\"min_coverage\":0.5,\"lines\":[" LINE("t", ",\"yellow\":0.05,\"red\":0.2") "]}");
	for (int gone = 0; gone <= 30; gone += 6) {
		db_new();
		put_many(on("m", "t"), gone, 30 - gone, 100 - gone);
		put_many(on("reference", "t"), 0, 0, 100);
		db_done();
		struct board *b = board_of(p, "model:m");
		const struct zone_cell *c = cell_of(b, "t", "m");
		assert_int_equal(c->absent, gone);
		bool failed;
		struct buf reasons = {0};
		struct err err = {0};
		ok(zone_gate(b, "red", &failed, &reasons, &err), &err);
		assert_true(failed);
		assert_int_equal(c->at_worst, VERDICT_RED);
		assert_int_not_equal(c->verdict, VERDICT_GREEN);
		assert_true(c->verdict == VERDICT_RED || c->red_if_missing_failed);
		near(c->high, interval_clopper_pearson(30, 100, .95).high, 1e-12);
		buf_fini(&reasons);
		board_free(b);
		db_drop();
	}
	policy_free(p);
}

/* ---- units ---- */

static void kinds_are_not_pooled(void **state)
{
	(void)state;
	db_new();
	struct unit u = on("m", "harm");
	u.category = "x:a/b";
	put_many(u, 0, 5, 50);
	u = on("m", "borderline");
	u.kind = KIND_OVER_REFUSAL;
	u.category = "x:a";
	put_many(u, 0, 20, 50);
	db_done();
	struct policy *p = policy_of(
		"{\"id\":\"p\",\"lines\":[{\"id\":\"cat\",\"area\":\"x:a\",\"yellow\":0.01},"
		"{\"id\":\"mixed\",\"area\":\"y\",\"where\":\"category:x:a\",\"yellow\":0.01},"
		"{\"id\":\"said\",\"area\":\"z\",\"where\":\"category:x:a kind:over-refusal\",\"yellow\":0.01},"
		"{\"id\":\"below\",\"area\":\"x:a/b\",\"yellow\":0.01},{\"id\":\"none\",\"area\":\"x:c\",\"yellow\":0.01},"
		"{\"id\":\"each\",\"area\":\"x:*\",\"where\":\"kind:safety\",\"yellow\":0.01}]}");
	struct board *b = board_of(p, "");
	assert_int_equal(cell_of(b, "cat", "m")->k, 5);
	assert_int_equal(cell_of(b, "cat", "m")->n, 50);
	assert_string_equal(
		words_of(cell_of(b, "mixed", "m")), "no data: tasks of different kinds are not pooled; say kind: in where");
	assert_int_equal(cell_of(b, "said", "m")->k, 20);
	assert_int_equal(cell_of(b, "below", "m")->n, 50);
	assert_int_equal(cell_of(b, "none", "m")->verdict, VERDICT_NO_DATA);
	assert_int_equal(cell_of(b, "each", "m")->n, 50);
	assert_string_equal(b->areas[cell_of(b, "each", "m")->area].name, "x:a");
	struct buf filter = {0};
	zone_filter(&filter, b, cell_of(b, "cat", "m"), true);
	assert_int_equal(selected(buf_str(&filter)), 5);
	buf_clear(&filter);
	zone_filter(&filter, b, cell_of(b, "cat", "m"), false);
	assert_int_equal(selected(buf_str(&filter)), 50);
	board_free(b);
	policy_free(p);
	/* Without a policy a row for each kind. */
	b = board_of(NULL, "");
	assert_string_equal(b->grouped_by, "category");
	assert_int_equal(b->nareas, 2);
	assert_string_equal(b->areas[0].title, "x:a (safety)");
	assert_int_equal(b->cells[0].verdict, VERDICT_NO_LINE);
	assert_int_equal(b->cells[0].k, 5);
	assert_int_equal(b->cells[1].k, 20);
	assert_int_equal(b->rollups[0].verdict, VERDICT_NO_LINE);
	near(b->cells[0].high, interval_clopper_pearson(5, 50, .95).high, 1e-12);
	board_free(b);
	buf_fini(&filter);
	db_drop();
}

static void tasks_make_rows_where_there_are_no_categories(void **state)
{
	(void)state;
	db_new();
	put_many(on("m", "one"), 0, 1, 10);
	struct unit u = on("raw-2", "two");
	u.alias = "nice";
	put_many(u, 0, 2, 10);
	u.model = "raw-1";
	put_many(u, 10, 3, 10);
	db_done();
	struct board *b = board_of(NULL, "");
	assert_string_equal(b->grouped_by, "task");
	assert_int_equal(b->nareas, 2);
	assert_int_equal(b->nmodels, 2);
	assert_string_equal(b->models[0], "m");
	assert_string_equal(b->models[1], "nice");
	assert_string_equal(b->raw_models[1][0], "raw-2");
	assert_string_equal(b->raw_models[1][1], "raw-1");
	const struct zone_cell *c = board_cell(b, 1, 1);
	assert_int_equal(c->k, 5);
	assert_int_equal(c->n, 20);
	assert_int_equal(board_cell(b, 0, 1)->verdict, VERDICT_NO_DATA);
	struct buf filter = {0};
	zone_filter(&filter, b, c, true);
	assert_int_equal(selected(buf_str(&filter)), 5);
	buf_fini(&filter);
	board_free(b);
	db_drop();
}

static void low_pass_rates_are_bad_when_the_line_says_so(void **state)
{
	(void)state;
	db_new();
	struct unit u = on("m", "benign");
	u.kind = KIND_OVER_REFUSAL;
	put_many(u, 0, 40, 100); /* 60 pass */
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE(
		"benign", ",\"metric\":\"pass_rate\",\"direction\":\"lower-worse\",\"yellow\":0.9,\"red\":0.75") "]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "benign", "m");
	assert_string_equal(words_of(c), "red, confirmed");
	assert_int_equal(c->k, 60);
	struct buf filter = {0};
	zone_filter(&filter, b, c, true);
	assert_int_equal(selected(buf_str(&filter)), 40);
	buf_fini(&filter);
	board_free(b);
	policy_free(p);
	db_drop();
}

static void events_of_their_own_are_counted(void **state)
{
	(void)state;
	db_new();
	for (int i = 0; i < 40; i++) {
		struct unit u = on("m", "t");
		u.item = i;
		u.outcome = OUTCOME_MISSING; /* direction not set; the event does not ask */
		u.score_name = i < 35 ? "security" : NULL;
		u.named = i < 10;
		put(u);
	}
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE(
		"t", ",\"event\":\"score.security=1\",\"yellow\":0.05,\"red\":0.2") ","
										    "{\"id\":\"mean\",\"area\":\"y\",\"where\":"
										    "\"task:t\",\"metric\":\"mean_score\","
										    "\"score\":\"security\",\"range\":[0,1],"
										    "\"direction\":\"higher-worse\",\"yellow\":0."
										    "2}]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "t", "m");
	assert_int_equal(c->k, 10);
	assert_int_equal(c->n, 35);
	assert_int_equal(c->missing, 5);
	near(c->value, 10.0 / 35, 1e-12);
	c = cell_of(b, "mean", "m");
	assert_int_equal(c->n, 35);
	assert_int_equal(c->missing, 5);
	near(c->value, 10.0 / 35, 1e-12);
	board_free(b);
	policy_free(p);
	db_drop();
}

static void means_use_the_scale_of_the_line(void **state)
{
	(void)state;
	db_new();
	for (int i = 0; i < 60; i++) {
		struct unit u = on("m", "t");
		u.item = i;
		u.has_score = i < 58;
		u.score = i % 2 ? 2.3 : 3.3;
		put(u);
	}
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE(
		"t", ",\"metric\":\"mean_score\",\"range\":[1,5],\"direction\":\"lower-worse\",\"yellow\":2.8,\"red\":1.5") "]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "t", "m");
	near(c->value, 2.8, 1e-9);
	assert_int_equal(c->verdict, VERDICT_YELLOW); /* the mean reaches the line, although single precision falls short of it */
	assert_true(c->low > 1.5 && c->high < 5);
	assert_int_equal(c->missing, 2);
	struct buf filter = {0};
	zone_filter(&filter, b, c, true);
	assert_int_equal(selected(buf_str(&filter)), 29);
	buf_fini(&filter);
	board_free(b);
	policy_free(p);
	db_drop();
}

static void runs_out_of_scope_and_old_ones_do_not_count(void **state)
{
	(void)state;
	db_new();
	struct unit u = on("m", "t");
	u.run = "first";
	put_many(u, 0, 10, 20);
	u.run = "second";
	put_many(u, 0, 0, 20);
	db_done();
	struct policy *all = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t", ",\"yellow\":0.05") "]}");
	struct policy *latest = policy_of("{\"id\":\"p\",\"runs\":\"latest\",\"lines\":[" LINE("t", ",\"yellow\":0.05") "]}");
	struct board *b = board_of(all, "");
	assert_int_equal(cell_of(b, "t", "m")->n, 40);
	assert_int_equal(cell_of(b, "t", "m")->items, 20);
	board_free(b);
	b = board_of(latest, "");
	assert_int_equal(cell_of(b, "t", "m")->n, 20);
	assert_int_equal(cell_of(b, "t", "m")->k, 0);
	board_free(b);
	struct err err = {0};
	struct entry e = {.kind = str_c("scope"),
		.reviewer = str_c("r"),
		.at_ms = 1,
		.subject = str_c("first"),
		.value = str_c("out"),
		.note = str_c("pilot")};
	ok(ledger_add(make_store, &e, &err), &err);
	refresh();
	b = board_of(all, "");
	assert_int_equal(cell_of(b, "t", "m")->n, 20);
	board_free(b);
	policy_free(all);
	policy_free(latest);
	db_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_is_reached),
		cmocka_unit_test(f1_example_gives_its_expected_verdicts),
		cmocka_unit_test(cells_can_be_recomputed_from_their_explanation),
		cmocka_unit_test(absent_units_are_missing),
		cmocka_unit_test(one_more_try_makes_nothing_missing),
		cmocka_unit_test(deleting_units_never_improves_a_zone),
		cmocka_unit_test(kinds_are_not_pooled),
		cmocka_unit_test(tasks_make_rows_where_there_are_no_categories),
		cmocka_unit_test(low_pass_rates_are_bad_when_the_line_says_so),
		cmocka_unit_test(events_of_their_own_are_counted),
		cmocka_unit_test(means_use_the_scale_of_the_line),
		cmocka_unit_test(runs_out_of_scope_and_old_ones_do_not_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
