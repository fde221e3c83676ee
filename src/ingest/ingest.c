/* SPDX-License-Identifier: MIT
 *
 * The writer's loop: keeps workers supplied with sources to hash and to read,
 * and writes their batches in the order of the sources, so that result ids
 * follow sorted paths however fast each worker was.
 */
#include "ingest/ingest.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ingest/map.h"
#include "ingest/rulefile.h"
#include "ingest/run.h"
#include "ingest/whole.h"

enum {
	BATCHES_IN_FLIGHT = 8,
	HASH_AHEAD = 24, /* sources hashed before their turn */
	READ_AHEAD = 16, /* sources registered before their turn: what they hold is bounded by the batches */
	WAIT_MS = 50,
	PROGRESS_MS = 100,
};

static bool stopped(const struct ingest_run *run)
{
	return run->stop && atomic_load(run->stop);
}

static void show_progress(struct ingest_run *run, bool now)
{
	int64_t t = clock_monotonic_ms();
	if (!run->on_progress || (!now && t - run->last_progress_ms < PROGRESS_MS))
		return;
	run->last_progress_ms = t;
	const struct job *j = run->jobs && run->head < run->plan.n ? &run->jobs[run->head] : NULL;
	uint64_t results = run->report->results;
	struct ingest_progress p = {
	        .bytes = run->consumed + (j ? j->consumed : 0),
	        .bytes_total = run->plan.bytes,
	        .results = results + (j ? j->counts.added + j->counts.identical + j->counts.revised + j->counts.outranked : 0),
	        .sources = run->head,
	        .sources_total = run->plan.n,
	        .elapsed_ms = t - run->started_ms,
	        .current = j ? j->planned->claim.main->path : "",
	};
	run->on_progress(run->ctx, &p);
}

static void start_hashes(struct ingest_run *run)
{
	while (run->hashing < run->plan.n && run->hashing < run->head + HASH_AHEAD) {
		struct job *j = &run->jobs[run->hashing++];
		j->stage = JOB_HASHING;
		j->lane = pool_submit(run->pool, false, job_hash, j);
	}
}

/* Tells the store about the source; decides whether it is read. */
static enum status register_source(struct ingest_run *run, struct job *j, struct err *err)
{
	const struct claim *c = &j->planned->claim;
	struct in_source src = {
	        .path = str_c(c->main->path),
	        .format = str_c(c->importer->name),
	        .importer_version = c->importer->version,
	        .bytes = j->planned->bytes,
	        .mtime_ms = c->main->mtime_ms,
	        .settings = run->identity,
	};
	if (j->map || c->importer->named)
		src.settings = settings_json(&run->arena, &run->common.settings, j->map ? fieldmap_text(j->map) : (struct str){0},
			c->importer->named ? path_tail(c->main->path) : (struct str){0});
	memcpy(src.sha256, j->sha256, sizeof src.sha256);
	j->state = SOURCE_NEW;
	if (!run->writer)
		return OK;
	return writer_source_begin(run->writer, &src, &j->state, &j->source_id, err);
}

/* Registers the next source when its hash is there, and hands it to be read. *moved: something was done. */
static enum status begin_next(struct ingest_run *run, bool *moved, struct err *err)
{
	if (run->begun >= run->hashing || run->begun >= run->head + READ_AHEAD)
		return OK;
	struct job *j = &run->jobs[run->begun];
	if (!lane_ended(j->lane))
		return OK;
	lane_free(j->lane);
	j->lane = NULL;
	*moved = true;
	run->begun++;
	j->stage = JOB_DONE;
	if (j->status)
		return OK; /* its error is told when its turn comes */
	enum status st = register_source(run, j, err);
	if (!st && j->state != SOURCE_KNOWN) {
		j->stage = JOB_READING;
		j->lane = pool_submit(run->pool, true, job_read, j);
	}
	return st;
}

static enum status checkpoint(struct ingest_run *run, bool now, struct err *err)
{
	enum status st = OK;
	if (run->writer)
		st = writer_checkpoint(run->writer, now, err);
	if (!st && run->at_checkpoint)
		st = run->at_checkpoint(run->ctx, run->store, err);
	return st;
}

/* Writes what the head source has ready, and passes on when it is done. */
static enum status drain_head(struct ingest_run *run, bool *moved, struct err *err)
{
	struct job *j = &run->jobs[run->head];
	if (run->head >= run->begun)
		return OK;
	if (j->stage == JOB_READING) {
		pool_set_head(run->pool, j->lane);
		struct batch *b = lane_pop(j->lane);
		if (b) {
			*moved = true;
			enum status st = run_write_batch(run, j, b, err);
			batch_free(b);
			return st ? st : checkpoint(run, false, err);
		}
		if (!lane_ended(j->lane))
			return OK;
		lane_free(j->lane);
		j->lane = NULL;
	}
	*moved = true;
	run->consumed += j->planned->bytes;
	run->head++;
	return run_end_source(run, j, err);
}

static enum status run_loop(struct ingest_run *run, struct err *err)
{
	while (run->head < run->plan.n) {
		bool moved = false;
		if (stopped(run))
			return err_set(err, CANCELLED, "stopped; whole results stay, and the next ingest goes on from there");
		start_hashes(run);
		enum status st = begin_next(run, &moved, err);
		if (!st)
			st = drain_head(run, &moved, err);
		if (st)
			return st;
		if (!moved)
			pool_wait(run->pool, WAIT_MS);
		show_progress(run, false);
	}
	return OK;
}

/* After a stop or an error: what the head source gave so far is whole; it is marked as not complete. */
static void end_early(struct ingest_run *run)
{
	struct job *j = run->head < run->plan.n ? &run->jobs[run->head] : NULL;
	pool_cancel(run->pool);
	if (!j || j->stage != JOB_READING)
		return;
	j->totals =
	        (struct sink_totals){.results = j->counts.added + j->counts.identical + j->counts.revised + j->counts.outranked};
	run_add_counts(&run->report->counts, &j->counts);
	report_source(run->report, j, "partial: stopped");
}

/* ---- beginning and end ---- */

static enum status load_rules(struct ingest_run *run, struct err *err)
{
	const char *path = run->options->rules_path;
	struct buf text = {0};
	enum status st = OK;
	run->rules = ruleset_new();
	if (path && !run->options->dry_run)
		st = rules_adopt(run->store, path, &run->rules_changed, err);
	if (!st)
		st = ruleset_load(run->rules, run->store, err);
	if (!st && path && run->options->dry_run) {
		st = rulefile_read(path, &text, err);
		if (!st)
			st = ruleset_add(run->rules, path, (struct str){0}, buf_str(&text), err);
	}
	buf_fini(&text);
	return st;
}

static enum status make_plan(struct ingest_run *run, const char *const *paths, size_t n, struct err *err)
{
	const struct importer *only = NULL;
	const char *format = run->options->format;
	if (!format && run->options->map_path)
		format = "table";
	if (format && !(only = importer_find(format, err)))
		return USAGE;
	enum status st = OK;
	run->plan.model_set = setting_get(&run->common.settings, "model").n > 0;
	for (size_t i = 0; i < n && !st && !stopped(run); i++)
		st = plan_add_path(&run->plan, paths[i], only, err);
	plan_finish(&run->plan);
	return st;
}

static enum status load_map(struct ingest_run *run, struct err *err)
{
	struct settings settings = {run->options->settings};
	struct str text = {0};
	enum status st = settings_check(&settings, err);
	if (!st && run->options->map_path) {
		st = fieldmap_load(run->options->map_path, &run->map, err);
		text = st ? text : fieldmap_text(run->map);
	}
	run->identity = settings_json(&run->arena, &settings, text, (struct str){0});
	run->common.settings = settings;
	return st;
}

static unsigned start_workers(struct ingest_run *run)
{
	unsigned threads = run->options->jobs ? run->options->jobs : pool_processors();
	if (threads > 64)
		threads = 64;
	run->common.rules = run->rules;
	run->common.map = run->map;
	run->common.stop = run->stop;
	run->common.readers = xcalloc(threads, sizeof(struct reader *));
	for (unsigned i = 0; i < threads; i++)
		run->common.readers[i] = reader_new();
	run->jobs = xcalloc(run->plan.n ? run->plan.n : 1, sizeof *run->jobs);
	for (size_t i = 0; i < run->plan.n; i++) {
		run->jobs[i].planned = &run->plan.sources[i];
		run->jobs[i].common = &run->common;
	}
	run->pool = pool_new(threads, BATCHES_IN_FLIGHT);
	return threads;
}

static void drop_batch(void *item)
{
	batch_free(item);
}

static void free_jobs(struct ingest_run *run, unsigned threads)
{
	for (size_t i = 0; i < run->plan.n; i++)
		job_fini(&run->jobs[i]);
	free(run->jobs);
	run->jobs = NULL; /* the last progress comes later */
	for (unsigned i = 0; i < threads; i++)
		reader_free(run->common.readers[i]);
	free(run->common.readers);
}

static enum status read_all(struct ingest_run *run, struct err *err)
{
	unsigned threads = start_workers(run);
	enum status st = run_loop(run, err), st2;
	if (st)
		end_early(run);
	show_progress(run, true);
	pool_free(run->pool, drop_batch);
	struct err late = {0};
	st2 = run->writer && st != FAIL ? run_rebuild(run, &late) : OK;
	if (st2 && !st)
		st = err_set(err, st2, "%s", err_text(&late));
	err_fini(&late);
	free_jobs(run, threads);
	return st;
}

static enum status write_all(struct ingest_run *run, struct err *err)
{
	if (run->options->dry_run)
		return read_all(run, err);
	enum status st = writer_begin(run->store, &run->writer, err);
	if (st)
		return st;
	run->rules_changed |= writer_owed(run->writer);
	st = read_all(run, err);
	/* The last commit is made in any case: whole results stay. */
	struct err late = {0};
	enum status st2 = writer_end(run->writer, &late);
	if (st2 && !st)
		st = err_set(err, st2, "%s", err_text(&late));
	err_fini(&late);
	return st;
}

enum status ingest_run(struct store *s, const char *const *paths, size_t npaths, const struct ingest_options *o,
        void (*on_progress)(void *ctx, const struct ingest_progress *p),
        enum status (*at_checkpoint)(void *ctx, struct store *s, struct err *err), void *ctx, atomic_bool *stop,
        struct ingest_report *report, struct err *err)
{
	struct ingest_run run = {
	        .store = s,
	        .options = o,
	        .report = report,
	        .on_progress = on_progress,
	        .at_checkpoint = at_checkpoint,
	        .ctx = ctx,
	        .stop = stop,
	        .started_ms = clock_monotonic_ms(),
	};
	report_init(report);
	enum status st = load_rules(&run, err);
	if (!st)
		st = load_map(&run, err);
	if (!st)
		st = make_plan(&run, paths, npaths, err);
	if (!st)
		st = write_all(&run, err);
	report_unknown(report, &run.plan);
	if (run.rules)
		report_directions(report, &run.directions, run.rules);
	uint64_t changed;
	if (!st && run.rules_changed)
		st = rules_rederive(s, &changed, err); /* what was here before */
	if (!st && o->strict && (report->skipped || report->failed))
		st = err_fail(err, "%llu records were skipped and --strict was given", (unsigned long long)report->skipped);
	directions_fini(&run.directions);
	plan_fini(&run.plan);
	fieldmap_free(run.map);
	ruleset_free(run.rules);
	arena_fini(&run.arena);
	free(run.line_seen);
	return st;
}
