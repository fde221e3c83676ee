/* SPDX-License-Identifier: MIT
 *
 * Killed loads, and files that must be refused with a clear sentence.
 */
#include "store_make.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/db.h"

static int clean(void **state)
{
	(void)state;
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

static void refused(enum store_mode mode, const char *part)
{
	struct err err = {0};
	struct store *s;
	assert_int_equal(store_open(make_path(), mode, &s, &err), FAIL);
	assert_null(s);
	if (!strstr(err_text(&err), part) || !strstr(err_text(&err), make_path()))
		fail_msg("\"%s\" does not say \"%s\" or names no file", err_text(&err), part);
	err_fini(&err);
}

/* Loads until it is killed: in another process, without any end. */
static void load_and_die(const char *source, unsigned char content, int from, int commit_at, int die_at)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (!child) {
		struct err err = {0};
		struct store *s;
		struct writer *w;
		struct put_counts counts = {0};
		struct in_source src = make_source(source, content);
		enum source_state st;
		uint32_t id;
		if (store_open(make_path(), STORE_CREATE, &s, &err) || writer_begin(s, &w, &err) ||
			writer_source_begin(w, &src, &st, &id, &err))
			_exit(2);
		for (int i = from; i < die_at; i++) {
			char item[24];
			struct in_result r = make_result(i, 0, item);
			if (writer_put(w, id, &r, &counts, &err) || writer_checkpoint(w, i == commit_at, &err))
				_exit(2);
		}
		kill(getpid(), SIGKILL);
	}
	int status;
	waitpid(child, &status, 0);
	assert_true(WIFSIGNALED(status));
}

/* Opened for reading at once after the kill: what was committed, whole. */
static void holds_whole_results(int n)
{
	struct err err = {0};
	struct store *s = make_open(STORE_READ);
	assert_int_equal(number(s, "SELECT count(*) FROM result"), n);
	assert_int_equal(
		number(s, "SELECT count(*) FROM result JOIN transcript USING (result_id) JOIN derived USING (result_id)"), n);
	assert_int_equal(number(s, "SELECT count(*) FROM score"), 2 * n);
	assert_int_equal(number(s, "SELECT count(*) FROM v_source WHERE status = 'partial'"), 1);
	ok(store_check_columns(s, &err), &err);
	store_close(s);
}

static void a_killed_first_load_leaves_whole_results(void **state)
{
	(void)state;
	load_and_die("a.json", 1, 0, 50, 90);
	holds_whole_results(51);
	struct store *s = make_open(STORE_WRITE);
	struct put_counts counts = make_load(s, "a.json", 1, 0, 100, 0);
	assert_int_equal(counts.identical, 51);
	assert_int_equal(counts.added, 49);
	assert_int_equal(number(s, "SELECT count(*) FROM v_source WHERE status = 'complete'"), 1);
	store_close(s);
}

static void a_killed_later_load_leaves_whole_results(void **state)
{
	(void)state;
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 10, 0);
	store_close(s);
	load_and_die("b.json", 2, 10, 40, 90);
	holds_whole_results(41);
}

static void readers_see_a_growing_database(void **state)
{
	(void)state;
	struct err err = {0};
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 10, 0);
	assert_int_equal(number(s, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
	assert_int_equal(number(s, "PRAGMA page_size"), 65536);
	struct store *reader = make_open(STORE_READ);
	struct columns c = {0};
	struct names n = {0};
	bool changed;
	ok(columns_load(reader, &c, &n, &changed, &err), &err);
	make_load(s, "b.json", 2, 10, 20, 0);
	ok(columns_load(reader, &c, &n, &changed, &err), &err);
	assert_true(changed);
	assert_int_equal(c.n, 21);
	struct entry e = {.kind = str_c("annotation"), .reviewer = str_c("a")};
	assert_int_equal(ledger_add(reader, &e, &err), FAIL);
	assert_int_equal(store_setting_set(reader, "x", "y", &err), FAIL);
	assert_non_null(strstr(err_text(&err), "reading only"));
	err_fini(&err);
	columns_fini(&c);
	names_fini(&n);
	store_close(reader);
	store_close(s);
}

static void two_loads_at_once_do_not_mix_ids(void **state)
{
	(void)state;
	struct err err = {0};
	struct store *one = make_open(STORE_CREATE);
	make_load(one, "first", 1, 0, 3, 0);
	struct store *two = make_open(STORE_WRITE);
	struct writer *a, *b;
	struct in_source sa = make_source("a", 2), sb = make_source("b", 3);
	enum source_state st;
	uint32_t ia, ib;
	struct put_counts counts = {0};
	ok(writer_begin(one, &a, &err), &err);
	ok(writer_begin(two, &b, &err), &err);
	ok(writer_source_begin(a, &sa, &st, &ia, &err), &err);
	ok(writer_checkpoint(a, true, &err), &err);
	ok(writer_source_begin(b, &sb, &st, &ib, &err), &err);
	ok(writer_checkpoint(b, true, &err), &err);
	assert_int_not_equal(ia, ib);
	for (int i = 0; i < 20; i++) {
		char item[24];
		struct in_result r = make_result(i / 2, 0, item);
		ok(writer_put(i % 2 ? a : b, i % 2 ? ia : ib, &r, &counts, &err), &err);
		ok(writer_checkpoint(i % 2 ? a : b, true, &err), &err);
	}
	assert_int_equal(counts.added, 7);
	assert_int_equal(counts.identical, 13);
	ok(writer_end(a, &err), &err);
	ok(writer_end(b, &err), &err);
	ok(store_check_columns(one, &err), &err);
	assert_int_equal(number(one, "SELECT count(*) = count(DISTINCT uid) FROM result"), 1);
	store_close(one);
	store_close(two);
}

struct both {
	struct store *other;
	struct writer *w;
};

static enum status derive_while_others_write(void *ctx, const struct result_row *row, struct err *err)
{
	struct both *both = ctx;
	const struct derived d = {.outcome = OUTCOME_UNSURE, .score = NAN};
	struct entry e = {.kind = str_c("annotation"), .reviewer = str_c("a")};
	ok(writer_set_derived(both->w, row->result_id, &d, err), err);
	ok(writer_checkpoint(both->w, true, err), err);
	ok(ledger_add(both->other, &e, err), err);
	return OK;
}

static enum status rebuild_while_others_write(
	void *ctx, const unsigned char uid[UID_SIZE], uint32_t source_id, struct str format, const struct in_part *parts, size_t n,
	struct err *err)
{
	const struct result_row row = {.result_id = 1};
	(void)uid, (void)source_id, (void)format;
	assert_int_equal(n, 1);
	assert_true(str_eq_c(parts[0].body, "x"));
	return derive_while_others_write(ctx, &row, err);
}

/* Rules and parts go on while another process annotates. */
static void going_through_everything_holds_nothing(void **state)
{
	(void)state;
	struct err err = {0};
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 5, 0);
	struct both both = {.other = make_open(STORE_WRITE)};
	struct in_source src = make_source("b.json", 2);
	enum source_state st;
	uint32_t id;
	struct put_counts counts = {0};
	ok(writer_begin(s, &both.w, &err), &err);
	ok(store_each_result(s, derive_while_others_write, &both, &err), &err);
	ok(writer_source_begin(both.w, &src, &st, &id, &err), &err);
	for (unsigned char i = 0; i < 3; i++) {
		struct in_part p = {.uid = {i}, .order = str_c("1"), .body = str_c("x")};
		ok(writer_part(both.w, id, &p, &counts, &err), &err);
	}
	ok(writer_checkpoint(both.w, true, &err), &err);
	ok(writer_each_rebuild(both.w, rebuild_while_others_write, &both, &err), &err);
	ok(writer_end(both.w, &err), &err);
	assert_int_equal(number(s, "SELECT count(*) FROM v_result WHERE outcome = 'unsure'"), 5);
	assert_int_equal(number(s, "SELECT count(*) FROM entry"), 8);
	store_close(both.other);
	store_close(s);
}

static void write_file(const char *bytes, size_t n)
{
	FILE *f = fopen(make_path(), "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	fclose(f);
}

static void what_is_not_ours_is_refused(void **state)
{
	(void)state;
	refused(STORE_READ, "No such file");
	refused(STORE_WRITE, "No such file");
	write_file("{\"a\": 1, \"this is\": \"no database at all, but long enough to be one, more or less, as one may think of "
		   "it\"}",
		100);
	refused(STORE_READ, "not a database");
	refused(STORE_CREATE, "not a database");
	drop_path();
	write_file("", 0);
	refused(STORE_READ, "empty");
	refused(STORE_WRITE, "empty");
	drop_path();
	sqlite3 *db;
	assert_int_equal(sqlite3_open(make_path(), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	refused(STORE_READ, "not one of plimsoll");
	refused(STORE_CREATE, "not one of plimsoll");
}

static void newer_schemas_are_refused(void **state)
{
	(void)state;
	struct err err = {0};
	struct store *s = make_open(STORE_CREATE);
	ok(db_exec(s, "PRAGMA user_version = 99", &err), &err);
	store_close(s);
	refused(STORE_READ, "newer version");
	refused(STORE_CREATE, "newer version");
}

static void damaged_files_are_refused(void **state)
{
	(void)state;
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 300, 0);
	store_close(s);
	/* The first page holds the schema. */
	FILE *f = fopen(make_path(), "r+b");
	assert_non_null(f);
	fseek(f, 100, SEEK_SET);
	for (int i = 0; i < 60000; i++)
		fputc(i & 0xff, f);
	fclose(f);
	refused(STORE_READ, "damaged");
	refused(STORE_WRITE, "damaged");
}

static void read_only_files_are_refused_for_writing(void **state)
{
	(void)state;
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 3, 0);
	store_close(s);
	assert_int_equal(chmod(make_path(), 0444), 0);
	/* Root writes anything, so it steps down for this. */
	bool root = geteuid() == 0;
	if (root)
		assert_int_equal(seteuid(65534), 0);
	if (access(make_path(), R_OK) == 0) {
		refused(STORE_WRITE, "read-only");
		s = make_open(STORE_READ);
		assert_int_equal(number(s, "SELECT count(*) FROM result"), 3);
		store_close(s);
	}
	if (root)
		assert_int_equal(seteuid(0), 0);
}

static void loads_need_a_writable_connection(void **state)
{
	(void)state;
	struct err err = {0};
	struct writer *w;
	struct store *s = make_open(STORE_CREATE);
	store_close(s);
	s = make_open(STORE_READ);
	assert_int_equal(writer_begin(s, &w, &err), FAIL);
	assert_null(w);
	assert_non_null(strstr(err_text(&err), "reading only"));
	err_fini(&err);
	store_close(s);
}

static void settings_are_kept(void **state)
{
	(void)state;
	struct err err = {0};
	char *value;
	struct store *s = make_open(STORE_CREATE);
	ok(store_setting_set(s, "policy", "a.json", &err), &err);
	ok(store_setting_get(s, "policy", &value, &err), &err);
	assert_string_equal(value, "a.json");
	free(value);
	ok(store_setting_set(s, "policy", NULL, &err), &err);
	ok(store_setting_get(s, "policy", &value, &err), &err);
	assert_null(value);
	assert_int_equal(store_setting_set(s, "ledger_heads", "[]", &err), FAIL);
	err_fini(&err);
	ok(store_setting_get(s, "uuid", &value, &err), &err);
	assert_int_equal(strlen(value), 32);
	free(value);
	store_close(s);
}

/* A disk that is full: the load fails with a sentence, what was there stays. */
static void a_full_disk_is_said(void **state)
{
	(void)state;
	struct err err = {0};
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 10, 0);
	assert_int_equal(number(s, "PRAGMA max_page_count = 40"), 40);
	struct writer *w;
	struct put_counts counts = {0};
	struct in_source src = make_source("b.json", 2);
	enum source_state st;
	uint32_t id;
	ok(writer_begin(s, &w, &err), &err);
	enum status status = writer_source_begin(w, &src, &st, &id, &err);
	for (int i = 10; !status && i < 20000; i++) {
		char item[24];
		struct in_result r = make_result(i, 0, item);
		status = writer_put(w, id, &r, &counts, &err);
	}
	assert_int_equal(status, FAIL);
	assert_non_null(strstr(err_text(&err), "no space"));
	char item[24];
	struct in_result r = make_result(0, 0, item);
	assert_int_equal(writer_put(w, id, &r, &counts, &err), FAIL);
	assert_non_null(strstr(err_text(&err), "earlier failure"));
	err_fini(&err);
	ok(writer_end(w, &err), &err);
	assert_int_equal(number(s, "SELECT count(*) FROM result"), 10);
	ok(store_check_columns(s, &err), &err);
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_killed_first_load_leaves_whole_results, clean, clean),
		cmocka_unit_test_setup_teardown(a_killed_later_load_leaves_whole_results, clean, clean),
		cmocka_unit_test_setup_teardown(readers_see_a_growing_database, clean, clean),
		cmocka_unit_test_setup_teardown(two_loads_at_once_do_not_mix_ids, clean, clean),
		cmocka_unit_test_setup_teardown(going_through_everything_holds_nothing, clean, clean),
		cmocka_unit_test_setup_teardown(what_is_not_ours_is_refused, clean, clean),
		cmocka_unit_test_setup_teardown(newer_schemas_are_refused, clean, clean),
		cmocka_unit_test_setup_teardown(damaged_files_are_refused, clean, clean),
		cmocka_unit_test_setup_teardown(read_only_files_are_refused_for_writing, clean, clean),
		cmocka_unit_test_setup_teardown(loads_need_a_writable_connection, clean, clean),
		cmocka_unit_test_setup_teardown(settings_are_kept, clean, clean),
		cmocka_unit_test_setup_teardown(a_full_disk_is_said, clean, clean),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
