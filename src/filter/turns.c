/* SPDX-License-Identifier: MIT
 *
 * The terms of one and-group that one turn must satisfy together, compiled.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "filter/internal.h"

enum term_kind { TERM_AND, TERM_OR, TERM_TEXT, TERM_ROLE, TERM_IN };

struct term {
	enum term_kind kind;
	struct text_matcher *matcher; /* TERM_TEXT */
	struct text_literal literal;
	unsigned roles;               /* TERM_ROLE: bits by enum role */
	unsigned where;               /* TERM_IN: the parts it allows; TERM_AND: those its in: children allow */
	struct term *children;
	size_t n;
};

struct turn_group {
	struct arena arena;
	struct term root;
};

bool filter_is_turn_term(const struct node *node, bool in_and_group)
{
	switch (node->kind) {
	case NODE_WORD:
	case NODE_PHRASE:
	case NODE_REGEX:
		return true;
	case NODE_COMPARE:
		return node->field->kind == FIELD_TURN;
	case NODE_AND:
		if (in_and_group)
			return false;
		break;
	case NODE_OR:
		break;
	case NODE_ALL:
	case NODE_NOT:
		return false;
	}
	for (size_t i = 0; i < node->nchildren; i++)
		if (!filter_is_turn_term(node->children[i], node->kind == NODE_AND))
			return false;
	return true;
}

/* ---- compiling ---- */

static enum status compile(struct turn_group *g, const struct node *node, struct term *t, struct err *err);

static enum status compile_all(struct turn_group *g, enum term_kind kind, const struct node *const *nodes, size_t n,
	struct term *t, struct err *err)
{
	t->kind = kind;
	t->where = WHERE_ANY;
	t->children = arena_calloc(&g->arena, n, sizeof *t->children);
	for (size_t i = 0; i < n; i++) {
		enum status st = compile(g, nodes[i], &t->children[i], err);
		t->n++;
		if (st != OK)
			return st;
		if (kind == TERM_AND && t->children[i].kind == TERM_IN)
			t->where &= t->children[i].where;
	}
	return OK;
}

static void compile_role(const struct node *node, struct term *t)
{
	t->kind = TERM_ROLE;
	for (int r = 0; r < ROLE_COUNT; r++) {
		struct match_value v = {.text = str_c(role_name((enum role)r))};
		if (filter_value_matches(node, &v))
			t->roles |= 1u << r;
	}
}

static void compile_in(const struct node *node, struct term *t)
{
	static const struct {
		const char *name;
		unsigned where;
	} parts[] = {
		{"content", WHERE_CONTENT}, {"reasoning", WHERE_REASONING}, {"arguments", WHERE_ARGUMENTS}, {"results", WHERE_RESULTS},
	};
	t->kind = TERM_IN;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct match_value v = {.text = str_c(parts[i].name)};
		if (filter_value_matches(node, &v))
			t->where |= parts[i].where;
	}
}

static enum status compile(struct turn_group *g, const struct node *node, struct term *t, struct err *err)
{
	const struct node *const *children = (const struct node *const *)node->children;
	if (node->kind == NODE_AND)
		return compile_all(g, TERM_AND, children, node->nchildren, t, err);
	if (node->kind == NODE_OR)
		return compile_all(g, TERM_OR, children, node->nchildren, t, err);
	if (node->kind == NODE_COMPARE && node->field->id == F_ROLE) {
		compile_role(node, t);
		return OK;
	}
	if (node->kind == NODE_COMPARE) {
		compile_in(node, t);
		return OK;
	}
	t->kind = TERM_TEXT;
	enum status st = text_matcher_new(node, &t->matcher, err);
	if (st != OK)
		return st;
	text_literal_init(&t->literal, text_matcher_literal(t->matcher));
	return OK;
}

static void term_fini(struct term *t)
{
	text_matcher_free(t->matcher);
	for (size_t i = 0; i < t->n; i++)
		term_fini(&t->children[i]);
}

void turn_group_free(struct turn_group *g)
{
	if (!g)
		return;
	term_fini(&g->root);
	arena_fini(&g->arena);
	free(g);
}

enum status turn_group_new(const struct node *const *terms, size_t n, struct turn_group **out, struct err *err)
{
	struct turn_group *g = xcalloc(1, sizeof *g);
	enum status st;
	/* A whole and-node given alone is a group of its children. */
	if (n == 1 && terms[0]->kind == NODE_AND)
		st = compile(g, terms[0], &g->root, err);
	else
		st = compile_all(g, TERM_AND, terms, n, &g->root, err);
	*out = g;
	if (st != OK) {
		turn_group_free(g);
		*out = NULL;
	}
	return st;
}

/* ---- matching ---- */

static bool may_match(const struct term *t, struct str packed)
{
	switch (t->kind) {
	case TERM_TEXT:
		return text_literal_in(&t->literal, packed);
	case TERM_AND:
		for (size_t i = 0; i < t->n; i++)
			if (!may_match(&t->children[i], packed))
				return false;
		return true;
	case TERM_OR:
		for (size_t i = 0; i < t->n; i++)
			if (may_match(&t->children[i], packed))
				return true;
		return false;
	case TERM_ROLE:
	case TERM_IN:
		break;
	}
	return true;
}

bool turn_group_may_match(const struct turn_group *g, struct str packed)
{
	return may_match(&g->root, packed);
}

static unsigned piece_where(const struct turn_text *turn, const struct turn_piece *p)
{
	/* What a tool's turn says is what the call gave. */
	return turn->role == ROLE_TOOL && p->where == WHERE_CONTENT ? WHERE_CONTENT | WHERE_RESULTS : (unsigned)p->where;
}

static bool find_text(struct term *t, const struct turn_text *turn, unsigned where)
{
	size_t start, end;
	for (size_t i = 0; i < turn->n; i++)
		if ((piece_where(turn, &turn->pieces[i]) & where) && text_matcher_find(t->matcher, turn->pieces[i].text, 0, &start, &end))
			return true;
	return false;
}

static bool has_part(const struct turn_text *turn, unsigned where)
{
	for (size_t i = 0; i < turn->n; i++)
		if ((piece_where(turn, &turn->pieces[i]) & where) && turn->pieces[i].text.n)
			return true;
	return false;
}

static bool term_matches(struct term *t, const struct turn_text *turn, unsigned where)
{
	switch (t->kind) {
	case TERM_TEXT:
		return find_text(t, turn, where);
	case TERM_ROLE:
		return t->roles >> turn->role & 1;
	case TERM_IN:
		return has_part(turn, where & t->where);
	case TERM_AND:
		for (size_t i = 0; i < t->n; i++)
			if (!term_matches(&t->children[i], turn, where & t->where))
				return false;
		return true;
	case TERM_OR:
		for (size_t i = 0; i < t->n; i++)
			if (term_matches(&t->children[i], turn, where))
				return true;
		return false;
	}
	return false;
}

/* Which pattern gave up does not matter: the user sees the filter. */
static bool gave_up(struct term *t)
{
	bool yes = t->matcher && text_matcher_gave_up(t->matcher);
	for (size_t i = 0; i < t->n; i++)
		yes |= gave_up(&t->children[i]);
	return yes;
}

enum status turn_group_matches(struct turn_group *g, const struct turn_text *turn, bool *matches, struct err *err)
{
	*matches = term_matches(&g->root, turn, WHERE_ANY);
	bool limited = gave_up(&g->root);
	if (!*matches && limited)
		return err_fail(err, "a regular expression needs too many steps on this text; make it simpler");
	return OK;
}
