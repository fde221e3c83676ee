/* SPDX-License-Identifier: MIT
 *
 * What travels from a parser thread to the writer: about a megabyte of
 * finished records in one arena. Private to ingest.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/in.h"

enum { BATCH_BYTES = 1 << 20 };

enum packed_kind { PACKED_RESULT, PACKED_ATTACH, PACKED_PART, PACKED_AGGREGATE, PACKED_RATER, PACKED_LABEL, PACKED_NOTE };

struct packed_note {
	const char *kind; /* static: "skip", "warning", "info" */
	struct str place, text;
};

struct packed_rater {
	struct str rater, attribute, value;
};

struct packed_label {
	struct str task, item, field, value;
};

/* What the direction report needs to know of a result, beside its record. */
struct packed_result {
	struct in_result r;
	size_t text_at;     /* of the transcript in batch.text, until the batch is sealed */
	bool default_run;   /* its run has no key of its own in the source */
	bool reads_refusal; /* its last answer opens like a refusal */
};

struct packed {
	enum packed_kind kind;
	union {
		struct packed_result *result;
		struct in_attach *attach;
		struct in_part *part;
		struct in_aggregate *aggregate;
		struct packed_rater *rater;
		struct packed_label *label;
		struct packed_note *note;
	} u;
};

struct batch {
	struct arena arena;
	struct buf text; /* transcripts, one after the other */
	struct packed *items;
	size_t n, cap;
	uint64_t consumed; /* bytes of the source read so far */
};

struct batch *batch_new(void);
void batch_free(struct batch *b);
struct packed *batch_add(struct batch *b, enum packed_kind kind);
size_t batch_size(const struct batch *b);
/* Resolves transcript slices; nothing may be added afterwards. */
void batch_seal(struct batch *b);

/* A copy with NUL and invalid UTF-8 replaced by U+FFFD, counted in *repairs (may be NULL). Absent stays absent. */
struct str pack_str(struct arena *a, struct str s, uint32_t *repairs);

#endif
