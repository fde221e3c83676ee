/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the garak importer: report, hit log, digest.
 */
#ifndef INGEST_IMP_GARAK_H
#define INGEST_IMP_GARAK_H

#include "base/dict.h"
#include "ingest/walk.h"

/* Of the same result the report knows more than the hit log. */
enum { GARAK_HITLOG = 0, GARAK_REPORT = 1 };

struct garak {
	struct import *im;
	struct arena keep;          /* what is copied out of records */
	struct str run, version, model, provider;
	int64_t started_ms;
	double threshold;
	const struct json *digest;  /* its "eval"; absent when there is none */
	struct dict seen;           /* attempts already taken */
	struct str last_probe;      /* for the declared total: the probe of the last eval line, */
	int64_t probe_total, total; /* the most outputs one of its detectors saw, and the sum over probes; -1 = none said */
};

/* "TYPE NAME" apart; the generator's type stands for a model without a name. */
void garak_model(struct garak *g, struct str type, struct str name);
/* The run of the following results. */
void garak_run(struct garak *g);
/* The words of a prompt: a string, a message or a conversation. */
struct str garak_text(struct arena *a, const struct json *node);
/* What a detector looks for: the only trigger of the notes or the line, or all of them. */
struct str garak_trigger(const struct json *node);
/* What the report's and the hit log's result share: natural key, task, target. */
void garak_result(struct garak *g, struct sink_result *r, const struct walked *w, struct str probe, const struct json *prompt,
	struct str seq, size_t output);
/* Turns of a prompt or a conversation; returns the last role. */
enum role garak_turns(struct sink *s, const struct json *node);
/* Category, tags and tier of the probe, and the attempt's goal. */
void garak_facts(struct garak *g, const struct json *node, struct str probe);

enum status garak_read_hitlog(struct garak *g, struct err *err);
/* Adds to the total that the report declares. */
void garak_count_eval(struct garak *g, const struct json *line);
/* Published values of an eval line and of a digest's eval member. */
void garak_eval(struct garak *g, const struct json *line);
void garak_digest(struct garak *g);
#endif
