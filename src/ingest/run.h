/* SPDX-License-Identifier: MIT
 *
 * State of one ingest in the thread that writes. Private to ingest.
 */
#ifndef INGEST_RUN_H
#define INGEST_RUN_H

#include "ingest/report.h"

struct ingest_run {
	struct store *store;
	struct writer *writer; /* NULL in a dry run */
	const struct ingest_options *options;
	struct plan plan;
	struct ruleset *rules;
	bool rules_changed; /* --rules brought something new */
	struct fieldmap *map;
	struct arena arena;
	struct str identity; /* settings_json */
	struct common common;
	struct pool *pool;
	struct job *jobs; /* by planned source */
	size_t begun;     /* sources before it are registered */
	size_t hashing;   /* sources before it have been given to be hashed */
	size_t head;      /* the source that is written now */
	struct directions directions;
	struct ingest_report *report;
	uint64_t consumed; /* bytes of sources that are done */
	int64_t started_ms, last_progress_ms;
	void (*on_progress)(void *ctx, const struct ingest_progress *p);
	enum status (*at_checkpoint)(void *ctx, struct store *s, struct err *err);
	void *ctx;
	atomic_bool *stop;
	bool *line_seen; /* by direction: used by the head source */
	size_t line_cap;
};

/* Writes one batch of the head source. */
enum status run_write_batch(struct ingest_run *run, struct job *j, struct batch *b, struct err *err);
/* Ends the head source: totals, declared values, its row of the report. */
enum status run_end_source(struct ingest_run *run, struct job *j, struct err *err);
void run_add_counts(struct put_counts *to, const struct put_counts *c);
/* Results that arrive in pieces, and those that got scores or outcomes late. */
enum status run_rebuild(struct ingest_run *run, struct err *err);

/* Derives again what is stored under uid, after something was attached to it (rederive.c). */
enum status rederive_uid(
        struct store *s, struct writer *w, const struct ruleset *rules, const unsigned char uid[UID_SIZE], struct err *err);

#endif
