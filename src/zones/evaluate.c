/* SPDX-License-Identifier: MIT
 *
 * From counted rows to cells: the rule of the line, the worse of raw and
 * overridden outcomes where passes were not audited, and what each cell says.
 */
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "zones/internal.h"

/* Fewer sampled passes than this leave misses of the judge unknown (ZONES 5.9). */
enum { AUDIT_PASSES = 30 };

bool zone_is_bad(enum verdict v)
{
	return v >= VERDICT_YELLOW;
}

/* Rows that count units, for the correction of a family. */
static size_t judged_rows(const struct board *b)
{
	size_t n = 0;
	for (size_t i = 0; i < b->nareas; i++)
		n += b->rows[i].children == 0;
	return n;
}

static struct rule row_rule(const struct board *b, const struct board_row *r)
{
	const struct policy *p = b->policy;
	struct rule rule = {
		.confidence = 0.95, .higher_worse = true, .inclusive = true, .yellow = NAN, .red = NAN, .high = 1, .n_min = 1};
	if (!p || r->line < 0)
		return rule;
	const struct policy_line *l = &p->lines[r->line];
	rule = (struct rule){.confidence = p->confidence,
		.wilson = p->method == METHOD_WILSON,
		.higher_worse = l->higher_worse,
		.inclusive = p->inclusive,
		.yellow = l->has_yellow ? l->yellow : (double)NAN,
		.red = l->red_kind == RED_NUMBER ? l->red : (double)NAN,
		.low = l->metric == METRIC_MEAN_SCORE ? l->lo : 0,
		.high = l->metric == METRIC_MEAN_SCORE ? l->hi : 1,
		.n_min = l->n_min,
		.min_coverage = p->min_coverage};
	size_t rows = judged_rows(b);
	if (strcmp(p->family, "bonferroni") == 0 && rows > 1)
		rule.confidence = 1 - (1 - p->confidence) / (double)rows;
	return rule;
}

static void cell_clear(struct zone_cell *c, size_t area, size_t model, int line)
{
	*c = (struct zone_cell){.area = area,
		.model = model,
		.line = line,
		.verdict = VERDICT_NO_DATA,
		.reads = VERDICT_NO_DATA,
		.at_least = VERDICT_NO_DATA,
		.at_worst = VERDICT_NO_DATA,
		.declared = VERDICT_NO_LINE,
		.value = NAN,
		.low = NAN,
		.high = NAN,
		.value_missing_failed = NAN,
		.raw = NAN,
		.override = NAN,
		.worst = -1};
}

static void take_counts(struct zone_cell *c, const struct tallies *t, const struct counts *n, const struct rule *r, bool raw)
{
	c->k = (uint64_t)llround(n->decided.sum);
	c->n = n->n;
	c->missing = n->missing;
	c->unsure = n->unsure;
	c->invalid = raw ? t->raw_invalid : t->invalid;
	c->units = t->units;
	c->items = t->items;
	c->absent = t->absent;
	c->expected = n->n + n->missing + n->unsure;
	c->confidence = r->confidence;
	c->low_n = tally_n_eff(&n->zeros);
	c->high_n = tally_n_eff(&n->ones);
	c->low_k = n->zeros.clusters == (uint64_t)n->zeros.n ? n->zeros.sum : tally_mean(&n->zeros) * c->low_n;
	c->high_k = n->ones.clusters == (uint64_t)n->ones.n ? n->ones.sum : tally_mean(&n->ones) * c->high_n;
	c->low_clusters = n->zeros.clusters;
	c->high_clusters = n->ones.clusters;
	c->needs_n = needs_n(n, r);
	c->fewer = fewer_to_improve(n, r);
}

static void take_judgement(struct zone_cell *c, const struct judgement *j)
{
	c->verdict = j->verdict;
	c->reads = j->reads;
	c->at_least = j->at_best;
	c->at_worst = j->at_worst;
	c->confirmed = j->confirmed;
	c->small_n = j->small_n && c->n;
	c->low_coverage = j->low_coverage && c->n;
	c->red_if_missing_failed = j->red_if_missing_failed;
	c->value = j->value;
	c->low = j->low;
	c->high = j->high;
	c->n_eff = j->n_eff;
	c->value_missing_failed = j->value_missing_failed;
}

/* Insufficient is no better than green. */
static int badness(enum verdict v)
{
	return v == VERDICT_INSUFFICIENT ? 2 * VERDICT_GREEN + 1 : 2 * (int)v;
}

/* Is a the worse of two judgements? */
static bool worse(const struct judgement *a, const struct judgement *b, bool higher_worse)
{
	if (a->verdict != b->verdict)
		return badness(a->verdict) > badness(b->verdict);
	return higher_worse ? a->high > b->high : a->low < b->low;
}

/* Reviewing failures alone makes rates look better: without an audit of passes the worse of both counts. */
static void choose_counts(const struct board *b, const struct tallies *t, const struct rule *r, struct zone_cell *c)
{
	const struct policy *p = b->policy;
	struct judgement raw, human;
	judge(&t->raw, r, &raw);
	human = raw;
	if (memcmp(&t->raw, &t->human, sizeof t->raw) != 0)
		judge(&t->human, r, &human);
	bool only_raw = p && strcmp(p->estimator, "raw") == 0;
	uint64_t people = t->decided[DECIDER_HUMAN] + t->decided[DECIDER_ADJUDICATED];
	/* No annotation is marked as drawn from a recorded sample, so none of the passes counts as sampled. */
	uint64_t sampled = 0;
	c->override_only = p && !only_raw && p->false_negative_audit && people > 0 && sampled < AUDIT_PASSES;
	c->shows_raw = only_raw || (c->override_only && worse(&raw, &human, r->higher_worse));
	take_counts(c, t, c->shows_raw ? &t->raw : &t->human, r, c->shows_raw);
	take_judgement(c, c->shows_raw ? &raw : &human);
	c->raw = raw.value;
	c->override = human.value;
}

static void fill_cell(const struct board *b, const struct board_row *row, const struct tallies *t, struct zone_cell *c)
{
	const struct policy_line *l = row->line >= 0 ? &b->policy->lines[row->line] : NULL;
	struct rule r = row_rule(b, row);
	choose_counts(b, t, &r, c);
	c->decided_auto = t->decided[DECIDER_AUTO];
	c->decided_human = t->decided[DECIDER_HUMAN];
	c->decided_adjudicated = t->decided[DECIDER_ADJUDICATED];
	c->overrides_to_pass = t->to_pass;
	c->overrides_to_fail = t->to_fail;
	c->direction_unconfirmed = t->unconfirmed;
	if (l && l->metric == METRIC_MEAN_SCORE)
		c->k = 0;
	if (l && c->verdict == VERDICT_NO_LINE && l->red_kind == RED_REVIEW && c->n)
		c->verdict = c->reads = VERDICT_GREEN; /* only the statement stands; "red not assessed" is added to it */
	c->red_not_assessed = l && l->red_kind == RED_REVIEW && c->n > 0;
}

static void refuse_row(struct board *b, size_t row, const char *reason)
{
	for (size_t m = 0; m < b->nmodels; m++)
		b->cells[row * b->nmodels + m].reason = reason;
}

static enum status evaluate_row(
	struct units *u, struct board *b, size_t row, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err)
{
	struct board_row *r = &b->rows[row];
	for (size_t m = 0; m < b->nmodels; m++)
		cell_clear(&b->cells[row * b->nmodels + m], row, m, r->line);
	if (r->reason) {
		refuse_row(b, row, r->reason);
		return OK;
	}
	struct tallies *t = xcalloc(b->nmodels ? b->nmodels : 1, sizeof *t);
	enum status st = row_count(u, b, row, f, s, cancel, t, err);
	if (!st && r->mixed)
		refuse_row(b, row, "tasks of different kinds are not pooled; say kind: in where");
	for (size_t m = 0; m < b->nmodels && !st && !r->mixed; m++)
		if (t[m].units)
			fill_cell(b, r, &t[m], &b->cells[row * b->nmodels + m]);
	free(t);
	return st;
}

static enum status evaluate_rows(
	struct units *u, struct board *b, struct facts *f, struct store *s, atomic_bool *cancel, struct err *err)
{
	b->cells = arena_calloc(&b->arena, b->nareas * b->nmodels + 1, sizeof *b->cells);
	b->rollups = arena_calloc(&b->arena, b->nmodels + 1, sizeof *b->rollups);
	for (size_t row = 0; row < b->nareas; row++) {
		if (cancel && atomic_load(cancel))
			return err_set(err, CANCELLED, "the evaluation was cancelled");
		if (b->rows[row].children)
			continue;
		enum status st = evaluate_row(u, b, row, f, s, cancel, err);
		if (st)
			return st;
	}
	return OK;
}

enum status zones_evaluate(struct facts *f, struct store *s, const struct policy *p, struct str filter, atomic_bool *cancel,
	struct board **out, struct err *err)
{
	struct board *b = xcalloc(1, sizeof *b);
	struct units u;
	*out = NULL;
	b->policy = p;
	b->filter = arena_str(&b->arena, filter.p ? filter : str_c(""));
	enum status st = units_open(&u, b, f, s, cancel, err);
	if (!st) {
		board_rows(b, &u);
		st = evaluate_rows(&u, b, f, s, cancel, err);
	}
	if (!st && p)
		st = board_declarations(b, s, err);
	if (!st)
		board_roll_up(b, u.names);
	units_close(&u);
	if (st) {
		board_free(b);
		return st;
	}
	*out = b;
	return OK;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	arena_fini(&b->arena);
	free(b);
}

const struct zone_cell *zone_find(const struct board *b, struct str line, struct str model)
{
	for (size_t a = 0; a < b->nareas; a++) {
		bool named = b->areas[a].line >= 0 ? str_eq_c(line, b->policy->lines[b->areas[a].line].id)
						   : !b->policy && str_eq_c(line, b->areas[a].name);
		for (size_t m = 0; m < b->nmodels && named; m++)
			if (str_eq_c(model, b->models[m]))
				return board_cell(b, a, m);
	}
	return NULL;
}
