/* SPDX-License-Identifier: MIT
 *
 * Lanes: order, urgency, superseding, cancelling, and that what a job found
 * comes back on the thread that asked. Built with thread sanitizing, this is
 * also the test that nothing is shared by accident.
 */
#include "store_make.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "job/request.h"

/* A job that notes when it ran, and can be held up. */
struct probe {
	struct job job;
	char name;
	atomic_bool *gate, *began; /* waits for the gate, or for its own cancelling */
};

static char told[64];
static size_t ntold;
static pthread_t ui_thread;
static struct jobs *jobs;

static enum status probe_run(struct job *j, struct job_env *env, struct err *err)
{
	struct probe *p = (struct probe *)j;
	assert_non_null(env->store);
	assert_false(pthread_equal(pthread_self(), ui_thread));
	if (p->began)
		atomic_store(p->began, true);
	while (p->gate && !atomic_load(p->gate))
		if (atomic_load(&j->cancel))
			return err_set(err, CANCELLED, "asked to stop");
	return OK;
}

static void probe_done(struct job *j, void *ctx)
{
	assert_true(pthread_equal(pthread_self(), ui_thread));
	assert_ptr_equal(ctx, told);
	told[ntold++] = j->status == OK ? ((struct probe *)j)->name : j->status == CANCELLED ? '-' : '!';
}

static void probe_destroy(struct job *j)
{
	free(j);
}

static struct probe *probe(enum lane lane, char name)
{
	struct probe *p = xcalloc(1, sizeof *p);
	p->job.lane = lane;
	p->job.run = probe_run;
	p->job.done = probe_done;
	p->job.destroy = probe_destroy;
	p->name = name;
	return p;
}

static void drain_all(void)
{
	while (!jobs_idle(jobs)) {
		jobs_wait(jobs, 1000);
		jobs_drain(jobs, told);
	}
}

static int begin_mode(bool read_only)
{
	struct err err = {0};
	drop_path();
	struct store *s = make_open(STORE_CREATE);
	make_load(s, "a.json", 1, 0, 10, 0);
	store_close(s);
	memset(told, 0, sizeof told);
	ntold = 0;
	ui_thread = pthread_self();
	ok(jobs_open(make_path(), read_only, &jobs, &err), &err);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	return begin_mode(false);
}

static int begin_read_only(void **state)
{
	(void)state;
	return begin_mode(true);
}

static int end(void **state)
{
	(void)state;
	jobs_close(jobs);
	drop_path();
	return 0;
}

static void a_lane_keeps_order_but_lets_the_urgent_pass(void **state)
{
	(void)state;
	atomic_bool gate = false, began = false;
	struct probe *first = probe(LANE_PAGE, 'a'), *urgent = probe(LANE_PAGE, 'u');
	first->gate = &gate;
	first->began = &began;
	urgent->job.urgent = true;
	jobs_post(jobs, &first->job);
	while (!atomic_load(&began))
		;
	jobs_post(jobs, &probe(LANE_PAGE, 'b')->job);
	jobs_post(jobs, &probe(LANE_PAGE, 'c')->job);
	jobs_post(jobs, &urgent->job);
	assert_false(jobs_idle(jobs));
	atomic_store(&gate, true);
	drain_all();
	assert_string_equal(told, "aubc");
}

static void the_newest_of_a_slot_wins(void **state)
{
	(void)state;
	atomic_bool never = false, began = false;
	struct probe *old = probe(LANE_QUERY, 'a');
	old->gate = &never;
	old->began = &began;
	old->job.slot = 7;
	jobs_post(jobs, &old->job);
	while (!atomic_load(&began))
		;
	for (char c = 'b'; c <= 'e'; c++) {
		struct probe *p = probe(LANE_QUERY, c);
		p->job.slot = 7;
		jobs_post(jobs, &p->job);
	}
	jobs_post(jobs, &probe(LANE_QUERY, 'z')->job);
	drain_all();
	assert_string_equal(told, "ez");
}

static void cancelling_stops_what_runs_without_telling(void **state)
{
	(void)state;
	atomic_bool never = false, began = false;
	struct probe *p = probe(LANE_QUERY, 'a');
	p->gate = &never;
	p->began = &began;
	p->job.slot = 3;
	jobs_post(jobs, &p->job);
	while (!atomic_load(&began))
		;
	jobs_cancel(jobs, LANE_QUERY, 3);
	drain_all();
	assert_string_equal(told, "");
}

static void closing_does_not_wait_for_what_is_long(void **state)
{
	(void)state;
	static atomic_bool never;
	struct probe *p = probe(LANE_QUERY, 'a');
	p->gate = &never;
	jobs_post(jobs, &p->job);
	for (int i = 0; i < 5; i++)
		jobs_post(jobs, &probe(LANE_PAGE, 'b')->job);
	/* `end` closes: it would never return if it waited for the gate. */
}

static void a_read_only_database_is_not_written(void **state)
{
	(void)state;
	assert_true(jobs_read_only(jobs));
	jobs_post(jobs, &probe(LANE_WRITE, 'a')->job);
	jobs_post(jobs, &probe(LANE_PAGE, 'b')->job);
	drain_all();
	assert_int_equal(strlen(told), 2);
	assert_non_null(strchr(told, '!'));
	assert_non_null(strchr(told, 'b'));
}

/* ---- requests ---- */

static struct rowset *rows;
static struct page *page;
static struct reading *reading;
static size_t counted, annotated;

static void took_rows(struct job *j, void *ctx)
{
	(void)ctx;
	struct open_job *o = (struct open_job *)j;
	ok(j->status, &j->err);
	rows = o->rows;
	o->rows = NULL;
}

static void took_page(struct job *j, void *ctx)
{
	(void)ctx;
	ok(j->status, &j->err);
	page = ((struct page_job *)j)->page;
	((struct page_job *)j)->page = NULL;
}

static void took_reading(struct job *j, void *ctx)
{
	(void)ctx;
	ok(j->status, &j->err);
	reading = ((struct transcript_job *)j)->reading;
	((struct transcript_job *)j)->reading = NULL;
}

static void took_count(struct job *j, void *ctx)
{
	(void)ctx;
	ok(j->status, &j->err);
	counted = ((struct count_job *)j)->count;
}

static void took_annotation(struct job *j, void *ctx)
{
	(void)ctx;
	ok(j->status, &j->err);
	annotated++;
}

static void took_nothing(struct job *j, void *ctx)
{
	(void)ctx;
	ok(j->status, &j->err);
}

static void post(struct job *j, void (*done)(struct job *, void *))
{
	j->done = done;
	jobs_post(jobs, j);
}

static void rows_pages_and_transcripts_come_back(void **state)
{
	(void)state;
	post(&refresh_job_new()->job, took_nothing);
	post(&open_job_new(view_find("results"), str_c("outcome:fail"), NULL, 4)->job, took_rows);
	drain_all();
	assert_non_null(rows);
	assert_int_equal(rows->count, 10);
	/* What columns know is there at once, on this thread, while the lanes go on. */
	post(&refresh_job_new()->job, took_nothing);
	post(&page_job_new(rows, 8, 50)->job, took_page);
	struct page *early = page_early(jobs, rows, 0, 3);
	drain_all();
	if (early) {
		assert_true(early->early);
		assert_int_equal(early->n, 3);
		page_free(early);
	}
	assert_int_equal(page->n, 2);
	assert_int_not_equal(page->results[1], 0);
	post(&transcript_job_new(page->results[0], NULL)->job, took_reading);
	post(&count_job_new(str_c("model:gpt-x"))->job, took_count);
	drain_all();
	assert_int_equal(reading->transcript.n, 3);
	assert_int_equal(counted, 5);
	reading_free(reading);
	page_free(page);
	rowset_unref(rows);
}

static void annotations_are_seen_after_a_refresh(void **state)
{
	(void)state;
	struct review_note note = {.outcome = OUTCOME_PASS, .note = str_c("looked at it")};
	int64_t ids[] = {2, 3};
	post(&refresh_job_new()->job, took_nothing);
	drain_all();
	post(&annotate_job_new("reader", ids, 2, &note)->job, took_annotation);
	drain_all();
	post(&refresh_job_new()->job, took_nothing);
	post(&count_job_new(str_c("outcome:pass"))->job, took_count);
	post(&transcript_job_new(2, NULL)->job, took_reading);
	drain_all();
	assert_int_equal(annotated, 1);
	assert_int_equal(counted, 2);
	/* The transcript may have been read before the refresh: ask again. */
	reading_free(reading);
	post(&transcript_job_new(2, NULL)->job, took_reading);
	drain_all();
	assert_int_equal(reading->nnotes, 1);
	assert_int_equal(reading->outcome, OUTCOME_PASS);
	assert_true(str_eq_c(reading->notes[0].entry.note, "looked at it"));
	reading_free(reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_lane_keeps_order_but_lets_the_urgent_pass, begin, end),
		cmocka_unit_test_setup_teardown(the_newest_of_a_slot_wins, begin, end),
		cmocka_unit_test_setup_teardown(cancelling_stops_what_runs_without_telling, begin, end),
		cmocka_unit_test_setup_teardown(closing_does_not_wait_for_what_is_long, begin, end),
		cmocka_unit_test_setup_teardown(a_read_only_database_is_not_written, begin_read_only, end),
		cmocka_unit_test_setup_teardown(rows_pages_and_transcripts_come_back, begin, end),
		cmocka_unit_test_setup_teardown(annotations_are_seen_after_a_refresh, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
