/* SPDX-License-Identifier: MIT
 *
 * Results that arrive in pieces are made anew when a piece came, at the end of an ingest; so are those to which
 * something was attached.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "ingest/run.h"

struct rebuild {
	struct ingest_run *run;
	uint32_t source_id; /* for results that are put now */
	struct dict touched; /* ids of sources whose results were rebuilt, as bytes */
	struct sum {
		uint64_t results, turns, tool_calls;
	} * sums; /* by index in `touched` */
	size_t cap;
};

static void add_sum(struct rebuild *rb, const struct sink_totals *t)
{
	size_t before = rb->touched.n;
	uint32_t i = dict_add(&rb->touched, str_n((const char *)&rb->source_id, sizeof rb->source_id));
	if (rb->touched.n > rb->cap)
		rb->sums = vec_grow(rb->sums, &rb->cap, rb->touched.n, sizeof *rb->sums);
	if (rb->touched.n > before)
		rb->sums[i] = (struct sum){0};
	rb->sums[i].results += t->results;
	rb->sums[i].turns += t->turns;
	rb->sums[i].tool_calls += t->tool_calls;
}

/* The rows of the report were made when their sources ended, before any result was rebuilt; they come in order of jobs. */
static void add_to_rows(struct ingest_run *run, const struct rebuild *rb)
{
	struct table *rows = &run->report->sources;
	size_t row = 0;
	for (size_t j = 0; j < run->plan.n && row < rows->nrows; j++) {
		struct cell *cells = &rows->cells[row * rows->ncolumns];
		uint32_t id = run->jobs[j].source_id;
		if (!str_eq_c(cells[0].text, run->plan.sources[j].claim.main->path))
			continue;
		row++;
		uint32_t i = dict_find(&rb->touched, str_n((const char *)&id, sizeof id));
		if (i == DICT_NONE)
			continue;
		cells[2].integer += (int64_t)rb->sums[i].results;
		cells[3].integer += (int64_t)rb->sums[i].turns;
		cells[4].integer += (int64_t)rb->sums[i].tool_calls;
	}
}

static enum status recount(struct ingest_run *run, const struct rebuild *rb, struct err *err)
{
	uint32_t *ids = xcalloc(rb->touched.n + 1, sizeof *ids);
	for (uint32_t i = 0; i < rb->touched.n; i++)
		memcpy(&ids[i], dict_name(&rb->touched, i).p, sizeof *ids);
	enum status st = writer_source_recount(run->writer, ids, rb->touched.n, err);
	free(ids);
	return st;
}

static enum status put_rebuilt(void *ctx, struct batch *b, struct err *err)
{
	struct rebuild *rb = ctx;
	enum status st = OK;
	for (size_t i = 0; i < b->n && !st; i++) {
		const struct packed *p = &b->items[i];
		size_t which;
		if (p->kind == PACKED_RESULT) {
			directions_add(&rb->run->directions, p->u.result, &which);
			st = writer_put(rb->run->writer, rb->source_id, &p->u.result->r, &rb->run->report->counts, err);
		} else if (p->kind == PACKED_NOTE) {
			report_note(rb->run->report, "", p->u.note->kind, p->u.note->place, p->u.note->text, 1);
			st = writer_note(rb->run->writer, rb->source_id, p->u.note->kind, p->u.note->place, p->u.note->text, err);
		} else if (p->kind == PACKED_ATTACH) {
			st = writer_attach(rb->run->writer, rb->source_id, p->u.attach, &rb->run->report->counts, err);
		}
	}
	batch_free(b);
	return st;
}

static const struct importer *importer_of(struct str format)
{
	size_t i = 0;
	while (importers[i] && !str_eq_c(format, importers[i]->name))
		i++;
	return importers[i];
}

/* The source that brought the first part stands for all that brought some. */
static enum status rebuild_one(void *ctx, const unsigned char uid[UID_SIZE], uint32_t source_id, struct str format,
	const struct in_part *parts, size_t n, struct err *err)
{
	struct rebuild *rb = ctx;
	struct ingest_run *run = rb->run;
	if (n == 0)
		return rederive_uid(run->store, run->writer, run->rules, uid, err);
	const struct importer *importer = importer_of(format);
	if (!importer || !importer->assemble)
		return OK;
	rb->source_id = source_id;
	struct settings settings = {run->options->settings};
	struct sink *sink = sink_new(&(struct sink_options){
	        .rules = run->rules,
	        .format = str_c(importer->name),
	        .path = str_c(""),
	        .rebuild = true,
	        .uid = uid,
	        .run = setting_get(&settings, "run"),
	        .model = setting_get(&settings, "model"),
	        .task = setting_get(&settings, "task"),
	        .provider = setting_get(&settings, "provider"),
	        .take = put_rebuilt,
	        .ctx = rb,
	});
	enum status st = importer->assemble(sink, parts, n, err);
	if (!st)
		st = sink_flush(sink, err);
	const struct sink_totals *t = sink_totals(sink);
	run->report->results += t->results;
	run->report->turns += t->turns;
	run->report->tool_calls += t->tool_calls;
	add_sum(rb, t);
	sink_free(sink);
	return st;
}

enum status run_rebuild(struct ingest_run *run, struct err *err)
{
	struct rebuild rb = {.run = run};
	enum status st = writer_each_rebuild(run->writer, rebuild_one, &rb, err);
	add_to_rows(run, &rb);
	if (!st)
		st = recount(run, &rb, err);
	dict_fini(&rb.touched);
	free(rb.sums);
	return st;
}
