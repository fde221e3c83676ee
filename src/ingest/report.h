/* SPDX-License-Identifier: MIT
 *
 * The closing report of an ingest: sources, notes, and for each task and
 * scorer which way a failure points. Private to ingest.
 */
#ifndef INGEST_REPORT_H
#define INGEST_REPORT_H

#include "ingest/ingest.h"
#include "ingest/job.h"

/* Counts of one (task, scorer). */
struct direction {
	struct str task, scorer;
	uint64_t pass, fail, unsure, missing, refusals; /* refusals: failures that read as refusals, where these are no failures */
	struct dict whys;                               /* what decided: "inspect:3" */
	uint64_t *why_fails, *why_all;
	size_t whys_cap, whys_cap_all;
	double declared_fail, declared_n; /* sums over sources that declare */
};

struct directions {
	struct arena arena;
	struct direction *list;
	size_t n, cap;
	size_t last; /* of the result before */
};

void directions_add(struct directions *d, const struct packed_result *p, size_t *which);
void directions_fini(struct directions *d);

void report_init(struct ingest_report *r);
void report_note(
        struct ingest_report *r, const char *source, const char *kind, struct str place, struct str text, uint64_t count);
void report_source(struct ingest_report *r, const struct job *j, const char *status);
/* The lines, and warnings about those that look upside down. */
void report_directions(struct ingest_report *r, const struct directions *d, const struct ruleset *rules);
void report_unknown(struct ingest_report *r, const struct plan *p);

#endif
