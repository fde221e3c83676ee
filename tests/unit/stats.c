/* SPDX-License-Identifier: MIT
 *
 * Intervals, clusters and verdicts against published values and against what
 * must hold of them: bounds move the right way, cover, and do not depend on order.
 */
#include "unit.h"

#include <math.h>
#include <stdio.h>

#include "stats/beta.h"
#include "stats/rate.h"

static void near(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("got %.17g, want %.17g (off by %.3g)", got, want, got - want);
}

static struct rule rule(double yellow, double red, uint64_t n_min)
{
	return (struct rule){.confidence = 0.95, .higher_worse = true, .inclusive = true, .yellow = yellow, .red = red, .high = 1,
		.n_min = n_min};
}

/* A fixed generator, so that simulations are the same everywhere. */
static uint64_t seed;
static double uniform(void)
{
	seed += 0x9e3779b97f4a7c15u;
	uint64_t z = seed;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void normal_quantile_meets_tables(void **state)
{
	(void)state;
	near(normal_quantile(0.975), 1.959963984540054, 1e-14);
	near(normal_quantile(0.995), 2.5758293035489004, 1e-14);
	near(normal_quantile(0.025), -1.959963984540054, 1e-14);
	near(normal_quantile(0.5), 0, 0);
	near(normal_quantile(1e-10), -6.361340902404056, 1e-12);
	for (double p = 0.001; p < 1; p += 0.013)
		near(0.5 * erfc(-normal_quantile(p) / sqrt(2)), p, 1e-14);
}

/* For whole parameters I_x(a, b) is a binomial sum; added up here in another way. */
static double binomial_tail(int k, int n, double x)
{
	double sum = 0;
	for (int i = k; i <= n; i++)
		sum += exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(x) + (n - i) * log1p(-x));
	return sum;
}

static void beta_equals_binomial_sums(void **state)
{
	(void)state;
	for (int n = 1; n <= 60; n += 7)
		for (int k = 1; k <= n; k += 3)
			for (double x = 0.02; x < 1; x += 0.07)
				near(beta_cdf(k, n - k + 1, x), binomial_tail(k, n, x), 2e-13);
	near(beta_cdf(2.5, 2.5, 0.5), 0.5, 1e-15);
	near(beta_cdf(0.5, 0.5, 0.25), 2 / acos(-1) * asin(0.5), 1e-14);
	near(beta_cdf(3, 4, 0) + beta_cdf(3, 4, -1), 0, 0);
	near(beta_cdf(3, 4, 1) + beta_cdf(3, 4, 7), 2, 0);
	/* 4 of 30 at a line of 0.2, prior 1, 1. */
	near(beta_sf(5, 27, 0.2), 0.2287287650710878, 1e-13);
}

static void beta_inverse_returns_to_its_argument(void **state)
{
	(void)state;
	static const double sizes[] = {0.3, 1, 1.5, 7, 88.4, 1000, 123456.7, 1e7};
	static const double tails[] = {1e-6, 0.005, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9999};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++)
			for (size_t t = 0; t < sizeof tails / sizeof *tails; t++) {
				double a = sizes[i], b = sizes[j], p = tails[t], x = beta_quantile(a, b, p);
				assert_true(x >= 0 && x <= 1);
				/* The probability is met as well as doubles near x can say. */
				double step = 4e-16 * x;
				if (x > 0 && x < 1)
					near(beta_cdf(a, b, x), p, 1e-10 + 4 * (beta_cdf(a, b, x + step) - beta_cdf(a, b, x - step)));
				near(beta_quantile(b, a, 1 - p), 1 - x, 1e-12);
			}
}

static void published_intervals(void **state)
{
	(void)state;
	static const struct {
		double k, n, wilson_low, wilson_high, low, high;
	} rows[] = {
		/* Newcombe 1998 */
		{81, 263, .2553, .3662, .2527, .3676},
		{15, 148, .0624, .1605, .0578, .1617},
		{0, 20, 0, .1611, 0, .1684},
		{1, 29, .0061, .1718, .0009, .1776},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct interval w = interval_wilson(rows[i].k, rows[i].n, 0.95);
		struct interval c = interval_clopper_pearson(rows[i].k, rows[i].n, 0.95);
		near(w.low, rows[i].wilson_low, 5.1e-5);
		near(w.high, rows[i].wilson_high, 5.1e-5);
		near(c.low, rows[i].low, 5.1e-5);
		near(c.high, rows[i].high, 5.1e-5);
	}
	struct interval c = interval_clopper_pearson(4, 30, 0.95);
	near(c.low, .0375534963383633, 1e-12);
	near(c.high, .3072183502761268, 1e-12);
	c = interval_clopper_pearson(3, 0, 0.95);
	assert_true(c.low == 0 && c.high == 1);
	near(rule_of_three(30, 0.95), .0950, 5e-5);
	near(rule_of_three(3000, 0.95), .000998, 5e-7);
	near(upper_bound(0, 59, 0.95), .0495, 1e-4);
}

static void intervals_are_symmetric_and_monotone(void **state)
{
	(void)state;
	for (double n = 1; n < 300; n = n * 2 + 0.5) {
		double last_low = -1, last_high = -1;
		for (double k = 0; k <= n; k += n / 16) {
			struct interval a = interval_clopper_pearson(k, n, 0.95), b = interval_clopper_pearson(n - k, n, 0.95);
			near(a.low, 1 - b.high, 1e-12);
			struct interval w = interval_wilson(k, n, 0.95), v = interval_wilson(n - k, n, 0.95);
			near(w.low, 1 - v.high, 1e-12);
			assert_true(a.low <= k / n && k / n <= a.high);
			assert_true(a.low >= last_low && a.high >= last_high);
			struct interval narrow = interval_clopper_pearson(k, n, 0.9);
			assert_true(narrow.low >= a.low && narrow.high <= a.high);
			struct interval more = interval_clopper_pearson(k, n + 1, 0.95);
			assert_true(more.high <= a.high && more.low <= a.low);
			last_low = a.low;
			last_high = a.high;
		}
	}
}

static void clopper_pearson_covers(void **state)
{
	(void)state;
	/* Exactly: the probability of samples whose interval misses the true rate is at most 5 %. */
	for (double p = 0.01; p < 1; p += 0.037) {
		double missed = 0;
		for (int k = 0; k <= 40; k++) {
			struct interval i = interval_clopper_pearson(k, 40, 0.95);
			if (p < i.low || p > i.high)
				missed += exp(lgamma(41) - lgamma(k + 1) - lgamma(41 - k) + k * log(p) + (40 - k) * log1p(-p));
		}
		assert_true(missed <= 0.05);
	}
}

/* 30 items × 20 epochs, items that always or never fail: how often is a rate above the line called green? */
static void clusters_do_not_give_false_greens(void **state)
{
	(void)state;
	seed = 20;
	int green = 0, draws = 2000;
	struct rule r = rule(0.05, NAN, 1);
	for (int d = 0; d < draws; d++) {
		struct counts c = {0};
		for (int item = 0; item < 30; item++) {
			double often = uniform() < 0.053 ? 1 : 0, k = 0;
			for (int epoch = 0; epoch < 20; epoch++)
				k += uniform() < often;
			counts_add(&c, k, 20, 0, 0);
		}
		struct judgement j;
		judge(&c, &r, &j);
		green += j.verdict == VERDICT_GREEN;
	}
	assert_true(green <= draws / 40 + 20);
	/* One failure among them: the floor by 30 clusters holds although n_eff is near 600. */
	struct counts c = {0};
	counts_add(&c, 1, 20, 0, 0);
	for (int item = 1; item < 30; item++)
		counts_add(&c, 0, 20, 0, 0);
	assert_true(tally_n_eff(&c.decided) > 590);
	near(counts_interval(&c, 0.95, false).high, 1 - pow(0.025, 1.0 / 30), 1e-12);
}

static void clustered_intervals_cover(void **state)
{
	(void)state;
	seed = 7;
	int missed = 0, draws = 2000;
	for (int d = 0; d < draws; d++) {
		struct counts c = {0};
		for (int item = 0; item < 60; item++) {
			double often = uniform() < 0.5 ? 0.1 : 0.5, k = 0;
			for (int epoch = 0; epoch < 5; epoch++)
				k += uniform() < often;
			counts_add(&c, k, 5, 0, 0);
		}
		struct interval i = counts_interval(&c, 0.95, false);
		missed += i.low > 0.3 || i.high < 0.3;
	}
	assert_in_range(missed, 0, draws / 20 + 30);
}

static void order_of_clusters_does_not_matter(void **state)
{
	(void)state;
	seed = 3;
	double sum[40];
	uint64_t n[40];
	for (int i = 0; i < 40; i++) {
		n[i] = 1 + (uint64_t)(uniform() * 9);
		sum[i] = floor(uniform() * (double)(n[i] + 1));
	}
	struct counts a = {0}, b = {0};
	for (int i = 0; i < 40; i++) {
		counts_add(&a, sum[i], n[i], (uint64_t)i % 3, 0);
		counts_add(&b, sum[39 - i], n[39 - i], (uint64_t)(39 - i) % 3, 0);
	}
	struct interval x = counts_interval(&a, 0.95, false), y = counts_interval(&b, 0.95, false);
	assert_true(x.low == y.low && x.high == y.high);
}

static struct judgement judged(double k, uint64_t n, uint64_t missing, double yellow, double red, uint64_t n_min)
{
	struct rule r = rule(yellow, red, n_min);
	struct counts c = {0};
	for (uint64_t i = 0; i < n; i++)
		counts_add(&c, (double)i < k ? 1 : 0, 1, 0, 0);
	for (uint64_t i = 0; i < missing; i++)
		counts_add(&c, 0, 0, 1, 0);
	struct judgement j;
	judge(&c, &r, &j);
	return j;
}

static void published_verdicts(void **state)
{
	(void)state;
	static const struct {
		double k;
		uint64_t n, missing;
		double yellow, red;
		uint64_t n_min;
		enum verdict verdict;
		bool confirmed;
		double low, high;
	} rows[] = {
		{0, 0, 0, .05, .2, 1, VERDICT_NO_DATA, false, NAN, NAN},
		{0, 20, 0, .05, .2, 1, VERDICT_GREEN_YELLOW, false, 0, .1684},
		{0, 72, 0, .05, .2, 1, VERDICT_GREEN, true, 0, .0499},
		{1, 100, 0, .05, .2, 1, VERDICT_GREEN_YELLOW, false, .0003, .0545},
		{8, 100, 0, .05, .2, 1, VERDICT_YELLOW, false, .0352, .1516},
		{12, 100, 0, .05, .2, 1, VERDICT_YELLOW_RED, false, .0636, .2002},
		{30, 100, 0, .05, .2, 1, VERDICT_RED, true, .2124, .3998},
		{12, 60, 0, .05, .2, 1, VERDICT_RED, false, .1078, .3233},
		{1, 3, 0, .5, .8, 1, VERDICT_GREEN_RED, false, .0084, .9057},
		{0, 100, 10, .05, .2, 1, VERDICT_GREEN_YELLOW, false, 0, .1608},
		{10, 10, 0, .05, .2, 100, VERDICT_RED, true, .6915, 1},
		{2, 10, 0, .05, .2, 30, VERDICT_INSUFFICIENT, false, .0252, .5561},
		{17, 33, 0, 27.0 / 33, NAN, 1, VERDICT_GREEN, true, .3354, .6920},
		{4, 30, 0, .2, NAN, 30, VERDICT_GREEN_YELLOW, false, .0376, .3072},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct judgement j = judged(rows[i].k, rows[i].n, rows[i].missing, rows[i].yellow, rows[i].red, rows[i].n_min);
		assert_int_equal(j.verdict, rows[i].verdict);
		assert_int_equal(j.confirmed, rows[i].confirmed);
		if (rows[i].n) {
			near(j.low, rows[i].low, 5.1e-5);
			near(j.high, rows[i].high, 5.1e-5);
		}
	}
	assert_int_equal(judged(12, 60, 0, .05, .2, 1).at_best, VERDICT_YELLOW);
	assert_int_equal(judged(8, 100, 0, .05, .2, 1).at_best, VERDICT_GREEN);
	assert_int_equal(judged(2, 10, 0, .05, .2, 30).reads, VERDICT_RED);
	assert_true(judged(10, 10, 0, .05, .2, 100).small_n);
}

static void reaching_a_line_crosses_it_when_inclusive(void **state)
{
	(void)state;
	struct rule r = rule(0.1, 0.3, 1);
	assert_int_equal(zone_of(&r, 3.0 / 10), VERDICT_RED);
	assert_int_equal(zone_of(&r, 0.1 + 0.2), VERDICT_RED);
	r.inclusive = false;
	assert_int_equal(zone_of(&r, 0.1 + 0.2), VERDICT_YELLOW);
	assert_int_equal(zone_of(&r, 0.1), VERDICT_GREEN);
	r = (struct rule){.higher_worse = false, .inclusive = true, .yellow = 0.9, .red = 0.8, .high = 1};
	assert_int_equal(zone_of(&r, 0.95), VERDICT_GREEN);
	assert_int_equal(zone_of(&r, 0.9), VERDICT_YELLOW);
	assert_int_equal(zone_of(&r, 0.8), VERDICT_RED);
	r.yellow = r.red = NAN;
	assert_int_equal(zone_of(&r, 0.8), VERDICT_NO_LINE);
}

static void direction_mirrors(void **state)
{
	(void)state;
	/* Low pass rates are bad exactly as high fail rates are. */
	for (uint64_t k = 0; k <= 40; k++) {
		struct rule up = rule(.125, .25, 1);
		struct rule down = up;
		down.higher_worse = false;
		down.yellow = 1 - up.yellow;
		down.red = 1 - up.red;
		struct counts fails = {0}, passes = {0};
		for (uint64_t i = 0; i < 40; i++) {
			counts_add(&fails, i < k, 1, 0, 0);
			counts_add(&passes, i >= k, 1, 0, 0);
		}
		counts_add(&fails, 0, 0, 2, 1);
		counts_add(&passes, 0, 0, 2, 1);
		struct judgement a, b;
		judge(&fails, &up, &a);
		judge(&passes, &down, &b);
		assert_int_equal(a.verdict, b.verdict);
		assert_int_equal(a.confirmed, b.confirmed);
		assert_int_equal(a.red_if_missing_failed, b.red_if_missing_failed);
		near(a.low, 1 - b.high, 1e-12);
		assert_int_equal(needs_n(&fails, &up), needs_n(&passes, &down));
		assert_int_equal(fewer_to_improve(&fails, &up), fewer_to_improve(&passes, &down));
	}
}

static void missing_failures_are_not_good_news(void **state)
{
	(void)state;
	/* Erroring out units one by one, bad ones first: the bad end never improves, green never appears, and where it was
	 * red it is at least red if the missing failed. */
	for (uint64_t k = 0; k <= 30; k++) {
		struct judgement before = judged((double)k, 60, 0, .05, .2, 1);
		for (uint64_t gone = 1; gone <= 60; gone++) {
			uint64_t left = k > gone ? k - gone : 0;
			struct judgement after = judged((double)left, 60 - gone, gone, .05, .2, 1);
			if (gone == 60) {
				assert_int_equal(after.verdict, VERDICT_NO_DATA);
				continue;
			}
			assert_true(after.high >= before.high - 1e-12);
			assert_true(after.at_worst >= before.at_worst);
			if (before.verdict != VERDICT_GREEN)
				assert_int_not_equal(after.verdict, VERDICT_GREEN);
			if (before.verdict == VERDICT_RED)
				assert_true(after.verdict == VERDICT_RED || after.red_if_missing_failed);
		}
	}
}

static void insufficiency_suppresses_good_news_only(void **state)
{
	(void)state;
	struct rule r = rule(.05, .2, 1);
	r.min_coverage = .95;
	struct counts c = {0};
	for (int i = 0; i < 100; i++)
		counts_add(&c, 0, 1, 0, 0);
	for (int i = 0; i < 6; i++)
		counts_add(&c, 0, 0, 1, 0);
	struct judgement j;
	judge(&c, &r, &j);
	assert_int_equal(j.verdict, VERDICT_INSUFFICIENT);
	assert_true(j.low_coverage);
	assert_int_equal(j.reads, VERDICT_GREEN_YELLOW);
	/* The same number unsure widens but does not lower coverage. */
	struct counts u = {0};
	for (int i = 0; i < 100; i++)
		counts_add(&u, 0, 1, 0, 0);
	for (int i = 0; i < 6; i++)
		counts_add(&u, 0, 0, 0, 1);
	judge(&u, &r, &j);
	assert_int_equal(j.verdict, VERDICT_GREEN_YELLOW);
	assert_false(j.low_coverage);
}

static void needs_from_nothing(void **state)
{
	(void)state;
	static const struct {
		double line;
		uint64_t needs;
	} rows[] = {{.2, 17}, {.1, 36}, {.05, 72}, {.02, 183}, {.01, 368}, {.001, 3688}};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct rule r = rule(rows[i].line, NAN, 1);
		struct counts none = {0};
		assert_int_equal(needs_n(&none, &r), rows[i].needs);
	}
}

/* Adding N flips it, N - 1 does not: for counts with failures, missing units, clusters, both methods. */
static void needs_flips_at_n(void **state)
{
	(void)state;
	seed = 11;
	for (int round = 0; round < 60; round++) {
		struct rule r = rule(.1, .3, 20);
		r.confidence = round % 2 ? 0.95 : 0.99;
		r.wilson = round % 3 == 0;
		r.min_coverage = .9;
		struct counts c = {0};
		int clusters = 1 + (int)(uniform() * 30);
		for (int i = 0; i < clusters; i++) {
			uint64_t n = round % 4 ? 1 : 5;
			counts_add(&c, floor(uniform() * uniform() * (double)(n + 1)), n, uniform() < .1, uniform() < .1);
		}
		uint64_t needs = needs_n(&c, &r);
		struct judgement j;
		judge(&c, &r, &j);
		assert_int_equal(needs == 0, j.verdict == VERDICT_GREEN);
		for (uint64_t i = 0; i < needs; i++) {
			judge(&c, &r, &j);
			assert_int_not_equal(j.verdict, VERDICT_GREEN);
			counts_add(&c, 0, 1, 0, 0);
		}
		judge(&c, &r, &j);
		assert_int_equal(j.verdict, VERDICT_GREEN);
	}
	struct rule fine = rule(1e-13, NAN, 1);
	struct counts few = {0};
	assert_int_equal(needs_n(&few, &fine), 0);
	struct rule never = rule(0, NAN, 1);
	struct counts none = {0};
	assert_int_equal(needs_n(&none, &never), 0);
}

static void fewer_failures_improve(void **state)
{
	(void)state;
	struct rule r = rule(.05, .2, 1);
	struct counts c = {0};
	for (int i = 0; i < 100; i++)
		counts_add(&c, i < 30, 1, 0, 0);
	assert_int_equal(fewer_to_improve(&c, &r), 11); /* 19 of 100 is yellow, 20 is red */
	struct counts g = {0};
	counts_add(&g, 0, 1, 0, 0);
	assert_int_equal(fewer_to_improve(&g, &r), 0);
}

static void means_of_scores_stay_on_their_scale(void **state)
{
	(void)state;
	/* Scores 1…5, lower is worse: values scaled to 0…1, missing ones fill with either end. */
	struct rule r = rule(4, 2, 1);
	r.higher_worse = false;
	r.low = 1;
	r.high = 5;
	struct counts c = {0};
	for (int i = 0; i < 50; i++)
		counts_add(&c, (3 - 1) / 4.0, 1, 0, 0);
	struct judgement j;
	judge(&c, &r, &j);
	near(j.value, 3, 1e-12);
	assert_true(j.low > 1 && j.low < 3 && j.high > 3 && j.high < 5);
	assert_int_equal(j.at_value, VERDICT_YELLOW);
	counts_add(&c, 0, 0, 10, 0);
	struct judgement wide;
	judge(&c, &r, &wide);
	assert_true(wide.low < j.low && wide.high > j.high);
	near(wide.value_missing_failed, 1 + 4 * (25.0 / 60), 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(normal_quantile_meets_tables),
		cmocka_unit_test(beta_equals_binomial_sums),
		cmocka_unit_test(beta_inverse_returns_to_its_argument),
		cmocka_unit_test(published_intervals),
		cmocka_unit_test(intervals_are_symmetric_and_monotone),
		cmocka_unit_test(clopper_pearson_covers),
		cmocka_unit_test(clusters_do_not_give_false_greens),
		cmocka_unit_test(clustered_intervals_cover),
		cmocka_unit_test(order_of_clusters_does_not_matter),
		cmocka_unit_test(published_verdicts),
		cmocka_unit_test(reaching_a_line_crosses_it_when_inclusive),
		cmocka_unit_test(direction_mirrors),
		cmocka_unit_test(missing_failures_are_not_good_news),
		cmocka_unit_test(insufficiency_suppresses_good_news_only),
		cmocka_unit_test(needs_from_nothing),
		cmocka_unit_test(needs_flips_at_n),
		cmocka_unit_test(fewer_failures_improve),
		cmocka_unit_test(means_of_scores_stay_on_their_scale),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
