/* SPDX-License-Identifier: MIT
 *
 * Lists of turns and of tool calls under a filter: of the results that match,
 * only the turns that its terms about turns hold for, only the calls that its
 * terms about tools name.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/mem.h"

struct narrowing {
	struct turn_group **groups; /* of each group of turn terms that must hold; a turn is taken for any of them */
	const struct node **tools;  /* tool: and tool.arg.NAME: that must hold; a call is taken for any of them */
	size_t ngroups, ntools;
};

static enum status add_group(struct narrowing *w, const struct node *const *terms, size_t n, struct err *err)
{
	w->groups = xreallocarray(w->groups, w->ngroups + 1, sizeof *w->groups);
	enum status st = turn_group_new(terms, n, &w->groups[w->ngroups], err);
	w->ngroups += st == OK;
	return st;
}

/* What stands in an `or` with other terms, or is negated, singles out nothing. */
static enum status gather(struct narrowing *w, const struct node *n, enum narrow_what what, struct err *err)
{
	enum status st = OK;
	if (what == NARROW_CALLS && n->kind == NODE_COMPARE && (n->field->id == F_TOOL || n->field->id == F_TOOL_ARG)) {
		w->tools = xreallocarray(w->tools, w->ntools + 1, sizeof *w->tools);
		w->tools[w->ntools++] = n;
	}
	if (n->kind != NODE_AND)
		return what == NARROW_TURNS && filter_is_turn_term(n, false) ? add_group(w, &n, 1, err) : OK;
	const struct node **terms = xcalloc(n->nchildren, sizeof *terms);
	size_t nterms = 0;
	for (size_t i = 0; st == OK && i < n->nchildren; i++) {
		if (what == NARROW_TURNS && filter_is_turn_term(n->children[i], true))
			terms[nterms++] = n->children[i];
		else
			st = gather(w, n->children[i], what, err);
	}
	if (st == OK && nterms)
		st = add_group(w, terms, nterms, err);
	free(terms);
	return st;
}

static void narrowing_fini(struct narrowing *w)
{
	for (size_t i = 0; i < w->ngroups; i++)
		turn_group_free(w->groups[i]);
	free(w->groups);
	free(w->tools);
}

/* ---- one result ---- */

struct looking {
	struct narrowing *w;
	struct arena arena;
	atomic_bool *cancel;
	narrow_fn fn;
	void *ctx;
};

static enum status look_at_turns(struct looking *l, int64_t id, const struct transcript *tr, struct err *err)
{
	for (size_t i = 0; i < tr->n; i++) {
		struct turn_text t = turn_pieces(&l->arena, tr, &tr->turns[i]);
		bool matches = false;
		for (size_t g = 0; !matches && g < l->w->ngroups; g++) {
			enum status st = turn_group_matches(l->w->groups[g], &t, &matches, err);
			if (st != OK) {
				err_prefix(err, "result %lld, turn %zu", (long long)id, i + 1);
				return st;
			}
		}
		if (matches)
			l->fn(l->ctx, id, (uint32_t)i + 1);
	}
	return OK;
}

static bool names_call(struct looking *l, const struct call *c)
{
	for (size_t i = 0; i < l->w->ntools; i++) {
		const struct node *n = l->w->tools[i];
		struct match_value v = {.text = n->field->id == F_TOOL ? c->name : call_argument(&l->arena, c->arguments, n->sub)};
		if (v.text.p && filter_value_matches(n, &v))
			return true;
	}
	return false;
}

static void look_at_calls(struct looking *l, int64_t id, const struct transcript *tr)
{
	uint32_t number = 0;
	for (size_t i = 0; i < tr->n; i++)
		for (size_t k = 0; k < tr->turns[i].ncalls; k++) {
			number++;
			if (names_call(l, &tr->turns[i].calls[k]))
				l->fn(l->ctx, id, number);
		}
}

static enum status look(void *ctx, int64_t result_id, struct str body, struct err *err)
{
	struct looking *l = ctx;
	struct transcript tr;
	if (facts_cancelled(l->cancel))
		return CANCELLED;
	enum status st = transcript_read(&l->arena, body, &tr, err);
	if (st != OK)
		err_prefix(err, "result %lld", (long long)result_id);
	if (st == OK && l->w->ngroups)
		st = look_at_turns(l, result_id, &tr, err);
	if (st == OK && l->w->ntools)
		look_at_calls(l, result_id, &tr);
	arena_reset(&l->arena);
	return st;
}

enum status facts_narrow(struct store *s, const struct filter *filter, const struct bitset *among, enum narrow_what what,
	atomic_bool *cancel, narrow_fn fn, void *ctx, bool *narrows, struct err *err)
{
	struct narrowing w = {0};
	struct looking l = {.w = &w, .cancel = cancel, .fn = fn, .ctx = ctx};
	enum status st = filter->root ? gather(&w, filter->root, what, err) : OK;
	*narrows = w.ngroups || w.ntools;
	if (st == OK && *narrows)
		st = store_scan(s, among, false, look, &l, err);
	arena_fini(&l.arena);
	narrowing_fini(&w);
	return st;
}
