/* SPDX-License-Identifier: MIT
 *
 * Comparisons that only the rows answer: each value is one predicate of
 * store. What is compared, and how, is what filter_value_matches does.
 */
#include "facts/internal.h"

#include <math.h>

static enum store_predicate predicate_of(enum field_id id)
{
	switch (id) {
	case F_ITEM:
		return PREDICATE_ITEM;
	case F_UID:
		return PREDICATE_UID;
	case F_TARGET:
		return PREDICATE_TARGET;
	case F_ANSWER:
		return PREDICATE_ANSWER;
	case F_ERROR:
		return PREDICATE_ERROR;
	case F_LIMIT:
		return PREDICATE_LIMIT;
	case F_SCORE_NAME:
		return PREDICATE_SCORE;
	case F_META:
		return PREDICATE_META;
	case F_SAID:
		return PREDICATE_RAW_OUTCOME;
	case F_SAID_SEVERITY:
		return PREDICATE_RAW_SEVERITY;
	case F_RATER:
		return PREDICATE_RATER;
	default:
		return PREDICATE_METRIC;
	}
}

static enum compare compare_of(enum filter_op op)
{
	static const enum compare ops[] = {
		[OP_IS] = COMPARE_EQ, [OP_EQ] = COMPARE_EQ, [OP_NE] = COMPARE_NE, [OP_LT] = COMPARE_LT, [OP_LE] = COMPARE_LE,
			[OP_GT] = COMPARE_GT,
		[OP_GE] = COMPARE_GE,
	};
	return ops[op];
}

static bool has_glob(struct str s)
{
	return s.n && (memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n));
}

struct stored {
	struct facts *f;
	struct store *s;
	const struct node *node;
	struct err *err;
};

static enum status ask(const struct stored *q, enum compare op, struct str value, struct bitset *set)
{
	return store_predicate(q->s, predicate_of(q->node->field->id), q->node->sub, op, value, set, q->err);
}

/* All that have the field, but those for which the question holds. */
static enum status ask_others(const struct stored *q, enum compare op, struct str value, struct bitset *set)
{
	struct bitset all, these;
	bitset_init(&all, set->nbits);
	bitset_init(&these, set->nbits);
	enum status st = ask(q, COMPARE_EXISTS, str_c(""), &all);
	if (st == OK)
		st = ask(q, op, value, &these);
	bitset_andnot(&all, &these);
	bitset_or(set, &all);
	bitset_fini(&all);
	bitset_fini(&these);
	return st;
}

/* A text is compared as text even where it spells a number. Store compares such as numbers, so it is asked for the glob
 * without a wildcard, which ignores ASCII case as equality does. Fields of this kind have one value. */
static enum status ask_text(const struct stored *q, struct str value, struct bitset *set)
{
	double ignored;
	enum compare op = q->node->field->id != F_UID && str_to_double(value, &ignored) ? COMPARE_GLOB : COMPARE_EQ;
	return q->node->op == OP_NE ? ask_others(q, op, value, set) : ask(q, op, value, set);
}

static enum status ask_value(const struct stored *q, size_t i, struct bitset *set)
{
	const struct node *n = q->node;
	if (n->op == OP_IS && !n->quoted[i] && str_eq_nocase(n->values[i], str_c("none")))
		return OK; /* absence, below */
	if (n->op == OP_IS && !n->quoted[i] && has_glob(n->values[i]))
		return ask(q, COMPARE_GLOB, n->values[i], set);
	if (n->field->kind == FIELD_ANY)
		return ask(q, compare_of(n->op), n->values[i], set);
	return ask_text(q, n->values[i], set);
}

static enum status ask_absent(const struct stored *q, struct bitset *set)
{
	struct bitset have;
	bitset_init(&have, set->nbits);
	enum status st = ask(q, COMPARE_EXISTS, str_c(""), &have);
	bitset_not(&have);
	bitset_or(set, &have);
	bitset_fini(&have);
	return st;
}

/* ---- answer=target ---- */

struct pair {
	const struct bitset *within;
	struct bitset *out;
	bool equal;
};

static enum status compare_pair(void *ctx, const struct result_row *row, struct err *err)
{
	struct pair *p = ctx;
	(void)err;
	if (!row->answer.p || !row->target.p || !bitset_test(p->within, (size_t)row->result_id))
		return OK;
	if (str_eq_nocase(row->answer, row->target) == p->equal)
		bitset_set(p->out, (size_t)row->result_id);
	return OK;
}

enum status leaf_stored(struct facts *f, struct store *s, const struct node *node, const struct bitset *within,
	struct bitset *out,
	struct err *err)
{
	struct stored q = {f, s, node, err};
	enum status st = OK;
	if (!s)
		return err_fail(err, "%s: needs the database", node->field->name);
	if (filter_compares_fields(node)) {
		struct pair p = {within, out, node->op == OP_EQ};
		return store_each_result(s, compare_pair, &p, err);
	}
	for (size_t i = 0; st == OK && i < node->nvalues; i++)
		st = ask_value(&q, i, out);
	if (st == OK && filter_wants_absent(node))
		st = ask_absent(&q, out);
	bitset_and(out, within);
	return st;
}
