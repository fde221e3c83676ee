/* SPDX-License-Identifier: MIT
 *
 * A policy file as the field tables decode it, before it is checked and becomes
 * a struct policy. Private to conf.
 */
#ifndef CONF_POLICY_RAW_H
#define CONF_POLICY_RAW_H

#include "conf/fields.h"
#include "conf/policy.h"

enum { EXTRA_BASELINE = 1, EXTRA_COMPOSITE = 2, EXTRA_K = 4, EXTRA_TURN = 8, EXTRA_RANGE = 16, EXTRA_SCORE = 32, EXTRA_ANY = 64 };

/* direction: 1 higher is worse, -1 lower is worse, 0 the line must say. */
struct metric {
	const char *name;
	enum line_metric metric;
	int direction;
	unsigned extras; /* keys that have a meaning for it */
	bool rate;       /* lines lie in 0…1 */
};
extern const struct metric policy_metrics[];
extern const char *const policy_metric_names[];

struct raw_line {
	struct conf_place place;
	const char *id, *area, *title, *where, *event, *source, *note, *score, *baseline, *composite;
	int metric, unit, direction;
	double yellow;
	struct conf_mixed red;
	int64_t n_min, expect, k, turn;
	struct conf_pair range;
};
struct raw_grade {
	struct conf_place place;
	const char *id, *area, *title, *where, *event, *reference, *bands;
	int metric, unit, rule, arithmetic;
	int64_t n_min;
};
struct raw_part {
	int metric;
	const char *where, *event;
	double weight;
};
struct raw_composite {
	struct conf_place place;
	const char *id;
	struct conf_items parts;
};
struct raw_rollup {
	struct conf_place place;
	const char *id, *label;
	int over, how;
	struct conf_texts expect;
};
struct raw_override {
	struct conf_texts order;
	int64_t min_reviewers;
	int tie, estimator;
	bool false_negative_audit;
};
struct raw_policy {
	const char *id, *version, *title, *note, *schema;
	double confidence, min_coverage;
	int method, cluster, on_incomplete, unsure, family, runs;
	bool inclusive;
	struct conf_texts columns;
	struct raw_override override;
	struct conf_items lines, grades, composites, rollups;
};

extern const struct conf_shape policy_shape;
extern const char *const policy_estimators[];
extern const char *const policy_families[];
extern const char *const policy_overs[];
extern const char *const policy_hows[];
extern const char *const policy_rules[];
extern const char *const policy_units[];
extern const char *const policy_deciders[];

#endif
