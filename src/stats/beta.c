/* SPDX-License-Identifier: MIT
 *
 * Incomplete beta function by continued fraction, with the factor in front
 * written so that no digits cancel when the parameters are in the millions,
 * and its inverse by guarded Newton steps on the logarithm of the tail.
 */
#include "stats/beta.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#define HALF_LOG_2PI 0.918938533204672741780329736406

/* Stirling's remainder d(z) in ln G(z) = (z - 1/2) ln z - z + ln(2 pi)/2 + d(z). */
static double stirling_rest(double z)
{
	double sum = 0;
	for (; z < 12; z += 1) /* d(z) = d(z + 1) + (z + 1/2) ln(1 + 1/z) - 1 */
		sum += (z + 0.5) * log1p(1 / z) - 1;
	double r = 1 / (z * z);
	return sum + (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * 691.0 / 360360))))) / z;
}

/* ln(1 + u) - u by its series, for small u. */
static double log1p_minus(double u)
{
	double term = u, sum = 0;
	for (int i = 2; i < 60; i++) {
		term *= -u;
		double next = sum + term / i;
		if (next == sum)
			break;
		sum = next;
	}
	return sum;
}

/* ln of x^a (1-x)^b / B(a, b). With u = x n/a - 1 and v = (1-x) n/b - 1 the large terms a u and b v cancel exactly,
 * so near the mean they are left out of both logarithms. */
static double log_front(double a, double b, double x)
{
	double n = a + b, y = 1 - x;
	double u = (x * b - a * y) / a, v = (a * y - x * b) / b;
	bool u_small = fabs(u) < 0.25, v_small = fabs(v) < 0.25;
	double main;
	if (u_small && v_small)
		main = a * log1p_minus(u) + b * log1p_minus(v);
	else
		main = a * (u_small ? log1p(u) : log(x / a * n)) + b * (v_small ? log1p(v) : log(y / b * n));
	return main + 0.5 * log(a / n * b) - HALF_LOG_2PI + stirling_rest(n) - stirling_rest(a) - stirling_rest(b);
}

/* The continued fraction of I_x(a, b) by Lentz's method; wants x below the mean. Needs about sqrt(max(a, b)) steps. */
static double fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1);
	d = 1 / (fabs(d) < tiny ? tiny : d);
	double h = d;
	for (double m = 1; m < 1e6; m += 1) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		for (int half = 0; half < 2; half++) {
			double t = half ? odd : even;
			d = 1 + t * d;
			c = 1 + t / c;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = fabs(c) < tiny ? tiny : c;
			h *= c * d;
		}
		if (fabs(c * d - 1) < DBL_EPSILON)
			break;
	}
	return h;
}

/* I_x(a, b), or its complement; the smaller of the two is computed, so it keeps its digits. */
static double tail(double a, double b, double x, bool upper)
{
	if (!(x > 0))
		return upper ? 1 : 0;
	if (x >= 1)
		return upper ? 0 : 1;
	double front = exp(log_front(a, b, x));
	bool below = x < (a + 1) / (a + b + 2);
	double part = below ? front * fraction(a, b, x) / a : front * fraction(b, a, 1 - x) / b;
	return below == upper ? 1 - part : part;
}

double beta_cdf(double a, double b, double x)
{
	return tail(a, b, x, false);
}

double beta_sf(double a, double b, double x)
{
	return tail(a, b, x, true);
}

/* A first guess from the normal approximation on the log-odds scale, good enough for Newton. */
static double quantile_guess(double a, double b, double p)
{
	double z = normal_quantile(p);
	double odds = log(a / b) + z * sqrt(1 / a + 1 / b);
	double x = 1 / (1 + exp(-odds));
	return x > 0 && x < 1 ? x : a / (a + b);
}

double beta_quantile(double a, double b, double p)
{
	if (!(p > 0))
		return 0;
	if (p >= 1)
		return 1;
	if (a == 1)
		return -expm1(log1p(-p) / b);
	if (b == 1)
		return exp(log(p) / a);
	/* Steps are taken in ln x on the logarithm of the smaller tail, which is nearly straight there. */
	bool upper = p > 0.5;
	double want = log(upper ? 1 - p : p), low = 0, high = 1, x = quantile_guess(a, b, p);
	for (int i = 0; i < 2000; i++) {
		double t = tail(a, b, x, upper);
		double off = log(t) - want;
		if (off == 0)
			return x;
		if ((off > 0) == upper)
			low = x;
		else
			high = x;
		double slope = exp(log_front(a, b, x)) / (1 - x) / t; /* x pdf(x) / tail = |d ln tail / d ln x| */
		double next = x * exp(upper ? off / slope : -off / slope);
		if (!(next > low && next < high))
			next = low > 0 ? sqrt(low) * sqrt(high) : high / 16;
		if (next < DBL_MIN)
			return 0;
		if (fabs(next - x) <= 4 * DBL_EPSILON * x || high - low <= 2 * DBL_EPSILON * low)
			return next;
		x = next;
	}
	return x;
}

double normal_quantile(double p)
{
	if (!(p > 0) || p >= 1)
		return !(p > 0) ? -HUGE_VAL : HUGE_VAL;
	if (p == 0.5)
		return 0;
	/* Newton on the logarithm of the tail below -z; it is concave, so after one step it closes in from one side. */
	double q = p < 0.5 ? p : 1 - p, want = log(q), z = sqrt(-2 * want) * 0.8;
	for (int i = 0; i < 100; i++) {
		double t = 0.5 * erfc(z * M_SQRT1_2);
		double density = exp(-0.5 * z * z - HALF_LOG_2PI);
		double step = (log(t) - want) * t / density;
		z += step;
		if (fabs(step) <= 2 * DBL_EPSILON * fabs(z))
			break;
	}
	return p < 0.5 ? -z : z;
}
