/* SPDX-License-Identifier: MIT
 *
 * The beta and normal distributions: what exact binomial intervals stand on.
 * Real-valued parameters, because clustered samples have fractional sizes.
 */
#ifndef STATS_BETA_H
#define STATS_BETA_H

/* The regularised incomplete beta function I_x(a, b) for a, b > 0; x outside 0…1 is clamped. Good to 1e-12 for
 * parameters in the thousands and to 1e-10 in the millions. */
double beta_cdf(double a, double b, double x);
/* 1 - I_x(a, b) without the loss of digits when that is small. */
double beta_sf(double a, double b, double x);
/* The x with I_x(a, b) = p, to 1e-12 or better. */
double beta_quantile(double a, double b, double p);

/* The z below which a standard normal falls with probability p, 0 < p < 1. */
double normal_quantile(double p);

#endif
