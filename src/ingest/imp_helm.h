/* SPDX-License-Identifier: MIT
 *
 * Between the parts of the HELM importer: the run, what per_instance_stats.json
 * says of each request, and the requests themselves.
 */
#ifndef INGEST_IMP_HELM_H
#define INGEST_IMP_HELM_H

#include "base/dict.h"
#include "ingest/walk.h"

/* Of the same result a run directory knows more than one of its files alone. */
enum { HELM_FILE = 0, HELM_DIRECTORY = 1 };

struct helm_stat {
	struct str name;
	double mean;
	struct helm_stat *next; /* of the same request, in source order */
};

struct helm_request {
	struct helm_stat *first, *last;
};

struct helm {
	struct import *im;
	struct arena keep; /* what is copied out of records */
	struct str run, task, model, provider, group;
	uint8_t authority;
	struct dict names; /* of statistics */
	struct dict keys;  /* of requests: helm_key() */
	struct helm_request *requests; /* by key */
	size_t nrequests, requests_cap;
	struct dict instances; /* helm_key() without trial; */
	struct str *inputs;    /* their questions, by id */
	size_t ninputs, inputs_cap;
	size_t refusing[2]; /* judges' prompts in which a refusal gets 0, gets 1 */
	double declared;    /* requests that stats.json counted; NAN when perturbed ones are among them */
};

/* "id TAB trial TAB perturbation"; trial absent for instances.json. */
struct str helm_key(struct arena *a, struct str id, struct str trial, const struct json *perturbation);

/* The run as run_spec.json or the adapter of scenario_state.json tells it; name absent: from the path. */
void helm_run(struct helm *h, struct str name, const struct json *adapter, const struct json *groups);

/* per_instance_stats.json: records of one request are joined. */
enum status helm_read_stats(struct helm *h, const struct member *m, struct err *err);
/* {name: mean} of a prediction, for want of per_instance_stats.json. */
void helm_add_stats(struct helm *h, struct str key, const struct json *stats);
/* Questions for runs without scenario_state.json. */
enum status helm_read_instances(struct helm *h, const struct member *m, struct err *err);
/* What the judges were told: does a refusal get 0 or 1? */
enum status helm_read_scale(struct helm *h, const struct member *m, struct err *err);
/* Scores of the open result, with the judges' reasons; bookkeeping becomes facts. */
void helm_add_scores(struct helm *h, struct arena *a, struct str key, const struct json *annotations);
/* stats.json: published means. */
enum status helm_read_published(struct helm *h, const struct member *m, struct err *err);
void helm_publish(struct helm *h, const struct json *stat);

enum status helm_read_state(struct helm *h, const struct member *m, struct err *err);
enum status helm_read_predictions(struct helm *h, const struct member *m, struct err *err);
/* Suite files: runs.json has published means of all runs, the others are views of it. */
void helm_claim_suite(const struct importer *importer, const struct bundle *b, void (*add)(void *ctx, const struct claim *c),
	void *ctx);
bool helm_is_suite(const struct member *m);
enum status helm_read_suite(struct helm *h, const struct member *m, struct err *err);

#endif
