/* SPDX-License-Identifier: MIT
 *
 * What the files of zones share: how a row selects its units, and the view of
 * all results from which every cell is counted. Private to zones.
 */
#ifndef ZONES_INTERNAL_H
#define ZONES_INTERNAL_H

#include "stats/rate.h"
#include "zones/zones.h"

struct board_row {
	int line;             /* of the policy, or -1 */
	const char *category; /* units in it or below, "taxonomy:path" or "taxonomy"; NULL = all */
	const char *where;    /* filter, or NULL */
	const char *event;    /* filter, or NULL for the metric's own */
	bool one_kind;        /* only units whose tasks have this kind */
	enum task_kind kind;
	uint32_t task;        /* only units of this task; 0 = all */
	bool bare;            /* only units without a category */
	bool expanded;        /* one of several rows of its line */
	size_t children;      /* a roll-up of so many rows behind it; 0 = counts units itself */
	const char *reason;   /* why it is not computed, or NULL */
	uint64_t other_kinds; /* units left out, because their tasks are of other kinds */
	bool mixed;           /* units of several kinds, which are not pooled */
};

/* Results of one model and one item: a cluster. */
struct group {
	uint32_t column, item, task;
	uint32_t first, n; /* in units.order */
};

struct units {
	const struct columns *cols;
	const struct names *names;
	const struct policy *policy;
	size_t n;              /* results, holes included */
	struct bitset scope;   /* what counts at all */
	struct bitset chosen;  /* of these what the board's filter takes */
	struct bitset wide;    /* the same for all models and runs: what any of them has, each is expected to have */
	uint8_t *outcome, *who;
	uint32_t *column_of;   /* by model id; UINT32_MAX = none */
	size_t ncolumns, ntasks, nitems, nruns;
	uint32_t *order;       /* results in scope by column, item, id */
	uint32_t *rank;        /* by result: its place in order */
	uint32_t *group_at;    /* by place in order: its group */
	size_t norder;
	struct group *groups;
	size_t ngroups;
	size_t *column_first;  /* by column: its first group; one more at the end */
	uint32_t *repeats;     /* by column × task: results that each item should have */
	uint32_t *task_of_item;
	uint64_t *run_total;   /* by run: results in the database */
	struct line_sets *sets; /* of the line counted last */
};

/* A column of a row while it is counted. */
struct tallies {
	struct counts raw, human;
	double raw_k, human_k; /* events */
	uint64_t units, items, invalid, raw_invalid, absent;
	uint64_t decided[3];   /* by enum decider */
	uint64_t to_pass, to_fail;
	bool unconfirmed;
	uint64_t by_declared;  /* units absent, as far as the declared totals of runs know */
};

/* columns.c */
void board_columns(struct board *b, struct units *u);

/* rows.c */
void board_rows(struct board *b, const struct units *u);
/* Is the category `name` the node or below it? */
bool category_under(struct str name, const char *node);
/* What the shipped taxonomies call it; NULL when they do not know it. */
struct str category_title(const char *node);
/* Children of a node, in the shipped taxonomy or in the data: calls each with "taxonomy:path". */
void category_children(const struct names *names, const char *node, void (*each)(void *ctx, struct str child), void *ctx);

/* units.c */
enum status units_open(struct units *u, struct board *b, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err);
void units_close(struct units *u);

/* sets.c: what the filters of a line select; one line at a time, so rows of one line share them. */
struct line_sets {
	int line;                /* -2 = nothing yet */
	struct bitset where;     /* of units.wide; all of it when the line has none */
	bool has_event;          /* of its own; then: */
	struct bitset event, raw_event; /* with overrides, and by automatic outcomes only */
	bool needs_outcome;      /* the event speaks of outcomes: what has none is undecided */
	struct bitset lacking;   /* has not the scores that the event asks for */
	bool says_kind;          /* `where` names the kinds itself */
	double *scores;          /* by result, of a named score; NaN = none; NULL = the primary one */
};
enum status line_sets_load(struct units *u, const struct board *b, int line, struct facts *f, struct store *s, atomic_bool *cancel,
	struct err *err);
void line_sets_free(struct line_sets *sets);

/* count.c: counts one row into tallies by column. */
enum status row_count(struct units *u, struct board *b, size_t row, struct facts *f, struct store *s, atomic_bool *cancel, struct tallies *out,
	struct err *err);

/* evaluate.c */
bool zone_is_bad(enum verdict v); /* yellow or worse */
const char *row_metric(const struct board *b, const struct zone_cell *c);
/* The event of a row as filter text, for people: "outcome:fail". */
void row_event(struct buf *out, const struct board *b, const struct board_row *r);
/* The units of a row as filter text, without model. */
void row_units(struct buf *out, const struct board *b, const struct board_row *r);

/* rollup.c */
void board_roll_up(struct board *b, const struct names *names);

/* declare.c */
enum status board_declarations(struct board *b, struct store *s, struct err *err);

#endif
