/* SPDX-License-Identifier: MIT
 *
 * The whole of an ingest: PATHs to claims, claims read on worker threads in
 * order, one writer, progress, and the closing report.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include <stdatomic.h>

#include "base/cell.h"
#include "ingest/importer.h"
#include "ingest/rules.h"
#include "store/store.h"

struct ingest_options {
	const char *format;          /* --format, or NULL */
	const char *map_path;        /* --map, or NULL */
	const char *rules_path;      /* --rules, or NULL */
	const char *const *settings; /* --set key=value, NULL-terminated, or NULL */
	unsigned jobs;               /* parser threads; 0 = processors */
	bool strict;                 /* any skip is a failure */
	bool dry_run;                /* parse and count, write nothing */
};

struct ingest_progress {
	uint64_t bytes, bytes_total, results;
	size_t sources, sources_total;
	int64_t elapsed_ms;
	const char *current; /* path; may be hostile */
};

struct ingest_report {
	struct table sources;   /* source, format, results, turns, tool_calls, skipped, warnings, status */
	struct table notes;     /* source, kind, place, text, count */
	struct table direction; /* task, scorer, rule, fail, n, declared: DESIGN 3's lines */
	struct put_counts counts;
	uint64_t results, turns, tool_calls, skipped, unknown; /* unknown: files that no importer knows */
	bool failed;                                           /* some source could not be read to its end */
};

/* Runs in the calling thread plus workers. on_progress is called from the calling thread, at most 10 times a second; NULL is
 * fine. `stop` may become true at any time: whole results stay, CANCELLED is returned. The report is filled in any case; end it
 * with ingest_report_fini. `at_checkpoint` (may be NULL) runs on the writer's connection between batches: annotations. */
enum status ingest_run(struct store *s, const char *const *paths, size_t npaths, const struct ingest_options *o,
        void (*on_progress)(void *ctx, const struct ingest_progress *p),
        enum status (*at_checkpoint)(void *ctx, struct store *s, struct err *err), void *ctx, atomic_bool *stop,
        struct ingest_report *report, struct err *err);
void ingest_report_fini(struct ingest_report *r);

/* What would be read, and why: the table of `detect`: source, format, confidence, why, seen, files, bytes, runner_up. */
enum status ingest_detect(const char *path, struct table *out, struct err *err);
/* A field map to begin with for a table that no format knows: what its columns hold, the ones that usual names say, and the
 * words of its verdicts, without a direction. FAIL when the file holds no table. */
enum status ingest_map_skeleton(const char *path, struct buf *out, struct err *err);
/* The table of `formats`: name, title, maps, polarity, experimental. */
void ingest_formats(struct table *out);

/* rules try / apply: for every stored result, derive with the set and compare. out: rule, origin, matches, changes,
 * conflicts. Writes only when `apply`. */
enum status ingest_rules(
        struct store *s, const char *rules_path, bool apply, struct table *out, uint64_t *changed, struct err *err);
/* label FILE: joins category, severity, item_severity, target, kind onto items by key column; re-derives. A target is for
 * rules to compare with: what the source says is the result's target stays. */
enum status ingest_label(
        struct store *s, const char *csv_path, const char *key_column, uint64_t *items, uint64_t *results, struct err *err);

#endif
