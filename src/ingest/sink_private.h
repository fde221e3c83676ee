/* SPDX-License-Identifier: MIT
 *
 * The inside of the sink, shared by sink.c, pair.c, pack.c and attach.c, and
 * how the machinery behind it makes one. Importers include ingest/sink.h only.
 */
#ifndef INGEST_SINK_PRIVATE_H
#define INGEST_SINK_PRIVATE_H

#include <stdatomic.h>

#include "base/buf.h"
#include "ingest/batch.h"
#include "ingest/rules.h"
#include "ingest/sink.h"

struct sink_options {
	const struct ruleset *rules;           /* NULL: nothing is derived */
	struct str format, path;               /* path: the run's key when the file names none */
	struct str run, model, task, provider; /* --set: run replaces, the others fill in what is absent */
	bool rebuild;                          /* results come from parts: equal keys are not numbered */
	const unsigned char *uid;              /* of the result that is rebuilt: its parts', whatever else its key says by now */
	const atomic_bool *stop;               /* may be NULL */
	/* Takes over a sealed batch. FAIL and CANCELLED end the source. */
	enum status (*take)(void *ctx, struct batch *b, struct err *err);
	uint64_t (*consumed)(void *ctx); /* bytes of the source read so far; may be NULL */
	void *ctx;
};

struct sink *sink_new(const struct sink_options *o);
void sink_free(struct sink *s);

/* What one source gave. */
struct sink_totals {
	uint64_t results, turns, tool_calls, answered, call_errors, skipped, warnings, repaired;
	uint64_t pass, fail, unsure, missing;
	struct str declared; /* JSON object, or absent; lives as long as the sink */
	struct str ignored;  /* what was there and not imported, for people; likewise */
};
/* Hands over the last batch. */
enum status sink_flush(struct sink *s, struct err *err);
const struct sink_totals *sink_totals(struct sink *s);

/* ---- inside ---- */

/* Open calls of one result by id, in order of asking (pair.c). */
struct open_calls {
	uint32_t *slots; /* call index + 1 of the earliest unanswered call with that id */
	size_t nslots;
	uint32_t *next; /* by call: the next one with the same id, index + 1 */
	uint32_t *last; /* by call, of a chain's head: its end, index + 1 */
	size_t cap, indexed;
};

/* Hash set of the natural keys of one source, with how often each came. */
struct seen {
	uint64_t *keys;
	uint32_t *counts;
	size_t n, nslots;
};

struct sink_turn_extra {
	uint32_t first_call; /* index of the turn's first call */
	uint32_t cursor;     /* its earliest call that may be unanswered */
	bool answers;        /* a tool's turn, or one that answers a call */
};

struct sink {
	struct sink_options o;
	struct batch *batch;
	enum status broken; /* what take() said when it failed */
	char *broken_text;
	struct sink_totals totals;

	struct arena source; /* lives as long as the source: run, declared */
	struct in_run run;
	bool has_run, default_run; /* default: named after the path, for want of a key in the file */
	struct in_run *batch_run; /* the run as copied into the present batch */
	struct seen seen;
	struct buf declared;
	struct ignored {
		struct str what;
		uint64_t n;
	} * ignored;
	size_t nignored, ignored_cap;

	bool open; /* between sink_result and sink_result_end */
	uint64_t ordinal;
	struct in_result r;
	struct str key_model; /* instead of r.model in its key */
	struct arena scratch; /* text of turns and calls of the open result */
	struct turn *turns;
	struct sink_turn_extra *extra;
	size_t nturns, turns_cap, extra_cap;
	struct call *calls;
	bool *has_result;    /* by call: the result came with it */
	uint32_t *call_turn; /* by call: its turn, from 1 */
	size_t ncalls, calls_cap, has_cap, turn_cap;
	struct open_calls index;
	uint32_t caller; /* last turn that may call: assistant, or any with calls; 0 = none */
	struct in_score *scores;
	size_t nscores, scores_cap;
	struct in_category *categories;
	size_t ncategories, categories_cap;
	struct buf meta;
	uint32_t *assistant; /* turn numbers of assistant turns */
	size_t nassistant, assistant_cap;
};

struct batch *sink_batch(struct sink *s);
/* "events 12×, trace"; absent when nothing was. Lives as long as the sink. */
struct str ignored_text(struct sink *s);
/* The turn's call is answered by that turn: pairs as FORMATS demand; returns false when nothing waits for it. */
bool pair_answer(struct sink *s, struct str id, uint32_t by_turn);
void pair_reset(struct sink *s);
void pair_fini(struct sink *s);
/* How often this key came before; counts it. */
uint32_t seen_add(struct seen *seen, uint64_t key);
void seen_fini(struct seen *seen);

#endif
