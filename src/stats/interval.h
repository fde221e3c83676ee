/* SPDX-License-Identifier: MIT
 *
 * Two-sided intervals for a proportion k of n at a confidence such as 0.95.
 * k and n are real: clustered samples come as (mean x effective n, effective n).
 * Clopper-Pearson guarantees its coverage and decides zones; Wilson is for charts.
 */
#ifndef STATS_INTERVAL_H
#define STATS_INTERVAL_H

struct interval {
	double low, high;
};

/* Each gives 0…1 when n is not above 0. k is clamped to 0…n. */
struct interval interval_clopper_pearson(double k, double n, double confidence);
struct interval interval_wilson(double k, double n, double confidence);
struct interval interval_wilson_cc(double k, double n, double confidence); /* with continuity correction, Newcombe 1998 */
struct interval interval_jeffreys(double k, double n, double confidence);

/* The one-sided exact upper bound, for planning. */
double upper_bound(double k, double n, double confidence);
/* What 0 of n rules out, exactly and as 3/n. */
double rule_of_three(double n, double confidence);

#endif
