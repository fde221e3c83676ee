/* SPDX-License-Identifier: MIT
 *
 * The board as a whole: who decides, roll-ups, the gate, starting a policy and
 * checking one.
 */
#include "zones_make.h"

#include "stats/interval.h"

/* ---- people ---- */

static void people_override_but_not_to_better_unaudited(void **state)
{
	(void)state;
	db_new();
	put_many(on("m", "t"), 0, 25, 100);
	db_done();
	for (int i = 0; i < 20; i++) {
		struct unit u = on("m", "t");
		u.item = i;
		annotate(u, "ann", "annotation", OUTCOME_PASS);
	}
	struct unit broken = on("m", "t");
	broken.item = 99;
	annotate(broken, "ann", "annotation", OUTCOME_INVALID);
	refresh();
#define AUDIT(flag)                                                                                                              \
	"{\"id\":\"p\",\"override\":{\"false_negative_audit\":" flag "},\"lines\":[" LINE("t", ",\"yellow\":0.1,\"red\":0.2") "]}"
	struct policy *strict = policy_of(AUDIT("true")), *loose = policy_of(AUDIT("false"));
	struct board *b = board_of(strict, "");
	const struct zone_cell *c = cell_of(b, "t", "m");
	assert_true(c->override_only && c->shows_raw);
	assert_int_equal(c->verdict, VERDICT_RED);
	near(c->raw, .25, 1e-12);
	near(c->override, 5.0 / 99, 1e-12);
	assert_int_equal(c->overrides_to_pass, 20);
	assert_int_equal(c->decided_human, 21);
	assert_int_equal(c->decided_auto, 79);
	struct buf filter = {0};
	zone_filter(&filter, b, c, true);
	assert_int_equal(selected(buf_str(&filter)), 25); /* the automatic failures, as counted */
	buf_fini(&filter);
	board_free(b);
	b = board_of(loose, "");
	c = cell_of(b, "t", "m");
	assert_false(c->override_only || c->shows_raw);
	assert_int_equal(c->k, 5);
	assert_int_equal(c->n, 99);
	assert_int_equal(c->invalid, 1);
	assert_int_equal(c->expected, 99);
	board_free(b);
	/* A second reviewer disagrees: a tie is unsure. */
	struct unit u = on("m", "t");
	annotate(u, "bob", "annotation", OUTCOME_FAIL);
	refresh();
	b = board_of(loose, "");
	assert_int_equal(cell_of(b, "t", "m")->unsure, 1);
	board_free(b);
	struct policy *fail =
		policy_of("{\"id\":\"p\",\"unsure\":\"fail\",\"override\":{\"false_negative_audit\":false},\"lines\":[" LINE(
			"t", ",\"yellow\":0.1") "]}");
	b = board_of(fail, "");
	assert_int_equal(cell_of(b, "t", "m")->unsure, 0);
	assert_int_equal(cell_of(b, "t", "m")->k, 6);
	board_free(b);
	policy_free(fail);
	policy_free(strict);
	policy_free(loose);
	db_drop();
}

static void declarations_speak_for_red_lines_without_a_number(void **state)
{
	(void)state;
	struct err err = {0};
	db_new();
	put_many(on("m", "t"), 0, 0, 100);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t", ",\"yellow\":0.05,\"red\":\"review\"") "," LINE(
		"n", ",\"yellow\":0.05") "]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "t", "m");
	assert_string_equal(words_of(c), "green, red not assessed");
	assert_int_equal(zone_declare(make_store, b, cell_of(b, "n", "m"), "ann", true, str_c("x"), &err), USAGE);
	assert_int_equal(zone_declare(make_store, b, c, "ann", false, str_c(" "), &err), USAGE);
	ok(zone_declare(make_store, b, c, "ann", false, str_c("no uplift seen"), &err), &err);
	board_free(b);
	b = board_of(p, "");
	assert_string_equal(words_of(cell_of(b, "t", "m")), "green");
	ok(zone_declare(make_store, b, cell_of(b, "t", "m"), "ann", true, str_c("on second thought"), &err), &err);
	board_free(b);
	b = board_of(p, "");
	assert_string_equal(words_of(cell_of(b, "t", "m")), "red, declared");
	board_free(b);
	/* It goes stale when the counts change. */
	struct unit u = on("m", "t");
	annotate(u, "ann", "annotation", OUTCOME_INVALID);
	refresh();
	b = board_of(p, "");
	c = cell_of(b, "t", "m");
	assert_true(c->declaration_stale && c->red_not_assessed);
	board_free(b);
	/* One that does not say what it saw counts, until it is undone. */
	struct entry e = {.kind = str_c("declaration"),
		.reviewer = str_c("bob"),
		.at_ms = 2,
		.subject = str_c("t/m"),
		.value = str_c("red"),
		.note = str_c("y")};
	ok(ledger_add(make_store, &e, &err), &err);
	b = board_of(p, "");
	assert_int_equal(cell_of(b, "t", "m")->verdict, VERDICT_RED);
	board_free(b);
	struct entry undo = {.kind = str_c("undo"), .reviewer = str_c("bob"), .at_ms = 3, .supersedes = str_c(e.id)};
	ok(ledger_add(make_store, &undo, &err), &err);
	b = board_of(p, "");
	assert_true(cell_of(b, "t", "m")->red_not_assessed);
	board_free(b);
	policy_free(p);
	db_drop();
	err_fini(&err);
}

/* ---- roll-ups and the gate ---- */

static bool gate(const struct board *b, const char *words)
{
	bool failed;
	struct buf reasons = {0};
	struct err err = {0};
	ok(zone_gate(b, words, &failed, &reasons, &err), &err);
	assert_int_equal(failed, reasons.n > 0);
	buf_fini(&reasons);
	return failed;
}

static void holes_are_never_green(void **state)
{
	(void)state;
	db_new();
	put_many(on("a", "one"), 0, 0, 100);
	put_many(on("a", "two"), 0, 0, 100);
	put_many(on("b", "one"), 0, 0, 100);
	put_many(on("c", "one"), 0, 50, 100);
	db_done();
#define POLICY(on)                                                                                                               \
	"{\"id\":\"p\",\"on_incomplete\":\"" on                                                                                  \
	"\",\"lines\":[" LINE("one", ",\"yellow\":0.05,\"red\":0.2") "," LINE("two", ",\"yellow\":0.05,\"red\":0.2") "]}"
	struct policy *show = policy_of(POLICY("show")), *yellow = policy_of(POLICY("yellow")), *red = policy_of(POLICY("red"));
	struct board *b = board_of(show, "");
	assert_string_equal(words_of(&b->rollups[0]), "green");
	assert_string_equal(words_of(&b->rollups[1]), "incomplete");
	assert_string_equal(words_of(&b->rollups[2]), "red, incomplete");
	assert_true(gate(b, NULL));
	board_free(b);
	b = board_of(show, "model:a");
	assert_true(gate(b, "incomplete")); /* b and c have no results under this filter */
	board_free(b);
	b = board_of(yellow, "");
	assert_string_equal(words_of(&b->rollups[1]), "yellow, incomplete");
	board_free(b);
	b = board_of(red, "");
	assert_string_equal(words_of(&b->rollups[1]), "red, incomplete");
	board_free(b);
	policy_free(show);
	policy_free(yellow);
	policy_free(red);
	db_drop();
}

static void a_roll_up_of_holes_alone_is_incomplete(void **state)
{
	(void)state;
	db_new();
	put_many(on("a", "one"), 0, 0, 5);
	put_many(on("b", "two"), 0, 0, 5);
	db_done();
#define HOLES(on)                                                                                                                \
	"{\"id\":\"p\",\"on_incomplete\":\"" on                                                                                  \
	"\",\"lines\":[" LINE("one", ",\"yellow\":0.05,\"red\":0.2,\"n_min\":20") "]}"
	struct policy *show = policy_of(HOLES("show")), *yellow = policy_of(HOLES("yellow"));
	struct board *b = board_of(show, "");
	assert_int_equal(board_cell(b, 0, 0)->verdict, VERDICT_INSUFFICIENT);
	assert_string_equal(words_of(&b->rollups[0]), "incomplete");
	assert_int_equal(board_cell(b, 0, 1)->verdict, VERDICT_NO_DATA);
	assert_string_equal(words_of(&b->rollups[1]), "incomplete");
	board_free(b);
	b = board_of(yellow, "");
	assert_string_equal(words_of(&b->rollups[0]), "yellow, incomplete");
	board_free(b);
	b = board_of(NULL, "");
	struct table t;
	zone_table(&t, b);
	assert_int_equal(t.nrows, b->nareas * b->nmodels); /* nothing is rolled up without a policy */
	table_fini(&t);
	board_free(b);
	policy_free(show);
	policy_free(yellow);
	db_drop();
}

/* The shipped taxonomy says which children there are; what no shipped one names is found in the data. */
static void a_star_has_a_row_for_each_child_of_a_shipped_taxonomy(void **state)
{
	(void)state;
	db_new();
	struct unit u = on("m", "t");
	u.category = "ailuminate-1:vcr";
	put_many(u, 0, 0, 10);
	u.category = "house:odd";
	put_many(u, 10, 0, 10);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[{\"id\":\"each\",\"area\":\"ailuminate-1:*\",\"yellow\":0.5},"
				     "{\"id\":\"own\",\"area\":\"house:*\",\"yellow\":0.5}]}");
	struct board *b = board_of(p, "");
	size_t filled = 0, holes = 0, own = 0;
	for (size_t i = 0; i < b->nareas; i++) {
		filled += b->areas[i].line == 0 && board_cell(b, i, 0)->n == 10;
		holes += b->areas[i].line == 0 && board_cell(b, i, 0)->verdict == VERDICT_NO_DATA;
		own += b->areas[i].line == 1;
	}
	assert_int_equal(filled, 1);
	assert_int_equal(holes, 11);
	assert_int_equal(own, 1);
	board_free(b);
	policy_free(p);
	db_drop();
}

static void the_gate_takes_what_it_is_told(void **state)
{
	(void)state;
	struct err err = {0};
	db_new();
	put_many(on("m", "t"), 0, 1, 100);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t", ",\"yellow\":0.05,\"red\":0.2") "]}");
	struct board *b = board_of(p, "");
	assert_false(gate(b, NULL));
	assert_false(gate(b, "red,yellow,possible-red,incomplete"));
	assert_true(gate(b, "possible-yellow"));
	bool failed;
	struct buf reasons = {0};
	assert_int_equal(zone_gate(b, "red,yelow", &failed, &reasons, &err), USAGE);
	assert_non_null(strstr(err_text(&err), "did you mean \"yellow\"?"));
	board_free(b);
	b = board_of(NULL, "");
	assert_int_equal(zone_gate(b, "red", &failed, &reasons, &err), USAGE);
	board_free(b);
	policy_free(p);
	db_drop();
	err_fini(&err);
}

static void asking_for_more_units_softens_no_gate(void **state)
{
	(void)state;
	db_new();
	put_many(on("m", "t"), 0, 12, 60);
	put_many(on("m", "u"), 0, 10, 10);
	put_many(on("other", "u"), 0, 0, 80);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t", ",\"yellow\":0.05,\"red\":0.2,\"n_min\":100") ","
		LINE("u", ",\"yellow\":0.05,\"red\":0.2") "]}");
	struct board *b = board_of(p, "model:m");
	const struct zone_cell *small = cell_of(b, "t", "m"), *sparse = cell_of(b, "u", "m");
	assert_true(small->small_n);
	assert_string_equal(words_of(small), "yellow (reads red)");
	assert_true(sparse->low_coverage);
	assert_string_equal(words_of(sparse), "yellow (reads red), red if the missing failed");
	assert_true(gate(b, "incomplete"));
	assert_true(gate(b, "red"));
	board_free(b);
	policy_free(p);
	db_drop();
}

static void rows_of_one_area_come_under_a_roll_up(void **state)
{
	(void)state;
	db_new();
	struct unit u = on("m", "t");
	u.category = "x:a";
	put_many(u, 0, 0, 100);
	u.category = "x:b";
	put_many(u, 100, 50, 100);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[{\"id\":\"each\",\"area\":\"x:*\",\"yellow\":0.05,\"red\":0.2},"
				     "{\"id\":\"more\",\"area\":\"y\",\"where\":\"task:t\",\"metric\":\"pass_rate\","
				     "\"direction\":\"lower-worse\",\"yellow\":0.1}]}");
	struct board *b = board_of(p, "");
	assert_int_equal(b->nareas, 4);
	assert_int_equal(b->areas[0].line, -1);
	assert_string_equal(words_of(board_cell(b, 0, 0)), "red");
	assert_int_equal(board_cell(b, 0, 0)->worst, 2);
	assert_string_equal(b->areas[1].name, "x:a");
	assert_int_equal(b->areas[1].depth, 1);
	assert_int_equal(board_cell(b, 1, 0)->verdict, VERDICT_GREEN);
	struct buf filter = {0};
	zone_filter(&filter, b, board_cell(b, 0, 0), true);
	assert_int_equal(selected(buf_str(&filter)), 50);
	buf_fini(&filter);
	struct table t;
	zone_explain(&t, b, board_cell(b, 0, 0));
	assert_non_null(strstr(told(&t, "worst"), "x:b"));
	table_fini(&t);
	zone_table(&t, b);
	assert_int_equal(t.nrows, 5);
	assert_string_equal(t.columns[2].name, "area");
	assert_int_equal(table_cell(&t, 4, 20)->integer, VERDICT_RED);
	table_fini(&t);
	struct err err = {0};
	ok(zone_record(make_store, b, &err), &err);
	board_free(b);
	policy_free(p);
	db_drop();
}

static void families_widen(void **state)
{
	(void)state;
	db_new();
	put_many(on("m", "one"), 0, 0, 72);
	put_many(on("m", "two"), 0, 0, 100);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"family\":\"bonferroni\",\"lines\":[" LINE(
		"one", ",\"yellow\":0.05") "," LINE("two", ",\"yellow\":0.05") "]}");
	struct board *b = board_of(p, "");
	const struct zone_cell *c = cell_of(b, "one", "m");
	assert_int_equal(c->verdict, VERDICT_GREEN_YELLOW);
	near(c->high, interval_clopper_pearson(0, 72, 1 - .05 / 2).high, 1e-12);
	assert_int_equal(cell_of(b, "two", "m")->verdict, VERDICT_GREEN);
	assert_true(c->needs_n > 0 && interval_clopper_pearson(0, 72 + (double)c->needs_n, .975).high < .05);
	assert_true(interval_clopper_pearson(0, 71 + (double)c->needs_n, .975).high >= .05);
	board_free(b);
	policy_free(p);
	p = policy_of("{\"id\":\"p\",\"family\":\"holm\",\"lines\":[" LINE("one", ",\"yellow\":0.05") "]}");
	b = board_of(p, "");
	assert_string_equal(words_of(cell_of(b, "one", "m")), "no data: family holm is not computed by this version");
	assert_true(gate(b, NULL));
	board_free(b);
	policy_free(p);
	db_drop();
}

/* ---- starting and checking ---- */

static void the_starter_is_a_policy(void **state)
{
	(void)state;
	struct err err = {0};
	db_new();
	struct unit u = on("mo\ndel \"x\" */ //", "ta\"sk\\ //");
	put_many(u, 0, 3, 30);
	u = on("m", "harm");
	u.category = "x:a";
	put_many(u, 0, 4, 40);
	db_done();
	struct buf text = {0};
	ok(zone_starter(make_facts, make_store, &text, &err), &err);
	assert_non_null(strstr(text.p, "4 of 40 (10.0 %"));
	struct policy *p = policy_of(text.p);
	assert_int_equal(p->nlines, 2);
	assert_false(p->lines[0].has_yellow);
	struct board *b = board_of(p, "");
	uint64_t k = 0;
	for (size_t i = 0; i < b->nareas * b->nmodels; i++) {
		k += b->cells[i].k;
		assert_true(b->cells[i].verdict == VERDICT_NO_LINE || b->cells[i].verdict == VERDICT_NO_DATA);
	}
	assert_int_equal(k, 7);
	board_free(b);
	policy_free(p);
	buf_fini(&text);
	db_drop();
}

static void checks_name_what_can_not_work(void **state)
{
	(void)state;
	struct err err = {0};
	db_new();
	put_many(on("m", "t"), 0, 3, 30);
	db_done();
	struct policy *p = policy_of("{\"id\":\"p\",\"lines\":[" LINE("t",
		",\"yellow\":0.04,\"n_min\":10") ","
						 "{\"id\":\"empty\",\"area\":\"z\",\"where\":\"task:nosuch\",\"yellow\":0.3},"
						 "{\"id\":\"broken\",\"area\":\"z\",\"where\":\"task:(\",\"yellow\":0.3},"
						 "{\"id\":\"sev\",\"area\":\"z\",\"where\":\"severity>=high\",\"yellow\":0.3},"
						 "{\"id\":\"cat\",\"area\":\"x:q\",\"metric\":\"asr_at_k\"}]}");
	struct table t;
	ok(zone_policy_check(make_facts, make_store, p, &t, &err), &err);
	static const char *const expected[] = {
		"can never be green", "n_min 10 is too small", "selects nothing", "severity or outcome", "metric asr_at_k"};
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		bool found = false;
		for (size_t row = 0; row < t.nrows; row++)
			found = found || str_find(table_cell(&t, row, 2)->text, str_c(expected[i])) >= 0;
		if (!found)
			fail_msg("nothing said of: %s", expected[i]);
	}
	table_fini(&t);
	/* A filter that does not parse stops the evaluation with the place in the file. */
	struct board *b = NULL;
	assert_int_equal(zones_evaluate(make_facts, make_store, p, str_c(""), NULL, &b, &err), USAGE);
	assert_non_null(strstr(err_text(&err), "p.json:1: /lines/2/where"));
	assert_int_equal(zones_evaluate(make_facts, make_store, NULL, str_c("nosuchfield:1"), NULL, &b, &err), USAGE);
	atomic_bool cancel = true;
	assert_int_equal(zones_evaluate(make_facts, make_store, NULL, str_c(""), &cancel, &b, &err), CANCELLED);
	policy_free(p);
	err_fini(&err);
	db_drop();
}

static void an_empty_database_gives_an_empty_board(void **state)
{
	(void)state;
	struct err err = {0};
	struct policy *p;
	db_new();
	db_done();
	ok(policy_load("demo", &p, &err), &err);
	struct board *b = board_of(p, "");
	assert_int_equal(b->nmodels, 0);
	assert_true(b->nareas > 0);
	assert_true(gate(b, NULL));
	struct table t;
	zone_table(&t, b);
	assert_int_equal(t.nrows, 0);
	table_fini(&t);
	board_free(b);
	b = board_of(NULL, "");
	assert_int_equal(b->nareas, 0);
	board_free(b);
	policy_free(p);
	db_drop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(people_override_but_not_to_better_unaudited),
		cmocka_unit_test(declarations_speak_for_red_lines_without_a_number),
		cmocka_unit_test(holes_are_never_green),
		cmocka_unit_test(a_roll_up_of_holes_alone_is_incomplete),
		cmocka_unit_test(a_star_has_a_row_for_each_child_of_a_shipped_taxonomy),
		cmocka_unit_test(the_gate_takes_what_it_is_told),
		cmocka_unit_test(asking_for_more_units_softens_no_gate),
		cmocka_unit_test(rows_of_one_area_come_under_a_roll_up),
		cmocka_unit_test(families_widen),
		cmocka_unit_test(the_starter_is_a_policy),
		cmocka_unit_test(checks_name_what_can_not_work),
		cmocka_unit_test(an_empty_database_gives_an_empty_board),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
