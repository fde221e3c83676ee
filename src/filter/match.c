/* SPDX-License-Identifier: MIT
 *
 * Does a value, does a record satisfy the tree? Every other evaluator asks the
 * functions here once per distinct value, so that all give one answer.
 */
#include <math.h>

#include "filter/internal.h"

/* ---- one value ---- */

/* `none` as a test of absence, not as a value. Severity has a value of that name; there absence is `unrated`. */
static bool value_is_absence(const struct node *n, size_t i)
{
	enum field_kind kind = n->field->kind;
	if (kind == FIELD_SEVERITY)
		return (n->op == OP_IS || n->op == OP_EQ) && n->numbers[i] < 1;
	if (kind == FIELD_OUTCOME || kind == FIELD_KIND)
		return (n->op == OP_IS || n->op == OP_EQ) && n->numbers[i] < 1;
	return n->op == OP_IS && !n->quoted[i] && str_eq_nocase(n->values[i], str_c("none"));
}

bool filter_wants_absent(const struct node *node)
{
	for (size_t i = 0; i < node->nvalues; i++)
		if (value_is_absence(node, i))
			return true;
	return false;
}

static bool number_matches(enum filter_op op, double v, double want)
{
	switch (op) {
	case OP_IS:
	case OP_EQ:
		return v >= want && v <= want;
	case OP_NE:
		return v < want || v > want;
	case OP_LT:
		return v < want;
	case OP_LE:
		return v <= want;
	case OP_GT:
		return v > want;
	case OP_GE:
		return v >= want;
	}
	return false;
}

static bool time_matches(enum filter_op op, double v, double from, double until)
{
	bool in = v >= from && v < until;
	switch (op) {
	case OP_IS:
	case OP_EQ:
		return in;
	case OP_NE:
		return !in;
	case OP_LT:
		return v < from;
	case OP_LE:
		return v < until;
	case OP_GT:
		return v >= until;
	case OP_GE:
		return v >= from;
	}
	return false;
}

static bool text_matches(const struct node *n, size_t i, struct str text)
{
	if (n->op == OP_IS && !n->quoted[i] && filter_has_glob(n->values[i]))
		return str_glob(n->values[i], text);
	if (n->field->id == F_UID) /* the first digits do */
		text = str_sub(text, 0, n->values[i].n);
	return str_eq_nocase(n->values[i], text) != (n->op == OP_NE);
}

static bool any_matches(const struct node *n, size_t i, const struct match_value *v)
{
	double num = v->num;
	if (!isnan(n->numbers[i]) && (v->has_num || str_to_double(v->text, &num)))
		return number_matches(n->op, num, n->numbers[i]);
	if (n->op != OP_IS && n->op != OP_EQ && n->op != OP_NE)
		return false;
	return text_matches(n, i, v->text);
}

/* Is `have` the node that the pattern names, or below it? `whole`: that node only. */
static bool at_or_below(struct str pattern, bool glob, bool whole, struct str have)
{
	for (size_t end = 0; end <= have.n; end++) {
		bool step = end == have.n || have.p[end] == '/';
		if (!step || (whole && end < have.n))
			continue;
		struct str head = str_n(have.p, end);
		if (glob ? str_glob(pattern, head) : str_eq_nocase(pattern, head))
			return true;
	}
	return false;
}

/* The tail of a category with as many steps as the bare name has. */
static struct str last_steps(struct str category, struct str bare)
{
	size_t steps = 1;
	for (size_t i = 0; i < bare.n; i++)
		steps += bare.p[i] == '/';
	size_t from = category.n;
	while (from > 0) {
		char c = category.p[from - 1];
		if (c == ':' || (c == '/' && --steps == 0))
			break;
		from--;
	}
	return str_sub(category, from, category.n);
}

static bool category_matches(const struct node *n, size_t i, struct str have)
{
	struct str want = n->values[i];
	bool glob = !n->quoted[i] && n->op == OP_IS && filter_has_glob(want);
	bool whole = n->op == OP_EQ || n->op == OP_NE, is;
	if (n->field->id == F_TAXONOMY) {
		is = at_or_below(want, glob, whole, have);
	} else if (want.n && memchr(want.p, ':', want.n)) {
		is = at_or_below(want, glob, whole, have);
	} else {
		struct str tail = last_steps(have, want);
		is = glob ? str_glob(want, tail) : str_eq_nocase(want, tail);
	}
	return is != (n->op == OP_NE);
}

static bool one_matches(const struct node *n, size_t i, const struct match_value *v)
{
	switch (n->field->kind) {
	case FIELD_NUMBER:
		if (n->field->id == F_SCORE)
			return v->has_num && number_matches(n->op, (double)(float)v->num, (double)(float)n->numbers[i]);
		return v->has_num && number_matches(n->op, v->num, n->numbers[i]);
	case FIELD_OUTCOME:
	case FIELD_SEVERITY:
	case FIELD_KIND:
		return v->has_num && number_matches(n->op, v->num, n->numbers[i]);
	case FIELD_TIME:
		return v->has_num && time_matches(n->op, floor(v->num / 1e3) * 1e3, n->numbers[i], n->until[i]);
	case FIELD_ANY:
		return any_matches(n, i, v);
	case FIELD_CATEGORY:
		return category_matches(n, i, v->text);
	case FIELD_TEXT:
	case FIELD_FLAG:
	case FIELD_TURN:
		return text_matches(n, i, v->text);
	}
	return false;
}

bool filter_value_matches(const struct node *node, const struct match_value *v)
{
	if (node->nvalues == 0)
		return true; /* a flag: that there is a value is all */
	for (size_t i = 0; i < node->nvalues; i++)
		if (!value_is_absence(node, i) && one_matches(node, i, v))
			return true;
	return false;
}

/* ---- one record ---- */

struct compare {
	const struct node *node;
	const struct record_access *rec;
	bool present, matches;
};

static bool each_value(void *ctx, const struct match_value *v)
{
	struct compare *c = ctx;
	c->present = true;
	c->matches = filter_value_matches(c->node, v);
	return c->matches;
}

bool filter_compares_fields(const struct node *node)
{
	return node->kind == NODE_COMPARE && node->field->id == F_ANSWER && (node->op == OP_EQ || node->op == OP_NE) &&
		!node->quoted[0] && str_eq_nocase(node->values[0], str_c("target"));
}

/* answer=target: for each target, is the answer equal to it? */
static bool each_target(void *ctx, const struct match_value *v)
{
	struct compare *outer = ctx;
	struct node probe = *outer->node;
	struct str value = v->text;
	probe.values = &value;
	probe.quoted = &(bool){true};
	struct compare c = {.node = &probe};
	outer->rec->each(outer->rec->ctx, outer->node->field, str_n(NULL, 0), each_value, &c);
	outer->matches = c.matches;
	return c.matches;
}

static bool match_compare(const struct node *node, const struct record_access *rec)
{
	struct compare c = {.node = node, .rec = rec};
	if (filter_compares_fields(node)) {
		rec->each(rec->ctx, filter_field(F_TARGET), str_n(NULL, 0), each_target, &c);
		return c.matches;
	}
	rec->each(rec->ctx, node->field, node->sub, each_value, &c);
	return c.matches || (!c.present && filter_wants_absent(node));
}

struct turn_search {
	struct turn_group *group;
	bool found;
};

static bool each_turn(void *ctx, const struct turn_text *turn)
{
	struct turn_search *s = ctx;
	bool matches = false;
	s->found = turn_group_matches(s->group, turn, &matches, NULL) == OK && matches;
	return s->found;
}

static bool match_turns(const struct node *const *terms, size_t n, const struct record_access *rec)
{
	struct turn_search s = {NULL, false};
	if (!rec->turns || turn_group_new(terms, n, &s.group, NULL) != OK)
		return false;
	rec->turns(rec->ctx, each_turn, &s);
	turn_group_free(s.group);
	return s.found;
}

/* The turn terms of an and-group, as one. */
static bool match_turn_terms(const struct node *node, size_t n, const struct record_access *rec)
{
	struct arena a = {0};
	const struct node **terms = arena_alloc(&a, n * sizeof *terms);
	n = 0;
	for (size_t i = 0; i < node->nchildren; i++)
		if (filter_is_turn_term(node->children[i], true))
			terms[n++] = node->children[i];
	bool matches = match_turns(terms, n, rec);
	arena_fini(&a);
	return matches;
}

static bool match_and(const struct node *node, const struct record_access *rec)
{
	size_t turn_terms = 0;
	for (size_t i = 0; i < node->nchildren; i++) {
		if (filter_is_turn_term(node->children[i], true))
			turn_terms++;
		else if (!filter_match(node->children[i], rec))
			return false;
	}
	return turn_terms == 0 || match_turn_terms(node, turn_terms, rec);
}

bool filter_match(const struct node *node, const struct record_access *rec)
{
	switch (node->kind) {
	case NODE_ALL:
		return true;
	case NODE_AND:
		return match_and(node, rec);
	case NODE_OR:
		for (size_t i = 0; i < node->nchildren; i++)
			if (filter_match(node->children[i], rec))
				return true;
		return false;
	case NODE_NOT:
		return !filter_match(node->children[0], rec);
	case NODE_COMPARE:
		if (node->field->kind != FIELD_TURN)
			return match_compare(node, rec);
		return match_turns(&node, 1, rec);
	case NODE_WORD:
	case NODE_PHRASE:
	case NODE_REGEX:
		return match_turns(&node, 1, rec);
	}
	return false;
}
