/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the modelbench importer: what hazards are called, items of a run journal.
 */
#ifndef INGEST_IMP_MODELBENCH_H
#define INGEST_IMP_MODELBENCH_H

#include "ingest/walk.h"

/* "safe_hazard-1.1-cse-en_us-official" and "safe_hazard-1_0-cse" are ailuminate-1:cse, other names modelbench-hazard:NAME. */
struct str modelbench_category(struct arena *a, struct str hazard);

/* Parts: events of one prompt, test and system, as they stand, by time; the run's id under an empty order. */
enum status modelbench_assemble(struct sink *s, const struct in_part *parts, size_t n, struct err *err);

#endif
