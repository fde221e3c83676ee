/* SPDX-License-Identifier: MIT
 *
 * What the files of the Inspect importer share. Private to them.
 */
#ifndef INGEST_IMP_INSPECT_H
#define INGEST_IMP_INSPECT_H

#include "ingest/walk.h"

struct inspect_scorer {
	struct str name;
	bool accuracy; /* Inspect summarises it as accuracy, so 1 is right */
};

/* One log. */
struct inspect {
	struct import *im;
	struct arena keep; /* what is said of the whole log */
	struct str model, provider, taxonomy;
	struct str primary; /* the scorer whose value is the outcome; absent: the first */
	struct str old_scorer; /* of logs that had one score a sample */
	bool epochs;        /* items are repeated */
	struct inspect_scorer *scorers;
	size_t nscorers, scorers_cap;
};

/* Texts that were moved out of a sample; whatever is there is used. */
struct inspect_attachments {
	const struct json *by_hash, *by_old_hash; /* objects */
	const struct json **by_index;
	size_t n;
};

/* Reads the log's header: run, declared totals, scorers. FAIL for a version that is not known; newest is the last that is. */
enum status inspect_header(struct inspect *in, const struct json *doc, int64_t newest, struct str status, struct err *err);
const struct inspect_scorer *inspect_scorer_find(const struct inspect *in, struct str name);

/* A sample whose conversation is the n messages. */
struct inspect_sample {
	const struct json *node;
	const struct json *const *messages;
	size_t n;
	const struct json *metadata; /* of the item */
	struct inspect_attachments attachments;
	const struct record *place;
	struct str member;
	struct arena *arena;
	uint32_t repairs;
};
enum status inspect_sample_put(struct inspect *in, const struct inspect_sample *s, struct err *err);
/* A sample that stands whole in one node. */
enum status inspect_sample_whole(struct inspect *in, const struct inspect_sample *s, struct err *err);
/* The scores of a sample; the word for its outcome and the answer of the primary scorer. */
struct inspect_outcome {
	struct str word, answer;
};
struct inspect_outcome inspect_outcome_of(const struct inspect *in, const struct json *sample);
void inspect_scores_put(struct inspect *in, const struct json *sample, struct arena *a);
/* Puts the texts behind references into the tree, which is the caller's own. */
void inspect_resolve(const struct inspect_attachments *at, struct arena *a, const struct json *node);

/* A sample that lies in pieces below `dir` ("samples/1_epoch_1/"). */
enum status inspect_chunked(struct inspect *in, const struct member *shell, struct arena *a, struct err *err);
/* A member's JSON, read whole; *repairs is added to. */
enum status inspect_slurp(
	struct inspect *in, const struct member *m, struct arena *a, uint32_t *repairs, const struct json **out, struct err *err);

#endif
