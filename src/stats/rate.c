/* SPDX-License-Identifier: MIT
 *
 * Clustered rates and their verdicts.
 */
#include "stats/rate.h"

#include <math.h>

#include "stats/beta.h"

static const double needs_cap = 1e9;

void tally_add(struct tally *t, double sum, double n)
{
	if (!(n > 0))
		return;
	t->n += n;
	t->sum += sum;
	t->ss += sum * sum;
	t->sn += sum * n;
	t->nn += n * n;
	t->clusters++;
}

double tally_mean(const struct tally *t)
{
	return t->n > 0 ? t->sum / t->n : (double)NAN;
}

/* sum over clusters of (sum_c - m n_c)², with rounding noise taken for what it is: all clusters have the same mean. */
static double squares(const struct tally *t)
{
	double m = tally_mean(t);
	double all = t->ss + m * m * t->nn, s = all - 2 * m * t->sn;
	return s > 1e-13 * all ? s : 0;
}

double tally_se(const struct tally *t)
{
	if (t->clusters < 2)
		return (double)NAN;
	double g = (double)t->clusters;
	return sqrt(g / (g - 1) * squares(t)) / t->n;
}

double tally_n_eff(const struct tally *t)
{
	double g = (double)t->clusters, m = tally_mean(t);
	if (!(t->n > 0) || g >= t->n)
		return t->n;
	if (g < 2 || m <= 0 || m >= 1 || !(squares(t) > 0))
		return g;
	double se = tally_se(t);
	return fmin(t->n, m * (1 - m) / (se * se));
}

void counts_add(struct counts *c, double sum, uint64_t n, uint64_t missing, uint64_t unsure)
{
	double open = (double)(missing + unsure);
	tally_add(&c->decided, sum, (double)n);
	tally_add(&c->zeros, sum, (double)n + open);
	tally_add(&c->ones, sum + open, (double)n + open);
	c->n += n;
	c->missing += missing;
	c->unsure += unsure;
}

/* One end of the interval of a completed set. */
static double bound(const struct tally *t, double confidence, bool wilson, bool high)
{
	double n_eff = tally_n_eff(t), k = tally_mean(t) * n_eff;
	if (t->clusters == (uint64_t)t->n)
		k = t->sum; /* no detour over the mean: k stays the integer it is */
	struct interval i = wilson ? interval_wilson(k, n_eff, confidence) : interval_clopper_pearson(k, n_eff, confidence);
	if ((double)t->clusters >= t->n)
		return high ? i.high : i.low;
	/* Without a floor one failure among many repeats of few items would look like many independent units. */
	double floor = exp(log((1 - confidence) / 2) / (double)t->clusters);
	return high ? fmax(i.high, 1 - floor) : fmin(i.low, floor);
}

struct interval counts_interval(const struct counts *c, double confidence, bool wilson)
{
	struct interval r = {0, 1};
	if (c->zeros.n > 0) {
		r.low = bound(&c->zeros, confidence, wilson, false);
		r.high = bound(&c->ones, confidence, wilson, true);
	}
	return r;
}

static bool crosses(const struct rule *r, double value, double line)
{
	double beyond = r->higher_worse ? value - line : line - value;
	double same = 1e-12 * fmax(1e-3, fabs(r->high - r->low));
	return r->inclusive ? beyond >= -same : beyond > same;
}

enum verdict zone_of(const struct rule *r, double value)
{
	if (isnan(r->yellow) && isnan(r->red))
		return VERDICT_NO_LINE;
	if (!isnan(r->red) && crosses(r, value, r->red))
		return VERDICT_RED;
	return !isnan(r->yellow) && crosses(r, value, r->yellow) ? VERDICT_YELLOW : VERDICT_GREEN;
}

static double on_scale(const struct rule *r, double x)
{
	return r->low + (r->high - r->low) * x;
}

/* The six verdicts from the zone of the estimate and of the bad end. */
static enum verdict combine(enum verdict value, enum verdict worst)
{
	if (value == VERDICT_GREEN)
		return worst == VERDICT_YELLOW ? VERDICT_GREEN_YELLOW : worst == VERDICT_RED ? VERDICT_GREEN_RED : VERDICT_GREEN;
	return value == VERDICT_YELLOW && worst == VERDICT_RED ? VERDICT_YELLOW_RED : value;
}

static void judge_lines(const struct counts *c, const struct rule *r, struct judgement *j)
{
	bool up = r->higher_worse;
	j->at_best = zone_of(r, up ? j->low : j->high);
	j->at_value = zone_of(r, j->value);
	j->at_worst = zone_of(r, up ? j->high : j->low);
	j->reads = j->verdict = combine(j->at_value, j->at_worst);
	j->small_n = c->n < r->n_min;
	j->low_coverage = j->coverage < r->min_coverage;
	j->confirmed = j->at_best == j->at_value && j->at_value == j->at_worst;
	if (j->verdict == VERDICT_NO_LINE) {
		j->confirmed = false;
		return;
	}
	/* Too little data suppresses good news only. */
	if (j->small_n || j->low_coverage) {
		j->verdict = j->at_best == VERDICT_GREEN ? VERDICT_INSUFFICIENT : j->at_best;
		j->confirmed = j->confirmed && j->verdict != VERDICT_INSUFFICIENT;
	}
	j->red_if_missing_failed = c->missing && j->verdict != VERDICT_RED && zone_of(r, j->value_missing_failed) == VERDICT_RED;
}

void judge(const struct counts *c, const struct rule *r, struct judgement *out)
{
	*out = (struct judgement){.verdict = VERDICT_NO_DATA,
		.reads = VERDICT_NO_DATA,
		.at_best = VERDICT_NO_DATA,
		.at_value = VERDICT_NO_DATA,
		.at_worst = VERDICT_NO_DATA,
		.value = NAN,
		.low = NAN,
		.high = NAN,
		.value_missing_failed = NAN};
	double present = (double)(c->n + c->unsure), all = present + (double)c->missing;
	out->coverage = all > 0 ? present / all : 0;
	if (c->n == 0)
		return;
	struct interval i = counts_interval(c, r->confidence, r->wilson);
	double m = tally_mean(&c->decided), missing = (double)c->missing;
	out->value = on_scale(r, m);
	out->low = on_scale(r, fmin(i.low, m));
	out->high = on_scale(r, fmax(i.high, m));
	out->value_missing_failed = on_scale(r, (c->decided.sum + (r->higher_worse ? missing : 0)) / ((double)c->n + missing));
	out->n_eff = tally_n_eff(&c->decided);
	out->n_eff_low = tally_n_eff(&c->zeros);
	out->n_eff_high = tally_n_eff(&c->ones);
	judge_lines(c, r, out);
}

/* The counts with `more` clean units, each a cluster of its own. */
static struct counts with_clean(const struct counts *c, const struct rule *r, double more)
{
	struct counts w = *c;
	double value = r->higher_worse ? 0 : 1;
	struct tally *all[] = {&w.decided, &w.zeros, &w.ones};
	for (size_t i = 0; i < 3; i++) {
		all[i]->n += more;
		all[i]->sum += value * more;
		all[i]->ss += value * more;
		all[i]->sn += value * more;
		all[i]->nn += more;
		all[i]->clusters += (uint64_t)more;
	}
	w.n += (uint64_t)more;
	return w;
}

/* Everything but the interval: enough units, coverage, the estimate itself green. */
static bool green_but_for_interval(const struct counts *w, const struct rule *r)
{
	double present = (double)(w->n + w->unsure);
	if (w->n < r->n_min || w->n == 0 || present / (present + (double)w->missing) < r->min_coverage)
		return false;
	return zone_of(r, on_scale(r, tally_mean(&w->decided))) == VERDICT_GREEN;
}

/* Only the bad end decides whether it is green; half the work of judge(). */
static bool green_with(const struct counts *c, const struct rule *r, double more)
{
	struct counts w = with_clean(c, r, more);
	if (!green_but_for_interval(&w, r))
		return false;
	double m = tally_mean(&w.decided);
	double end = r->higher_worse ? bound(&w.ones, r->confidence, r->wilson, true) :
				       bound(&w.zeros, r->confidence, r->wilson, false);
	return zone_of(r, on_scale(r, r->higher_worse ? fmax(end, m) : fmin(end, m))) == VERDICT_GREEN;
}

/* The line that the bad end must stay clear of, between 0 and 1. */
static double first_line(const struct rule *r)
{
	double line = isnan(r->yellow) ? r->red : r->yellow;
	return (line - r->low) / (r->high - r->low);
}

/* The same as green_with but for a hair: the tail beyond the line, instead of the bound that leaves so much. */
static bool nearly_green_with(const struct counts *c, const struct rule *r, double more)
{
	if (r->wilson)
		return green_with(c, r, more);
	struct counts w = with_clean(c, r, more);
	if (!green_but_for_interval(&w, r))
		return false;
	const struct tally *t = r->higher_worse ? &w.ones : &w.zeros;
	double half = (1 - r->confidence) / 2, line = first_line(r), n = tally_n_eff(t), k = tally_mean(t) * n;
	double floor = exp(log(half) / (double)t->clusters);
	bool clustered = (double)t->clusters < t->n;
	if (r->higher_worse)
		return k < n && !(clustered && 1 - floor >= line) && beta_sf(k + 1, n - k, line) < half;
	return k > 0 && !(clustered && floor <= line) && beta_cdf(k, n - k + 1, line) < half;
}

uint64_t needs_n(const struct counts *c, const struct rule *r)
{
	if (zone_of(r, 0) == VERDICT_NO_LINE || green_with(c, r, 0))
		return 0;
	double low = 0, high = 1;
	while (!nearly_green_with(c, r, high)) {
		low = high;
		high *= 2;
		if (high > needs_cap)
			return 0;
	}
	while (high - low > 1) {
		double middle = floor((low + high) / 2);
		if (nearly_green_with(c, r, middle))
			high = middle;
		else
			low = middle;
	}
	/* The rule itself has the last word. */
	for (int step = 0; !green_with(c, r, high); step++, high++)
		if (step == 1000)
			return 0; /* the line is too fine for the numbers */
	while (high > 1 && green_with(c, r, high - 1))
		high--;
	return (uint64_t)high;
}

uint64_t fewer_to_improve(const struct counts *c, const struct rule *r)
{
	double n = c->decided.n, bad = r->higher_worse ? c->decided.sum : n - c->decided.sum;
	enum verdict now = c->n ? zone_of(r, on_scale(r, c->decided.sum / n)) : VERDICT_NO_LINE;
	if (now != VERDICT_YELLOW && now != VERDICT_RED)
		return 0;
	double low = 0, high = floor(bad); /* turning `low` does not help; turning `high` may */
	double sign = r->higher_worse ? -1 : 1;
	if (zone_of(r, on_scale(r, (c->decided.sum + sign * high) / n)) >= now)
		return 0;
	while (high - low > 1) {
		double middle = floor((low + high) / 2);
		if (zone_of(r, on_scale(r, (c->decided.sum + sign * middle) / n)) < now)
			high = middle;
		else
			low = middle;
	}
	return (uint64_t)high;
}
