/* SPDX-License-Identifier: MIT
 *
 * Who decides an outcome, and the words for what review makes of it.
 */
#include "facts/internal.h"

/* More than half of the votes, else unsure. */
static enum outcome majority(const struct review *r, unsigned min_reviewers)
{
	unsigned votes = 0;
	for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
		votes += r->votes[o];
	if (votes == 0 || votes < min_reviewers)
		return OUTCOME_NONE;
	for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
		if (2u * r->votes[o] > votes)
			return (enum outcome)o;
	return OUTCOME_UNSURE;
}

static enum outcome one_decider(const struct review *r, enum decider d, unsigned min_reviewers)
{
	if (!r || d == DECIDER_AUTO)
		return OUTCOME_NONE;
	return d == DECIDER_ADJUDICATED ? (enum outcome)r->adjudicated : majority(r, min_reviewers);
}

enum outcome facts_decide(const struct review *r, enum outcome automatic, const struct decide_order *order, enum decider *who)
{
	*who = DECIDER_AUTO;
	if (!r)
		return automatic;
	for (size_t i = 0; i < order->n; i++) {
		enum outcome o = one_decider(r, order->order[i], order->min_reviewers);
		if (order->order[i] == DECIDER_AUTO && automatic != OUTCOME_NONE && automatic != OUTCOME_MISSING)
			o = automatic;
		if (o == OUTCOME_NONE)
			continue;
		*who = order->order[i];
		return o;
	}
	return automatic;
}

enum outcome review_outcome(const struct review *r, const struct decide_order *order, enum decider *who)
{
	for (size_t i = 0; r && i < order->n; i++) {
		enum outcome o = one_decider(r, order->order[i], order->min_reviewers);
		*who = order->order[i];
		if (o != OUTCOME_NONE)
			return o;
	}
	*who = DECIDER_AUTO;
	return OUTCOME_NONE;
}

bool decide_order_is_shipped(const struct decide_order *order)
{
	bool same = order->n == decide_shipped.n && order->min_reviewers <= 1;
	for (size_t i = 0; same && i < order->n; i++)
		same = order->order[i] == decide_shipped.order[i];
	return same;
}

const char *review_state_name(enum review_state s)
{
	static const char *const names[REVIEW_STATE_COUNT] = {"unreviewed", "reviewed", "conflict", "adjudicated"};
	return names[s];
}

enum review_state review_state_of(const struct review *r)
{
	unsigned opinions = 0;
	if (!r)
		return REVIEW_NONE;
	if (r->adjudications)
		return REVIEW_ADJUDICATED;
	for (int o = OUTCOME_NONE + 1; o < OUTCOME_COUNT; o++)
		opinions += r->votes[o] > 0;
	return opinions > 1 ? REVIEW_CONFLICT : r->reviewers ? REVIEW_DONE : REVIEW_NONE;
}

const char *facts_ruling(enum outcome automatic, enum outcome human)
{
	static const char *const words[OUTCOME_COUNT][OUTCOME_COUNT] = {
		[OUTCOME_FAIL] = {[OUTCOME_FAIL] = "confirmed", [OUTCOME_PASS] = "false positive"},
		[OUTCOME_PASS] = {[OUTCOME_FAIL] = "missed failure", [OUTCOME_PASS] = "agrees: pass"},
	};
	if (human == OUTCOME_UNSURE)
		return "unsure";
	if (human == OUTCOME_INVALID)
		return "invalid";
	if (human != OUTCOME_PASS && human != OUTCOME_FAIL)
		return "";
	if (words[automatic][human])
		return words[automatic][human];
	return human == OUTCOME_PASS ? "resolved: pass" : "resolved: fail";
}
