/* SPDX-License-Identifier: MIT
 *
 * What the tests over real files share: a scratch database, an ingest into it, and numbers out of its views.
 */
#ifndef TESTS_CORPUS_H
#define TESTS_CORPUS_H

#include "ingest/ingest.h"

/* $PLIMSOLL_CORPUS when it is a directory, else NULL after a line that says so to the TAP driver. */
const char *corpus_dir(void);

struct scratch {
	char dir[64];
	char db[80];
};
void scratch_make(struct scratch *s);
/* Removes the databases, and the directory when nothing else is left in it. */
void scratch_clear(struct scratch *s);
void scratch_remove(struct scratch *s);

/* One ingest of one path; the message of a failure goes into err. End the report with ingest_report_fini. */
enum status scratch_ingest(struct scratch *s, const char *path, struct ingest_report *report, struct err *err);
/* The number that a SELECT gives; INT64_MIN when it can not be run, after a line that says why. `other` (may be NULL) is
 * a second database, attached as "whole". */
int64_t scratch_number(const struct scratch *s, const char *other, const char *sql);
/* "table=rows " for every table. */
struct str scratch_rows(const struct scratch *s, struct arena *a);

#endif
