/* SPDX-License-Identifier: MIT
 *
 * The engine of browsing: the columns of all results with the overlay of human
 * annotations, filters evaluated to sets, sets counted by any dimensions and
 * sorted. Loops over arrays; a million results stay within one frame. What
 * columns can not answer goes through store, off the UI thread.
 */
#ifndef FACTS_FACTS_H
#define FACTS_FACTS_H

#include <stdatomic.h>

#include "base/bitset.h"
#include "filter/filter.h"
#include "store/columns.h"
#include "store/ledger.h"
#include "store/store.h"

/* Human review of one result, from the current entries of the ledger. */
struct review {
	uint8_t votes[OUTCOME_COUNT]; /* by outcome, one per reviewer */
	uint8_t reviewers;
	uint8_t adjudicated;   /* enum outcome, NONE = no adjudication, or none that says one */
	uint8_t adjudications; /* current ones */
	uint8_t severity;    /* worst said by a reviewer, UNRATED = not said */
	bool has_note, moved; /* moved: evidence changed since */
	uint32_t fail_turn;   /* turn an annotation says it failed at, 0 = none */
	uint32_t fail_step;   /* ordinal of the assistant turn at or before it, 0 = none */
};

enum review_state { REVIEW_NONE, REVIEW_DONE, REVIEW_CONFLICT, REVIEW_ADJUDICATED, REVIEW_STATE_COUNT };
/* "unreviewed", "reviewed", "conflict", "adjudicated": as in v_result. */
const char *review_state_name(enum review_state s);
enum review_state review_state_of(const struct review *r); /* NULL: unreviewed */
/* "confirmed", "false positive", "missed failure", "agrees: pass", "resolved: fail" …; "" when people have not decided. */
const char *facts_ruling(enum outcome automatic, enum outcome human);

struct annotation {
	struct entry entry; /* text lives as long as the facts */
	int64_t result_id;  /* 0 = not in this database */
	bool current;
	bool moved;
};

struct facts;

enum status facts_open(struct store *s, struct facts **out, struct err *err); /* loads; s must outlive it */
void facts_close(struct facts *f);
/* Loads what moved. *changed may be NULL. Nobody may read the facts meanwhile. */
enum status facts_refresh(struct facts *f, bool *changed, struct err *err);

const struct columns *facts_columns(const struct facts *f);
const struct names *facts_names(const struct facts *f);
struct store *facts_store(const struct facts *f);
size_t facts_total(const struct facts *f); /* results that are not gone */
const struct review *facts_review(const struct facts *f, int64_t result_id); /* NULL = nobody looked */
size_t facts_annotations(const struct facts *f, const struct annotation **out);
const char *facts_head(const struct facts *f); /* ledger head, hex */

/* The shipped order of who decides: adjudicated, human majority (ties: unsure), automatic. Policies bring their own. */
enum decider { DECIDER_ADJUDICATED, DECIDER_HUMAN, DECIDER_AUTO };
struct decide_order {
	enum decider order[3];
	size_t n;
	unsigned min_reviewers; /* for the human majority, at least 1 */
};
extern const struct decide_order decide_shipped;
enum outcome facts_outcome(const struct facts *f, int64_t result_id, const struct decide_order *order, enum decider *who);
enum severity facts_severity(const struct facts *f, int64_t result_id);
uint32_t facts_fail_step(const struct facts *f, int64_t result_id);

/* Who `reviewer:me` is; copied, absent = nobody. */
void facts_set_reviewer(struct facts *f, struct str me);
/* Values for completion and did-you-mean, from names and the ledger. The env borrows f. */
struct filter_env facts_filter_env(struct facts *f);

/* ---- sets ---- */

/* Evaluates a filter. needs_store: some term is not in the columns (so: not on the UI thread; s may be NULL otherwise).
 * `cancel` may be NULL; CANCELLED when it became true. out is initialised here, empty on failure. The order (NULL: the shipped
 * one) decides what `outcome:` and `ruling:` mean; `severity:`, `turn:` and `step:` count what reviewers say, `auto:` does not. */
bool facts_needs_store(const struct filter *filter);
/* Results whose run is in scope. out is initialised here. facts_select leaves the others in: zones take them out. */
void facts_in_scope(const struct facts *f, struct bitset *out);
enum status facts_select(struct facts *f, struct store *s, const struct filter *filter, const struct decide_order *order,
	atomic_bool *cancel, struct bitset *out, struct err *err);
/* Parses and evaluates in one go. */
enum status facts_select_text(struct facts *f, struct store *s, struct str text, struct bitset *out, struct err *err);

/* For lists of turns and calls of a set: calls fn, result by result, with each turn (its number, from 1) that the filter's
 * terms about turns hold for, or each call (its number in the transcript, from 1) that its tool: and tool.arg. terms name.
 * Only terms that must hold count; of several groups of them any will do. *narrows: there are such terms; else
 * fn is not called. Reads the transcripts of the set. */
enum narrow_what { NARROW_TURNS, NARROW_CALLS };
typedef void (*narrow_fn)(void *ctx, int64_t result_id, uint32_t number);
enum status facts_narrow(struct store *s, const struct filter *filter, const struct bitset *among, enum narrow_what what,
	atomic_bool *cancel, narrow_fn fn, void *ctx, bool *narrows, struct err *err);

enum dimension {
	DIM_MODEL, DIM_TASK, DIM_RUN, DIM_SOURCE, DIM_CATEGORY, DIM_SEVERITY, DIM_ITEM_SEVERITY, DIM_OUTCOME,
		DIM_FAIL_STEP, DIM_FAIL_TURN,
	DIM_KIND, DIM_PROVIDER, DIM_FORMAT, DIM_EPOCH, DIM_ITEM, DIM_REVIEW_STATE, DIM_COUNT
};

struct group_counts {
	uint32_t key[2]; /* ids in the dimensions; UINT32_MAX = none (no category, unlocated …) */
	uint64_t results, pass, fail, unsure, missing, invalid;
	uint64_t reviewed, human; /* human: decided by people */
	uint64_t turns, tool_calls;
	uint8_t worst_severity;
	uint64_t by_severity[SEVERITY_COUNT];
};
/* Groups a set by one or two dimensions (ndims 0: one group of all). A result with several categories counts in each
 * of its groups, once; with DIM_CATEGORY only categories of `taxonomy` ("" = all) count, cut to `depth` steps (0 = as they
 * are; else the key is the lowest category id that has these steps). A result without one counts under UINT32_MAX.
 * Keys of models: the lowest id that is shown by the same name (names_model). Keys of review state, severity, outcome, kind: their enum; of fail step and turn: the number. Sorted by key. Outcomes are by
 * the shipped order. Caller frees *out. */
enum status facts_group(const struct facts *f, const struct bitset *set, const enum dimension *dims, size_t ndims,
	struct str taxonomy, int depth,
	struct group_counts **out, size_t *n);

enum sort_key { SORT_ID, SORT_MODEL, SORT_TASK, SORT_RUN, SORT_SEVERITY, SORT_OUTCOME, SORT_SCORE, SORT_TURNS,
	SORT_CALLS, SORT_FAIL_STEP, SORT_STARTED, SORT_CATEGORY, SORT_REVIEW, SORT_COUNT };
/* Ids of the set in order; absent values last in either direction; ties by id. Caller frees. */
uint32_t *facts_sorted(const struct facts *f, const struct bitset *set, enum sort_key key, bool descending, size_t *n);

#endif
