/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a policy although it can be read: filters that do not
 * parse or select nothing, lines that can never be green, what this version
 * does not compute.
 */
#include <math.h>

#include "stats/interval.h"
#include "zones/internal.h"

struct check {
	struct table *out;
	struct facts *facts;
	struct store *store;
	const struct policy *policy;
	const struct policy_line *line; /* NULL = the policy */
};

static void say(struct check *c, const char *severity, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say(struct check *c, const char *severity, const char *fmt, ...)
{
	struct buf text = {0};
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	struct cell *row = table_add_row(c->out);
	row[0] = cell_text(c->out, str_c(c->line ? c->line->id : c->policy->id));
	row[1] = cell_text_borrowed(str_c(severity));
	row[2] = cell_text(c->out, buf_str(&text));
	row[3] = cell_int(c->line ? c->line->text_line : 1);
	buf_fini(&text);
}

static bool names_severity(const struct node *n)
{
	if (n->kind == NODE_COMPARE && n->field && (n->field->id == F_SEVERITY || n->field->id == F_OUTCOME))
		return true;
	for (size_t i = 0; i < n->nchildren; i++)
		if (names_severity(n->children[i]))
			return true;
	return false;
}

/* Parses a filter of the line; NULL when it does not, which is said. */
static struct filter *parsed(struct check *c, const char *key, const char *text)
{
	struct filter_env env = facts_filter_env(c->facts);
	struct filter *f = NULL;
	struct err err = {0};
	env.check_values = false;
	if (text && filter_parse(str_c(text), &env, &f, NULL, &err))
		say(c, "error", "\"%s\": %s", key, err_text(&err));
	err_fini(&err);
	return f;
}

static enum status count_units(struct check *c, const struct filter *f, const char *key, struct err *err)
{
	struct bitset set = {0};
	enum status st = facts_select(c->facts, c->store, f, &decide_shipped, NULL, &set, err);
	if (st)
		return st;
	if (bitset_count(&set) == 0)
		say(c, "warning", "\"%s\" selects nothing in this database", key);
	bitset_fini(&set);
	return OK;
}

static enum status check_filters(struct check *c, struct err *err)
{
	struct filter *where = parsed(c, "where", c->line->where), *event = parsed(c, "event", c->line->event);
	enum status st = OK;
	if (where && names_severity(where->root))
		say(c, "warning",
			"\"where\" selects by severity or outcome, which come from the scores; that belongs in \"event\"");
	if (where)
		st = count_units(c, where, "where", err);
	if (!st && event)
		st = count_units(c, event, "event", err);
	filter_free(where);
	filter_free(event);
	return st;
}

/* How many units without one bad among them the line needs at the least. */
static void check_size(struct check *c)
{
	const struct policy_line *l = c->line;
	double worst = l->higher_worse ? l->yellow : 1 - l->yellow;
	if (!l->has_yellow || l->metric == METRIC_MEAN_SCORE)
		return;
	if (worst > 0 && 1 - c->policy->min_coverage >= worst)
		say(c, "warning", "with %.3g missing, which min_coverage allows, the line can never be green",
			1 - c->policy->min_coverage);
	double high = interval_clopper_pearson(0, l->n_min, c->policy->confidence).high;
	if (c->policy->method == METHOD_CLOPPER_PEARSON && high >= worst)
		say(c, "note", "n_min %u is too small for green: 0 of %u leaves up to %.1f %%", l->n_min, l->n_min, 100 * high);
}

static enum status check_line(struct check *c, struct err *err)
{
	const struct policy_line *l = c->line;
	if (l->unsupported)
		say(c, "warning", "%s is not computed by this version; its cells say no data", l->unsupported);
	if (!l->has_yellow && l->red_kind == RED_NONE && !l->grade)
		say(c, "note", "has no thresholds: its cells show a value and no verdict");
	if (!l->source && l->has_yellow)
		say(c, "note", "does not say where its numbers come from (\"source\")");
	check_size(c);
	return check_filters(c, err);
}

static void check_policy(struct check *c)
{
	const struct policy *p = c->policy;
	if (p->unsupported)
		say(c, "warning", "%s is not computed by this version; all cells say no data", p->unsupported);
	if (strcmp(p->estimator, "two-phase") == 0)
		say(c, "note",
			"the estimator two-phase is not computed by this version; the worse of raw and override is shown "
			"instead");
	for (size_t i = 0; i < p->nrollups; i++)
		if (strcmp(p->rollups[i].how, "worst") != 0)
			say(c, "warning", "roll-up %s: %s is not computed by this version", p->rollups[i].id, p->rollups[i].how);
	if (p->nlines == 0)
		say(c, "warning", "has no lines");
}

/* Areas that select by category, by what the board finds. */
static enum status check_areas(struct check *c, struct err *err)
{
	struct board *b = NULL;
	enum status st = zones_evaluate(c->facts, c->store, c->policy, str_c(""), NULL, &b, err);
	if (st)
		return st == USAGE ? OK : st; /* a filter that does not parse has been said */
	for (size_t i = 0; i < b->nareas; i++) {
		uint64_t units = 0;
		if (b->areas[i].line < 0 || b->rows[i].reason || b->policy->lines[b->areas[i].line].where)
			continue;
		for (size_t m = 0; m < b->nmodels; m++)
			units += board_cell(b, i, m)->units;
		c->line = &b->policy->lines[b->areas[i].line];
		if (!units)
			say(c, "warning", "no result has the category %s", b->areas[i].name);
	}
	board_free(b);
	return OK;
}

enum status zone_policy_check(struct facts *f, struct store *s, const struct policy *p, struct table *out, struct err *err)
{
	static const struct column columns[] = {
		{"line", "line", CELL_TEXT, 20, 4, "id of the line, or of the policy"},
		{"severity", "severity", CELL_TEXT, 8, 3, "error, warning or note"},
		{"text", "", CELL_TEXT, 0, 5, "what is wrong"},
		{"at", "at", CELL_INT, 6, 2, "line of the file"},
	};
	table_init(out, columns, 4);
	struct check c = {.out = out, .facts = f, .store = s, .policy = p};
	check_policy(&c);
	for (size_t i = 0; i < p->nlines; i++) {
		c.line = &p->lines[i];
		enum status st = check_line(&c, err);
		if (st)
			return st;
	}
	return check_areas(&c, err);
}
