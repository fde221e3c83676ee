/* SPDX-License-Identifier: MIT
 *
 * Zones: a policy's lines evaluated over the facts: counts, intervals,
 * verdicts, roll-ups that never turn a hole into green, and the explanation
 * from which each can be recomputed by hand.
 */
#ifndef ZONES_ZONES_H
#define ZONES_ZONES_H

#include "base/cell.h"
#include "conf/policy.h"
#include "facts/facts.h"

struct zone_cell {
	size_t area, model;       /* indices in the board */
	int line;                 /* index in the policy's lines; -1 for a roll-up or without policy */
	enum verdict verdict;
	bool confirmed, small_n, red_not_assessed, incomplete, red_if_missing_failed;
	bool direction_unconfirmed, no_interval, override_only;
	bool low_coverage;        /* too much is missing for good news */
	enum verdict reads;       /* what it would be, were there enough data */
	enum verdict at_least;    /* zone of the good end of the interval: "at least yellow" */
	enum verdict at_worst;    /* zone of the bad end: possible-red */
	enum verdict declared;    /* red or green by a current declaration, else VERDICT_NO_LINE */
	bool declaration_stale;   /* there is one, but k, n or the policy changed since */
	bool shows_raw;           /* the numbers are those of the automatic outcomes: they are the worse ones */
	const char *reason;       /* why there is no data, for a reader; or NULL */
	int worst;                /* of a roll-up: the area its numbers come from, or -1 */
	uint64_t k, n, missing, unsure, invalid, expected; /* units */
	uint64_t units, items;    /* results selected; distinct clusters */
	double value, low, high;  /* of the metric, on its own scale; NaN without data */
	double confidence;           /* of this cell, after the correction for the family */
	double n_eff;                /* of the decided units */
	double low_k, low_n;         /* low is the lower bound of low_k in low_n: undecided units taken as 0 … */
	double high_k, high_n;       /* … and high the upper one of high_k in high_n: taken as 1 */
	uint64_t low_clusters, high_clusters; /* for the floor */
	uint64_t absent;             /* of the missing: no result at all */
	uint64_t fewer;              /* bad units fewer for a better zone of the estimate */
	double value_missing_failed; /* if all missing were events */
	uint64_t needs_n;         /* further clean units that make it green (0 = is, or cannot be) */
	uint64_t decided_auto, decided_human, decided_adjudicated;
	uint64_t overrides_to_pass, overrides_to_fail;
	double raw, override;     /* rates by automatic outcomes only, and with overrides */
};

struct zone_area {
	const char *name;  /* category, or task */
	const char *title;
	int depth;         /* indentation on the board */
	int line;          /* policy line, or -1 */
	double yellow, red; /* NaN = none */
	enum red_kind red_kind;
};

struct board_row; /* how a row selects its units; private */

struct board {
	struct arena arena;
	const struct policy *policy; /* NULL: no lines */
	const char *grouped_by;      /* "policy lines", "category" or "task" */
	struct zone_area *areas;
	size_t nareas;
	const char **models;
	uint32_t *model_ids;
	size_t nmodels;
	struct zone_cell *cells;   /* areas × models, row-major */
	struct zone_cell *rollups; /* one per model: the worst of its column */
	struct str filter;
	struct board_row *rows;           /* by area */
	const char *const **raw_models;   /* by model: the raw names behind it, NULL-terminated */
};

/* Without a policy: rates and intervals by category (by task where there is none), verdict VERDICT_NO_LINE.
 * filter: an extra filter on all units, or "". Runs out of scope never count. CANCELLED when asked. */
enum status zones_evaluate(struct facts *f, struct store *s, const struct policy *p, struct str filter, atomic_bool *cancel,
	struct board **out, struct err *err);
void board_free(struct board *b);
static inline const struct zone_cell *board_cell(const struct board *b, size_t area, size_t model)
{
	return &b->cells[area * b->nmodels + model];
}
/* The words of a cell: "red, at least yellow", "insufficient (reads green)", "yellow, red not assessed", "incomplete". */
void zone_words(struct buf *out, const struct zone_cell *c);
/* What must be said beside the verdict, comma-separated: "small n", "direction unconfirmed", "override-only" …; may be empty. */
void zone_tags(struct buf *out, const struct zone_cell *c);
/* One letter and shape for the screen: "R" "▲" … */
const char *zone_letter(enum verdict v);
const char *zone_shape(enum verdict v, bool ascii);
/* The filter that selects the cell's concerning units (drill-down, "worst"). */
void zone_filter(struct buf *out, const struct board *b, const struct zone_cell *c, bool concerning);
/* The explanation, line by line (two columns: label, text). */
void zone_explain(struct table *out, const struct board *b, const struct zone_cell *c);
/* All cells as a table (zones --format csv …): policy, policy_sha256, area, model, metric, k, n, … */
void zone_table(struct table *out, const struct board *b);

/* --fail-on: "red,incomplete" … Sets *failed and appends one line per failing cell. USAGE on unknown words. */
enum status zone_gate(const struct board *b, const char *fail_on, bool *failed, struct buf *reasons, struct err *err);

/* A reviewer's word on a red line that is a statement: writes the declaration of this cell, with what it saw (k, n, policy)
 * so that it goes stale when they change. USAGE when the line has no red "review". */
enum status zone_declare(struct store *s, const struct board *b, const struct zone_cell *c, const char *reviewer, bool red,
	struct str reason, struct err *err);
/* The cell of a line's id and a model's name; NULL: there is none. A line with several rows gives the first. */
const struct zone_cell *zone_find(const struct board *b, struct str line, struct str model);

/* Starter policy from the database (policy new). */
enum status zone_starter(struct facts *f, struct store *s, struct buf *out, struct err *err);
/* policy check: warnings as a table (line, severity, text). */
enum status zone_policy_check(struct facts *f, struct store *s, const struct policy *p, struct table *out, struct err *err);
/* Writes the board into v_zone's table. */
enum status zone_record(struct store *s, const struct board *b, struct err *err);

#endif
