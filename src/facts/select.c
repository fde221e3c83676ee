/* SPDX-License-Identifier: MIT
 *
 * Evaluating a filter. Everything that columns and rows can answer becomes a
 * set; what is left (words, role:, tool: …) stays a small tree whose bounds say
 * which transcripts must be read: those that neither surely match nor surely
 * do not. They are read once, for all terms together.
 */
#include "facts/internal.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"

struct selecting {
	struct leaf leaf;
	struct store *s;
	struct err *err;
};

/* Does the subtree take a look at transcripts? */
static bool needs_scan(const struct node *n)
{
	if (plan_is_scan_term(n))
		return true;
	for (size_t i = 0; i < n->nchildren; i++)
		if (needs_scan(n->children[i]))
			return true;
	return false;
}

static bool needs_store(const struct node *n)
{
	if (plan_is_scan_term(n) || (n->kind == NODE_COMPARE && !leaf_in_columns(n)))
		return true;
	for (size_t i = 0; i < n->nchildren; i++)
		if (needs_store(n->children[i]))
			return true;
	return false;
}

bool facts_needs_store(const struct filter *filter)
{
	return needs_store(filter->root);
}

/* ---- subtrees that become a set ---- */

static enum status eval(const struct selecting *s, const struct node *n, const struct bitset *within, struct bitset *out);

/* Cheap terms first, and each only where the ones before left something. */
static enum status eval_and(const struct selecting *s, const struct node *n, const struct bitset *within, struct bitset *out)
{
	bitset_or(out, within);
	for (int stored = 0; stored < 2; stored++)
		for (size_t i = 0; i < n->nchildren; i++) {
			if (needs_store(n->children[i]) != (stored == 1))
				continue;
			struct bitset next;
			bitset_init(&next, out->nbits);
			enum status st = eval(s, n->children[i], out, &next);
			bitset_fini(out);
			*out = next;
			if (st != OK)
				return st;
			if (bitset_next(out, 0) == SIZE_MAX)
				return OK;
		}
	return OK;
}

static enum status eval_or(const struct selecting *s, const struct node *n, const struct bitset *within, struct bitset *out)
{
	enum status st = OK;
	for (size_t i = 0; st == OK && i < n->nchildren; i++)
		st = eval(s, n->children[i], within, out);
	return st;
}

static enum status eval_not(const struct selecting *s, const struct node *n, const struct bitset *within, struct bitset *out)
{
	struct bitset these;
	bitset_init(&these, out->nbits);
	enum status st = eval(s, n->children[0], within, &these);
	for (size_t i = 0, words = (out->nbits + 63) / 64; i < words; i++)
		out->words[i] |= within->words[i] & ~these.words[i];
	bitset_fini(&these);
	return st;
}

/* Adds to out the ids of `within` that match; out may hold others already. */
static enum status eval(const struct selecting *s, const struct node *n, const struct bitset *within, struct bitset *out)
{
	if (n->kind == NODE_ALL) {
		bitset_or(out, within);
		return OK;
	}
	if (n->kind == NODE_NOT)
		return eval_not(s, n, within, out);
	if (n->kind == NODE_OR)
		return eval_or(s, n, within, out);
	struct bitset own;
	bitset_init(&own, out->nbits);
	enum status st = n->kind == NODE_AND ? eval_and(s, n, within, &own)
		: leaf_in_columns(n)         ? leaf_select(&s->leaf, n, within, &own)
					     : leaf_stored(s->leaf.f, s->s, n, within, &own, s->err);
	bitset_or(out, &own);
	bitset_fini(&own);
	return st;
}

/* ---- subtrees that need transcripts ---- */

static enum status plan_node(const struct selecting *s, const struct node *n, const struct bitset *within, struct plan *p);

static enum status plan_set(const struct selecting *s, const struct node *n, const struct bitset *within, struct plan *p)
{
	p->kind = PLAN_SET;
	bitset_init(&p->set, within->nbits);
	return eval(s, n, within, &p->set);
}

static struct plan *add_child(struct plan *p)
{
	p->children = xreallocarray(p->children, p->n + 1, sizeof *p->children);
	p->children[p->n] = (struct plan){.kind = PLAN_SET};
	return &p->children[p->n++];
}

/* The turn terms of the and-group as one child. */
static enum status plan_turns(const struct selecting *s, const struct node *const *terms, size_t n, struct plan *p)
{
	p->kind = PLAN_TURNS;
	return turn_group_new(terms, n, &p->group, s->err);
}

static enum status plan_and(const struct selecting *s, const struct node *n, const struct bitset *within, struct plan *p)
{
	const struct node **turns = xcalloc(n->nchildren, sizeof *turns);
	struct node sets = {.kind = NODE_AND, .children = xcalloc(n->nchildren, sizeof *sets.children)};
	size_t nturns = 0;
	struct plan *child;
	p->kind = PLAN_AND;
	for (size_t i = 0; i < n->nchildren; i++)
		if (!needs_scan(n->children[i]))
			sets.children[sets.nchildren++] = n->children[i];
	/* One set for all that needs no transcript; the rest is only asked within it. */
	child = add_child(p);
	enum status st = plan_set(s, &sets, within, child);
	struct bitset left = {0};
	bitset_copy(&left, &child->set);
	for (size_t i = 0; st == OK && i < n->nchildren; i++) {
		if (filter_is_turn_term(n->children[i], true))
			turns[nturns++] = n->children[i];
		else if (needs_scan(n->children[i]))
			st = plan_node(s, n->children[i], &left, add_child(p));
	}
	if (st == OK && nturns)
		st = plan_turns(s, turns, nturns, add_child(p));
	bitset_fini(&left);
	free(turns);
	free(sets.children);
	return st;
}

static enum status plan_children(const struct selecting *s, const struct node *n, const struct bitset *within, struct plan *p)
{
	enum status st = OK;
	p->kind = n->kind == NODE_OR ? PLAN_OR : PLAN_NOT;
	for (size_t i = 0; st == OK && i < n->nchildren; i++)
		st = plan_node(s, n->children[i], within, add_child(p));
	return st;
}

/* Lower-case packed spellings of the tool names, when all are plain. */
static void plan_tool_sieve(const struct node *n, struct plan *p)
{
	for (size_t i = 0; i < n->nvalues; i++)
		if (n->op == OP_NE || (n->op == OP_IS && !n->quoted[i] && (memchr(n->values[i].p, '*', n->values[i].n) ||
			memchr(n->values[i].p, '?', n->values[i].n) || str_eq_nocase(n->values[i], str_c("none")))))
			return;
	p->literals = xcalloc(n->nvalues, sizeof *p->literals);
	for (size_t i = 0; i < n->nvalues; i++) {
		struct buf b = {0};
		json_write_str(&b, n->values[i]);
		for (size_t k = 0; k < b.n; k++)
			if (b.p[k] >= 'A' && b.p[k] <= 'Z')
				b.p[k] = (char)(b.p[k] + 32);
		size_t length = b.n;
		text_literal_init(&p->literals[p->nliterals++], str_n(buf_detach(&b), length));
	}
}

/* has:note,reasoning: the flags as a set, or a look at the transcript. */
static enum status plan_flags(const struct selecting *s, const struct node *n, const struct bitset *within, struct plan *p)
{
	p->kind = PLAN_OR;
	struct plan *flags = add_child(p);
	bitset_init(&flags->set, within->nbits);
	enum status st = leaf_select(&s->leaf, n, within, &flags->set);
	add_child(p)->kind = PLAN_REASONING;
	return st;
}

static enum status plan_node(const struct selecting *s, const struct node *n, const struct bitset *within, struct plan *p)
{
	if (!needs_scan(n))
		return plan_set(s, n, within, p);
	if (n->kind == NODE_AND)
		return plan_and(s, n, within, p);
	if (n->kind == NODE_OR || n->kind == NODE_NOT)
		return plan_children(s, n, within, p);
	if (filter_is_turn_term(n, false))
		return plan_turns(s, &n, 1, p);
	p->node = n;
	if (n->field->id == F_HAS)
		return plan_flags(s, n, within, p);
	p->kind = n->field->id == F_TOOL_ARG ? PLAN_TOOL_ARG : PLAN_TOOL;
	if (p->kind == PLAN_TOOL)
		plan_tool_sieve(n, p);
	return OK;
}

/* ---- bounds ---- */

/* What surely matches, and what can. Both are initialised here. */
static void bounds(const struct plan *p, const struct bitset *within, struct bitset *sure, struct bitset *can)
{
	bitset_init(sure, within->nbits);
	if (p->kind == PLAN_SET) {
		bitset_or(sure, &p->set);
		bitset_copy(can, sure);
		return;
	}
	if (p->kind != PLAN_AND && p->kind != PLAN_OR && p->kind != PLAN_NOT) {
		bitset_copy(can, within);
		return;
	}
	bitset_init(can, within->nbits);
	if (p->kind != PLAN_OR) {
		bitset_fill(sure);
		bitset_fill(can);
	}
	for (size_t i = 0; i < p->n; i++) {
		struct bitset child_sure, child_can;
		bounds(&p->children[i], within, &child_sure, &child_can);
		if (p->kind == PLAN_NOT) {
			bitset_andnot(sure, &child_can);
			bitset_andnot(can, &child_sure);
		} else if (p->kind == PLAN_AND) {
			bitset_and(sure, &child_sure);
			bitset_and(can, &child_can);
		} else {
			bitset_or(sure, &child_sure);
			bitset_or(can, &child_can);
		}
		bitset_fini(&child_sure);
		bitset_fini(&child_can);
	}
	bitset_and(sure, within);
	bitset_and(can, within);
}

static enum status select_by_plan(const struct selecting *s, const struct node *root, struct bitset *out)
{
	struct plan plan = {.kind = PLAN_SET};
	enum status st = plan_node(s, root, &s->leaf.f->present, &plan);
	if (st == OK) {
		struct bitset can;
		bitset_fini(out);
		bounds(&plan, &s->leaf.f->present, out, &can);
		bitset_andnot(&can, out);
		st = plan_scan(&plan, s->s, &can, s->leaf.cancel, out, s->err);
		bitset_fini(&can);
	}
	scan_plan_fini(&plan);
	return st;
}

/* ---- the whole filter ---- */

/* Outcomes by another order than the shipped one. */
static uint8_t *outcomes_by(const struct facts *f, const struct decide_order *order)
{
	uint8_t *o = memcpy(xmalloc(f->c.n + 1), f->c.outcome, f->c.n);
	enum decider who;
	for (size_t i = 0; i < f->nreviews; i++) {
		uint32_t id = f->review_ids[i];
		o[id] = (uint8_t)facts_decide(&f->reviews[i], (enum outcome)o[id], order, &who);
	}
	return o;
}

enum status facts_select(struct facts *f, struct store *s, const struct filter *filter,
	const struct decide_order *order, atomic_bool *cancel,
	struct bitset *out, struct err *err)
{
	order = order ? order : &decide_shipped;
	uint8_t *own = decide_order_is_shipped(order) || !f->nreviews ? NULL : outcomes_by(f, order);
	struct selecting sel = {
		.leaf = {.f = f, .order = order, .outcome = own ? own : f->outcome, .cancel = cancel},
		.s = s,
		.err = err,
	};
	bitset_init(out, f->c.n);
	enum status st = OK;
	if (!s && facts_needs_store(filter))
		st = err_fail(err, "this filter needs the database, not only the columns");
	else if (needs_scan(filter->root))
		st = select_by_plan(&sel, filter->root, out);
	else
		st = eval(&sel, filter->root, &f->present, out);
	if (st == OK && facts_cancelled(cancel))
		st = CANCELLED;
	if (st != OK) {
		bitset_fini(out);
		bitset_init(out, f->c.n);
	}
	free(own);
	return st;
}

enum status facts_select_text(struct facts *f, struct store *s, struct str text, struct bitset *out, struct err *err)
{
	struct filter_env env = facts_filter_env(f);
	struct filter *filter;
	enum status st = filter_parse(text, &env, &filter, NULL, err);
	if (st != OK) {
		bitset_init(out, f->c.n);
		return st;
	}
	st = facts_select(f, s, filter, &decide_shipped, NULL, out, err);
	filter_free(filter);
	return st;
}
