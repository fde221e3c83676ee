/* SPDX-License-Identifier: MIT
 *
 * Private to query: the tables of what a view can show. One row a measure of a
 * group, one row a field of a list; each prints its own help.
 */
#ifndef QUERY_FIELDS_H
#define QUERY_FIELDS_H

#include "query/query.h"

/* ---- measures of groups ---- */

struct group {
	struct group_counts n;
	unsigned kinds;        /* bit per enum task_kind that it holds */
	uint64_t set_fail;     /* failures of the whole set, for shares */
	uint64_t reached;      /* results that came as far as this turn without having failed; fail_turn groups only */
};

struct measure {
	const char *name, *title;
	enum cell_kind kind;
	int width, priority;
	const char *help;
	struct cell (*get)(const struct group *g);
};
extern const struct measure query_measures[]; /* name NULL ends */
const struct measure *measure_find(struct str name);

/* ---- dimensions by name ---- */

struct dimension_name {
	enum dimension dim;
	const char *name, *title; /* name: also the filter's field */
	int width;
	enum cell_kind kind; /* of the key's cell */
};
extern const struct dimension_name query_dimensions[]; /* name NULL ends */
const struct dimension_name *dimension_find(struct str name);
const struct dimension_name *dimension_of(enum dimension dim);

/* ---- fields of lists ---- */

enum { NEED_ITEM = 1, NEED_STORED = 2, NEED_TRANSCRIPT = 4, NEED_NOTES = 8 };

/* What a field may look at. Members that the list does not have, or that were not asked for, are NULL or 0. */
struct row {
	const struct facts *facts;
	const struct columns *columns;
	const struct names *names;
	int64_t id; /* result; 0 = none */
	struct str item;
	const struct result_row *stored;
	const struct turn *turn;
	uint32_t turn_number;
	const struct call *call;
	uint32_t call_number;
	const struct annotation *annotation;
	struct str notes; /* of all reviewers, joined */
	struct str policy_sha256;
	struct table *out; /* owns what cells point to */
};

struct list_field {
	const char *name, *title;
	enum cell_kind kind;
	int width, priority;
	unsigned needs;
	int sort; /* enum sort_key, -1 = can not be sorted by */
	const char *help;
	struct cell (*get)(const struct row *r);
};
extern const struct list_field result_fields[], turn_fields[], call_fields[], annotation_fields[];

struct list_source {
	const char *name;
	const char *help;
	const struct list_field *fields; /* its own; NULL for tables that are made whole */
	bool of_results;                 /* the fields of results may be named too */
	const struct column *made;       /* columns of a table made whole; name NULL ends */
};
extern const struct list_source query_sources[]; /* name NULL ends */
const struct list_source *list_source_find(struct str name);
const struct list_field *list_field_find(const struct list_source *s, struct str name);
/* Is it one of the list's own, not one of the result behind the row? */
bool list_field_is_own(const struct list_source *s, const struct list_field *f);

#endif
