/* SPDX-License-Identifier: MIT
 *
 * Jobs that write: annotations, undo, settings, ingest, and exports to files.
 * See request.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/mem.h"
#include "export/export.h"
#include "ingest/ingest.h"
#include "job/job_new.h"
#include "job/request.h"

static char *copy_str(struct str s)
{
	return s.p ? xstrndup(s.p, s.n) : NULL;
}

/* ---- annotate, undo ---- */

static enum status annotate_run(struct job *j, struct job_env *env, struct err *err)
{
	struct annotate_job *a = (struct annotate_job *)j;
	if (!env->facts)
		return err_fail(err, "the results are not loaded yet");
	enum status st = OK;
	for (size_t i = 0; st == OK && i < a->nresults; i++) {
		char id[SHA256_HEX];
		a->note.result_id = a->results[i];
		st = review_annotate(env->store, env->facts, a->reviewer, &a->note, id, err);
	}
	return st;
}

static void annotate_destroy(struct job *j)
{
	struct annotate_job *a = (struct annotate_job *)j;
	free(a->reviewer);
	free(a->results);
	free(a->category);
	free(a->text);
	free(a);
}

struct annotate_job *annotate_job_new(const char *reviewer, const int64_t *results, size_t n, const struct review_note *note)
{
	struct annotate_job *a = JOB_NEW(struct annotate_job, LANE_WRITE, annotate);
	a->job.urgent = true;
	a->reviewer = xstrdup(reviewer);
	a->results = xcalloc(n + 1, sizeof *a->results);
	memcpy(a->results, results, n * sizeof *results);
	a->nresults = n;
	a->note = *note;
	a->category = copy_str(note->category);
	a->text = copy_str(note->note);
	a->note.category = str_c(a->category);
	a->note.note = str_c(a->text);
	a->note.tags = (struct str){0};
	return a;
}

static enum status undo_run(struct job *j, struct job_env *env, struct err *err)
{
	struct undo_job *u = (struct undo_job *)j;
	if (!env->facts)
		return err_fail(err, "the results are not loaded yet");
	return review_undo(env->store, env->facts, u->reviewer, &u->what, err);
}

static void undo_destroy(struct job *j)
{
	struct undo_job *u = (struct undo_job *)j;
	free(u->reviewer);
	buf_fini(&u->what);
	free(u);
}

struct undo_job *undo_job_new(const char *reviewer)
{
	struct undo_job *u = JOB_NEW(struct undo_job, LANE_WRITE, undo);
	u->job.urgent = true;
	u->reviewer = xstrdup(reviewer);
	return u;
}

/* ---- settings ---- */

static enum status setting_set_run(struct job *j, struct job_env *env, struct err *err)
{
	struct setting_job *s = (struct setting_job *)j;
	return store_setting_set(env->store, s->key, s->value, err);
}

static void setting_set_destroy(struct job *j)
{
	struct setting_job *s = (struct setting_job *)j;
	free(s->key);
	free(s->value);
	free(s);
}

struct setting_job *setting_set_job_new(const char *key, const char *value)
{
	struct setting_job *s = JOB_NEW(struct setting_job, LANE_WRITE, setting_set);
	s->job.urgent = s->job.no_facts = true;
	s->key = xstrdup(key);
	s->value = value ? xstrdup(value) : NULL;
	return s;
}

/* ---- ingest ---- */

static void tell_progress(void *ctx, const struct ingest_progress *p)
{
	struct job_env *env = ctx;
	struct job_progress told = {.running = true};
	double done = p->bytes_total ? 100.0 * (double)p->bytes / (double)p->bytes_total : 0.0;
	snprintf(told.text, sizeof told.text, "ingest %zu of %zu sources, %.0f %%, %llu results", p->sources, p->sources_total,
		done, (unsigned long long)p->results);
	jobs_set_progress(env->jobs, &told);
}

static enum status at_checkpoint(void *ctx, struct store *s, struct err *err)
{
	struct job_env *env = ctx;
	(void)err;
	jobs_run_urgent(env->jobs, s);
	return OK;
}

static enum status ingest_run_job(struct job *j, struct job_env *env, struct err *err)
{
	struct ingest_job *i = (struct ingest_job *)j;
	struct ingest_options options = {0};
	struct ingest_report report = {0};
	/* Whoever looks at the screen goes on reading meanwhile. */
	store_share(env->store);
	const char *paths[] = {i->path};
	enum status st =
		ingest_run(env->store, paths, 1, &options, tell_progress, at_checkpoint, env, &j->cancel, &report, err);
	if (st == OK)
		buf_printf(&i->summary, "%llu results (%llu new, %llu as before, %llu revised), %llu skipped, %llu files unknown",
			(unsigned long long)report.results, (unsigned long long)report.counts.added,
			(unsigned long long)report.counts.identical, (unsigned long long)report.counts.revised,
			(unsigned long long)report.skipped, (unsigned long long)report.unknown);
	ingest_report_fini(&report);
	struct job_progress over = {0};
	jobs_set_progress(env->jobs, &over);
	return st;
}

static void ingest_destroy(struct job *j)
{
	struct ingest_job *i = (struct ingest_job *)j;
	free(i->path);
	buf_fini(&i->summary);
	free(i);
}

struct ingest_job *ingest_job_new(const char *path)
{
	struct ingest_job *i = job_new(sizeof *i, LANE_WRITE, ingest_run_job, ingest_destroy);
	i->job.no_facts = true;
	i->path = xstrdup(path);
	return i;
}

/* ---- export to a file ---- */

static bool write_all(FILE *f, struct buf *b)
{
	bool ok = b->n == 0 || fwrite(b->p, 1, b->n, f) == b->n;
	buf_clear(b);
	return ok;
}

static enum status write_rows(struct export_job *e, struct store *s, const struct export_format *format, FILE *f, struct err *err)
{
	struct writer_options options = {0};
	struct buf out = {0};
	enum status st = OK;
	bool ok = true;
	format->begin(&out, e->rows->columns, e->rows->ncolumns, &options);
	for (size_t from = 0; st == OK && ok && from < e->rows->count; from += 512) {
		struct table t = {0};
		st = atomic_load(&e->job.cancel) ? CANCELLED : rows_fetch(e->rows->rows, s, from, 512, &t, err);
		for (size_t i = 0; st == OK && i < t.nrows; i++)
			format->row(&out, &t, i, &options, from + i == 0);
		e->written += t.nrows;
		table_fini(&t);
		ok = write_all(f, &out);
	}
	format->end(&out, &options);
	ok = write_all(f, &out) && ok;
	buf_fini(&out);
	if (st == OK && !ok)
		st = err_fail(err, "%s: %s", e->path, strerror(errno));
	return st;
}

static enum status write_table(struct export_job *e, struct table *t, const struct export_format *format, FILE *f, struct err *err)
{
	struct writer_options options = {0};
	struct buf out = {0};
	export_table(&out, format, t, &options);
	e->written = t->nrows;
	bool ok = write_all(f, &out);
	buf_fini(&out);
	return ok ? OK : err_fail(err, "%s: %s", e->path, strerror(errno));
}

static enum status write_file(struct export_job *e, struct store *s, const struct export_format *format, FILE *f, struct err *err)
{
	if (e->text.n) {
		e->written = e->text.n;
		return fwrite(e->text.p, 1, e->text.n, f) == e->text.n ? OK : err_fail(err, "%s: %s", e->path, strerror(errno));
	}
	if (e->table)
		return write_table(e, e->table, format, f, err);
	if (!format->needs_widths)
		return write_rows(e, s, format, f, err);
	struct table t = {0};
	enum status st = rows_fetch(e->rows->rows, s, 0, e->rows->count, &t, err);
	if (st == OK)
		st = write_table(e, &t, format, f, err);
	table_fini(&t);
	return st;
}

/* A file that was there stays as it is until the new one is complete. */
static enum status export_run(struct job *j, struct job_env *env, struct err *err)
{
	struct export_job *e = (struct export_job *)j;
	const struct export_format *format = export_format_find(e->format);
	if (!format)
		return err_usage(err, "there is no export format \"%s\"", e->format);
	if (!e->overwrite && access(e->path, F_OK) == 0) {
		e->exists = true;
		return OK;
	}
	char *part = xasprintf("%s.part", e->path);
	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	FILE *f = fd >= 0 ? fdopen(fd, "wb") : NULL;
	enum status st = f ? write_file(e, env->store, format, f, err) : err_fail(err, "%s: %s", e->path, strerror(errno));
	if (f && fclose(f) != 0 && st == OK)
		st = err_fail(err, "%s: %s", e->path, strerror(errno));
	if (st == OK && rename(part, e->path) != 0)
		st = err_fail(err, "%s: %s", e->path, strerror(errno));
	if (st != OK && f)
		unlink(part);
	free(part);
	return st;
}

static void export_destroy(struct job *j)
{
	struct export_job *e = (struct export_job *)j;
	rowset_unref(e->rows);
	if (e->table) {
		table_fini(e->table);
		free(e->table);
	}
	buf_fini(&e->text);
	free(e->path);
	free(e);
}

struct export_job *export_job_new(struct rowset *r, struct table *take, const char *path, const char *format, bool overwrite)
{
	struct export_job *e = JOB_NEW(struct export_job, LANE_QUERY, export);
	e->rows = rowset_ref(r);
	e->table = take;
	e->path = xstrdup(path);
	e->format = format;
	e->overwrite = overwrite;
	return e;
}
