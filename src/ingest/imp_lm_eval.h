/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the lm-evaluation-harness importer: names and means, documents.
 */
#ifndef INGEST_IMP_LM_EVAL_H
#define INGEST_IMP_LM_EVAL_H

#include "base/clock.h"
#include "base/dict.h"
#include "ingest/walk.h"

struct lm_eval {
	struct import *im;
	struct arena keep;
	struct str run, task, model;
	int64_t created_ms;
	struct dict docs;    /* documents seen, */
	struct str *filters; /* and under which filter first */
	size_t nfilters, filters_cap;
};

/* A line of a samples file. */
enum status lm_eval_sample(void *ctx, const struct walked *w, struct err *err);

#endif
