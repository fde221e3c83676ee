/* SPDX-License-Identifier: MIT
 *
 * What the files of the facts module share and nobody else needs.
 */
#ifndef FACTS_INTERNAL_H
#define FACTS_INTERNAL_H

#include "facts/facts.h"

struct facts {
	struct store *s;
	struct columns c;
	struct names n;
	struct bitset present; /* results that are not gone */
	size_t total;
	struct str me; /* owned; absent = nobody */
	/* The ledger, in the order of reading. */
	struct arena text;
	struct dict ids; /* entry id to index */
	struct annotation *annotations;
	bool *digest_checked; /* by annotation: `moved` is known for the present columns */
	size_t nannotations, cap;
	int64_t seen;
	char head[SHA256_HEX];
	/* The overlay: one review for each result that somebody looked at, by ascending result. */
	struct review *reviews;
	uint32_t *review_ids; /* their results */
	uint32_t *review_at;  /* by review: first of its entries in review_entries; one more at the end */
	size_t nreviews;
	uint32_t *review_entries; /* indices of annotations */
	uint32_t *review_of;      /* by result: index of its review + 1; NULL without reviews */
	/* Columns with the overlay in them; without reviews those of `c`. Owned when has_overlay. */
	bool has_overlay;
	uint8_t *outcome; /* by the shipped order */
	uint8_t *severity;
	uint16_t *fail_turn, *fail_step;
};

/* Everything that is computed from columns and ledger; call after either has changed. */
enum status facts_overlay(struct facts *f, struct err *err);
void facts_overlay_fini(struct facts *f);
/* What is present, and that no column points outside its names. */
enum status facts_index(struct facts *f, struct err *err);

/* What people say by the order, NONE when it is not theirs to decide. */
enum outcome review_outcome(const struct review *r, const struct decide_order *order, enum decider *who);
enum outcome facts_decide(const struct review *r, enum outcome automatic, const struct decide_order *order, enum decider *who);
bool decide_order_is_shipped(const struct decide_order *order);

/* ---- leaves of a filter that the columns answer ---- */

struct leaf {
	struct facts *f;
	const struct decide_order *order;
	const uint8_t *outcome; /* effective by the order */
	atomic_bool *cancel;
};
/* Does the field lie in columns or overlay? Some values of has: do not. */
bool leaf_in_columns(const struct node *node);
/* The ids of `within` for which the comparison holds; out is as long and clear. CANCELLED when asked. */
enum status leaf_select(const struct leaf *l, const struct node *node, const struct bitset *within, struct bitset *out);
/* The same for what annotations say. */
void leaf_review(const struct leaf *l, const struct node *node, const struct bitset *within, struct bitset *out);
bool facts_cancelled(atomic_bool *cancel);

/* A predicate on one u32 column by table: table[id] is 0 or 1. */
enum status leaf_table_u32(const struct leaf *l, const uint32_t *column, const uint8_t *table,
	const struct bitset *within, struct bitset *out);

/* ---- leaves that need the database ---- */

/* Fields of rows: item, target, scores … */
enum status leaf_stored(struct facts *f, struct store *s, const struct node *node, const struct bitset *within,
	struct bitset *out,
	struct err *err);

/* ---- leaves that need the transcript: words, role:, tool: … ---- */

enum plan_kind { PLAN_SET, PLAN_AND, PLAN_OR, PLAN_NOT, PLAN_TURNS, PLAN_TOOL, PLAN_TOOL_ARG, PLAN_REASONING };

/* A filter of which all is decided but what takes a look at the transcript. */
struct plan {
	enum plan_kind kind;
	struct bitset set;
	struct turn_group *group;
	const struct node *node; /* TOOL, TOOL_ARG */
	struct text_literal *literals; /* TOOL: one of them is in the packed text; none = no sieve */
	size_t nliterals;
	struct plan *children;
	size_t n;
};
/* The parts of a turn that the terms about turns look at. */
struct turn_text turn_pieces(struct arena *a, const struct transcript *tr, const struct turn *turn);
/* The argument of that name, ASCII case ignored; arguments that are no JSON object have none. */
struct str call_argument(struct arena *a, struct str arguments, struct str name);
bool plan_is_scan_term(const struct node *node);
void scan_plan_fini(struct plan *p);
/* Decides the ids of `among` by reading their transcripts once; adds those that match to out. */
enum status plan_scan(struct plan *p, struct store *s, const struct bitset *among, atomic_bool *cancel, struct bitset *out,
	struct err *err);

#endif
