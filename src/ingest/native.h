/* SPDX-License-Identifier: MIT
 *
 * The parts of the reader of our own format. Private to imp_native.c and its kin.
 */
#ifndef INGEST_NATIVE_H
#define INGEST_NATIVE_H

#include "ingest/importer.h"
#include "ingest/native_fields.h"

struct native_read {
	struct import *im; /* NULL when parts are assembled */
	struct sink *sink;
	struct arena keep; /* runs of the file */
	struct native_run {
		struct in_run run;
	} * runs;
	size_t nruns, cap;
	struct str current; /* key of the run the sink is at */
	bool in_run;
};


/* ---- values of members (native_result.c) ---- */

struct str native_str(const struct native_record *rec, enum native_field f);
int64_t native_when(const struct json *v);     /* ms since 1970, 0 = unknown */
double native_number(const struct json *v);    /* NaN = none */
int64_t native_count(const struct json *v);    /* -1 = none */
uint32_t native_turn(const struct json *v);    /* from 1, 0 = none */
void native_score(struct in_score *s, const struct json *v);
/* Categories in any of their spellings, into the open result, or (key) of one that may come later. taxonomy: of paths that
 * name none. */
void native_categories(struct sink *s, const struct result_key *key, struct str taxonomy, const struct json *v);

/* Opens a result with what its record says of it; its turns; its scores, categories and further facts. The caller ends it. */
void native_open(struct sink *s, const struct native_record *rec, const struct record *place, uint32_t repairs);
void native_turns(struct sink *s, const struct native_record *rec);
void native_facts(struct sink *s, const struct native_record *rec);

/* ---- what stands beside results (native_about.c) ---- */

void native_run(struct native_read *n, const struct native_record *rec);
/* Makes the record's run the sink's. */
void native_enter_run(struct native_read *n, const struct native_record *rec);
void native_late(struct native_read *n, enum native_type type, const struct native_record *rec);
void native_part(struct native_read *n, const struct native_record *rec);
void native_aggregate(struct native_read *n, const struct native_record *rec);
void native_rater(struct native_read *n, const struct native_record *rec);

#endif
