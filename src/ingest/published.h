/* SPDX-License-Identifier: MIT
 *
 * Published tables: their columns, and numbers as authors print them.
 */
#ifndef INGEST_PUBLISHED_H
#define INGEST_PUBLISHED_H

#include "ingest/importer.h"

/* "12/17", "12 of 17", "58.8%", ".576", "1,234", "0.57 ± 0.20", "25.7 (21.0-30.1)", "58.8% (10/17)", with marks of emphasis:
 * fills k, n, value, low and high of *out, -1 and NaN for what is not there; percents become shares. false: no number. */
bool published_cell(struct str cell, struct in_aggregate *out);
/* A header or a name without emphasis and footnote marks. */
struct str published_name(struct str cell);
/* What a column stands for, when it is a subject of ForesightSafety's tables or a dimension of HAICOSYSTEM's: its category,
 * "foresight-subject:Biology", "haicosystem:LEGAL"; absent for any other. */
struct str published_category(struct str column);


/* Columns that tell what a row's numbers are; all others are metrics. */
enum published_part { PUBLISHED_MODEL, PUBLISHED_CATEGORY, PUBLISHED_METHOD, PUBLISHED_METRIC, PUBLISHED_K, PUBLISHED_N, PUBLISHED_VALUE, PUBLISHED_LOW,
	PUBLISHED_HIGH, PUBLISHED_PARTS };
enum { PUBLISHED_NONE = 1 << 20 };
struct published_shape {
	size_t parts[PUBLISHED_PARTS]; /* columns, PUBLISHED_NONE when there is none */
	size_t subjects;               /* columns that are known categories */
};
struct published_shape published_shape(const struct str *header, size_t n);

bool published_is_markdown(const struct member *m);
/* How sure is it that the member is such a table? As probes say it. */
int published_guess(const struct member *m, const struct bundle *inside, char why[static 160]);

#endif
