/* SPDX-License-Identifier: MIT
 *
 * Binomial intervals.
 */
#include "stats/interval.h"

#include <math.h>

#include "stats/beta.h"

static double clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

struct interval interval_clopper_pearson(double k, double n, double confidence)
{
	struct interval r = {0, 1};
	if (!(n > 0))
		return r;
	double half = (1 - confidence) / 2;
	k = clamp(k, 0, n);
	if (k > 0)
		r.low = beta_quantile(k, n - k + 1, half);
	if (k < n)
		r.high = beta_quantile(k + 1, n - k, 1 - half);
	return r;
}

struct interval interval_wilson(double k, double n, double confidence)
{
	struct interval r = {0, 1};
	if (!(n > 0))
		return r;
	double z = normal_quantile(1 - (1 - confidence) / 2), z2 = z * z;
	k = clamp(k, 0, n);
	double p = k / n;
	double middle = p + z2 / (2 * n), width = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)), scale = 1 + z2 / n;
	if (k > 0)
		r.low = clamp((middle - width) / scale, 0, p);
	if (k < n)
		r.high = clamp((middle + width) / scale, p, 1);
	return r;
}

struct interval interval_wilson_cc(double k, double n, double confidence)
{
	struct interval r = {0, 1};
	if (!(n > 0))
		return r;
	double z = normal_quantile(1 - (1 - confidence) / 2), z2 = z * z;
	k = clamp(k, 0, n);
	double p = k / n, q = 1 - p, scale = 2 * (n + z2);
	if (k > 0)
		r.low = clamp((2 * n * p + z2 - 1 - z * sqrt(fmax(0, z2 - 2 - 1 / n + 4 * p * (n * q + 1)))) / scale, 0, p);
	if (k < n)
		r.high = clamp((2 * n * p + z2 + 1 + z * sqrt(fmax(0, z2 + 2 - 1 / n + 4 * p * (n * q - 1)))) / scale, p, 1);
	return r;
}

struct interval interval_jeffreys(double k, double n, double confidence)
{
	struct interval r = {0, 1};
	if (!(n > 0))
		return r;
	double half = (1 - confidence) / 2;
	k = clamp(k, 0, n);
	if (k > 0)
		r.low = beta_quantile(k + 0.5, n - k + 0.5, half);
	if (k < n)
		r.high = beta_quantile(k + 0.5, n - k + 0.5, 1 - half);
	return r;
}

double upper_bound(double k, double n, double confidence)
{
	if (!(n > 0) || k >= n)
		return 1;
	return beta_quantile(clamp(k, 0, n) + 1, n - clamp(k, 0, n), confidence);
}

double rule_of_three(double n, double confidence)
{
	return n > 0 ? -expm1(log1p(-confidence) / n) : 1;
}
