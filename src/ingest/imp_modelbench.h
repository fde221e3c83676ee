/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the modelbench importer: published values, items of a run journal.
 */
#ifndef INGEST_IMP_MODELBENCH_H
#define INGEST_IMP_MODELBENCH_H

#include "base/dict.h"
#include "ingest/walk.h"

struct modelbench {
	struct import *im;
	struct arena keep;
	struct str run;
	struct dict items; /* of the journal: to which the run's id was given */
};

/* Published values of a standards file, of a record, and of an event "hazard scored", "benchmark scored" … */
void modelbench_standards(struct modelbench *b, struct arena *a, const struct json *doc);
void modelbench_record(struct modelbench *b, struct arena *a, const struct json *doc);
void modelbench_hazard(struct modelbench *b, struct arena *a, const struct json *event);

/* Parts: events of one prompt, test and system, as they stand, by time; the run's id under an empty order. */
enum status modelbench_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err);

#endif
