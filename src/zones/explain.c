/* SPDX-License-Identifier: MIT
 *
 * Why a cell is what it is: filters that open its units, and the numbers from
 * which it can be recomputed by hand.
 */
#include <math.h>

#include "zones/internal.h"

/* ---- filters ---- */

/* Adds one more and-part; an alternative gets parentheses. */
static void and_part(struct buf *out, struct str part)
{
	part = str_trim(part);
	if (!part.n)
		return;
	struct filter *f = NULL;
	bool alternative = filter_parse(part, NULL, &f, NULL, NULL) != OK || f->root->kind == NODE_OR;
	filter_free(f);
	buf_add_c(out, out->n ? " " : "");
	buf_add_c(out, alternative ? "(" : "");
	buf_add_str(out, part);
	buf_add_c(out, alternative ? ")" : "");
}

static void and_term(struct buf *out, const char *field, const char *value)
{
	struct buf with = {0};
	filter_and_term(&with, str_c(""), str_c(field), str_c(value));
	and_part(out, buf_str(&with));
	buf_fini(&with);
}

void row_units(struct buf *out, const struct board *b, const struct board_row *r)
{
	if (r->where)
		and_part(out, str_c(r->where));
	if (r->category)
		and_term(out, strchr(r->category, ':') ? "category" : "axis", r->category);
	if (r->task)
		and_term(out, "task", b->areas[r - b->rows].name);
	if (r->bare)
		and_part(out, str_c("category:none"));
	if (r->one_kind)
		and_term(out, "kind", r->kind == KIND_NONE ? NULL : kind_name(r->kind));
}

/* Outcomes that are events of the metric, or the decided others. */
static const char *outcome_words(const struct board *b, const struct board_row *r, bool events)
{
	bool pass = r->line >= 0 && b->policy->lines[r->line].metric == METRIC_PASS_RATE;
	bool unsure_fail = b->policy && b->policy->unsure_fail;
	return pass == events ? "pass" : unsure_fail ? "fail,unsure" : "fail";
}

void row_event(struct buf *out, const struct board *b, const struct board_row *r)
{
	const struct policy_line *l = r->line >= 0 ? &b->policy->lines[r->line] : NULL;
	if (l && l->metric == METRIC_MEAN_SCORE)
		buf_printf(out, "mean of score%s%s", l->score ? "." : "", l->score ? l->score : "");
	else if (r->event)
		buf_add_c(out, r->event);
	else
		buf_printf(out, "outcome:%s", outcome_words(b, r, true));
}

static bool speaks_of_outcomes(const char *event)
{
	return strstr(event, "outcome") || strstr(event, "severity") || strstr(event, "auto:") || strstr(event, "ruling") ||
	       strstr(event, "step") || strstr(event, "turn");
}

/* What a reviewer should look at: events where more is worse, the decided others where less is. */
static void concerning_part(struct buf *out, const struct board *b, const struct board_row *r, const struct zone_cell *c)
{
	const struct policy_line *l = r->line >= 0 ? &b->policy->lines[r->line] : NULL;
	bool up = !l || l->higher_worse;
	struct buf part = {0};
	if (l && l->metric == METRIC_MEAN_SCORE) {
		if (l->has_yellow)
			buf_printf(&part, "score%s%s%s%.12g", l->score ? "." : "", l->score ? l->score : "",
				up ? ">=" : "<=", l->yellow);
	} else if (r->event) {
		buf_printf(&part, up ? "%s" : "-(%s)", r->event);
		if (!up && speaks_of_outcomes(r->event))
			buf_add_c(&part, " outcome:pass,fail");
	} else {
		buf_printf(&part, "%s:%s", c->shows_raw ? "auto" : "outcome", outcome_words(b, r, up));
	}
	and_part(out, buf_str(&part));
	buf_fini(&part);
}

static void one_row(struct buf *out, const struct board *b, size_t area, const struct zone_cell *c, bool concerning)
{
	row_units(out, b, &b->rows[area]);
	if (concerning)
		concerning_part(out, b, &b->rows[area], c);
}

void zone_filter(struct buf *out, const struct board *b, const struct zone_cell *c, bool concerning)
{
	struct buf rows = {0}, one = {0};
	size_t first = c->area < b->nareas ? c->area : 0,
	       end = c->area < b->nareas ? c->area + 1 + b->rows[c->area].children : b->nareas;
	size_t n = 0;
	for (size_t i = first; i < end; i++) {
		if (b->rows[i].children || b->rows[i].reason)
			continue;
		buf_clear(&one);
		one_row(&one, b, i, board_cell(b, i, c->model), concerning);
		buf_printf(&rows, "%s%s%.*s%s", n ? " or " : "", end - first > 1 ? "(" : "", (int)one.n, one.p ? one.p : "",
			end - first > 1 ? ")" : "");
		n++;
	}
	struct buf all = {0};
	and_part(&all, b->filter);
	and_part(&all, buf_str(&rows));
	and_term(&all, "model", b->models[c->model]);
	and_part(&all, str_c("scope:in"));
	buf_add_str(out, buf_str(&all));
	buf_fini(&all);
	buf_fini(&rows);
	buf_fini(&one);
}

/* ---- the explanation ---- */

struct page {
	struct table *table;
	struct buf text; /* of the row being written */
};

static void say(struct page *p, const char *label)
{
	struct cell *row = table_add_row(p->table);
	row[0] = cell_text_borrowed(str_c(label));
	row[1] = cell_text(p->table, buf_str(&p->text));
	buf_clear(&p->text);
}

const char *row_metric(const struct board *b, const struct zone_cell *c)
{
	return c->line >= 0 ? b->policy->lines[c->line].metric_name : b->policy ? "worst" : "fail_rate";
}

static bool is_rate(const struct board *b, const struct zone_cell *c)
{
	int line = c->worst >= 0 ? b->areas[c->worst].line : c->line;
	return line < 0 || b->policy->lines[line].metric != METRIC_MEAN_SCORE;
}

static void add_value(struct buf *out, const struct board *b, const struct zone_cell *c, double v)
{
	if (isnan(v))
		buf_add_c(out, "none");
	else if (is_rate(b, c))
		buf_printf(out, "%.1f %%", 100 * v);
	else
		buf_printf(out, "%.4g", v);
}

static void say_verdict(struct page *p, const struct board *b, const struct zone_cell *c)
{
	zone_words(&p->text, c);
	say(p, "verdict");
	zone_tags(&p->text, c);
	if (p->text.n)
		say(p, "beside it");
	if (c->worst >= 0) {
		buf_printf(&p->text, "%s; the numbers below are its", b->areas[c->worst].title);
		say(p, "worst");
	}
}

static void say_line(struct page *p, const struct board *b, const struct board_row *r)
{
	if (r->line < 0)
		return;
	const struct policy *policy = b->policy;
	const struct policy_line *l = &policy->lines[r->line];
	buf_printf(&p->text, "%s  %s:%s (line %u)  policy %s %s  sha256 %s", l->id, policy->path, l->pointer, l->text_line,
		policy->id, policy->version, policy->sha256);
	say(p, "line");
	if (l->has_yellow)
		buf_printf(&p->text, "yellow %.12g  ", l->yellow);
	if (l->red_kind == RED_NUMBER)
		buf_printf(&p->text, "red %.12g  ", l->red);
	else
		buf_printf(&p->text, "red %s  ", l->red_kind == RED_REVIEW ? "by declaration" : "none");
	buf_printf(&p->text, "%s values are worse, reaching a line %s it  n_min %u  min_coverage %.12g",
		l->higher_worse ? "higher" : "lower", policy->inclusive ? "crosses" : "does not cross", l->n_min,
		policy->min_coverage);
	say(p, "limits");
	if (l->source) {
		buf_add_c(&p->text, l->source);
		say(p, "source");
	}
}

static void say_units(struct page *p, const struct board *b, const struct zone_cell *c, const struct board_row *r)
{
	row_units(&p->text, b, r);
	if (str_trim(b->filter).n)
		buf_printf(&p->text, "  within  %.*s", (int)b->filter.n, b->filter.p);
	if (!p->text.n)
		buf_add_c(&p->text, "all");
	say(p, "units");
	row_event(&p->text, b, r);
	say(p, "event");
	if (r->other_kinds) {
		buf_printf(&p->text, "%llu results of tasks of other kinds than %s are left out",
			(unsigned long long)r->other_kinds, kind_name(r->kind));
		say(p, "kinds");
	}
	if (c->reason) {
		buf_add_c(&p->text, c->reason);
		say(p, "why");
	}
}

static void say_counts(struct page *p, const struct board *b, const struct zone_cell *c)
{
	buf_printf(&p->text,
		"n %llu of %llu expected  missing %llu (%llu without outcome, %llu absent)  unsure %llu  invalid %llu",
		(unsigned long long)c->n, (unsigned long long)c->expected, (unsigned long long)c->missing,
		(unsigned long long)(c->missing - c->absent), (unsigned long long)c->absent, (unsigned long long)c->unsure,
		(unsigned long long)c->invalid);
	say(p, "counted");
	buf_printf(&p->text, "%llu results of %llu items  n_eff %.6g", (unsigned long long)c->units, (unsigned long long)c->items,
		c->n_eff);
	say(p, "clusters");
	if (is_rate(b, c))
		buf_printf(&p->text, "k %llu / n %llu = ", (unsigned long long)c->k, (unsigned long long)c->n);
	add_value(&p->text, b, c, c->value);
	say(p, "value");
}

/* One bound, with everything that goes into it, to all digits. */
static void say_bound(struct page *p, const struct board *b, const struct zone_cell *c, bool high)
{
	double k = high ? c->high_k : c->low_k, n = high ? c->high_n : c->low_n;
	uint64_t clusters = high ? c->high_clusters : c->low_clusters;
	bool wilson = b->policy && b->policy->method == METHOD_WILSON;
	buf_printf(&p->text, "%.12g = %s %s bound of %.12g in %.12g at confidence %.12g", high ? c->high : c->low,
		wilson ? "Wilson" : "Clopper-Pearson", high ? "upper" : "lower", k, n, c->confidence);
	if (clusters < c->expected)
		buf_printf(&p->text, ", at %s %s((1 - confidence)/2)^(1/%llu) for the clusters", high ? "least" : "most",
			high ? "1 - " : "", (unsigned long long)clusters);
	if (c->missing + c->unsure)
		buf_printf(&p->text, "; the %llu undecided taken as %d", (unsigned long long)(c->missing + c->unsure), high);
	if (!is_rate(b, c))
		buf_add_c(&p->text, "; on the scale 0 to 1 of the range");
	say(p, high ? "high" : "low");
}

static void say_interval(struct page *p, const struct board *b, const struct zone_cell *c)
{
	add_value(&p->text, b, c, c->low);
	buf_add_c(&p->text, " to ");
	add_value(&p->text, b, c, c->high);
	if (c->verdict != VERDICT_NO_LINE && c->at_least >= VERDICT_GREEN)
		buf_printf(&p->text, "  zone of the good end %s, of the bad end %s", verdict_name(c->at_least),
			verdict_name(c->at_worst));
	say(p, "interval");
	say_bound(p, b, c, false);
	say_bound(p, b, c, true);
	if (c->missing) {
		add_value(&p->text, b, c, c->value_missing_failed);
		say(p, "if the missing failed");
	}
}

static void say_deciders(struct page *p, const struct board *b, const struct zone_cell *c)
{
	buf_printf(&p->text, "automatic %llu  human %llu  adjudicated %llu", (unsigned long long)c->decided_auto,
		(unsigned long long)c->decided_human, (unsigned long long)c->decided_adjudicated);
	say(p, "decided by");
	buf_add_c(&p->text, "raw ");
	add_value(&p->text, b, c, c->raw);
	buf_add_c(&p->text, "  override ");
	add_value(&p->text, b, c, c->override);
	buf_printf(&p->text, "  shown: %s", c->shows_raw ? "raw" : "override");
	if (b->policy && strcmp(b->policy->estimator, "two-phase") == 0)
		buf_add_c(&p->text, "  (two-phase is not computed by this version)");
	say(p, "estimates");
	if (c->overrides_to_pass + c->overrides_to_fail) {
		buf_printf(&p->text, "humans turned %llu fails into passes and found %llu missed failures",
			(unsigned long long)c->overrides_to_pass, (unsigned long long)c->overrides_to_fail);
		say(p, "reviews");
	}
}

static void say_change(struct page *p, const struct zone_cell *c)
{
	if (c->fewer)
		buf_printf(&p->text, "%llu fewer bad units give a better zone of the estimate  ", (unsigned long long)c->fewer);
	if (c->needs_n)
		buf_printf(&p->text, "%llu further clean units make it green", (unsigned long long)c->needs_n);
	else if (c->verdict > VERDICT_GREEN || c->verdict == VERDICT_INSUFFICIENT)
		buf_add_c(&p->text, "no number of further clean units makes it green");
	if (p->text.n)
		say(p, "to change");
}

void zone_explain(struct table *out, const struct board *b, const struct zone_cell *c)
{
	static const struct column columns[] = {
		{.name = "what", .title = "", .kind = CELL_TEXT, .width = 22, .priority = 2, .help = "what the row tells"},
		{.name = "text", .title = "", .kind = CELL_TEXT, .width = 0, .priority = 1, .help = "numbers and words"},
	};
	table_init(out, columns, 2);
	struct page p = {.table = out};
	size_t area = c->worst >= 0 ? (size_t)c->worst : c->area;
	const struct board_row *r = area < b->nareas ? &b->rows[area] : NULL;
	buf_printf(&p.text, "%s  %s", c->area < b->nareas ? b->areas[c->area].title : "all areas", b->models[c->model]);
	say(&p, "cell");
	say_verdict(&p, b, c);
	if (r && r->children == 0) {
		say_line(&p, b, r);
		say_units(&p, b, c, r);
	}
	if (c->n) {
		say_counts(&p, b, c);
		say_interval(&p, b, c);
		say_deciders(&p, b, c);
		if (c->line >= 0 && c->verdict != VERDICT_NO_LINE)
			say_change(&p, c);
	}
	if (r && r->children == 0) {
		zone_filter(&p.text, b, c, true);
		say(&p, "concerning");
	}
	buf_fini(&p.text);
}
