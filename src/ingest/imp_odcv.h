/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the ODCV-Bench importer: runs, judges' tables. A result is a scenario under a condition; both know
 * it by the same key, whichever comes first.
 */
#ifndef INGEST_IMP_ODCV_H
#define INGEST_IMP_ODCV_H

#include "ingest/walk.h"

/* A cell of a judge's table stands for the run; the log of the run knows more. */
enum { ODCV_CELL = 0, ODCV_LOG = 1 };

/* "MODEL-mandated" or "MODEL-incentivized". */
struct odcv_name {
	struct str run, model, condition; /* condition absent: the name ends in none */
};
struct odcv_name odcv_name(struct str run);
/* The run of the following results. */
void odcv_run(struct sink *s, const struct odcv_name *name);
struct sink_result odcv_result(const struct odcv_name *name, struct str scenario);

enum status odcv_read_log(struct import *im, struct err *err);
enum status odcv_read_scores(struct import *im, struct err *err);
enum status odcv_read_intervals(struct import *im, struct err *err);

#endif
