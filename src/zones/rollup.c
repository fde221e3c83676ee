/* SPDX-License-Identifier: MIT
 *
 * Worst-of roll-ups: of the rows of one area, and of a model. A hole is never
 * green: what is expected and not there makes the whole incomplete.
 */
#include <math.h>

#include "zones/internal.h"

static bool is_hole(const struct zone_cell *c)
{
	return c->verdict == VERDICT_NO_DATA || c->verdict == VERDICT_INSUFFICIENT;
}

static enum verdict incomplete_as(const struct board *b)
{
	enum on_incomplete on = b->policy->on_incomplete;
	return on == INCOMPLETE_RED ? VERDICT_RED : on == INCOMPLETE_YELLOW ? VERDICT_YELLOW : VERDICT_INSUFFICIENT;
}

/* The worst of some cells; its numbers are those of the worst child. */
struct worst {
	const struct zone_cell *cell;
	size_t holes;
	bool red_not_assessed, missing_failed, unconfirmed, override_only;
};

static void worst_add(struct worst *w, const struct zone_cell *c)
{
	if (c->verdict == VERDICT_NO_LINE)
		return;
	w->holes += is_hole(c) || c->incomplete;
	w->red_not_assessed = w->red_not_assessed || c->red_not_assessed;
	w->missing_failed = w->missing_failed || c->red_if_missing_failed;
	w->unconfirmed = w->unconfirmed || c->direction_unconfirmed;
	w->override_only = w->override_only || c->override_only;
	if (!is_hole(c) && (!w->cell || c->verdict > w->cell->verdict))
		w->cell = c;
}

static struct zone_cell worst_cell(const struct board *b, const struct worst *w, size_t area, size_t model)
{
	struct zone_cell c = {.value = NAN,
		.low = NAN,
		.high = NAN,
		.value_missing_failed = NAN,
		.raw = NAN,
		.override = NAN,
		.worst = -1,
		.verdict = w->holes ? VERDICT_NO_DATA : VERDICT_NO_LINE,
		.declared = VERDICT_NO_LINE};
	if (w->cell) {
		c = *w->cell;
		c.worst = c.worst >= 0 ? c.worst : (int)w->cell->area;
		c.needs_n = c.fewer = 0;
	}
	c.area = area;
	c.model = model;
	c.line = -1;
	if (!b->policy) {
		c.verdict = VERDICT_NO_LINE;
		return c;
	}
	c.incomplete = w->holes > 0;
	c.red_not_assessed = w->red_not_assessed;
	c.red_if_missing_failed = w->missing_failed && c.verdict != VERDICT_RED;
	c.direction_unconfirmed = w->unconfirmed;
	c.override_only = w->override_only;
	enum verdict floor = incomplete_as(b);
	if (c.incomplete) {
		bool good = !zone_is_bad(c.verdict);
		c.verdict = floor > c.verdict ? floor : good ? VERDICT_INSUFFICIENT : c.verdict;
	}
	return c;
}

/* What the policy's roll-ups ask of a model: areas that no row covers. */
struct expectation {
	const struct board *board;
	size_t uncovered;
};

static void expect_area(void *ctx, struct str area)
{
	struct expectation *e = ctx;
	char name[512];
	if (area.n >= sizeof name)
		return;
	memcpy(name, area.p, area.n);
	name[area.n] = '\0';
	for (size_t i = 0; i < e->board->nareas; i++)
		if (category_under(str_c(e->board->areas[i].name), name))
			return;
	e->uncovered++;
}

/* "taxonomy:LEVEL"; only the first level is listed by name, deeper ones by walking down. */
struct level {
	const struct names *names;
	struct expectation *e;
	long depth;
};

static void expect_level(void *ctx, struct str node)
{
	struct level *l = ctx;
	char name[512];
	if (l->depth <= 1 || node.n >= sizeof name) {
		expect_area(l->e, node);
		return;
	}
	memcpy(name, node.p, node.n);
	name[node.n] = '\0';
	struct level below = {l->names, l->e, l->depth - 1};
	category_children(l->names, name, expect_level, &below);
}

static size_t uncovered_areas(const struct board *b, const struct policy_rollup *r, const struct names *names)
{
	struct expectation e = {.board = b};
	for (const char *const *a = r->expect; a && *a; a++)
		expect_area(&e, str_c(*a));
	const char *colon = r->expect_level ? strchr(r->expect_level, ':') : NULL;
	int64_t depth = 1;
	char taxonomy[256];
	if (colon && (size_t)(colon - r->expect_level) < sizeof taxonomy && str_to_i64(str_c(colon + 1), &depth)) {
		memcpy(taxonomy, r->expect_level, (size_t)(colon - r->expect_level));
		taxonomy[colon - r->expect_level] = '\0';
		struct level top = {names, &e, (long)depth};
		category_children(names, taxonomy, expect_level, &top);
	}
	return e.uncovered;
}

/* The roll-up that makes one verdict of a model: the last one over areas or models. */
static const struct policy_rollup *model_rollup(const struct policy *p)
{
	const struct policy_rollup *found = NULL;
	for (size_t i = 0; p && i < p->nrollups; i++)
		if (strcmp(p->rollups[i].over, "category") != 0)
			found = &p->rollups[i];
	return found;
}

static const struct policy_rollup *area_rollup(const struct policy *p)
{
	for (size_t i = 0; p && i < p->nrollups; i++)
		if (strcmp(p->rollups[i].over, "category") == 0)
			return &p->rollups[i];
	return NULL;
}

/* A way of rolling up that is not computed is said, not replaced by another. */
static const char *not_computed(struct board *b, const struct policy_rollup *r)
{
	if (!r || strcmp(r->how, "worst") == 0)
		return NULL;
	return arena_printf(&b->arena, "roll-up %s is not computed by this version", r->how).p;
}

static void roll_up(struct board *b, struct zone_cell *out, size_t area, size_t model, size_t first, size_t end, size_t uncovered,
	const char *why_not)
{
	struct worst w = {0};
	for (size_t i = first; i < end; i++)
		if (b->rows[i].children == 0)
			worst_add(&w, board_cell(b, i, model));
	w.holes += uncovered;
	*out = worst_cell(b, &w, area, model);
	if (why_not) {
		*out = worst_cell(b, &(struct worst){.holes = 1}, area, model);
		out->reason = why_not;
		if (out->verdict == VERDICT_INSUFFICIENT)
			out->verdict = VERDICT_NO_DATA; /* nothing was judged at all */
	}
}

void board_roll_up(struct board *b, const struct names *names)
{
	const struct policy_rollup *whole = model_rollup(b->policy), *part = area_rollup(b->policy);
	size_t uncovered = whole ? uncovered_areas(b, whole, names) : 0;
	const char *whole_not = not_computed(b, whole ? whole : b->policy ? part : NULL), *part_not = not_computed(b, part);
	for (size_t m = 0; m < b->nmodels; m++) {
		for (size_t i = 0; i < b->nareas; i++)
			if (b->rows[i].children)
				roll_up(b, &b->cells[i * b->nmodels + m], i, m, i + 1, i + 1 + b->rows[i].children, 0, part_not);
		roll_up(b, &b->rollups[m], b->nareas, m, 0, b->nareas, uncovered, whole_not);
	}
}
