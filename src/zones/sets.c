/* SPDX-License-Identifier: MIT
 *
 * The filters of a policy line as sets of results.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "zones/internal.h"

static bool node_names(const struct node *n, enum field_id id)
{
	if (n->kind == NODE_COMPARE && n->field && n->field->id == id)
		return true;
	for (size_t i = 0; i < n->nchildren; i++)
		if (node_names(n->children[i], id))
			return true;
	return false;
}

static bool names_outcomes(const struct node *n)
{
	static const enum field_id fields[] = {F_OUTCOME, F_AUTO, F_RULING, F_SEVERITY, F_TURN, F_STEP};
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (node_names(n, fields[i]))
			return true;
	return false;
}

/* Results without a value for a field that the event compares: a comparison with nothing is false, but not good news. */
static enum status find_lacking(struct units *u, const struct node *n, struct facts *f, struct store *s, atomic_bool *cancel,
	struct bitset *lacking, struct err *err)
{
	static const enum field_id fields[] = {F_SCORE, F_SCORE_NAME, F_ANSWER, F_META, F_SAID};
	bool asks = false;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		asks = asks || (n->kind == NODE_COMPARE && n->field && n->field->id == fields[i] && !filter_wants_absent(n));
	if (asks) {
		struct buf text = {0}, name = {0};
		struct filter *filter = NULL;
		struct bitset set = {0};
		buf_add_c(&name, n->field->name);
		buf_add_str(&name, n->field->prefix ? n->sub : str_c(""));
		filter_and_term(&text, str_c(""), buf_str(&name), str_n(NULL, 0));
		enum status st = filter_parse(buf_str(&text), NULL, &filter, NULL, err);
		if (!st)
			st = facts_select(f, s, filter, &decide_shipped, cancel, &set, err);
		if (!st)
			bitset_or(lacking, &set);
		bitset_fini(&set);
		filter_free(filter);
		buf_fini(&text);
		buf_fini(&name);
		if (st)
			return st;
	}
	for (size_t i = 0; i < n->nchildren; i++) {
		enum status st = find_lacking(u, n->children[i], f, s, cancel, lacking, err);
		if (st)
			return st;
	}
	return OK;
}

static struct decide_order policy_order(const struct policy *p)
{
	struct decide_order order = {.n = p->norder, .min_reviewers = p->min_reviewers};
	for (size_t i = 0; i < order.n; i++)
		order.order[i] = (enum decider)p->order[i];
	return order;
}

/* Parses a filter of the policy; errors say where in the file it stands. */
static enum status parse(const struct policy *p, const struct policy_line *line, const char *key, const char *text,
	struct facts *f, struct filter **out, struct err *err)
{
	struct filter_env env = facts_filter_env(f);
	env.check_values = false;
	enum status st = filter_parse(str_c(text), &env, out, NULL, err);
	if (st)
		err_prefix(err, "%s:%u: %s/%s", p->path, line->text_line, line->pointer, key);
	return st;
}

static enum status load_where(struct units *u, const struct policy *p, const struct policy_line *line, struct facts *f,
	struct store *s, atomic_bool *cancel, struct line_sets *sets, struct err *err)
{
	if (!line->where) {
		bitset_copy(&sets->where, &u->wide);
		return OK;
	}
	struct filter *filter = NULL;
	struct decide_order order = policy_order(p);
	enum status st = parse(p, line, "where", line->where, f, &filter, err);
	if (!st)
		st = facts_select(f, s, filter, &order, cancel, &sets->where, err);
	if (!st) {
		bitset_and(&sets->where, &u->wide);
		sets->says_kind = node_names(filter->root, F_KIND);
	}
	filter_free(filter);
	return st;
}

static enum status load_event(struct units *u, const struct policy *p, const struct policy_line *line, struct facts *f,
	struct store *s, atomic_bool *cancel, struct line_sets *sets, struct err *err)
{
	struct filter *filter = NULL;
	struct decide_order order = policy_order(p), automatic = {.order = {DECIDER_AUTO}, .n = 1, .min_reviewers = 1};
	enum status st = parse(p, line, "event", line->event, f, &filter, err);
	if (!st)
		st = facts_select(f, s, filter, &order, cancel, &sets->event, err);
	if (!st)
		st = facts_select(f, s, filter, &automatic, cancel, &sets->raw_event, err);
	if (!st) {
		sets->has_event = true;
		sets->needs_outcome = names_outcomes(filter->root);
		bitset_init(&sets->lacking, u->n);
		if (!sets->needs_outcome)
			st = find_lacking(u, filter->root, f, s, cancel, &sets->lacking, err);
	}
	filter_free(filter);
	return st;
}

static void sets_clear(struct line_sets *sets)
{
	struct bitset *all[] = {&sets->where, &sets->event, &sets->raw_event, &sets->lacking};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		bitset_fini(all[i]);
	free(sets->scores);
	*sets = (struct line_sets){.line = -2};
}

void line_sets_free(struct line_sets *sets)
{
	if (sets)
		sets_clear(sets);
	free(sets);
}

enum status line_sets_load(
	struct units *u, const struct board *b, int line, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err)
{
	if (!u->sets) {
		u->sets = xcalloc(1, sizeof *u->sets);
		u->sets->line = -2;
	}
	if (u->sets->line == line)
		return OK;
	sets_clear(u->sets);
	if (line < 0) {
		bitset_copy(&u->sets->where, &u->wide);
		u->sets->line = line;
		return OK;
	}
	const struct policy_line *l = &b->policy->lines[line];
	enum status st = load_where(u, b->policy, l, f, s, cancel, u->sets, err);
	if (!st && l->event)
		st = load_event(u, b->policy, l, f, s, cancel, u->sets, err);
	if (!st && l->score) {
		u->sets->scores = xcalloc(u->n ? u->n : 1, sizeof *u->sets->scores);
		st = store_score_numbers(s, str_c(l->score), u->sets->scores, u->n, err);
	}
	u->sets->line = st ? -2 : line;
	return st;
}
