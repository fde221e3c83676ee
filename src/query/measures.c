/* SPDX-License-Identifier: MIT
 *
 * The measures of group views and the dimensions that they group by.
 */
#include "query/fields.h"
#include "stats/interval.h"

static struct cell count_cell(uint64_t n)
{
	return cell_int((int64_t)n);
}

/* One task kind, or none known: only then do its outcomes mean one thing. */
static bool one_kind(const struct group *g)
{
	return (g->kinds & (g->kinds - 1)) == 0;
}

static struct cell get_results(const struct group *g) { return count_cell(g->n.results); }
static struct cell get_pass(const struct group *g) { return count_cell(g->n.pass); }
static struct cell get_fail(const struct group *g) { return count_cell(g->n.fail); }
static struct cell get_unsure(const struct group *g) { return count_cell(g->n.unsure); }
static struct cell get_missing(const struct group *g) { return count_cell(g->n.missing); }
static struct cell get_invalid(const struct group *g) { return count_cell(g->n.invalid); }
static struct cell get_concerning(const struct group *g) { return count_cell(g->n.fail + g->n.unsure); }
static struct cell get_reviewed(const struct group *g) { return count_cell(g->n.reviewed); }
static struct cell get_unreviewed(const struct group *g) { return count_cell(g->n.results - g->n.reviewed); }
static struct cell get_human(const struct group *g) { return count_cell(g->n.human); }
static struct cell get_turns(const struct group *g) { return count_cell(g->n.turns); }
static struct cell get_calls(const struct group *g) { return count_cell(g->n.tool_calls); }
static struct cell get_critical(const struct group *g) { return count_cell(g->n.by_severity[SEVERITY_CRITICAL]); }
static struct cell get_high(const struct group *g) { return count_cell(g->n.by_severity[SEVERITY_HIGH]); }
static struct cell get_medium(const struct group *g) { return count_cell(g->n.by_severity[SEVERITY_MEDIUM]); }
static struct cell get_low(const struct group *g) { return count_cell(g->n.by_severity[SEVERITY_LOW]); }
static struct cell get_unrated(const struct group *g) { return count_cell(g->n.by_severity[SEVERITY_UNRATED]); }

static struct cell get_rate(const struct group *g)
{
	uint64_t n = g->n.pass + g->n.fail;
	return n && one_kind(g) ? cell_rate((double)g->n.fail / (double)n) : (struct cell){0};
}

static struct cell get_interval(const struct group *g)
{
	uint64_t n = g->n.pass + g->n.fail;
	struct cell c = {.kind = CELL_INTERVAL};
	if (!n || !one_kind(g))
		return (struct cell){0};
	struct interval i = interval_wilson((double)g->n.fail, (double)n, 0.95);
	c.real = i.low;
	c.high = i.high;
	return c;
}

static struct cell get_worst_severity(const struct group *g)
{
	if (g->n.worst_severity == SEVERITY_UNRATED)
		return (struct cell){0};
	return (struct cell){.kind = CELL_SEVERITY, .integer = g->n.worst_severity};
}

static struct cell get_share(const struct group *g)
{
	return g->set_fail ? cell_rate((double)g->n.fail / (double)g->set_fail) : (struct cell){0};
}

static struct cell get_reached(const struct group *g)
{
	return g->reached ? count_cell(g->reached) : (struct cell){0};
}

static struct cell get_hazard(const struct group *g)
{
	return g->reached ? cell_rate((double)g->n.fail / (double)g->reached) : (struct cell){0};
}

static struct cell get_kinds(const struct group *g)
{
	if (!one_kind(g))
		return cell_text_borrowed(str_c("mixed kinds"));
	for (unsigned k = 0; k < KIND_COUNT; k++)
		if (g->kinds == 1U << k && k != KIND_NONE)
			return cell_text_borrowed(str_c(kind_name((enum task_kind)k)));
	return (struct cell){0};
}

const struct measure query_measures[] = {
	{"results", "results", CELL_INT, 9, 90, "results in the group", get_results},
	{"concerning", "concern", CELL_INT, 8, 60, "what a reviewer should look at where no policy says otherwise: failed or unsure", get_concerning},
	{"fail", "fail", CELL_INT, 8, 80, "results whose effective outcome is fail", get_fail},
	{"pass", "pass", CELL_INT, 8, 50, "results whose effective outcome is pass", get_pass},
	{"unsure", "unsure", CELL_INT, 7, 40, "results whose effective outcome is unsure; not in the rate", get_unsure},
	{"missing", "missing", CELL_INT, 8, 45, "errored, unscored or of unknown direction; not in the rate", get_missing},
	{"invalid", "invalid", CELL_INT, 8, 20, "broken items by a reviewer's word; not in the rate", get_invalid},
	{"rate", "fail rate", CELL_RATE, 9, 85, "fail / (fail + pass); empty when the group mixes task kinds", get_rate},
	{"interval", "95 % interval", CELL_INTERVAL, 15, 70, "Wilson interval of the rate at 95 %, results taken as independent", get_interval},
	{"worst_severity", "worst", CELL_SEVERITY, 8, 65, "the worst severity among the failures", get_worst_severity},
	{"critical", "critical", CELL_INT, 8, 44, "results of severity critical", get_critical},
	{"high", "high", CELL_INT, 7, 43, "results of severity high", get_high},
	{"medium", "medium", CELL_INT, 7, 42, "results of severity medium", get_medium},
	{"low", "low", CELL_INT, 7, 41, "results of severity low", get_low},
	{"unrated", "unrated", CELL_INT, 8, 30, "results without a severity", get_unrated},
	{"reviewed", "reviewed", CELL_INT, 8, 55, "results that somebody has looked at", get_reviewed},
	{"unreviewed", "to review", CELL_INT, 9, 35, "results that nobody has looked at", get_unreviewed},
	{"human", "by people", CELL_INT, 9, 25, "results whose outcome people decided", get_human},
	{"turns", "turns", CELL_INT, 8, 32, "turns of all its transcripts", get_turns},
	{"calls", "calls", CELL_INT, 8, 31, "tool calls of all its transcripts", get_calls},
	{"share", "of fails", CELL_RATE, 8, 75, "its part of all failures under the filter", get_share},
	{"reached", "reached", CELL_INT, 8, 58, "fail_turn: passed or failed results that came to this turn without having failed before", get_reached},
	{"hazard", "hazard", CELL_RATE, 8, 57, "fail_turn: of those that reached the turn, how many failed there", get_hazard},
	{"kinds", "kind", CELL_TEXT, 13, 15, "kind of its tasks; \"mixed kinds\" has no rate", get_kinds},
	{0},
};

const struct measure *measure_find(struct str name)
{
	for (const struct measure *m = query_measures; m->name; m++)
		if (str_eq_c(name, m->name))
			return m;
	return NULL;
}

const struct dimension_name query_dimensions[] = {
	{DIM_MODEL, "model", "model", 28, CELL_TEXT},
	{DIM_TASK, "task", "task", 28, CELL_TEXT},
	{DIM_RUN, "run", "run", 32, CELL_TEXT},
	{DIM_SOURCE, "source", "source", 36, CELL_TEXT},
	{DIM_CATEGORY, "category", "category", 36, CELL_TEXT},
	{DIM_SEVERITY, "severity", "severity", 10, CELL_SEVERITY},
	{DIM_ITEM_SEVERITY, "item_severity", "item severity", 13, CELL_SEVERITY},
	{DIM_OUTCOME, "outcome", "outcome", 10, CELL_OUTCOME},
	{DIM_FAIL_STEP, "step", "step", 10, CELL_INT},
	{DIM_FAIL_TURN, "turn", "turn", 10, CELL_INT},
	{DIM_KIND, "kind", "kind", 13, CELL_TEXT},
	{DIM_PROVIDER, "provider", "provider", 18, CELL_TEXT},
	{DIM_FORMAT, "format", "format", 14, CELL_TEXT},
	{DIM_EPOCH, "epoch", "epoch", 10, CELL_TEXT},
	{DIM_ITEM, "item", "item", 32, CELL_TEXT},
	{DIM_REVIEW_STATE, "review_state", "review", 12, CELL_TEXT},
	{DIM_COUNT, NULL, NULL, 0, CELL_EMPTY},
};

const struct dimension_name *dimension_find(struct str name)
{
	for (const struct dimension_name *d = query_dimensions; d->name; d++)
		if (str_eq_c(name, d->name))
			return d;
	return NULL;
}

const struct dimension_name *dimension_of(enum dimension dim)
{
	for (const struct dimension_name *d = query_dimensions; d->name; d++)
		if (d->dim == dim)
			return d;
	return NULL;
}

void query_each_measure(void (*each)(void *ctx, const char *name, const char *help), void *ctx)
{
	for (const struct measure *m = query_measures; m->name; m++)
		each(ctx, m->name, m->help);
}

void query_each_dimension(void (*each)(void *ctx, const char *name, const char *help), void *ctx)
{
	for (const struct dimension_name *d = query_dimensions; d->name; d++)
		each(ctx, d->name, d->title);
}
