/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the LangSmith importer: bodies that hold runs, and a run as a span.
 */
#ifndef INGEST_IMP_LANGSMITH_H
#define INGEST_IMP_LANGSMITH_H

#include "ingest/trace.h"
#include "ingest/walk.h"

struct langsmith {
	struct import *im;
	struct traces *traces;
	uint64_t unused; /* members of metadata that were not taken */
};

enum langsmith_op { LANGSMITH_POST, LANGSMITH_PATCH, LANGSMITH_WHOLE };

/* One run as it was created, changed or exported. false: it is none, it has no ids. */
bool langsmith_run(struct langsmith *l, struct arena *a, const struct json *run, enum langsmith_op op, uint32_t repairs);
/* What somebody thought of a run. */
bool langsmith_feedback(struct langsmith *l, struct arena *a, const struct json *feedback);
/* A multipart body: runs whose members are parts of their own. */
enum status langsmith_multipart(struct langsmith *l, struct err *err);

#endif
