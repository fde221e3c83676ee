/* SPDX-License-Identifier: MIT
 *
 * From counts to a verdict (ZONES 5.4 and 5.12): sums over clusters of a value
 * between 0 and 1, the interval that clusters and missing units leave, and what
 * the lines say about it. Pure functions of numbers; whoever has the numbers
 * can recompute the cell.
 */
#ifndef STATS_RATE_H
#define STATS_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/terms.h"
#include "stats/interval.h"

/* Sums over clusters, enough for mean, sandwich error and effective size. Zero-initialised is empty. */
struct tally {
	double n, sum;     /* units, and the sum of their values */
	double ss, sn, nn; /* over clusters: sum², sum × n, n² */
	uint64_t clusters;
};

void tally_add(struct tally *t, double sum, double n); /* one cluster; nothing when n is 0 */
double tally_mean(const struct tally *t);              /* NaN when empty */
double tally_se(const struct tally *t);                /* sandwich with G/(G-1); NaN below two clusters */
/* n when every cluster is one unit; else min(n, m(1-m)/SE²), and the number of clusters when all have the same mean. */
double tally_n_eff(const struct tally *t);

/* The units of a cell: as decided, and completed with 0 and with 1 for every unit without a usable outcome. */
struct counts {
	struct tally decided, zeros, ones;
	uint64_t n, missing, unsure;
};

/* One cluster: n decided units with values adding up to sum, and those that are missing or unsure. */
void counts_add(struct counts *c, double sum, uint64_t n, uint64_t missing, uint64_t unsure);

struct rule {
	double confidence;
	bool wilson;       /* else Clopper-Pearson */
	bool higher_worse;
	bool inclusive;    /* reaching a line is crossing it */
	double yellow, red; /* NaN = none */
	double low, high;  /* the scale that 0 and 1 stand for; 0, 1 for rates */
	uint64_t n_min;
	double min_coverage;
};

/* Green, yellow or red; VERDICT_NO_LINE without lines. Values closer than 1e-12 of the scale count as equal, so that
 * a mean of decimal fractions meets the line it should. */
enum verdict zone_of(const struct rule *r, double value);

struct judgement {
	enum verdict verdict;
	enum verdict reads;                  /* what it would be, were the sample sufficient */
	enum verdict at_best, at_value, at_worst; /* zone of the good end, the estimate, the bad end */
	bool confirmed, small_n, low_coverage, red_if_missing_failed;
	double value, low, high; /* on the scale; NaN without data */
	double value_missing_failed;
	double coverage;
	double n_eff, n_eff_low, n_eff_high;
};

/* low from the set completed with zeros, high from the one completed with ones, both with the floor for clusters. */
struct interval counts_interval(const struct counts *c, double confidence, bool wilson);
void judge(const struct counts *c, const struct rule *r, struct judgement *out);
/* The smallest number of further clean units, each a cluster of its own, that makes the verdict green: adding it does,
 * one fewer does not. 0 when it is green, or when a billion would not do. */
uint64_t needs_n(const struct counts *c, const struct rule *r);
/* Of the units decided as bad, how many must turn good for a better zone of the estimate; 0 when it is green. */
uint64_t fewer_to_improve(const struct counts *c, const struct rule *r);

#endif
