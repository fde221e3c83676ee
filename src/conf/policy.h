/* SPDX-License-Identifier: MIT
 *
 * Policy files (ZONES 6): JSON with // comments, decoded strictly through a
 * field table that also prints the JSON Schema. There are no default
 * thresholds, ever.
 */
#ifndef CONF_POLICY_H
#define CONF_POLICY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"

enum line_metric {
	METRIC_FAIL_RATE, METRIC_PASS_RATE, METRIC_MEAN_SCORE,
	METRIC_UNSUPPORTED, /* named by ZONES 6, not computed by this version: policy check says so, the cell says so */
};
enum interval_method { METHOD_CLOPPER_PEARSON, METHOD_WILSON };
enum cluster_by { CLUSTER_SAMPLE, CLUSTER_ITEM, CLUSTER_SCENARIO };
enum red_kind { RED_NUMBER, RED_REVIEW, RED_NONE };
enum on_incomplete { INCOMPLETE_SHOW, INCOMPLETE_YELLOW, INCOMPLETE_RED };

struct policy_line {
	/* NULL when not given; score: name for mean_score */
	const char *id, *area, *title, *unit, *where, *event, *source, *note, *score;
	const char *metric_name;
	enum line_metric metric;
	const char *unsupported; /* what this version does not compute: "metric composite", "unit turn"; or NULL */
	bool grade;              /* stands under grades, not lines */
	bool higher_worse;
	bool has_yellow;
	double yellow, red;
	enum red_kind red_kind;
	unsigned n_min;     /* at least 1 */
	int64_t expect;     /* units expected, -1 = not given */
	double lo, hi;      /* range */
	bool has_range;
	char pointer[64];   /* JSON pointer of the line in the file: "/lines/4" */
	unsigned text_line; /* line of the file */
};

struct policy_rollup {
	const char *id, *over, *how, *label;
	const char *const *expect; /* areas, NULL-terminated; NULL = the policy's lines */
	const char *expect_level;  /* "taxonomy:LEVEL", or NULL */
};

struct policy {
	struct arena arena;
	const char *path; /* where it was read, or "(shipped) name" */
	char sha256[SHA256_HEX];
	const char *id, *version, *title;
	double confidence;
	enum interval_method method;
	enum cluster_by cluster;
	bool inclusive;
	enum on_incomplete on_incomplete;
	double min_coverage;
	bool unsure_fail; /* unsure: fail; else widen */
	const char *family; /* none, bonferroni, holm */
	bool latest_runs;
	const char *const *columns; /* NULL-terminated, default "model" */
	unsigned order[3];          /* enum decider values: 0 adjudicated, 1 human majority, 2 auto */
	size_t norder;
	unsigned min_reviewers;
	bool false_negative_audit;
	const char *estimator;
	const char *unsupported; /* what of the whole policy this version does not compute: "family holm"; or NULL */
	struct policy_line *lines;
	size_t nlines;
	struct policy_rollup *rollups;
	size_t nrollups;
};

/* path: a file, or the name of a shipped policy. FAIL or USAGE names path, line, JSON pointer, and the nearest known key. */
enum status policy_load(const char *path, struct policy **out, struct err *err);
enum status policy_read(struct str text, const char *path, struct policy **out, struct err *err);
void policy_free(struct policy *p);
/* Names of shipped policies, NULL-terminated. */
const char *const *policy_shipped(void);
/* The embedded text of a shipped policy, or an absent str. */
struct str policy_shipped_text(const char *name);
/* The JSON Schema, as in schemas/policy.schema.json. */
void policy_schema(struct buf *out);
/* Every key with type, default and help, for the manual. */
void policy_help(struct buf *out);

#endif
