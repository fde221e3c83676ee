/* SPDX-License-Identifier: MIT
 *
 * The ledger: what was said stays said, and whoever tampers is found.
 */
#include "store_make.h"

#include "store/db.h"

static int fresh(void **state)
{
	drop_path();
	*state = make_open(STORE_CREATE);
	make_load(*state, "a.json", 1, 0, 5, 0);
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

static void uid_of(int i, char hex[static 2 * UID_SIZE + 1])
{
	char item[24];
	struct in_result r = make_result(i, 0, item);
	hex_encode(r.uid, UID_SIZE, hex);
}

/* Adds an entry about result i; supersedes may be NULL. */
static struct entry say(
	struct store *s, const char *kind, const char *reviewer, int i, enum outcome outcome, const char *supersedes)
{
	struct err err = {0};
	struct entry e = {.kind = str_c(kind), .reviewer = str_c(reviewer), .outcome = outcome, .supersedes = str_c(supersedes)};
	uid_of(i, e.uid);
	ok(ledger_add(s, &e, &err), &err);
	return e;
}

static bool state_is(struct store *s, const struct entry *e, const char *state)
{
	char sql[200];
	snprintf(sql, sizeof sql, "SELECT state = '%s' FROM v_annotation WHERE annotation_id = '%s'", state, e->id);
	return number(s, sql) == 1;
}

static void expect_bad(struct store *s, const char *part)
{
	struct err err = {0};
	assert_int_equal(ledger_verify(s, &err), FAIL);
	if (!strstr(err_text(&err), part))
		fail_msg("\"%s\" does not say \"%s\"", err_text(&err), part);
	err_fini(&err);
}

struct gathered {
	struct entry entries[8];
	size_t n;
};

static enum status gather(void *ctx, const struct entry *e, struct err *err)
{
	struct gathered *g = ctx;
	(void)err;
	g->entries[g->n++] = *e;
	return OK;
}

static void entries_come_back_whole(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct arena a = {0};
	struct gathered g = {0};
	int64_t after = 0;
	char head[SHA256_HEX], later[SHA256_HEX];
	ok(ledger_head(s, head, &err), &err);
	assert_int_equal(strspn(head, "0"), 64);
	struct entry e = {.kind = str_c("annotation"),
		.reviewer = str_c("ann"),
		.at_ms = 1700000000123,
		.turn = 2,
		.start = 0,
		.end = 5,
		.outcome = OUTCOME_FAIL,
		.has_severity = true,
		.severity = SEVERITY_UNRATED,
		.category = str_c("ax:a"),
		.tags = str_c("x,y"),
		.note = str_c("a \"note\"\nof two lines \x1b[31m")};
	uid_of(1, e.uid);
	memset(e.digest, 'a', sizeof e.digest - 1);
	memset(e.words, 'b', sizeof e.words - 1);
	ok(ledger_add(s, &e, &err), &err);
	ok(ledger_head(s, later, &err), &err);
	assert_string_not_equal(head, later);
	ok(ledger_read(s, &after, &a, gather, &g, &err), &err);
	assert_int_equal(g.n, 1);
	assert_string_equal(g.entries[0].id, e.id);
	assert_string_equal(g.entries[0].uid, e.uid);
	assert_string_equal(g.entries[0].digest, e.digest);
	assert_string_equal(g.entries[0].words, e.words);
	assert_true(str_eq(g.entries[0].note, e.note) && str_eq(g.entries[0].tags, e.tags) &&
		    str_eq(g.entries[0].category, e.category));
	assert_int_equal(g.entries[0].end, 5);
	assert_int_equal(g.entries[0].turn, 2);
	assert_true(g.entries[0].has_severity && g.entries[0].severity == SEVERITY_UNRATED);
	assert_int_equal(g.entries[0].outcome, OUTCOME_FAIL);
	assert_int_equal(g.entries[0].at_ms, 1700000000123);
	assert_false(g.entries[0].value.p);
	ok(ledger_read(s, &after, &a, gather, &g, &err), &err);
	assert_int_equal(g.n, 1);
	ok(ledger_verify(s, &err), &err);
	assert_int_equal(number(s, "SELECT result_id = 2 AND turn = 2 AND start = 0 AND \"end\" = 5 AND outcome = 'fail' AND "
				   "severity = 'unrated' AND "
				   "created_at = '2023-11-14T22:13:20.123Z' FROM v_annotation"),
		1);
	arena_fini(&a);
}

static void states_follow_links(void **state)
{
	struct store *s = *state;
	struct entry first = say(s, "annotation", "ann", 0, OUTCOME_FAIL, NULL);
	struct entry second = say(s, "annotation", "ann", 0, OUTCOME_PASS, first.id);
	assert_true(state_is(s, &first, "superseded") && state_is(s, &second, "current"));
	assert_int_equal(
		number(s, "SELECT effective_outcome = 'pass' AND review_state = 'reviewed' FROM v_result WHERE result_id = 1"),
		1);
	say(s, "undo", "ann", 0, OUTCOME_NONE, second.id);
	assert_true(state_is(s, &first, "current") && state_is(s, &second, "undone"));
	assert_int_equal(number(s, "SELECT effective_outcome = 'fail' FROM v_result WHERE result_id = 1"), 1);
	say(s, "invalidation", "lead", 0, OUTCOME_NONE, first.id);
	assert_true(state_is(s, &first, "invalidated"));
	assert_int_equal(
		number(s, "SELECT review_state = 'unreviewed' AND outcome = effective_outcome FROM v_result WHERE result_id = 1"),
		1);
}

static void people_decide_by_majority(void **state)
{
	struct store *s = *state;
	const char *const effective =
		"SELECT CASE effective_outcome WHEN 'pass' THEN 1 WHEN 'fail' THEN 2 WHEN 'unsure' THEN 3 ELSE 9 END "
		"FROM v_result WHERE result_id = 1";
	say(s, "annotation", "a", 0, OUTCOME_PASS, NULL);
	assert_int_equal(number(s, effective), OUTCOME_PASS);
	say(s, "annotation", "b", 0, OUTCOME_FAIL, NULL);
	assert_int_equal(number(s, effective), OUTCOME_UNSURE);
	assert_int_equal(number(s, "SELECT review_state = 'conflict' FROM v_result WHERE result_id = 1"), 1);
	say(s, "annotation", "c", 0, OUTCOME_FAIL, NULL);
	assert_int_equal(number(s, effective), OUTCOME_FAIL);
	say(s, "annotation", "d", 0, OUTCOME_NONE, NULL); /* a note, no vote */
	assert_int_equal(number(s, effective), OUTCOME_FAIL);
	say(s, "adjudication", "e", 0, OUTCOME_PASS, NULL);
	assert_int_equal(number(s, effective), OUTCOME_PASS);
	assert_int_equal(number(s, "SELECT review_state = 'adjudicated' FROM v_result WHERE result_id = 1"), 1);
	assert_int_equal(number(s, "SELECT count(*) FROM v_result WHERE review_state = 'unreviewed'"), 4);
}

static void annotations_find_results_that_come_later(void **state)
{
	struct store *s = *state;
	struct entry e = say(s, "annotation", "a", 7, OUTCOME_PASS, NULL);
	assert_int_equal(number(s, "SELECT result_id IS NULL FROM v_annotation"), 1);
	make_load(s, "b.json", 2, 5, 9, 0);
	assert_int_equal(number(s, "SELECT result_id FROM v_annotation"), 8);
	assert_true(state_is(s, &e, "current"));
}

static void scope_and_direction_reach_browsing(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct columns c = {0};
	struct names n = {0};
	bool changed;
	ok(columns_load(s, &c, &n, NULL, &err), &err);
	struct entry out = {.kind = str_c("scope"),
		.reviewer = str_c("a"),
		.subject = make_run.key,
		.value = str_c("out"),
		.note = str_c("pilot")};
	ok(ledger_add(s, &out, &err), &err);
	struct entry sure = {
		.kind = str_c("polarity"), .reviewer = str_c("a"), .subject = str_c("chem"), .value = str_c("confirmed")};
	ok(ledger_add(s, &sure, &err), &err);
	ok(columns_load(s, &c, &n, &changed, &err), &err);
	assert_true(changed);
	assert_int_equal(n.run_in_scope[c.run[1]], 0);
	assert_int_equal(n.task_confirmed[c.task[1]], 1);
	struct entry undo = {.kind = str_c("undo"), .reviewer = str_c("a"), .supersedes = str_c(out.id)};
	ok(ledger_add(s, &undo, &err), &err);
	ok(columns_load(s, &c, &n, &changed, &err), &err);
	assert_int_equal(n.run_in_scope[c.run[1]], 1);
	columns_fini(&c);
	names_fini(&n);
}

static void a_load_can_be_annotated_meanwhile(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	struct writer *w;
	struct put_counts counts = {0};
	struct in_source src = make_source("b.json", 2);
	enum source_state st;
	uint32_t id;
	ok(writer_begin(s, &w, &err), &err);
	ok(writer_source_begin(w, &src, &st, &id, &err), &err);
	for (int i = 5; i < 8; i++) {
		char item[24];
		struct in_result r = make_result(i, 0, item);
		ok(writer_put(w, id, &r, &counts, &err), &err);
		say(s, "annotation", "a", i, OUTCOME_PASS, NULL);
		struct entry e = {.kind = str_c("scope"),
			.reviewer = str_c("a"),
			.subject = make_run.key,
			.value = str_c(i % 2 ? "out" : "in")};
		ok(ledger_add(s, &e, &err), &err);
	}
	ok(writer_end(w, &err), &err);
	assert_int_equal(number(s, "SELECT count(*) FROM v_annotation WHERE result_id > 5"), 3);
	assert_int_equal(number(s, "SELECT in_scope FROM run"), 0);
	ok(store_check_columns(s, &err), &err);
	ok(ledger_verify(s, &err), &err);
}

/* ---- tampering ---- */

static void unlock(struct store *s)
{
	struct err err = {0};
	ok(db_exec(s, "DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_delete; DROP TRIGGER entry_no_replace", &err), &err);
}

static int three(void **state)
{
	fresh(state);
	say(*state, "annotation", "a", 0, OUTCOME_PASS, NULL);
	say(*state, "annotation", "b", 1, OUTCOME_FAIL, NULL);
	say(*state, "annotation", "c", 2, OUTCOME_FAIL, NULL);
	return 0;
}

static void triggers_refuse(void **state)
{
	struct store *s = *state;
	struct err err = {0};
	assert_int_equal(db_exec(s, "UPDATE entry SET body = '{}' WHERE seq = 1", &err), FAIL);
	assert_int_equal(db_exec(s, "DELETE FROM entry WHERE seq = 1", &err), FAIL);
	assert_int_equal(db_exec(s, "INSERT OR REPLACE INTO entry (seq, id, body) VALUES (1, 'x', '{}')", &err), FAIL);
	assert_int_equal(db_exec(s, "INSERT OR REPLACE INTO entry (id, body) SELECT id, '{}' FROM entry", &err), FAIL);
	assert_non_null(strstr(err_text(&err), "never"));
	err_fini(&err);
	ok(ledger_verify(s, &err), &err);
}

static void a_flipped_verdict_is_found(void **state)
{
	struct err err = {0};
	unlock(*state);
	ok(db_exec(*state, "UPDATE entry SET body = replace(body, 'fail', 'pass') WHERE seq = 2", &err), &err);
	expect_bad(*state, "was changed");
}

static void a_dropped_entry_is_found(void **state)
{
	struct err err = {0};
	unlock(*state);
	ok(db_exec(*state, "DELETE FROM entry WHERE seq = 2", &err), &err);
	expect_bad(*state, "was dropped");
}

static void a_truncated_ledger_is_found(void **state)
{
	struct err err = {0};
	unlock(*state);
	ok(db_exec(*state, "DELETE FROM entry WHERE seq = 3", &err), &err);
	expect_bad(*state, "was dropped");
}

static void an_inserted_entry_is_found(void **state)
{
	struct err err = {0};
	struct arena a = {0};
	/* The best forgery: a well-spelt entry with a true hash that names the first entry as parent. */
	static const char *const body =
		"{\"kind\":\"annotation\",\"reviewer\":\"x\",\"at\":1,\"outcome\":\"pass\",\"parents\":[]}";
	unsigned char sum[SHA256_SIZE];
	char id[SHA256_HEX];
	sha256_of(str_c(body), sum);
	hex_encode(sum, sizeof sum, id);
	struct str sql = arena_printf(&a, "INSERT INTO entry (id, body) VALUES ('%s', '%s')", id, body);
	ok(db_exec(*state, sql.p, &err), &err);
	expect_bad(*state, "was inserted");
	arena_fini(&a);
}

static void a_sloppy_insertion_is_found(void **state)
{
	struct err err = {0};
	ok(db_exec(*state, "INSERT INTO entry (id, body) VALUES (printf('%064d', 7), '{}')", &err), &err);
	expect_bad(*state, "was changed");
}

/* ---- merging ---- */

static void merging_is_union(void **state)
{
	struct store *s = *state, *other;
	struct err err = {0};
	char path[300], ours[SHA256_HEX], theirs[SHA256_HEX];
	uint64_t added;
	snprintf(path, sizeof path, "%s.other", make_path());
	unlink(path);
	ok(store_open(path, STORE_CREATE, &other, &err), &err);
	ok(ledger_merge(other, s, &added, &err), &err);
	assert_int_equal(added, 3);
	say(other, "annotation", "d", 3, OUTCOME_FAIL, NULL);
	say(s, "annotation", "e", 3, OUTCOME_PASS, NULL);
	ok(ledger_merge(s, other, &added, &err), &err);
	assert_int_equal(added, 1);
	ok(ledger_merge(other, s, &added, &err), &err);
	assert_int_equal(added, 1);
	ok(ledger_merge(other, s, &added, &err), &err);
	assert_int_equal(added, 0);
	ok(ledger_head(s, ours, &err), &err);
	ok(ledger_head(other, theirs, &err), &err);
	assert_string_equal(ours, theirs);
	ok(ledger_verify(s, &err), &err);
	ok(ledger_verify(other, &err), &err);
	assert_int_equal(number(s, "SELECT json_array_length(value) FROM setting WHERE key = 'ledger_heads'"), 2);
	assert_int_equal(number(s, "SELECT review_state = 'conflict' FROM v_result WHERE result_id = 4"), 1);
	unlock(other);
	ok(db_exec(other, "UPDATE entry SET body = replace(body, 'fail', 'pass')", &err), &err);
	assert_int_equal(ledger_merge(s, other, &added, &err), FAIL);
	err_fini(&err);
	store_close(other);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_come_back_whole, fresh, gone),
		cmocka_unit_test_setup_teardown(states_follow_links, fresh, gone),
		cmocka_unit_test_setup_teardown(people_decide_by_majority, fresh, gone),
		cmocka_unit_test_setup_teardown(annotations_find_results_that_come_later, fresh, gone),
		cmocka_unit_test_setup_teardown(scope_and_direction_reach_browsing, fresh, gone),
		cmocka_unit_test_setup_teardown(a_load_can_be_annotated_meanwhile, fresh, gone),
		cmocka_unit_test_setup_teardown(triggers_refuse, three, gone),
		cmocka_unit_test_setup_teardown(a_flipped_verdict_is_found, three, gone),
		cmocka_unit_test_setup_teardown(a_dropped_entry_is_found, three, gone),
		cmocka_unit_test_setup_teardown(a_truncated_ledger_is_found, three, gone),
		cmocka_unit_test_setup_teardown(an_inserted_entry_is_found, three, gone),
		cmocka_unit_test_setup_teardown(a_sloppy_insertion_is_found, three, gone),
		cmocka_unit_test_setup_teardown(merging_is_union, three, gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
