/* SPDX-License-Identifier: MIT
 *
 * Batches into the store, the end of a source, and what is rebuilt at the end
 * of an ingest.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/run.h"
#include "store/rules.h"

#define ROUNDING 0.005 /* of a declared share */

static void note_line(struct ingest_run *run, size_t which)
{
	if (which >= run->line_cap) {
		size_t old = run->line_cap;
		run->line_seen = vec_grow(run->line_seen, &run->line_cap, which + 1, sizeof *run->line_seen);
		memset(run->line_seen + old, 0, run->line_cap - old);
	}
	run->line_seen[which] = true;
}

static void count_run(struct job *j, const struct in_run *run)
{
	if (!(j->last_run < j->runs.n && str_eq(dict_name(&j->runs, j->last_run), run->key)))
		j->last_run = dict_add(&j->runs, run->key);
	if (j->last_run >= j->run_cap) {
		size_t old = j->run_cap;
		j->run_counts = vec_grow(j->run_counts, &j->run_cap, (size_t)j->last_run + 1, sizeof *j->run_counts);
		for (size_t i = old; i < j->run_cap; i++)
			j->run_counts[i] = (struct run_count){.declared = -1};
	}
	struct run_count *c = &j->run_counts[j->last_run];
	c->results++;
	if (run->declared >= 0)
		c->declared = run->declared;
}

static enum status write_result(struct ingest_run *run, struct job *j, const struct packed_result *p, struct err *err)
{
	size_t which;
	directions_add(&run->directions, p, &which);
	note_line(run, which);
	count_run(j, p->r.run);
	if (!run->writer) {
		j->counts.added++;
		return OK;
	}
	return writer_put(run->writer, j->source_id, &p->r, &j->counts, err);
}

static enum status write_note(
        struct ingest_run *run, struct job *j, const char *kind, struct str place, struct str text, struct err *err)
{
	j->notes++;
	report_note(run->report, j->planned->claim.main->path, kind, place, text, 1);
	return run->writer ? writer_note(run->writer, j->source_id, kind, place, text, err) : OK;
}

static enum status write_one(struct ingest_run *run, struct job *j, const struct packed *p, struct err *err)
{
	struct writer *w = run->writer;
	if (p->kind == PACKED_RESULT)
		return write_result(run, j, p->u.result, err);
	if (p->kind == PACKED_NOTE)
		return write_note(run, j, p->u.note->kind, p->u.note->place, p->u.note->text, err);
	if (!w) {
		j->counts.parts += p->kind == PACKED_PART;
		j->counts.aggregates += p->kind == PACKED_AGGREGATE;
		return OK;
	}
	switch (p->kind) {
	case PACKED_ATTACH:
		return writer_attach(w, j->source_id, p->u.attach, &j->counts, err);
	case PACKED_PART:
		return writer_part(w, j->source_id, p->u.part, &j->counts, err);
	case PACKED_AGGREGATE:
		return writer_aggregate(w, j->source_id, p->u.aggregate, &j->counts, err);
	case PACKED_LABEL: /* all of a batch together: write_labels */
		return OK;
	default:
		return writer_rater(w, p->u.rater->rater, p->u.rater->attribute, p->u.rater->value, err);
	}
}

/* ---- another run under a taken key ----
 * A run without a key in its file is named after its path. When the path was read before and most of what it held then is
 * different now, it is another run: it gets the name "PATH#2", and so on. The first batch decides. */

static void take_run(struct packed_result *p, const struct in_run *run)
{
	struct in_result *r = &p->r;
	r->run = run;
	result_uid(&(struct result_key){run->tool, run->key, r->model, r->task, r->item, r->epoch}, r->uid);
}

static enum status check_uids(struct ingest_run *run, struct packed_result *const *list, size_t n, bool *another, struct err *err)
{
	struct result_mark *marks = xcalloc(n, sizeof *marks);
	for (size_t i = 0; i < n; i++) {
		memcpy(marks[i].uid, list[i]->r.uid, UID_SIZE);
		memcpy(marks[i].digest, list[i]->r.digest, DIGEST_SIZE);
		marks[i].authority = list[i]->r.authority;
	}
	enum status st = writer_run_check(run->writer, marks, n, another, err);
	free(marks);
	return st;
}

static enum status find_free_run(struct ingest_run *run, struct job *j, struct packed_result **list, size_t n, struct err *err)
{
	const struct in_run *old = list[0]->r.run;
	bool another = false;
	enum status st = check_uids(run, list, n, &another, err);
	for (unsigned k = 2; !st && another && k < 1000; k++) {
		struct in_run *fresh = arena_alloc(&run->arena, sizeof *fresh);
		*fresh = *old;
		struct str *texts[] = {&fresh->tool, &fresh->tool_version, &fresh->task, &fresh->status, &fresh->meta};
		for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
			*texts[i] = arena_str(&run->arena, *texts[i]);
		fresh->key = fresh->name = arena_printf(&run->arena, "%.*s#%u", (int)old->key.n, old->key.p, k);
		for (size_t i = 0; i < n; i++)
			take_run(list[i], fresh);
		j->renamed = fresh;
		st = check_uids(run, list, n, &another, err);
	}
	if (!st && j->renamed)
		st = write_note(run, j, "info", (struct str){0},
		        str_c("most results differ from those stored under this path: taken as another run"), err);
	return st;
}

static enum status settle_run(struct ingest_run *run, struct job *j, struct batch *b, struct err *err)
{
	struct packed_result **list = xcalloc(b->n + 1, sizeof(struct packed_result *));
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].kind == PACKED_RESULT && b->items[i].u.result->default_run)
			list[n++] = b->items[i].u.result;
	enum status st = OK;
	if (n && !j->run_checked)
		st = find_free_run(run, j, list, n, err);
	else if (j->renamed)
		for (size_t i = 0; i < n; i++)
			take_run(list[i], j->renamed);
	j->run_checked |= n > 0;
	free(list);
	return st;
}

/* Labels of an item bank; results that are here already get them at the end of the ingest. */
static enum status write_labels(struct ingest_run *run, struct job *j, const struct batch *b, struct err *err)
{
	struct stored_label *list = xcalloc(b->n + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < b->n; i++) {
		const struct packed_label *l = b->items[i].u.label;
		if (b->items[i].kind == PACKED_LABEL)
			list[n++] = (struct stored_label){l->task, l->item, l->field, l->value};
	}
	enum status st = OK;
	j->labels += n;
	if (n && run->writer) {
		run->rules_changed = true;
		st = store_labels_add(run->store, list, n, err);
	}
	free(list);
	return st;
}

enum status run_write_batch(struct ingest_run *run, struct job *j, struct batch *b, struct err *err)
{
	enum status st = OK;
	if (run->writer && (!j->run_checked || j->renamed))
		st = settle_run(run, j, b, err);
	if (!st)
		st = write_labels(run, j, b, err);
	for (size_t i = 0; i < b->n && !st; i++)
		st = write_one(run, j, &b->items[i], err);
	if (b->consumed > j->consumed)
		j->consumed = b->consumed;
	return st;
}

/* ---- the end of a source ---- */

void run_add_counts(struct put_counts *to, const struct put_counts *c)
{
	to->added += c->added;
	to->identical += c->identical;
	to->revised += c->revised;
	to->outranked += c->outranked;
	to->scores_added += c->scores_added;
	to->attached += c->attached;
	to->waiting += c->waiting;
	to->aggregates += c->aggregates;
	to->parts += c->parts;
}

static double declared(const struct json *d, const char *what)
{
	double v;
	return json_num(json_get(d, what), false, &v) ? v : NAN;
}

/* The declared failure rate goes to the line of the source's task, when there is only one such line. */
static void declare_direction(struct ingest_run *run, const struct job *j)
{
	struct arena a = {0};
	const struct json *d;
	size_t line = SIZE_MAX;
	for (size_t i = 0; i < run->line_cap && i < run->directions.n; i++)
		if (run->line_seen[i])
			line = line == SIZE_MAX ? i : SIZE_MAX - 1;
	if (j->declared && line < run->directions.n && json_read(&a, str_c(j->declared), NULL, &d, NULL) == OK) {
		double fail = declared(d, "fail"), pass = declared(d, "pass"), accuracy = declared(d, "accuracy"),
		       n = declared(d, "results");
		if (isnan(n))
			n = fail + pass;
		if (isnan(n))
			n = (double)j->totals.results;
		if (isnan(fail))
			fail = !isnan(pass) ? n - pass : n * (1 - accuracy);
		if (!isnan(fail) && n > 0) {
			run->directions.list[line].declared_fail += fail;
			run->directions.list[line].declared_n += n;
		}
	}
	arena_fini(&a);
	if (run->line_seen)
		memset(run->line_seen, 0, run->line_cap);
}

static enum status say(struct ingest_run *run, struct job *j, const char *kind, struct err *err, const char *fmt, ...)
        __attribute__((format(printf, 5, 6)));
static enum status say(struct ingest_run *run, struct job *j, const char *kind, struct err *err, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	enum status st = write_note(run, j, kind, (struct str){0}, buf_str(&b), err);
	buf_fini(&b);
	if (strcmp(kind, "warning") == 0)
		j->totals.warnings++;
	return st;
}

/* A total that the source states and its results do not bear out: a warning, and a word of the source's own row. */
static enum status mismatch(struct ingest_run *run, struct job *j, struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
static enum status mismatch(struct ingest_run *run, struct job *j, struct err *err, const char *fmt, ...)
{
	size_t from = j->mismatch.n ? j->mismatch.n + 2 : 0;
	va_list ap;
	if (from)
		buf_add_c(&j->mismatch, "; ");
	va_start(ap, fmt);
	buf_vprintf(&j->mismatch, fmt, ap);
	va_end(ap);
	return say(run, j, "warning", err, "%s", j->mismatch.p + from);
}

static enum status compare_runs(struct ingest_run *run, struct job *j, struct err *err)
{
	enum status st = OK;
	for (uint32_t i = 0; i < j->runs.n && !st; i++) {
		const struct run_count *c = &j->run_counts[i];
		struct str key = j->runs.n > 1 ? str_sub(dict_name(&j->runs, i), 0, 80) : str_c("");
		if (c->declared >= 0 && (uint64_t)c->declared != c->results)
			st = mismatch(run, j, err, "the run %.*s%ssays that it has %lld results, %llu are here", (int)key.n, key.p,
				key.n ? " " : "", (long long)c->declared, (unsigned long long)c->results);
	}
	return st;
}

/* Declared failures, passes and accuracy against what the rules made of the results. */
static enum status compare_outcomes(struct ingest_run *run, struct job *j, struct err *err)
{
	struct arena a = {0};
	const struct json *d;
	const struct sink_totals *t = &j->totals;
	const double decided = (double)(t->pass + t->fail);
	enum status st = OK;
	if (j->declared && decided > 0 && json_read(&a, str_c(j->declared), NULL, &d, NULL) == OK) {
		double fail = declared(d, "fail"), pass = declared(d, "pass"), accuracy = declared(d, "accuracy");
		if (!isnan(fail) && fail != (double)t->fail)
			st = mismatch(run, j, err, "the source declares %.0f failures, its results give %llu", fail,
				(unsigned long long)t->fail);
		if (!st && !isnan(pass) && pass != (double)t->pass)
			st = mismatch(run, j, err, "the source declares %.0f passes, its results give %llu", pass,
				(unsigned long long)t->pass);
		/* Some count an undecided result as a half, some leave it out. */
		double halves = ((double)t->pass + (double)t->unsure / 2) / (decided + (double)t->unsure);
		if (!st && !isnan(accuracy) && fabs(accuracy - (double)t->pass / decided) > ROUNDING &&
			fabs(accuracy - halves) > ROUNDING)
			st = mismatch(run, j, err, "the source declares an accuracy of %.4g, its results give %.4g", accuracy,
				(double)t->pass / decided);
	}
	arena_fini(&a);
	return st;
}

/* What the numbers of the source do not agree about, and what there is to know of it besides. */
static enum status compare_totals(struct ingest_run *run, struct job *j, struct err *err)
{
	enum status st = compare_runs(run, j, err);
	if (!st)
		st = compare_outcomes(run, j, err);
	if (!st && j->totals.repaired)
		st = say(run, j, "info", err,
			"characters were replaced by U+FFFD (NUL, lone surrogates, invalid UTF-8) in %llu results",
			(unsigned long long)j->totals.repaired);
	if (!st && j->ignored)
		st = say(run, j, "info", err, "not imported: %s", j->ignored);
	if (!st && j->labels)
		st = say(run, j, "info", err, "%llu labels of items", (unsigned long long)j->labels);
	if (!st && j->counts.waiting)
		st = say(run, j, "info", err, "%llu scores or labels wait for results that are not here yet",
			(unsigned long long)j->counts.waiting);
	return st;
}

static enum status store_end(struct ingest_run *run, struct job *j, bool complete, struct err *err)
{
	if (!run->writer || !j->source_id)
		return OK;
	struct source_totals t = {
	        .results = j->totals.results,
	        .turns = j->totals.turns,
	        .tool_calls = j->totals.tool_calls,
	        .skipped = j->totals.skipped,
	        .warnings = j->totals.warnings,
	        .declared = str_c(j->declared),
	        .mismatch = j->mismatch.n ? buf_str(&j->mismatch) : (struct str){0},
	        .ignored = str_c(j->ignored),
	        .complete = complete,
	};
	return writer_source_end(run->writer, j->source_id, &t, err);
}

enum status run_end_source(struct ingest_run *run, struct job *j, struct err *err)
{
	if (!j->status && j->state == SOURCE_KNOWN) {
		report_source(run->report, j, "known, nothing to do");
		return OK;
	}
	if (j->status == CANCELLED) {
		report_source(run->report, j, "partial: stopped");
		return err_set(err, CANCELLED, "stopped; whole results stay, and the next ingest goes on from there");
	}
	enum status st = OK;
	bool complete = j->status == OK;
	char *status = xstrdup("read");
	if (!complete) {
		run->report->failed = true;
		free(status);
		status = xasprintf("failed: %s", err_text(&j->err));
		st = write_note(run, j, "error", (struct str){0}, str_c(err_text(&j->err)), err);
	} else if (j->counts.identical && !j->counts.added && !j->counts.revised) {
		free(status);
		status = xstrdup("read, nothing new");
	}
	if (!st)
		st = compare_totals(run, j, err);
	declare_direction(run, j);
	if (!st)
		st = store_end(run, j, complete, err);
	run_add_counts(&run->report->counts, &j->counts);
	report_source(run->report, j, status);
	free(status);
	return st;
}
